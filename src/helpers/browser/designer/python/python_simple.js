// The statements of a single line, which begin with a word: what each reads of what follows it.
const names = (parser) => {
  const found = [parser.named()];
  while (parser.take(",")) found.push(parser.named());
  return { names: found };
};
const none = () => ({});
const optional = (parser) => ({ value: parser.ended() ? null : parser.list() });
/** By their words; `parser` stands behind the word. */
export const SIMPLE = {
  __proto__: null,
  pass: none,
  break: none,
  continue: none,
  global: names,
  nonlocal: names,
  return: optional,
  del: (parser) => ({ target: parser.list() }),
  raise(parser) {
    const value = parser.ended() ? null : parser.expression();
    if (parser.take("from")) parser.expression();
    return { value };
  },
  assert(parser) {
    const test = parser.expression();
    return { test, message: parser.take(",") ? parser.expression() : null };
  },
  import(parser) {
    const found = [];
    do {
      const module = parser.dotted();
      found.push({ module, as: parser.take("as") ? parser.named() : null });
    } while (parser.take(","));
    return { modules: found };
  },
  from(parser) {
    let module = "";
    while (parser.is(".") || parser.is("...")) {
      module += parser.token.text;
      parser.at += 1;
    }
    if (!parser.is("import")) module += parser.dotted();
    parser.expect("import");
    if (parser.take("*")) return { module, names: null };
    const isWrapped = parser.take("(");
    const found = [];
    do {
      if (parser.is(")")) break;
      const name = parser.named();
      found.push({ name, as: parser.take("as") ? parser.named() : name });
    } while (parser.take(","));
    if (isWrapped) parser.expect(")");
    return { module, names: found };
  },
};
