// Brings the drawn playgrounds, self-checks and tools of a static page to life: each element that
// names a module and a state gets that module's render, with a model that lives in the page.

/** A model with what a widget's model has: get, set, on, off and save_changes. */
export function pageModel(state) {
  const listeners = new Map();
  return {
    get: (name) => state[name],
    set(name, value) {
      if (Object.is(state[name], value)) return;
      state[name] = value;
      for (const listener of [...(listeners.get(`change:${name}`) ?? [])]) listener();
    },
    on(type, listener) {
      if (!listeners.has(type)) listeners.set(type, new Set());
      listeners.get(type).add(listener);
    },
    off(type, listener) {
      listeners.get(type)?.delete(listener);
    },
    save_changes() {},
  };
}

/** Mounts everything in the page that is not mounted yet. */
export function mount(root) {
  const counts = {};
  for (const el of root.querySelectorAll("[data-module][data-state]")) {
    const kind = el.dataset.module.replace(".js", "").replace("_", "-");
    counts[kind] = (counts[kind] ?? 0) + 1;
    const render = globalThis.bookModules?.[el.dataset.module]?.default?.render;
    if (!render || el.dataset.mounted) continue;
    el.dataset.mounted = "yes";
    if (!el.id) el.id = `${kind}-${counts[kind]}`;
    render({ model: pageModel({ ...JSON.parse(el.dataset.state), anchor: el.id }), el });
  }
}

if (globalThis.document) {
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", () => mount(document));
  } else {
    mount(document);
  }
}
