// The search: sections of the book, ranked by how much their words say about the question (BM25).
(() => {
  "use strict";
  const SECTIONS = globalThis.bookSections;
  const LIMIT = 12;
  const CLOSE = 0.6; // measured: what the book answers has 0.63 and more, what it does not 0.54 and less
  const TITLE_WEIGHT = 4;
  const PAGE_WEIGHT = 1;
  const HELPERS = "book/api.html"; // names every parameter often: the book comes first
  const HELPERS_WEIGHT = 0.2; // except for words that are mostly theirs
  const ASIDE =
    /^(?:Exercise \d|Play with|Check yourself|What comes next|List of references|Run it )/; // nothing is explained
  const ASIDE_WEIGHT = 0.3;
  const STOP = new Set(
    "a an and are as at be but by calculate can choose compute do does for from get has how i in instead is it may my of on or set should that the this to versus vs want was what when which why with you"
      .split(" ")
      .map(stem),
  );
  // What readers call it, and what the book does.
  const MEANT = new Map(
    Object.entries({
      length: "size shape dimension",
      fewer: "short missing less off",
      inverse: "invert undo reverse",
      added: "extra additional",
      learned: "trainable",
      valid: "least minimal minimum shortest",
      file: "recording",
      back: "work",
      conv1d: "conv",
      deconvolution: "deconv",
      resize: "interpolate interpolation",
      rule: "calculate choose compute set",
      stripe: "checkerboard artifact",
    }).flatMap(([ours, theirs]) => theirs.split(" ").map((word) => [stem(word), stem(ours)])),
  );
  const inTheBook = (word) => MEANT.get(word) ?? word;

  // The words of a text. output_padding gives output, padding and outputpadding.
  function words(text) {
    const found = [];
    for (const [word] of text
      .toLowerCase()
      .normalize("NFKC")
      .matchAll(/[\p{L}\p{N}_]+/gu)) {
      const parts = word.split("_").filter(Boolean);
      found.push(...parts.map(stem));
      if (parts.length > 1) found.push(stem(parts.join("")));
    }
    return found;
  }

  const isNumber = (word) => /^\p{N}+$/u.test(word);

  // The words that say something, without numbers and without the joined ones.
  function core(text) {
    return words(squeezed(text)).filter((word) => !STOP.has(word) && !isNumber(word));
  }

  // What two neighbors give together: padding mode gives paddingmode, if the book has it.
  function joined(phrase) {
    const parts = phrase.split(" ").map((part) => (STOP.has(stem(part)) ? " " : part));
    const pairs = parts.slice(1).map((part, before) => stem(parts[before] + part));
    return pairs.filter((word) => postings.has(word) && !isNumber(word));
  }

  function stem(word) {
    if (word.length < 4) return word;
    return word.replace(/(?<=[^s])s$/, "").replace(/(?<=\w{3})(?:ed|ing|ly|e)$/, "");
  }

  const postings = new Map(); // word -> Map of section -> weighted count
  const lengths = SECTIONS.map(([, title, page, text], section) => {
    let length = 0;
    for (const [source, weight] of [
      [title, TITLE_WEIGHT],
      [page, PAGE_WEIGHT],
      [text, 1],
    ]) {
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

  // What is asked of a section again and again, worked out when it is first asked.
  const once = (make) => {
    const made = [];
    return (section) => (made[section] ??= make(SECTIONS[section]));
  };
  const titleWords = once(([, title]) => words(title));
  const titleCore = once(([, title]) => core(title));
  const plainText = once(([, title, , text]) => squeezed(`${title} ${text}`));
  const isHelper = (section) => SECTIONS[section][0].startsWith(HELPERS);
  const within = (some, all) => some.every((word) => all.includes(word));

  function find(question) {
    const all = words(question);
    const telling = all.filter((word) => !STOP.has(word));
    const phrase = squeezed(question);
    const asked = [...new Set([...(telling.length ? telling : all), ...joined(phrase)])];
    if (!asked.length) return [];
    const scores = new Map();
    const add = (word, share) => {
      const counts = postings.get(word) ?? new Map();
      const theirs = 2 * [...counts.keys()].filter(isHelper).length >= counts.size;
      for (const [section, count] of counts) {
        const weight = isHelper(section) && !theirs ? HELPERS_WEIGHT : 1;
        const norm = count + 1.2 * (0.25 + (0.75 * lengths[section]) / average);
        const score = (share * weight * rarity(word) * count * 2.2) / norm;
        scores.set(section, (scores.get(section) ?? 0) + score);
      }
    };
    const meanings = all.flatMap((word) => MEANT.get(word) ?? []);
    for (const word of new Set([...asked, ...meanings])) add(word, 1);
    // The last word may not be finished yet.
    const last = all.at(-1);
    const open = last.length > 1 && asked.includes(last) && /[\p{L}\p{N}_]$/u.test(question);
    const unfinished = open ? vocabulary.filter((w) => w !== last && w.startsWith(last)) : [];
    for (const word of unfinished) add(word, 0.5);
    // What holds little of what was asked is no answer: of the question's words each counts by how
    // rare it is, one that the book lacks most of all.
    const told = [...new Set(asked.filter((word) => telling.includes(word) && !isNumber(word)))];
    const weigh = (some) => some.reduce((sum, word) => sum + rarity(word), 0);
    const closeness = (section, has = (word) => postings.get(word)?.has(section)) => {
      const near = (word) =>
        has(word) || has(MEANT.get(word)) || (word === last && unfinished.some(has));
      return told.length ? weigh(told.filter(near)) / weigh(told) : 1;
    };
    for (const [section, score] of scores) {
      const inTitle = closeness(section, (word) => titleWords(section).includes(word));
      scores.set(section, score * closeness(section) * (1 + inTitle));
    }
    // A message pasted word for word belongs where it stands word for word.
    if (asked.length > 1) {
      for (const [section, score] of scores) {
        if (plainText(section).includes(phrase)) scores.set(section, score * 2);
      }
    }
    // A heading that holds the question, or is held by it, comes first; the less else it says, the
    // further up.
    const wanted = core(question);
    const meant = wanted.map(inTheBook);
    const top = Math.max(0, ...scores.values());
    for (const [section, score] of scores) {
      const said = titleCore(section);
      const title = titleWords(section);
      const holds = wanted.length && (within(wanted, title) || within(meant, title));
      const held = said.length > 2 && within(said, all);
      if (isHelper(section) || !(holds || held)) continue;
      const share = holds ? 1 + wanted.length / said.length : closeness(section);
      scores.set(section, score + top * share);
    }
    for (const [section, score] of scores) {
      if (ASIDE.test(SECTIONS[section][1])) scores.set(section, score * ASIDE_WEIGHT);
    }
    const best = [...scores].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    if (!best.length || closeness(best[0][0]) < CLOSE) return [];
    return best
      .filter(([, score]) => score >= top * 0.25)
      .slice(0, LIMIT)
      .map(([section]) => {
        const [address, title, page, text] = SECTIONS[section];
        return { address, title, page, excerpt: excerpt(text, asked) };
      });
  }

  function squeezed(text) {
    return text
      .toLowerCase()
      .normalize("NFKC")
      .replace(/[^\p{L}\p{N}]+/gu, " ")
      .trim();
  }

  // The stretch of a section that holds most of what was asked, with the hits marked.
  function excerpt(text, asked) {
    const wanted = new Set(asked);
    const hits = [];
    for (const found of text.matchAll(/[\p{L}\p{N}_]+/gu)) {
      if (words(found[0]).some((word) => wanted.has(word)))
        hits.push([found.index, found[0].length]);
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

  globalThis.bookIndex = { find, LIMIT };
})();
