// The search: sections of the book, ranked by how much their words say about the question (BM25).
(() => {
  "use strict";
  const SECTIONS = globalThis.bookSections;
  const LIMIT = 12;
  const TITLE_WEIGHT = 4;
  const PAGE_WEIGHT = 1;

  function words(text) {
    const found = [];
    for (const [word] of text.toLowerCase().normalize("NFKC").matchAll(/[\p{L}\p{N}_]+/gu)) {
      found.push(stem(word));
      if (word.includes("_")) found.push(...word.split("_").filter(Boolean).map(stem));
    }
    return found;
  }

  function stem(word) {
    return word.length > 3 ? word.replace(/(?<=[^s])s$|(?<=\w{3})(?:ed|ing)$/, "") : word;
  }

  const postings = new Map(); // word -> Map of section -> weighted count
  const lengths = SECTIONS.map(([, title, page, text], section) => {
    let length = 0;
    for (const [source, weight] of [[title, TITLE_WEIGHT], [page, PAGE_WEIGHT], [text, 1]]) {
      for (const word of words(source)) {
        if (!postings.has(word)) postings.set(word, new Map());
        const counts = postings.get(word);
        counts.set(section, (counts.get(section) ?? 0) + weight);
        length += 1;
      }
    }
    return length;
  });
  const average = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
  const vocabulary = [...postings.keys()].sort();

  function rarity(word) {
    const count = postings.get(word)?.size ?? 0;
    return Math.log(1 + (SECTIONS.length - count + 0.5) / (count + 0.5));
  }

  function find(question) {
    const asked = [...new Set(words(question))];
    if (!asked.length) return [];
    const scores = new Map();
    const add = (word, share) => {
      for (const [section, count] of postings.get(word) ?? []) {
        const norm = count + 1.2 * (0.25 + (0.75 * lengths[section]) / average);
        const score = (share * rarity(word) * count * 2.2) / norm;
        scores.set(section, (scores.get(section) ?? 0) + score);
      }
    };
    for (const word of asked) add(word, 1);
    // The last word may not be finished yet.
    const last = asked.at(-1);
    if (last.length > 1 && /[\p{L}\p{N}_]$/u.test(question)) {
      for (const word of vocabulary) if (word !== last && word.startsWith(last)) add(word, 0.5);
    }
    // A message pasted word for word belongs where it stands word for word.
    const phrase = squeezed(question);
    if (asked.length > 1) {
      for (const [section, score] of scores) {
        const [, title, , text] = SECTIONS[section];
        if (squeezed(`${title} ${text}`).includes(phrase)) scores.set(section, score * 2);
      }
    }
    const best = [...scores].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    const enough = (best[0]?.[1] ?? 0) * 0.25;
    return best
      .filter(([, score]) => score >= enough)
      .slice(0, LIMIT)
      .map(([section]) => {
        const [address, title, page, text] = SECTIONS[section];
        return { address, title, page, excerpt: excerpt(text, asked) };
      });
  }

  function squeezed(text) {
    return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  }

  // The stretch of a section that holds most of what was asked, with the hits marked.
  function excerpt(text, asked) {
    const wanted = new Set(asked);
    const hits = [];
    for (const found of text.matchAll(/[\p{L}\p{N}_]+/gu)) {
      if (words(found[0]).some((word) => wanted.has(word))) hits.push([found.index, found[0].length]);
    }
    const WIDTH = 170;
    let [start, most] = [0, 0];
    for (const [at] of hits) {
      const inside = hits.filter(([other]) => other >= at && other < at + WIDTH).length;
      if (inside > most) [start, most] = [at, inside];
    }
    start = start > 40 ? text.lastIndexOf(" ", start - 20) + 1 : 0;
    const end = start + WIDTH < text.length ? text.lastIndexOf(" ", start + WIDTH) : text.length;
    const pieces = [[start ? "… " : "", false]];
    let at = start;
    for (const [hit, length] of hits) {
      if (hit < at || hit + length > end) continue;
      pieces.push([text.slice(at, hit), false], [text.slice(hit, hit + length), true]);
      at = hit + length;
    }
    pieces.push([text.slice(at, end) + (end < text.length ? " …" : ""), false]);
    return pieces.filter(([piece]) => piece);
  }

  globalThis.bookIndex = { find };
})();
