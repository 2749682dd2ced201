// What the pages do beyond being read: colors, search, copying code. All of it is optional.
(() => {
  "use strict";
  const root = document.documentElement;
  const home = document.body.dataset.root;
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  // Colors: the system's, until a reader chooses.
  const system = matchMedia("(prefers-color-scheme: dark)");
  const themeButton = $(".theme-button");

  function stored() {
    try {
      return localStorage.getItem("book-theme");
    } catch {
      return null;
    }
  }

  function show(theme) {
    root.dataset.theme = theme;
    themeButton.setAttribute("aria-pressed", String(theme === "dark"));
  }

  themeButton.hidden = false;
  show(root.dataset.theme ?? "light");
  themeButton.addEventListener("click", () => {
    const theme = root.dataset.theme === "dark" ? "light" : "dark";
    show(theme);
    try {
      localStorage.setItem("book-theme", theme);
    } catch {
      // A browser that keeps nothing still shows what was chosen, until the next page.
    }
  });
  system.addEventListener("change", () => {
    if (!stored()) show(system.matches ? "dark" : "light");
  });

  // Code: a button that copies, without prompts.
  for (const block of $$("div.highlight")) {
    const code = $("pre", block);
    if (!code || block.closest(".cell_output, .playground, .self-check")) continue;
    const button = element("button", { type: "button", class: "copy" }, "Copy");
    const live = element("span", { class: "visually-hidden", role: "status" });
    button.addEventListener("click", async () => {
      const done = await copied(code.textContent.replace(/\n$/, ""));
      button.textContent = done ? "Copied" : "Press Ctrl+C";
      live.textContent = button.textContent;
      if (!done) getSelection().selectAllChildren(code);
      setTimeout(() => {
        button.textContent = "Copy";
        live.textContent = "";
      }, 2000);
    });
    block.append(button, live);
  }

  async function copied(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return false;
    }
  }

  // Boxes that scroll can be reached by keyboard, but only while there is something to scroll. What
  // fits is no box that scrolls, which spares the browser work each time it paints.
  const boxes = $$("div.highlight pre, .table-box, .math-block, .cell_output .output");
  const formulas = $$(".math-block");
  function reachable() {
    // A formula that is too wide for a phone is set smaller, as far as it stays readable.
    for (const block of formulas) block.style.removeProperty("--fit");
    const ratios = formulas.map((block) => block.clientWidth / block.scrollWidth);
    for (const [i, block] of formulas.entries()) {
      if (ratios[i] < 1) block.style.setProperty("--fit", Math.max(0.7, 0.99 * ratios[i]));
    }
    // All are measured before one is changed: the browser lays the page out once.
    const fit = boxes.map((box) => box.scrollWidth <= box.clientWidth + 1);
    for (const [i, box] of boxes.entries()) {
      if (fit[i]) box.removeAttribute("tabindex");
      else box.tabIndex = 0;
      box.toggleAttribute("data-fits", fit[i]);
    }
  }
  reachable();
  addEventListener("resize", reachable);
  document.fonts?.ready.then(reachable);

  // The list beside the text follows the reader.
  const links = new Map($$(".on-page a").map((link) => [link.hash.slice(1), link]));
  if (links.size) {
    const places = [...links.keys()].map((id) => document.getElementById(id));
    const list = $(".on-page");
    const follow = () => {
      const now = places.findLast((place) => place.getBoundingClientRect().top < 120)?.id;
      for (const [id, link] of links) {
        if (id === now) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
      const { offsetTop } = links.get(now) ?? places[0];
      const hidden = offsetTop < list.scrollTop || offsetTop > list.scrollTop + list.clientHeight - 60;
      if (hidden) list.scrollTop = offsetTop - list.clientHeight / 2;
    };
    addEventListener("scroll", () => requestAnimationFrame(follow), { passive: true });
    follow();
  }

  // The current page is in sight in the contents.
  const current = $(".contents [aria-current=page]");
  const contents = $("#contents");
  if (current && contents.scrollHeight > contents.clientHeight) {
    contents.scrollTop = current.offsetTop - contents.clientHeight / 2;
  }

  // Search: the index is a script of this site, loaded when the box first opens.
  let index = null;

  function loaded() {
    if (!index) {
      index = new Promise((resolve, reject) => {
        const script = element("script", { src: `${home}search-index.js` });
        script.addEventListener("load", () => resolve(globalThis.bookIndex));
        script.addEventListener("error", () => {
          index = null;
          reject(new Error("The search index did not load."));
        });
        document.head.append(script);
      });
    }
    return index;
  }

  function counted(results, most) {
    if (results === 0) return "Nothing found. Fewer or other words may help.";
    if (results === most) return `The best ${most} sections found`;
    return `${results} ${results === 1 ? "section" : "sections"} found`;
  }

  function searchBox() {
    const input = element("input", {
      type: "search",
      name: "q",
      autocomplete: "off",
      spellcheck: "false",
      "aria-label": "Search the book",
      placeholder: "An error message, a parameter, a question …",
    });
    const status = element("p", { class: "search-status", role: "status" });
    const list = element("ol", { class: "results" });
    const form = element("form", {}, input, status, list);
    const answer = async () => {
      const words = input.value;
      try {
        const { find, LIMIT } = await loaded();
        if (words !== input.value) return;
        const results = words.trim() ? find(words) : [];
        list.replaceChildren(...results.map(result));
        status.textContent = words.trim() ? counted(results.length, LIMIT) : "";
      } catch (problem) {
        status.textContent = problem.message;
      }
    };
    input.addEventListener("input", answer);
    input.addEventListener("paste", () => {
      requestAnimationFrame(() => {
        input.scrollLeft = 0; // a long message shows its beginning
      });
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      $("a", list)?.click();
    });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      const stops = [input, ...$$("a", list)];
      const next = stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
      if (stops[next]) {
        stops[next].focus();
        event.preventDefault();
      }
    });
    return { form, input, answer };
  }

  function result({ address, title, page, excerpt }) {
    const link = element("a", { href: home + address });
    link.append(element("span", { class: "result-title" }, title));
    if (page !== title) link.append(element("span", { class: "result-page" }, page));
    const text = element("span", { class: "result-text" });
    for (const [piece, hit] of excerpt) text.append(hit ? element("mark", {}, piece) : piece);
    link.append(text);
    return element("li", {}, link);
  }

  const place = $(".search-page");
  if (place) {
    const { form, input, answer } = searchBox();
    $(".without-script").remove();
    place.hidden = false;
    place.append(form);
    input.value = new URLSearchParams(location.search).get("q") ?? "";
    answer();
    input.focus();
  } else {
    const opener = $(".search-button");
    const key = $("kbd", opener);
    let dialog = null;
    let box = null;
    const open = () => {
      if (!dialog) {
        box = searchBox();
        const close = element("button", { type: "button", class: "search-close" }, "Close");
        close.addEventListener("click", () => dialog.close());
        dialog = element("dialog", { class: "search-dialog", "aria-label": "Search" }, box.form, close);
        dialog.addEventListener("click", (event) => {
          if (event.target === dialog || event.target.closest("a")) dialog.close();
        });
        dialog.addEventListener("keydown", (event) => {
          if (event.key !== "Escape") return;
          event.preventDefault(); // the field would only be cleared
          dialog.close();
        });
        document.body.append(dialog);
      }
      if (!dialog.open) dialog.showModal();
      box.input.select();
      box.answer();
    };
    key.hidden = false;
    opener.setAttribute("role", "button");
    opener.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open();
    });
    addEventListener("keydown", (event) => {
      const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
      const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
      const palette = event.key === "k" && (event.ctrlKey || event.metaKey);
      if (slash || palette) {
        event.preventDefault();
        open();
      }
    });
  }
})();
