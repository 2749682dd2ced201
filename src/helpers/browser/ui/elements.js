// Elements as plain data, with two ways to make them real: an HTML string and DOM nodes. Text is
// escaped in the string and stays text in the nodes, so nothing that is put in becomes markup.

const SVG = "http://www.w3.org/2000/svg";
const EMPTY = new Set(["input", "br", "path"]);
const LIVE = new Set(["value", "checked"]);
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** An element: its tag, its attributes, and its children (elements, text, or lists of them). */
export function h(tag, attributes, ...children) {
  const kids = [];
  gather(children, kids);
  return { tag, attributes: attributes ?? {}, kids };
}

function gather(children, kids) {
  for (const child of children) {
    if (Array.isArray(child)) gather(child, kids);
    else if (child !== null && child !== false) kids.push(child.tag ? child : `${child}`);
  }
}

/** An element that `patch` may leave for later; `make` makes it, and is called only when needed. */
export function late(tag, make) {
  return { tag, make };
}

/** The element as an HTML string. */
export function html(node) {
  if (typeof node === "string") return escaped(node);
  if (node.make) return html(node.make());
  const attributes = Object.entries(node.attributes)
    .filter(([, value]) => present(value))
    .map(([name, value]) => value === true ? ` ${name}` : ` ${name}="${escaped(`${value}`)}"`);
  const open = `<${node.tag}${attributes.join("")}>`;
  if (EMPTY.has(node.tag)) return node.tag === "path" ? `${open.slice(0, -1)}/>` : open;
  return `${open}${node.kids.map(html).join("")}</${node.tag}>`;
}

/** The element as a new DOM node, which the element then remembers. */
export function create(page, node, inSvg = false) {
  if (typeof node === "string") return page.createTextNode(node);
  if (node.make) {
    node.drawn = node.make();
    return create(page, node.drawn, inSvg);
  }
  const svg = inSvg || node.tag === "svg";
  const element = svg ? page.createElementNS(SVG, node.tag) : page.createElement(node.tag);
  for (const [name, value] of Object.entries(node.attributes)) set(element, name, value);
  element.append(...node.kids.map((kid) => create(page, kid, svg)));
  node.dom = element;
  return element;
}

/**
 * Changes the DOM node created from `before` into that of `after`, touching only what differs.
 * Returned is a function that does the same for what is late.
 */
export function patch(before, after) {
  const left = [];
  change(before, after, left);
  return () => {
    for (const finish of left) finish();
  };
}

function change(before, after, left) {
  if (before === after) return;
  const shown = before.drawn ?? before;
  if (after.make) {
    after.drawn = shown;
    left.push(() => {
      after.drawn = after.make();
      change(shown, after.drawn, left);
    });
    return;
  }
  const { dom } = shown;
  after.dom = dom;
  for (const name in shown.attributes) {
    if (!(name in after.attributes)) set(dom, name, null);
  }
  for (const name in after.attributes) {
    const value = after.attributes[name];
    if (value !== shown.attributes[name]) set(dom, name, value);
    else if (LIVE.has(name)) setLive(dom, name, value);
  }
  const old = shown.kids;
  const { kids } = after;
  for (let i = 0; i < Math.min(old.length, kids.length); i += 1) {
    if (old[i].tag && old[i].tag === kids[i].tag) change(old[i], kids[i], left);
    else if (old[i].tag || kids[i].tag) dom.childNodes[i].replaceWith(inside(dom, kids[i]));
    else if (old[i] !== kids[i]) dom.childNodes[i].data = kids[i];
  }
  for (let i = old.length; i < kids.length; i += 1) dom.append(inside(dom, kids[i]));
  for (let i = kids.length; i < old.length; i += 1) dom.lastChild.remove();
}

function inside(dom, kid) {
  return create(dom.ownerDocument, kid, dom.namespaceURI === SVG);
}

function set(element, name, value) {
  if (LIVE.has(name)) setLive(element, name, value);
  if (present(value)) element.setAttribute(name, value === true ? "" : value);
  else element.removeAttribute(name);
}

// What readers change themselves no longer follows its attribute.
function setLive(element, name, value) {
  if (name === "checked") element.checked = value === true;
  else if (element.tagName === "INPUT" && present(value)) {
    // What is being typed stays as it is typed, as long as it means the same number.
    const same = element.value !== "" && Number(element.value) === Number(value);
    if (same && element.type === "number") return;
    if (element.value !== `${value}`) element.value = value;
  }
}

function present(value) {
  return value !== null && value !== undefined && value !== false;
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (letter) => ENTITIES[letter]);
}
