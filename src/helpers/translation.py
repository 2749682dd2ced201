"""Rules written in Python, translated to JavaScript for the browser.

A rule is a plain function, or a dataclass with derived properties, over integers, texts, None,
lists, and dictionaries with texts for keys. That small part of Python is translated by its syntax
tree, statement by statement; whatever lies outside it raises `UntranslatableError` with file and
line, which stops the build of a site or a widget. The part is:

* functions, generators, lambdas; frozen dataclasses with properties, methods and one base;
* assignments, also to several names and with `:=`; if, for, while, try with one except, raise;
* whole numbers with + - * // % **, of which all that goes beyond 2**53 raises in the browser. What
  says `float(...)` is counted in floats. A constant may be larger, to be compared and printed;
* an if that first asks for `type(...)` is left out: a short way for Python's own ints;
* comparisons, also chained; `in`, and, or, not, conditional expressions, comprehensions;
* f-strings without formats (`!r` excepted), and what FUNCTIONS and METHODS name.

In JavaScript functions are named in camelCase, all else keeps its name. Keyword-only arguments
become one object, the last argument. A list and a tuple are both an array, a dictionary is an
object. Only what the browser needs is translated: what its modules import, and what that uses. The
helpers that the translation uses, and what each language has to do for itself, are in
browser/rules/builtins.js.
"""

import ast
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

__all__ = ["UntranslatableError", "camel_case", "translate"]

BUILTINS = "builtins.js"
LARGEST = 2**53 - 1
COUNTED = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Pow: "**"}
DIVIDED = {ast.FloorDiv: "floordiv", ast.Mod: "mod"}
FLOATS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
COMPARED = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
EQUAL = {ast.Eq: "==", ast.NotEq: "!=", ast.Is: "===", ast.IsNot: "!=="}
ERRORS = {"TypeError": "TypeError", "ValueError": "RangeError"}
KINDS = {"str": 'typeof {} === "string"', "int": "Number.isInteger({})"}
KINDS |= {"list": "Array.isArray({})", "tuple": "Array.isArray({})", "range": "{} instanceof Range"}
# Python's functions and methods: what they become, with their arguments put in.
FUNCTIONS = {
    "abs": "Math.abs({})",
    "bool": "truth({})",
    "enumerate": "[...{}].entries()",
    "float": "Number({})",
    "getattr": "{}[{}]",
    "int": "Math.trunc({})",
    "isinstance": "",
    "len": "len({})",
    "list": "[...{}]",
    "next": "",
    "range": "new Range({}, {})",
    "replace": "",
    "repr": "repr({})",
    "reversed": "[...{}].reverse()",
    "str": "str({})",
    "tuple": "[...{}]",
    "vars": "({{ ...{} }})",
}
MANY = {"max", "min"}
ASKED = {"any": "some", "all": "every"}
METHODS = {
    "append": "{}.push({})",
    "extend": "{}.push(...{})",
    "get": "get({}, {})",
    "insert": "{}.splice({}, 0, {})",
    "items": "Object.entries({})",
    "join": "{1}.join({0})",
    "keys": "Object.keys({})",
    "replace": "{}.replaceAll({}, {})",
    "startswith": "{}.startsWith({})",
    "endswith": "{}.endsWith({})",
    "values": "Object.values({})",
}
RESERVED = re.compile(
    "arguments|await|case|catch|const|debugger|default|delete|do|enum|eval|export|extends|false|"
    "function|implements|instanceof|interface|let|new|null|package|private|protected|public|static|"
    "super|switch|this|throw|true|typeof|var|void"
)

Function: TypeAlias = ast.FunctionDef | ast.Lambda
Definition: TypeAlias = ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
Scope: TypeAlias = ast.Lambda | ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


class UntranslatableError(ValueError):
    """What lies outside the part of Python that is translated, with file and line."""


def camel_case(name: str) -> str:
    """Return a function's name as JavaScript spells it.

    >>> camel_case("conv1d_output_length"), camel_case("_too_small"), camel_case("LARGEST_INT32")
    ('conv1dOutputLength', '_tooSmall', 'LARGEST_INT32')
    """
    if name.upper() == name:
        return name
    return re.sub(r"(?<=[a-z0-9])_([a-z0-9])", lambda found: found[1].upper(), name)


def translate(folder: Path, wanted: Iterable[tuple[str, str]], builtins: str) -> dict[str, str]:
    """Return JavaScript modules by name, one for each Python module that something is wanted of.

    Args:
        folder: Where the Python modules of the rules are.
        wanted: Pairs of a JavaScript module and a name that it has to export, such as lengths.js
            and conv1dOutputLength.
        builtins: The text of builtins.js. What that defines is not translated.

    Raises:
        UntranslatableError: For Python outside the part described above, and for unknown names.
    """
    found = re.findall(r"^export (?:const|function\*?) (\w+)", builtins, re.MULTILINE)
    rules = _Rules(folder, frozenset(found))
    for module, name in wanted:
        rules.want(rules.module(module.removesuffix(".js")), name)
    return rules.written()


@dataclass
class _Module:
    """A Python module and what of it is translated."""

    path: Path
    texts: dict[str, str] = field(default_factory=dict)
    exported: set[str] = field(default_factory=set)
    imports: dict[str, set[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.path.stem

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(encoding="utf-8"))

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        """Functions, classes and constants by name, in the order of the file."""
        found: dict[str, Definition] = {}
        for node in self.tree.body:
            match node:
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    found[name] = node
                case ast.Assign(targets=[ast.Name(id=name)]):
                    found[name] = node
                case ast.AnnAssign(target=ast.Name(id=name)):
                    found[name] = node
        return found

    @cached_property
    def imported(self) -> dict[str, tuple[str, str]]:
        """For each imported name the module that it comes from and its name there."""
        found: dict[str, tuple[str, str]] = {}
        for node in self.tree.body:
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    found[alias.asname or alias.name] = (node.module, alias.name)
        return found

    def use(self, module: str, name: str) -> str:
        """Import a name of another JavaScript module."""
        self.imports.setdefault(module, set()).add(name)
        return name

    def written(self) -> str:
        """Return the JavaScript module."""
        lines = [f"// Made of {self.path.name} by helpers.translation."]
        for module, names in sorted(self.imports.items()):
            lines.append(f'import {{ {", ".join(sorted(names))} }} from "./{module}";')
        for name in self.definitions:
            if name in self.texts:
                lines.append(("export " if name in self.exported else "") + self.texts[name])
        return "\n".join(lines) + "\n"


class _Rules:
    """All modules of rules, as far as they are needed."""

    def __init__(self, folder: Path, natives: frozenset[str]) -> None:
        self.folder, self.natives = folder, natives
        self.modules: dict[str, _Module] = {}

    def module(self, name: str) -> _Module:
        """Return a module, read when it is first asked for."""
        if name not in self.modules:
            path = self.folder / f"{name}.py"
            if not path.is_file():
                raise UntranslatableError(f"{path} is not there, of which {name}.js is to be made")
            self.modules[name] = _Module(path)
        return self.modules[name]

    def want(self, module: _Module, name: str) -> None:
        """Translate what JavaScript imports from a module by this name."""
        known = [own for own in module.definitions if camel_case(own) == name]
        if not known:
            raise UntranslatableError(f"{module.path} has nothing that {name} could be made of")
        self.add(module, known[0])
        module.exported.add(known[0])

    def add(self, module: _Module, name: str) -> None:
        """Translate a definition and, through it, what it uses."""
        if name not in module.texts:
            module.texts[name] = ""  # So that what uses itself does not go round in circles.
            module.texts[name] = _Writer(self, module).definition(module.definitions[name])

    def resolve(self, module: _Module, name: str) -> tuple[_Module, str] | None:
        """Return where a name of a module's is defined, or None if that is not among the rules."""
        while name not in module.definitions:
            source, name = module.imported.get(name, ("", name))
            if not source.startswith("helpers."):
                return None
            module = self.module(source.removeprefix("helpers."))
        return module, name

    def written(self) -> dict[str, str]:
        """Return the JavaScript modules by name."""
        return {f"{name}.js": one.written() for name, one in self.modules.items() if one.texts}


class _Writer:
    """Writes one definition of a module in JavaScript."""

    def __init__(self, rules: _Rules, module: _Module) -> None:
        self.rules, self.module = rules, module
        self.scopes: list[set[str]] = []
        self.caught: list[str] = []

    def outside(self, node: ast.AST, what: str | None = None) -> UntranslatableError:
        """Return the error that says where something lies outside what is translated."""
        line, what = getattr(node, "lineno", 1), what or type(node).__name__
        where = f"{self.module.path}:{line}"
        return UntranslatableError(f"{where}: {what} can't be translated for the browser")

    def helper(self, name: str) -> str:
        """Import a helper."""
        return self.module.use(BUILTINS, name)

    # --- Definitions ---

    def definition(self, node: Definition) -> str:
        match node:
            case ast.FunctionDef():
                return f"function{self.starred(node)} {camel_case(node.name)}{self.function(node)}"
            case ast.ClassDef():
                return f"const {node.name} = {self.dataclass(node)};"
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                return f"const {name} = {self.expression(value)};"
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                return f"const {name} = {self.expression(value)};"
        raise self.outside(node)

    def starred(self, node: ast.FunctionDef) -> str:
        inner = (ast.Yield, ast.YieldFrom)
        return "*" if any(isinstance(part, inner) for part in _own_nodes(node)) else ""

    def function(self, node: ast.FunctionDef, *, bound: bool = False) -> str:
        """Return parameters and body; of a method without the first parameter."""
        if not bound and node.decorator_list:
            raise self.outside(node, f"the decorator of {node.name}")
        params = [arg.arg for arg in _arguments(node.args)]
        assigned = _assigned(node)
        self.scopes.append({*params, *assigned})
        hoisted = [name for name in assigned if name not in params and not _constant(name, node)]
        self.constants = {name for name in assigned if name not in params} - set(hoisted)
        head = self.parameters(node, skip=bound)
        body = self.body(node.body)
        if hoisted:
            body = f"let {', '.join(map(self.local, dict.fromkeys(hoisted)))};\n{body}"
        self.scopes.pop()
        return f"({head}) {{\n{body}\n}}"

    def parameters(self, node: Function, *, skip: bool = False) -> str:
        args = node.args
        if args.vararg or args.posonlyargs:
            raise self.outside(node, "*args or a positional-only parameter")
        usual = [None] * (len(args.args) - len(args.defaults)) + list(args.defaults)
        written = [
            self.parameter(arg.arg, default) for arg, default in zip(args.args, usual, strict=True)
        ][skip:]
        named = [
            self.keyword(arg.arg, default)
            for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True)
        ]
        if args.kwarg:
            named.append(f"...{self.local(args.kwarg.arg)}")
        if named:
            written.append(f"{{ {', '.join(named)} }} = {{}}")
        return ", ".join(written)

    def parameter(self, name: str, default: ast.expr | None) -> str:
        return self.local(name) + ("" if default is None else f" = {self.expression(default)}")

    def keyword(self, name: str, default: ast.expr | None) -> str:
        local = self.local(name)
        written = name if local == name else f"{name}: {local}"
        return written + ("" if default is None else f" = {self.expression(default)}")

    def dataclass(self, node: ast.ClassDef) -> str:
        keywords_only = self.is_kw_only(node)
        fields = [part for part in node.body if isinstance(part, ast.AnnAssign)]
        parts = [self.constructor(node, fields, keywords_only)] if fields else []
        for part in node.body:
            match part:
                case ast.AnnAssign() | ast.Expr(value=ast.Constant()):
                    continue
                case ast.FunctionDef(decorator_list=[ast.Name(id="property")]):
                    parts.append(f"get {part.name}{self.function(part, bound=True)}")
                case ast.FunctionDef(decorator_list=[ast.Name(id="classmethod")]):
                    parts.append(f"static {part.name}{self.function(part, bound=True)}")
                case ast.FunctionDef(decorator_list=[]) if not part.name.startswith("__"):
                    parts.append(part.name + self.function(part, bound=True))
                case _:
                    raise self.outside(part, f"this part of class {node.name}")
        base = f" extends {self.expression(node.bases[0])}" if node.bases else ""
        return f"class{base} {{\n" + "\n".join(parts) + "\n}"

    def is_kw_only(self, node: ast.ClassDef) -> bool:
        """Say whether a dataclass takes its fields by keyword only."""
        match node.decorator_list:
            case [ast.Call(func=ast.Name(id="dataclass"), keywords=keywords)]:
                if len(node.bases) < 2:
                    return "kw_only" in [one.arg for one in keywords]
        raise self.outside(node, f"class {node.name}, which is no dataclass of one base at most,")

    def constructor(self, node: ast.ClassDef, fields: list[ast.AnnAssign], named: bool) -> str:
        if node.bases and not named:
            raise self.outside(
                node, f"class {node.name}, which adds fields that are not keyword-only,"
            )
        names = [one.target.id for one in fields if isinstance(one.target, ast.Name)]
        self.scopes.append(set(names))
        params = [self.keyword(name, one.value) for name, one in zip(names, fields, strict=True)]
        own = "\n".join(f"this.{name} = {self.local(name)};" for name in names)
        self.scopes.pop()
        taken = f"{{ {', '.join(params)} }}" if named else ", ".join(params)
        if not node.bases:
            return f"constructor({taken}) {{\n{own}\n}}"
        return f"constructor(given) {{\nsuper(given);\nconst {taken} = given;\n{own}\n}}"

    # --- Statements ---

    def body(self, statements: list[ast.stmt]) -> str:
        return "\n".join(line for one in statements if (line := self.statement(one)))

    def block(self, statements: list[ast.stmt]) -> str:
        return f"{{\n{self.body(statements)}\n}}"

    def statement(self, node: ast.stmt) -> str:
        match node:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                return ""
            case ast.Expr(value=value):
                return f"{self.expression(value)};"
            case ast.Return(value=None):
                return "return null;"
            case ast.Return(value=ast.expr() as value):
                return f"return {self.expression(value)};"
            case ast.Assign(targets=[target], value=value):
                return f"{self.declared(target)} = {self.expression(value)};"
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                return f"{self.declared(target)} = {self.expression(value)};"
            case ast.AugAssign(target=ast.Name() as target, op=op, value=value):
                counted = ast.BinOp(left=ast.Name(target.id, ast.Load()), op=op, right=value)
                return (
                    f"{self.target(target)} = {self.expression(ast.copy_location(counted, node))};"
                )
            case ast.If(
                test=ast.BoolOp(values=[ast.Compare(left=ast.Call(func=ast.Name("type"))), *_]),
                orelse=[],
            ):
                return ""
            case ast.If(test=test, body=body, orelse=orelse):
                written = f"if ({self.test(test)}) {self.block(body)}"
                match orelse:
                    case []:
                        return written
                    case [ast.If() as other]:
                        return f"{written} else {self.statement(other)}"
                return f"{written} else {self.block(orelse)}"
            case ast.While(test=test, body=body, orelse=[]):
                return f"while ({self.test(test)}) {self.block(body)}"
            case ast.For(target=target, iter=values, body=body, orelse=[]):
                return (
                    f"for ({self.target(target)} of {self.expression(values)}) {self.block(body)}"
                )
            case ast.Break():
                return "break;"
            case ast.Continue():
                return "continue;"
            case ast.Raise(exc=None) if self.caught:
                return f"throw {self.caught[-1]};"
            case ast.Raise(exc=ast.Call() as error):
                return f"throw {self.expression(error)};"
            case ast.Try(body=body, handlers=[handler], orelse=[], finalbody=[]):
                return f"try {self.block(body)} {self.handler(handler)}"
        raise self.outside(node)

    def declared(self, target: ast.expr) -> str:
        """Return what is assigned to, declared here if this is its one assignment."""
        names = [part.id for part in ast.walk(target) if isinstance(part, ast.Name)]
        constants = [name for name in names if name in self.constants]
        if constants and constants != names:
            raise self.outside(target, "an assignment to new and to old names at once")
        return ("const " if constants else "") + self.target(target)

    def target(self, node: ast.expr) -> str:
        match node:
            case ast.Name(id=name):
                return self.local(name)
            case ast.Starred(value=ast.Name(id=name)):
                return f"...{self.local(name)}"
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return f"[{', '.join(map(self.target, parts))}]"
            case ast.Subscript(value=value, slice=ast.Constant() | ast.Name() as key):
                return f"{self.expression(value)}[{self.expression(key)}]"
        raise self.outside(node, "an assignment to this")

    def handler(self, node: ast.ExceptHandler) -> str:
        if node.type is None:
            raise self.outside(node, "an except without an error")
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        if node.name:
            self.scopes[-1].add(node.name)
        name = self.local(node.name) if node.name else "caught"
        tests = [f"{name} instanceof {self.error(kind)}" for kind in kinds]
        self.caught.append(name)
        body = self.body(node.body)
        self.caught.pop()
        return f"catch ({name}) {{\nif (!({' || '.join(tests)})) throw {name};\n{body}\n}}"

    def error(self, node: ast.expr) -> str:
        match node:
            case ast.Name(id="OverflowError"):
                return self.helper("OverflowError")
            case ast.Name(id=name) if name not in ERRORS:
                return self.expression(node)
        raise self.outside(node, "catching this error, which JavaScript raises for other reasons")

    # --- Names ---

    def local(self, name: str) -> str:
        """Return a name of a function's own, which may not hide one of JavaScript's or a helper."""
        return f"{name}_" if RESERVED.fullmatch(name) or name in self.rules.natives else name

    def name(self, node: ast.Name) -> str:
        name = node.id
        if any(name in scope for scope in self.scopes):
            return {"self": "this", "cls": "this"}.get(name) or self.local(name)
        found = self.rules.resolve(self.module, name)
        if found is None:
            raise self.outside(node, f"{name!r}, which is no rule,")
        module, own = found
        spelled = camel_case(own)
        if spelled in self.rules.natives:
            return self.helper(spelled)
        self.rules.add(module, own)
        if module is not self.module:
            module.exported.add(own)
            self.module.use(f"{module.name}.js", spelled)
        return spelled

    # --- Expressions ---

    def expression(self, node: ast.expr) -> str:
        match node:
            case ast.Constant():
                return self.constant(node)
            case ast.Name():
                return self.name(node)
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super"), args=[]), attr=attr):
                return f"super.{attr}"
            case ast.Attribute(value=value, attr=attr):
                return f"{self.expression(value)}.{attr}"
            case ast.BinOp() | ast.UnaryOp():
                return self.counted(node)
            case ast.BoolOp(op=op, values=values):
                sign = " && " if isinstance(op, ast.And) else " || "
                *tested, last = values
                written = [self.scalar(value) for value in tested] + [self.expression(last)]
                return f"({sign.join(written)})"
            case ast.Compare():
                return f"({self.comparison(node)})"
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return f"({self.test(test)} ? {self.expression(body)} : {self.expression(orelse)})"
            case ast.NamedExpr(target=target, value=value):
                if target.id not in self.scopes[-1]:
                    raise self.outside(node, ":= in a comprehension or a lambda")
                return f"({self.target(target)} = {self.expression(value)})"
            case ast.JoinedStr(values=values):
                return self.template(values)
            case ast.Call():
                return self.call(node)
            case ast.Subscript(value=value, slice=ast.Slice() as part):
                return self.sliced(value, part)
            case ast.Subscript(value=value, slice=key):
                return f"{self.helper('item')}({self.expression(value)}, {self.expression(key)})"
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return f"[{', '.join(map(self.expression, parts))}]"
            case ast.Starred(value=value):
                return f"...{self.expression(value)}"
            case ast.Dict(keys=keys, values=values):
                return self.object(zip(keys, values, strict=True))
            case ast.Lambda(body=body):
                self.scopes.append({arg.arg for arg in _arguments(node.args)})
                arrow = f"(({self.parameters(node)}) => {self.expression(body)})"
                self.scopes.pop()
                return arrow
            case ast.ListComp(elt=element) | ast.GeneratorExp(elt=element):
                return self.comprehension(node, element, "map")
            case ast.DictComp(key=key, value=value):
                pair = ast.Tuple([key, value], ast.Load())
                return f"Object.fromEntries({self.comprehension(node, pair, 'map')})"
            case ast.Yield(value=ast.expr() as value):
                return f"yield {self.expression(value)}"
            case ast.YieldFrom(value=value):
                return f"yield* {self.expression(value)}"
        raise self.outside(node)

    def constant(self, node: ast.Constant) -> str:
        match node.value:
            case None:
                return "null"
            case bool(value):
                return str(value).lower()
            case int(value):
                return self.number(value)
            case float() | str() as value:
                return json.dumps(value, ensure_ascii=False)
        raise self.outside(node, f"{node.value!r}")

    def number(self, value: int) -> str:
        return f"{value}" if abs(value) <= LARGEST else f"{value}n"

    def counted(self, node: ast.BinOp | ast.UnaryOp) -> str:
        folded = _folded(node)
        if folded is not None:
            return self.number(folded) if folded >= 0 else f"({self.number(folded)})"
        match node:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return f"!{self.test(operand, inner=True)}"
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return f"(0 - {self.expression(operand)})"
            case ast.BinOp(left=left, op=op, right=right):
                if isinstance(op, ast.BitOr) and (isinstance(left, ast.Dict) or _is_vars(left)):
                    return self.object([(None, left), (None, right)])
                for side in (left, right):
                    if isinstance(side, ast.JoinedStr | ast.List | ast.Tuple | ast.Dict):
                        raise self.outside(node, "counting with a text or a list")
                    if isinstance(side, ast.Constant) and not isinstance(side.value, int):
                        raise self.outside(node, f"counting with {side.value!r}")
                first, second = self.expression(left), self.expression(right)
                if _is_float(left) or _is_float(right):
                    if type(op) in FLOATS:
                        return f"({first} {FLOATS[type(op)]} {second})"
                elif type(op) in COUNTED:
                    return f"{self.helper('exact')}({first} {COUNTED[type(op)]} {second})"
                elif type(op) in DIVIDED:
                    return f"{self.helper(DIVIDED[type(op)])}({first}, {second})"
                raise self.outside(node, f"the operator {type(op).__name__}")
        raise self.outside(node)

    def test(self, node: ast.expr, *, inner: bool = False) -> str:
        """Return an expression of which only the truth matters."""
        match node:
            case ast.Compare():
                written = self.comparison(node)
                return f"({written})" if inner else written
            case ast.BoolOp(op=op, values=values):
                sign = " && " if isinstance(op, ast.And) else " || "
                written = sign.join(self.test(value, inner=True) for value in values)
                return f"({written})" if inner else written
            case ast.UnaryOp(op=ast.Not()):
                return self.expression(node)
            case _ if _is_bool(node):
                written = self.expression(node)
                return f"({written})" if inner and " " in written else written
        return f"{self.helper('truth')}({self.expression(node)})"

    def scalar(self, node: ast.expr) -> str:
        """Return an expression whose value and truth matter."""
        if _is_bool(node):
            return self.test(node, inner=True)
        return f"{self.helper('scalar')}({self.expression(node)})"

    def comparison(self, node: ast.Compare) -> str:
        written, left = [], node.left
        for op, right in zip(node.ops, node.comparators, strict=True):
            if right is not node.comparators[-1] and not isinstance(
                right, ast.Name | ast.Constant | ast.Attribute
            ):
                raise self.outside(right, "this in the middle of a comparison")
            written.append(self.compared(left, op, right))
            left = right
        return " && ".join(written)

    def compared(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> str:
        first, second = self.expression(left), self.expression(right)
        match op:
            case ast.In():
                return f"{self.helper('has')}({second}, {first})"
            case ast.NotIn():
                return f"!{self.helper('has')}({second}, {first})"
            case ast.Is() | ast.IsNot() if second in ("null", "true", "false"):
                sign = EQUAL[type(op)]
                return f"{first} {sign[:2] if second == 'null' else sign} {second}"
            case ast.Eq() | ast.NotEq():
                sign = EQUAL[type(op)]
                if any(isinstance(side, ast.Constant) for side in (left, right)):
                    return f"{first} {sign}= {second}"
                return f"{'' if sign == '==' else '!'}{self.helper('same')}({first}, {second})"
        if type(op) not in COMPARED:
            raise self.outside(left, f"the comparison {type(op).__name__}")
        return f"{first} {COMPARED[type(op)]} {second}"

    def template(self, values: list[ast.expr]) -> str:
        written = ""
        for value in values:
            match value:
                case ast.Constant(value=str(text)):
                    written += re.sub(r"([\\`]|\$(?=\{))", r"\\\1", text).replace("\n", "\\n")
                case ast.FormattedValue(value=inner, conversion=114, format_spec=None):
                    written += f"${{{self.helper('repr')}({self.expression(inner)})}}"
                case ast.FormattedValue(value=inner, conversion=-1, format_spec=None):
                    written += f"${{{self.expression(inner)}}}"
                case _:
                    raise self.outside(value, "this format of an f-string")
        return f"{self.helper('say')}`{written}`"

    def sliced(self, value: ast.expr, part: ast.Slice) -> str:
        if part.step is not None:
            raise self.outside(part, "a slice with a step")
        ends = [part.lower or ast.Constant(0), *([part.upper] if part.upper else [])]
        return f"{self.expression(value)}.slice({', '.join(map(self.expression, ends))})"

    def object(self, pairs: Iterable[tuple[ast.expr | None, ast.expr]]) -> str:
        written = []
        for key, value in pairs:
            match key:
                case None:
                    written.append(f"...{self.expression(value)}")
                case ast.Constant(value=str(name)) if name.isidentifier():
                    inner = self.expression(value)
                    written.append(name if inner == name else f"{name}: {inner}")
                case _:
                    written.append(f"[{self.expression(key)}]: {self.expression(value)}")
        return f"({{ {', '.join(written)} }})"

    def comprehension(self, node: ast.expr, element: ast.expr, last: str) -> str:
        """Return an array of all that a comprehension makes, or with `last` a test of each."""
        match node:
            case (
                ast.ListComp(generators=loops)
                | ast.GeneratorExp(generators=loops)
                | ast.DictComp(generators=loops)
            ):
                return self.looped(loops, element, last)
        raise self.outside(node)

    def looped(self, loops: list[ast.comprehension], element: ast.expr, last: str) -> str:
        loop, *inner = loops
        values = f"[...{self.expression(loop.iter)}]"
        names = {part.id for part in ast.walk(loop.target) if isinstance(part, ast.Name)}
        self.scopes.append(names)
        head = f"({self.target(loop.target)}) =>"
        for condition in loop.ifs:
            values += f".filter({head} {self.test(condition)})"
        if inner:
            if last != "map":
                raise self.outside(element, "any or all of two loops")
            made = f"{values}.flatMap({head} {self.looped(inner, element, last)})"
        elif last == "map" and isinstance(element, ast.Name) and element.id in names:
            simple = isinstance(loop.target, ast.Name)
            made = values if simple else f"{values}.map({head} {self.expression(element)})"
        else:
            tested = self.expression(element) if last == "map" else self.test(element)
            made = f"{values}.{last}({head} {tested})"
        self.scopes.pop()
        return made

    # --- Calls ---

    def call(self, node: ast.Call) -> str:
        match node.func:
            case ast.Name(id=name) if not self.rules.resolve(self.module, name) and not any(
                name in scope for scope in self.scopes
            ):
                return self.builtin(node, name)
            case ast.Name(id="cls"):
                return f"new this({self.given(node, None)})"
            case ast.Name(id=name):
                return self.called(node, name)
            case ast.Attribute(value=ast.Name(id="math"), attr="gcd"):
                return f"{self.helper('gcd')}({self.given(node, None)})"
            case ast.Attribute(value=value, attr=attr) if attr in METHODS:
                given = [self.expression(part) for part in (value, *node.args)]
                return self.filled(node, METHODS[attr], given)
            case ast.Attribute(value=ast.Name(), attr=attr):
                return f"{self.expression(node.func)}({self.given(node, None)})"
        raise self.outside(node, "this call")

    def called(self, node: ast.Call, name: str) -> str:
        """Return a call of a rule, of a class, or of a function that is handed over."""
        found = self.rules.resolve(self.module, name)
        spelled = self.expression(node.func)
        if any(name in scope for scope in self.scopes) or found is None:
            return f"{spelled}({self.given(node, None)})"
        definition = found[0].definitions[found[1]]
        match definition:
            case ast.FunctionDef():
                return f"{spelled}({self.given(node, _arguments_by_place(definition))})"
            case ast.ClassDef() if name == "SizeError":
                return f"new {spelled}({self.size_error(node)})"
            case ast.ClassDef():
                return f"new {spelled}({self.given(node, self.fields(definition))})"
        return f"{spelled}({self.given(node, None)})"

    def fields(self, node: ast.ClassDef) -> list[str]:
        if self.is_kw_only(node):
            return []
        targets = [part.target for part in node.body if isinstance(part, ast.AnnAssign)]
        return [target.id for target in targets if isinstance(target, ast.Name)]

    def given(self, node: ast.Call, places: list[str] | None) -> str:
        """Return the arguments of a call; those that have a place go there by keyword, too."""
        by_name = {one.arg: one.value for one in node.keywords}
        rest = (places or [])[len(node.args) :]
        while rest and rest[-1] not in by_name:
            rest.pop()
        written = [self.expression(part) for part in node.args]
        written += [
            self.expression(by_name[one]) if one in by_name else "undefined" for one in rest
        ]
        named: list[tuple[ast.expr | None, ast.expr]] = []
        for one in node.keywords:
            if one.arg not in rest:
                named.append((ast.Constant(one.arg) if one.arg else None, one.value))
        if named:
            written.append(self.object(named).removeprefix("(").removesuffix(")"))
        return ", ".join(written)

    def size_error(self, node: ast.Call) -> str:
        """Return the arguments of a SizeError; its own words stay behind where PyTorch has some."""
        own, *others = node.args
        by_name = {one.arg: one.value for one in node.keywords}
        words = others[0] if others else by_name.get("pytorch")
        written = ["null" if _is_text(words) else self.expression(own)]
        written.append("null" if words is None else self.expression(words))
        if code := by_name.get("code"):
            written.append(self.expression(code))
        return ", ".join(written)

    def builtin(self, node: ast.Call, name: str) -> str:
        match name, node.args, node.keywords:
            case ("isinstance", [value, kinds], []):
                return self.is_kind(value, kinds)
            case ("getattr", [value, ast.Constant(value=str(key)), default], []):
                other = self.expression(default)
                return f"{self.helper('get')}({self.expression(value)}, {json.dumps(key)}, {other})"
            case ("range", [stop], []):
                return f"new {self.helper('Range')}(0, {self.expression(stop)})"
            case ("range", [start, stop], []):
                return (
                    f"new {self.helper('Range')}({self.expression(start)}, {self.expression(stop)})"
                )
            case ("replace", [value], keywords):
                changes = [
                    (ast.Constant(one.arg) if one.arg else None, one.value) for one in keywords
                ]
                return f"{self.helper('replace')}({self.expression(value)}, {self.object(changes)})"
            case ("any" | "all", [ast.GeneratorExp(elt=element) as values], []):
                return self.comprehension(values, element, ASKED[name])
            case ("next", [ast.GeneratorExp(elt=element) as values, default], []):
                found = self.comprehension(values, element, "map")
                return f"({found}[0] ?? {self.expression(default)})"
            case ("max" | "min", given, []):
                return f"{self.helper(name)}({', '.join(map(self.expression, given))})"
            case (_, given, []) if FUNCTIONS.get(name):
                return self.filled(node, FUNCTIONS[name], [self.expression(part) for part in given])
            case (_, [*_], _) if name in ERRORS:
                return f"new {ERRORS[name]}({self.given(node, None)})"
        raise self.outside(node, f"this call of {name}")

    def filled(self, node: ast.Call, pattern: str, given: list[str]) -> str:
        """Return a pattern with its arguments put in."""
        wanted = len(re.findall(r"(?<!\{)\{\d?\}", pattern))
        if node.keywords or not wanted <= len(given) <= wanted + pattern.startswith("get("):
            raise self.outside(node, "a call with these arguments")
        if len(given) > wanted:
            pattern = pattern.replace("{})", "{}, {})")
        helper = re.match(r"(\w+)\(", pattern)
        if helper and helper[1] in self.rules.natives:
            self.helper(helper[1])
        return pattern.format(*given)

    def is_kind(self, value: ast.expr, kinds: ast.expr) -> str:
        match kinds:
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return f"({self.is_kind(value, left)} || {self.is_kind(value, right)})"
            case ast.Name(id=name) if name in KINDS:
                if name == "range":
                    self.helper("Range")
                return KINDS[name].format(self.expression(value))
            case ast.Name(id=name) if self.rules.resolve(self.module, name):
                return f"{self.expression(value)} instanceof {self.expression(kinds)}"
        raise self.outside(kinds, "this kind")


def _arguments(args: ast.arguments) -> list[ast.arg]:
    """Return all parameters of a function."""
    return [*args.args, *args.kwonlyargs, *([args.kwarg] if args.kwarg else [])]


def _arguments_by_place(node: ast.FunctionDef) -> list[str]:
    """Return the names of the parameters that have a place."""
    return [arg.arg for arg in node.args.args]


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what stands in a function itself, not in a function or comprehension within it."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, Scope | ast.FunctionDef):
            yield from _own_nodes(child)


def _assigned(node: ast.FunctionDef) -> list[str]:
    """Return all names that a function assigns to, as often as it does."""
    return [
        part.id
        for part in _own_nodes(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    ]


def _constant(name: str, node: ast.FunctionDef) -> bool:
    """Say whether a name is assigned to once, by a statement that stands in no other."""
    plain = [one for one in node.body if isinstance(one, ast.Assign | ast.AnnAssign)]
    targets = [
        part.id
        for one in plain
        for target in (one.targets if isinstance(one, ast.Assign) else [one.target])
        for part in ast.walk(target)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    ]
    return _assigned(node).count(name) == 1 and name in targets


def _folded(node: ast.expr) -> int | None:
    """Return what constants come to, or None if it is not only constants."""
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            negated = _folded(operand)
            return None if negated is None else -negated
        case ast.BinOp(left=left, op=op, right=right):
            first, second = _folded(left), _folded(right)
            if first is None or second is None:
                return None
            match op:
                case ast.Add():
                    return first + second
                case ast.Sub():
                    return first - second
                case ast.Mult():
                    return first * second
                case ast.Pow() if 0 <= second < 128:
                    return int(first**second)
    return None


def _is_float(node: ast.expr) -> bool:
    """Say whether an expression says by itself that it is a float."""
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
    )


def _is_vars(node: ast.expr) -> bool:
    """Say whether an expression is a dictionary of attributes."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "vars"


def _is_bool(node: ast.expr) -> bool:
    """Say whether an expression gives True or False."""
    match node:
        case ast.Compare() | ast.UnaryOp(op=ast.Not()) | ast.Constant(value=bool()):
            return True
        case ast.BoolOp(values=values):
            return all(map(_is_bool, values))
        case ast.Call(func=ast.Name(id="isinstance" | "any" | "all" | "bool")):
            return True
    return False


def _is_text(node: ast.expr | None) -> bool:
    """Say whether an expression is certainly a text."""
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.IfExp(body=body, orelse=orelse):
            return _is_text(body) and _is_text(orelse)
    return False
