// The search: sections of the book, ranked by how much their words say about the question (BM25).
(() => {
  const LIMIT = 12;
  const CLOSE = 0.6; // measured: what the book answers has more, what it does not less
  const TITLE_WEIGHT = 4;
  const WIDTH = 56; // of an excerpt: words and what is between them
  const WORD = /([\p{L}\p{N}_]+)/gu;
  const ASIDE =
    /^(?:Exercise \d|Play with|Check yourself|What comes next|List of references|Run it )/; // nothing is explained
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
      learned: "trainable",
      valid: "least minimal minimum shortest",
      back: "work",
      conv1d: "conv",
      resize: "interpolate interpolation",
      rule: "calculate choose compute set",
    }).flatMap(([ours, theirs]) => theirs.split(" ").map((word) => [stem(word), stem(ours)])),
  );

  function stem(word) {
    if (word.length < 4) return word;
    return word.replace(/(?<=[^s])s$/, "").replace(/(?<=\w{3})(?:ed|ing|ly|e)$/, "");
  }

  // The words of a text. output_padding gives output, padding and outputpadding. A number that
  // stands alone in brackets is a message's size, which is another one in each reader's copy.
  function words(text) {
    const plain = text.normalize("NFKC").replace(/\(\d+\)/g, " ");
    const found = plain.toLowerCase().match(WORD) ?? [];
    const parts = (word) => [...word.split("_"), word.replaceAll("_", "")];
    return found.flatMap((word) => [...new Set(parts(word))].filter(Boolean).map(stem));
  }

  const telling = (text) => words(text).filter((word) => !STOP.has(word));
  const spread = new Map(); // word -> how many sections have it
  const sections = globalThis.bookSections.map(([address, title, page, text]) => {
    const said = words(`${`${title} `.repeat(TITLE_WEIGHT)} ${page} ${text}`);
    const counts = new Map();
    for (const word of said) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const word of counts.keys()) spread.set(word, (spread.get(word) ?? 0) + 1);
    const [heading, plain] = [words(title), words(`${title} ${text}`).join(" ")];
    return { address, title, page, text, heading, plain, counts, length: said.length };
  });
  const average = sections.reduce((sum, { length }) => sum + length, 0) / sections.length;

  function rarity(word) {
    const count = spread.get(word) ?? 0;
    return Math.log(1 + (sections.length - count + 0.5) / (count + 0.5));
  }

  function worth(word, { counts, length }) {
    const count = counts.get(word) ?? 0;
    return (rarity(word) * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * length) / average));
  }

  function find(question) {
    const asked = new Set(telling(question));
    const whole = [...asked].reduce((sum, word) => sum + rarity(word), 0);
    const phrase = words(question).join(" ");
    const last = words(question.match(/[\p{L}_]+$/u)?.[0] ?? "").at(-1);
    const terms = [...new Set(words(question))].map((word) => {
      if (!asked.has(word)) return { share: 0, variants: [MEANT.get(word)] };
      // What the book calls it; and the last word may not be finished yet.
      const begun = word === last ? [...spread.keys()].filter((w) => w.startsWith(word)) : [];
      return { share: rarity(word) / whole, variants: [word, MEANT.get(word), ...begun] };
    });
    const found = sections.map((section) => {
      let [score, close, inTitle] = [0, 0, 0];
      for (const { share, variants } of terms) {
        const best = Math.max(...variants.map((variant) => worth(variant, section)));
        score += best;
        if (best) close += share;
        if (variants.some((variant) => section.heading.includes(variant))) inTitle += share;
      }
      score *= close * (1 + inTitle);
      // A message pasted word for word belongs where it stands word for word.
      if (asked.size > 1 && section.plain.includes(phrase)) score *= 2;
      return { ...section, score, close, inTitle };
    });
    const top = Math.max(...found.map(({ score }) => score));
    for (const place of found) {
      // A heading that holds the question comes first; the less else it says, the further up.
      if (place.inTitle > 0.99) place.score += top * (1 + asked.size / telling(place.title).length);
      if (ASIDE.test(place.title)) place.score *= 0.3;
    }
    const best = found.filter(({ score }) => score > top / 4).sort((a, b) => b.score - a.score);
    const shown = best[0]?.close >= CLOSE ? best.slice(0, LIMIT) : [];
    return shown.map((place) => ({ ...place, excerpt: excerpt(place.text, asked) }));
  }

  // The stretch of a section that holds most of what was asked, with the hits marked.
  function excerpt(text, asked) {
    const pieces = text.split(WORD).map((piece) => [piece, words(piece).some((w) => asked.has(w))]);
    const hits = (start) => pieces.slice(start, start + WIDTH).filter(([, hit]) => hit).length;
    let best = 0;
    for (const [start, [, hit]] of pieces.entries()) {
      if (hit && hits(start) > hits(best)) best = start;
    }
    const start = Math.max(0, best - 8);
    return [[start ? "… " : "", false], ...pieces.slice(start, start + WIDTH), [" …", false]];
  }

  globalThis.bookIndex = { find };
})();
