// Elements as plain data, with two ways to make them real: an HTML string and DOM nodes. Text is
// escaped in the string and stays text in the nodes, so nothing that is put in becomes markup.

const SVG = "http://www.w3.org/2000/svg";
const EMPTY = new Set(["input", "br", "path"]);
const LIVE = new Set(["value", "checked"]);
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** An element: its tag, its attributes, and its children (elements, text, or lists of them). */
export function h(tag, attributes, ...children) {
  const kids = children.flat(Infinity).filter((kid) => kid !== null && kid !== false);
  return { tag, attributes: attributes ?? {}, kids: kids.map((kid) => kid.tag ? kid : `${kid}`) };
}

/** The element as an HTML string. */
export function html(node) {
  if (typeof node === "string") return escaped(node);
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
  const svg = inSvg || node.tag === "svg";
  const element = svg ? page.createElementNS(SVG, node.tag) : page.createElement(node.tag);
  for (const [name, value] of Object.entries(node.attributes)) set(element, name, value);
  element.append(...node.kids.map((kid) => create(page, kid, svg)));
  node.dom = element;
  return element;
}

/** Changes the DOM node created from `before` into that of `after`, touching only what differs. */
export function patch(before, after) {
  const { dom } = before;
  after.dom = dom;
  for (const name in before.attributes) {
    if (!(name in after.attributes)) set(dom, name, null);
  }
  for (const name in after.attributes) {
    const value = after.attributes[name];
    if (value !== before.attributes[name] || LIVE.has(name)) set(dom, name, value);
  }
  const fresh = (kid) => create(dom.ownerDocument, kid, dom.namespaceURI === SVG);
  const [old, kids] = [before.kids, after.kids];
  for (let i = 0; i < Math.min(old.length, kids.length); i += 1) {
    if (old[i].tag && old[i].tag === kids[i].tag) patch(old[i], kids[i]);
    else if (old[i].tag || kids[i].tag) dom.childNodes[i].replaceWith(fresh(kids[i]));
    else if (old[i] !== kids[i]) dom.childNodes[i].data = kids[i];
  }
  for (let i = old.length; i < kids.length; i += 1) dom.append(fresh(kids[i]));
  for (let i = kids.length; i < old.length; i += 1) dom.lastChild.remove();
}

function set(element, name, value) {
  if (name === "checked") element.checked = value === true;
  if (name === "value" && element.tagName === "INPUT") {
    // What is being typed stays as it is typed, as long as it means the same number.
    const same = element.value !== "" && Number(element.value) === Number(value);
    if (present(value) && !(same && element.type === "number")) {
      if (element.value !== `${value}`) element.value = value;
    }
  }
  if (!present(value)) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else if (element.getAttribute(name) !== (value === true ? "" : `${value}`)) {
    element.setAttribute(name, value === true ? "" : value);
  }
}

function present(value) {
  return value !== null && value !== undefined && value !== false;
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (letter) => ENTITIES[letter]);
}
