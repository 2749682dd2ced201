// Elements as plain data, with two ways to make them real: an HTML string and DOM nodes. Text is
// escaped in the string and stays text in the nodes, so nothing that is put in becomes markup.

const SVG = "http://www.w3.org/2000/svg";
const EMPTY = new Set(["input", "br", "path"]);
const LIVE = new Set(["value", "checked"]);
// What readers open stays open.
const OWN = new Set(["open"]);
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** What keeps JupyterLab from taking an element's keys for its own, "d d" for deleting the cell. */
export const KEYS = { "data-lm-suppress-shortcuts": true };

/** An element: its tag, its attributes, and its children (elements, text, or lists of them). */
export function h(tag, attributes, ...children) {
  const kids = [];
  gather(children, kids);
  return { tag, attributes: attributes ?? {}, kids };
}

// Text beside text is one text, as a browser reads it.
function gather(children, kids) {
  for (const child of children) {
    if (Array.isArray(child)) gather(child, kids);
    else if (child?.tag) kids.push(child);
    else if (child !== null && child !== false && child !== "") {
      if (typeof kids.at(-1) === "string") kids.push(`${kids.pop()}${child}`);
      else kids.push(`${child}`);
    }
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
    .map(([name, value]) => (value === true ? ` ${name}` : ` ${name}="${escaped(`${value}`)}"`));
  const open = `<${node.tag}${attributes.join("")}>`;
  if (EMPTY.has(node.tag)) return node.tag === "path" ? `${open.slice(0, -1)}/>` : open;
  return `${open}${node.kids.map(html).join("")}</${node.tag}>`;
}

/** The element as a new DOM node. */
export function create(page, node, inSvg = false) {
  if (typeof node === "string") return page.createTextNode(node);
  const svg = inSvg || node.tag === "svg";
  const element = svg ? page.createElementNS(SVG, node.tag) : page.createElement(node.tag);
  patch(element, node.make ? node.make() : node);
  return element;
}

/**
 * Makes a DOM node what `node` says, touching only what differs. What differs is read off the DOM
 * itself and nothing is remembered, so that what is patched is what would be drawn anew. Returned
 * is a function that does the same for what is late.
 */
export function patch(dom, node) {
  const left = [];
  become(dom, node, left);
  return () => {
    for (const finish of left) finish();
  };
}

function become(dom, node, left) {
  if (node.make) {
    left.push(() => become(dom, node.make(), left));
    return;
  }
  let held = 0;
  for (const [name, value] of Object.entries(node.attributes)) {
    if (present(value)) {
      held += 1;
      const wanted = value === true ? "" : `${value}`;
      if (dom.getAttribute(name) !== wanted) dom.setAttribute(name, wanted);
    }
    if (LIVE.has(name)) setLive(dom, name, value);
  }
  if (dom.attributes.length > held) {
    for (const name of dom.getAttributeNames()) {
      if (!present(node.attributes[name]) && !OWN.has(name)) dom.removeAttribute(name);
    }
  }
  let child = dom.firstChild;
  for (const kid of node.kids) {
    const next = child?.nextSibling ?? null;
    if (!child) dom.append(inside(dom, kid));
    else if (child.localName !== kid.tag) child.replaceWith(inside(dom, kid));
    else if (kid.tag) become(child, kid, left);
    else if (child.data !== kid) child.data = kid;
    child = next;
  }
  while (child) {
    const next = child.nextSibling;
    child.remove();
    child = next;
  }
}

function inside(dom, kid) {
  return create(dom.ownerDocument, kid, dom.namespaceURI === SVG);
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
