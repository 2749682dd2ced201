// What furo leaves to this book: the search box, and boxes that the keyboard can scroll.
(() => {
  "use strict";
  const home = document.documentElement.dataset.content_root;
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  // Boxes that scroll can be reached by keyboard, but only while there is something to scroll.
  const boxes = $$("article :is(pre, .table-wrapper, .math-wrapper, .output.text_html)");
  function reachable() {
    const wide = boxes.map((box) => box.scrollWidth > box.clientWidth + 1);
    for (const [i, box] of boxes.entries()) {
      if (wide[i]) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  }
  reachable();
  addEventListener("resize", reachable);
  document.fonts?.ready.then(reachable);

  // The index is a script of this site, loaded when the search is first used.
  let index = null;
  function loaded() {
    index ??= new Promise((resolve, reject) => {
      const script = element("script", { src: `${home}search-index.js` });
      script.addEventListener("load", () => resolve(globalThis.bookIndex));
      script.addEventListener("error", () => {
        index = null;
        reject(new Error("The search index did not load."));
      });
      document.head.append(script);
    });
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
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const stops = [input, ...$$("a", list)];
      const next = stops[stops.indexOf(document.activeElement) + step];
      if (!next) return;
      next.focus();
      event.preventDefault();
    });
    return { form, input, answer };
  }

  function result({ address, title, page, excerpt }) {
    const text = element("span", { class: "result-text" });
    for (const [piece, hit] of excerpt) text.append(hit ? element("mark", {}, piece) : piece);
    const link = element("a", { href: home + address });
    link.append(element("span", { class: "result-title" }, title));
    if (page !== title) link.append(element("span", { class: "result-page" }, page));
    link.append(text);
    return element("li", {}, link);
  }

  const place = $(".search-page");
  const side = $(".sidebar-search");
  let box = null;
  let dialog = null;
  if (place) {
    box = searchBox();
    $(".without-script").remove();
    place.hidden = false;
    place.append(box.form);
    box.input.value = new URLSearchParams(location.search).get("q") ?? "";
    box.answer();
    box.input.focus();
  }

  function open(words = "") {
    if (!box) {
      box = searchBox();
      const close = element("button", { type: "button", class: "search-close" }, "Close");
      dialog = element(
        "dialog",
        { class: "search-dialog", "aria-label": "Search" },
        close,
        box.form,
      );
      dialog.addEventListener("click", ({ target }) => {
        if (target === dialog || target === close || target.closest("a")) dialog.close();
      });
      dialog.addEventListener("keydown", (event) => {
        if (event.key !== "Escape") return;
        event.preventDefault(); // the field would only be cleared
        dialog.close();
      });
      document.body.append(dialog);
    }
    if (dialog && !dialog.open) dialog.showModal();
    if (words) box.input.value = words;
    else box.input.select();
    box.input.focus();
    box.answer();
  }

  // The field in the sidebar opens the search as soon as something is typed into it.
  side.placeholder = "Search  /";
  side.addEventListener("input", () => {
    open(side.value);
    side.value = "";
  });
  side.addEventListener("click", () => open());
  const link = element("a", {
    class: "search-link",
    href: `${home}search.html`,
    "aria-label": "Search",
  });
  link.addEventListener("click", (event) => {
    event.preventDefault();
    open();
  });
  $(".header-right").prepend(link);
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (slash || (event.key === "k" && (event.ctrlKey || event.metaKey))) {
      event.preventDefault();
      open();
    }
  });
})();
