// What the tests of drawings do in a page: random sequences of changes, and after each the page
// beside a fresh drawing of the same state. Time passes as fast as it can.
globalThis.drawnAnew ??= (() => {
  let skipped = 0;
  const [now, later] = [performance.now.bind(performance), setTimeout.bind(window)];
  performance.now = () => now() + skipped;
  window.setTimeout = (act) => later(act, 0);
  const rest = async () => {
    // First what was asked for is drawn, then what is late.
    for (let i = 0; i < 3; i += 1) {
      await new Promise((done) => later(done, 5));
      skipped += 5000;
    }
  };
  const dice = (seed) => {
    let state = seed;
    const next = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const below = (count) => Math.floor(next() * count);
    return { below, of: (choices) => choices[below(choices.length)] };
  };

  // An element as text: its attributes in order, what its fields hold, and its children. What
  // readers open themselves and what only screen readers hear is left out.
  const told = (node) => {
    if (node.nodeType === 3) return node.data;
    const names = node.getAttributeNames().filter((name) => name !== "open").sort();
    const parts = names.map((name) => `${name}=${JSON.stringify(node.getAttribute(name))}`);
    if (node.localName === "input") {
      const isNumber = node.type === "number";
      const isProblem = node.hasAttribute("aria-invalid");
      if (!isProblem) parts.push(`holds ${isNumber ? Number(node.value) : node.value}`);
      parts.push(`${node.checked}`);
    }
    const kids = node.matches("[role=status]") ? [] : [...node.childNodes].map(told);
    return `<${[node.localName, ...parts].join(" ")}>${kids.join("")}</${node.localName}>`;
  };
  const difference = (live, html) => {
    const fresh = document.createElement("div");
    fresh.innerHTML = html;
    const [is, anew] = [told(live), told(fresh.firstChild)];
    if (is === anew) return null;
    const at = [...is].findIndex((letter, i) => letter !== anew[i]);
    return `${is.slice(Math.max(0, at - 150), at + 80)}\n  instead of\n${anew.slice(Math.max(0, at - 150), at + 80)}`;
  };
  const type = (field, text) => {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  // The element once more, as it is before a reader has touched it.
  const again = async (selector) => {
    const old = document.querySelector(selector);
    const el = old.cloneNode(false);
    delete el.dataset.mounted;
    history.replaceState(null, "", "#");
    old.replaceWith(el);
    bookModules["mount.js"].mount(document);
    // Its width is told with the next frame.
    for (let i = 0; i < 2; i += 1) await new Promise((done) => requestAnimationFrame(done));
    return el;
  };

  async function playground(seed, steps) {
    const el = await again(".playground");
    const { markup, writeLink } = bookModules["playground.js"];
    const { parse } = bookModules["panel.js"];
    const random = dice(seed);
    const settings = ["length", "kernel_size", "stride", "padding", "dilation", "output_padding"];
    const modes = ["conv", "transposed", "round-trip"];
    const field = (name) => el.querySelector(`input[name=${name}]`);
    const state = Object.fromEntries(settings.map((name) => [name, Number(field(name).value)]));
    state.mode = el.querySelector("[name=mode]:checked").value;
    const ui = { live: true, anchor: el.id, chosen: null, drafts: {} };
    const set = (name, value) => {
      state[name] = value;
      delete ui.drafts[name];
    };
    const slider = () => el.querySelector("[name=window]");
    const choose = (index) => {
      ui.chosen = index;
    };
    const changes = {
      type() {
        const name = random.of(settings);
        const most = { length: 300, kernel_size: 9, stride: 6 }[name] ?? 4;
        const text = `${random.below(8) ? random.below(most + 1) : random.of(["", "2.5", "-1", "1e3"])}`;
        const { value, problem } = parse(name, text);
        if (problem) ui.drafts[name] = problem;
        else set(name, value);
        type(field(name), text);
      },
      press() {
        const name = random.of(settings);
        const more = random.below(2);
        set(name, more ? state[name] + 1 : Math.max(0, state[name] - 1));
        el.querySelector(`[data-do=${more ? "more" : "less"}][data-name=${name}]`).click();
      },
      mode() {
        state.mode = random.of(modes);
        el.querySelector(`[name=mode][value=${state.mode}]`).click();
      },
      window() {
        if (!slider()) return;
        choose(random.below(Number(slider().max) + 1));
        type(slider(), `${ui.chosen}`);
      },
      step() {
        if (!slider()) return;
        const by = random.of([-1, 1]);
        choose(Math.max(0, Math.min(Number(slider().value) + by, Number(slider().max))));
        el.querySelector(`[data-do=${by > 0 ? "on" : "back"}]`).click();
      },
      link() {
        const [length, kernel_size] = [random.below(90), 1 + random.below(9)];
        Object.assign(state, { mode: random.of(modes), length, kernel_size });
        ui.chosen = random.below(2) ? random.below(40) : null;
        ui.drafts = {};
        location.hash = writeLink(state, ui.chosen, el.id);
      },
      fix() {
        const button = el.querySelector(".pg-fix:not(.pg-away)");
        if (!button) return;
        set("output_padding", Number(button.dataset.value));
        button.click();
      },
    };
    const found = [];
    for (let i = 0; i < steps; i += 1) {
      const kind = random.of(["type", "type", "type", "press", "mode", "window", "step", "fix", "link"]);
      changes[kind]();
      await rest();
      ui.width = el.querySelector(".pg-stage").clientWidth;
      const sums = [...el.querySelectorAll(".pg-formulas dt")].map((layer) => (
        [layer.textContent, layer.nextSibling.querySelector(".pg-put-in").textContent]));
      found.push({
        kind, state: { ...state }, sums, isDraft: Object.keys(ui.drafts).length > 0,
        difference: difference(el.firstChild, markup(state, ui)),
      });
    }
    return found;
  }

  async function designer(seed, steps, programs) {
    const el = await again(".designer");
    const { markup } = bookModules["designer.js"];
    const random = dice(seed);
    const part = (name) => el.querySelector(`[name="${name}"]`);
    const { code: opening, presets, length, search } = JSON.parse(el.dataset.state);
    const state = { code: opening, presets, length, ...(search ? { search } : {}) };
    const ui = { live: true, opening, sort: { by: "kernel_size", up: true } };
    const changes = {
      code() {
        state.code = random.of(programs);
        type(part("code"), state.code);
      },
      preset() {
        const preset = random.of(presets);
        [state.code, state.length, ui.draft] = [preset.code, preset.length, null];
        part("preset").value = preset.key;
        type(part("preset"), preset.key);
      },
      length() {
        if (random.below(6)) {
          [state.length, ui.draft] = [random.below(400), null];
          type(part("length"), `${state.length}`);
        } else {
          ui.draft = "length is empty: type a whole number.";
          type(part("length"), "");
        }
      },
      press() {
        const more = random.below(2);
        [state.length, ui.draft] = [Math.max(0, state.length + (more ? 1 : -1)), null];
        el.querySelector(`[data-do=${more ? "more" : "less"}]`).click();
      },
      offer() {
        const button = random.of([...el.querySelectorAll("[data-do=length]")]);
        if (!button) return;
        [state.length, ui.draft] = [Number(button.dataset.value), null];
        button.click();
      },
      sort() {
        const button = random.of([...el.querySelectorAll("[data-do=sort]")]);
        if (!button) return;
        const by = button.dataset.value;
        ui.sort = { by, up: ui.sort.by === by ? !ui.sort.up : true };
        button.click();
      },
    };
    const found = [];
    for (let i = 0; i < steps; i += 1) {
      const kind = random.of(["code", "code", "preset", "length", "length", "press", "offer", "sort"]);
      changes[kind]();
      await rest();
      ui.width = el.querySelector(".pg-stage").clientWidth;
      found.push({ kind, state: { ...state, presets: [] }, difference:
        difference(el.firstChild, markup(state, ui)) });
    }
    return found;
  }

  // The live questions beside fresh ones with the same numbers and answers. What a verdict says in
  // words is compared elsewhere.
  async function selfCheck(seed, steps) {
    const el = await again(".self-check");
    const { markup, wholeNumber } = bookModules["self_check.js"];
    const { judge, pose, answer } = bookModules["questions.js"];
    const random = dice(seed);
    const items = [...el.querySelectorAll(".sc-question")];
    const unanswered = { given: [], invalid: [], verdict: "", words: "" };
    const states = items.map(() => ({ ...unanswered }));
    const found = [];
    for (let i = 0; i < steps; i += 1) {
      const at = random.below(items.length);
      const [item, { kind }] = [items[at], items[at].dataset];
      const inputs = [...item.querySelectorAll("input")];
      const numbers = () => JSON.parse(item.dataset.numbers);
      const isChoice = pose(kind, numbers()).choices.length > 0;
      const act = random.of(["right", "wrong", "nonsense", "another"]);
      if (act === "another") {
        states[at] = { ...unanswered };
        item.querySelector(".sc-another").click();
      } else {
        let given = answer(kind, numbers()).map(String);
        if (act === "wrong") given = isChoice ? [random.of(inputs).value] : given.map((n) => `${n}1`);
        if (act === "nonsense" && !isChoice) given = given.map(() => "a few");
        inputs.forEach((input, place) => {
          if (isChoice) input.checked = input.value === given[0];
          else input.value = given[place];
        });
        const read = isChoice ? given : given.map(wholeNumber);
        const isRead = !read.includes(null);
        const verdict = isRead ? (judge(kind, numbers(), read).right ? "right" : "wrong") : "unread";
        states[at] = {
          given, verdict, words: "", invalid: isChoice ? [] : read.map((number) => number === null),
        };
        item.querySelector("[type=submit]").click();
      }
      const live = items.map((one, place) => ({ v: JSON.parse(one.dataset.numbers),
        ui: { ...states[place], id: one.querySelector("form > div").id } }));
      const kinds = items.map((one) => one.dataset.kind);
      found.push({ kind, act, difference:
        difference(el.querySelector(".sc-questions"), markup({ kinds }, live)) });
    }
    return found;
  }
  return { difference, playground, designer, selfCheck };
})();
