// What furo leaves to this book: the search box, and boxes that the keyboard can scroll.
(() => {
  const home = document.documentElement.dataset.content_root;
  const $ = (selector) => document.querySelector(selector);
  const [dialog, field, status] = [".search-dialog", ".search-field", ".search-status"].map($);
  const [list, side, page] = [".results", ".sidebar-search", ".without-script"].map($);
  $(".sidebar-tree .current-page")?.scrollIntoView({ block: "nearest" }); // where the reader is

  // Boxes that scroll can be reached by keyboard, but only while there is something to scroll.
  const resized = new ResizeObserver((boxes) => {
    for (const { target } of boxes)
      target.tabIndex = target.scrollWidth > target.clientWidth + 1 ? 0 : -1;
  });
  document.fonts.ready.then(() => {
    const boxes = "article :is(pre, .table-wrapper, .math-wrapper, .output.text_html)";
    for (const box of document.querySelectorAll(boxes)) resized.observe(box);
  });

  function element(name, attributes, ...children) {
    const made = Object.assign(document.createElement(name), attributes);
    made.append(...children);
    return made;
  }

  function answer() {
    if (!globalThis.bookIndex) return;
    const found = globalThis.bookIndex.find(field.value);
    list.replaceChildren(...found.map(result));
    const missing = field.value && "Nothing found. Fewer or other words may help.";
    status.textContent = found.length ? `Sections found: ${found.length}` : missing;
  }

  function result({ address, title, page, excerpt }) {
    const text = excerpt.map(([piece, hit]) => (hit ? element("mark", {}, piece) : piece));
    const link = element("a", { href: home + address });
    link.append(element("strong", {}, title), page === title ? "" : page);
    link.append(element("div", {}, ...text));
    return element("li", {}, link);
  }

  // The index is a script of this site, because pages opened from disk may not fetch a file.
  function open(words) {
    const index = { src: `${home}search-index.js`, onload: answer };
    if (!globalThis.bookIndex) document.head.append(element("script", index));
    if (!dialog.open) dialog.showModal();
    field.value = words || field.value;
    field.focus();
    if (!words) field.select();
    answer();
  }

  if (page) {
    page.replaceWith(dialog);
    dialog.show();
    open(new URLSearchParams(location.search).get("q"));
  }
  field.addEventListener("input", (event) => {
    answer();
    // A long message shows its beginning.
    if (event.inputType === "insertFromPaste") requestAnimationFrame(() => field.scrollTo(0, 0));
  });
  dialog.addEventListener("click", ({ target }) => {
    if (dialog.matches(":modal") && (target === dialog || target.closest("a"))) dialog.close();
  });
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Enter: 1 }[event.key];
    const stops = [field, ...list.querySelectorAll("a")];
    const next = stops[stops.indexOf(event.target) + step];
    if (!next || (event.key === "Enter" && event.target !== field)) return;
    event.preventDefault();
    next[event.key === "Enter" ? "click" : "focus"]();
  });

  // The field in the sidebar opens the search as soon as something is typed into it.
  side.placeholder = "Search  /";
  side.addEventListener("input", () => {
    open(side.value);
    side.value = "";
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest?.("input, textarea, select")) return;
    event.preventDefault();
    open();
  });
})();
