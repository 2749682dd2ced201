"""Python's expressions in JavaScript."""

import ast
import json
import re
from collections.abc import Iterable
from typing import TypeAlias

from helpers.translation import syntax
from helpers.translation.names import Names

__all__ = ["ERRORS", "Expressions"]

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
    "len": "len({})",
    "list": "[...{}]",
    "repr": "repr({})",
    "reversed": "[...{}].reverse()",
    "str": "str({})",
    "tuple": "[...{}]",
    "vars": "({{ ...{} }})",
}
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

Function: TypeAlias = ast.FunctionDef | ast.Lambda


class Expressions:
    """Writes the expressions of one definition."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def expression(self, node: ast.expr) -> str:
        """Return an expression."""
        match node:
            case ast.Constant():
                return self.constant(node)
            case ast.Name():
                return self.names.spelled(node)
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
                if target.id not in self.names.scopes[-1]:
                    raise self.names.outside(node, ":= in a comprehension or a lambda")
                return f"({self.target(target)} = {self.expression(value)})"
            case ast.JoinedStr(values=values):
                return self.template(values)
            case ast.Call():
                return self.call(node)
            case ast.Subscript(value=value, slice=ast.Slice() as part):
                return self.sliced(value, part)
            case ast.Subscript(value=value, slice=key):
                found = f"{self.expression(value)}, {self.expression(key)}"
                return f"{self.names.helper('item')}({found})"
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return f"[{', '.join(map(self.expression, parts))}]"
            case ast.Starred(value=value):
                return f"...{self.expression(value)}"
            case ast.Dict(keys=keys, values=values):
                return self.object(zip(keys, values, strict=True))
            case ast.Lambda(body=body):
                self.names.scopes.append({arg.arg for arg in syntax.arguments(node.args)})
                arrow = f"(({self.parameters(node)}) => {self.expression(body)})"
                self.names.scopes.pop()
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
        raise self.names.outside(node)

    def constant(self, node: ast.Constant) -> str:
        """Return a number, a text, None or a bool."""
        match node.value:
            case None:
                return "null"
            case bool(value):
                return str(value).lower()
            case int(value):
                return self.number(value)
            case float() | str() as value:
                return json.dumps(value, ensure_ascii=False)
        raise self.names.outside(node, f"{node.value!r}")

    def number(self, value: int) -> str:
        """Return a whole number; a large one as a BigInt."""
        return f"{value}" if abs(value) <= LARGEST else f"{value}n"

    def counted(self, node: ast.BinOp | ast.UnaryOp) -> str:
        """Return what counts: of constants, what they come to."""
        folded = syntax.folded(node)
        if folded is not None:
            return self.number(folded) if folded >= 0 else f"({self.number(folded)})"
        match node:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return f"!{self.test(operand, inner=True)}"
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return f"(0 - {self.expression(operand)})"
            case ast.BinOp(left=left, op=op, right=right):
                if isinstance(op, ast.BitOr) and syntax.is_dictionary(left):
                    return self.object([(None, left), (None, right)])
                for side in (left, right):
                    if isinstance(side, ast.JoinedStr | ast.List | ast.Tuple | ast.Dict):
                        raise self.names.outside(node, "counting with a text or a list")
                    if isinstance(side, ast.Constant) and not isinstance(side.value, int):
                        raise self.names.outside(node, f"counting with {side.value!r}")
                first, second = self.expression(left), self.expression(right)
                if syntax.is_float(left) or syntax.is_float(right):
                    if type(op) in FLOATS:
                        return f"({first} {FLOATS[type(op)]} {second})"
                elif type(op) in COUNTED:
                    return f"{self.names.helper('exact')}({first} {COUNTED[type(op)]} {second})"
                elif type(op) in DIVIDED:
                    return f"{self.names.helper(DIVIDED[type(op)])}({first}, {second})"
                raise self.names.outside(node, f"the operator {type(op).__name__}")
        raise self.names.outside(node)

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
            case _ if syntax.is_bool(node):
                written = self.expression(node)
                return f"({written})" if inner and " " in written else written
        return f"{self.names.helper('truth')}({self.expression(node)})"

    def scalar(self, node: ast.expr) -> str:
        """Return an expression whose value and truth matter."""
        if syntax.is_bool(node):
            return self.test(node, inner=True)
        return f"{self.names.helper('scalar')}({self.expression(node)})"

    def comparison(self, node: ast.Compare) -> str:
        """Return comparisons, each of which has to hold."""
        written, left = [], node.left
        for op, right in zip(node.ops, node.comparators, strict=True):
            if right is not node.comparators[-1] and not isinstance(
                right, ast.Name | ast.Constant | ast.Attribute
            ):
                raise self.names.outside(right, "this in the middle of a comparison")
            written.append(self.compared(left, op, right))
            left = right
        return " && ".join(written)

    def compared(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> str:
        """Return one comparison."""
        first, second = self.expression(left), self.expression(right)
        match op:
            case ast.In():
                return f"{self.names.helper('has')}({second}, {first})"
            case ast.NotIn():
                return f"!{self.names.helper('has')}({second}, {first})"
            case ast.Is() | ast.IsNot() if second in ("null", "true", "false"):
                sign = EQUAL[type(op)]
                return f"{first} {sign[:2] if second == 'null' else sign} {second}"
            case ast.Eq() | ast.NotEq():
                sign = EQUAL[type(op)]
                if any(isinstance(side, ast.Constant) for side in (left, right)):
                    return f"{first} {sign}= {second}"
                no = "" if sign == "==" else "!"
                return f"{no}{self.names.helper('same')}({first}, {second})"
        if type(op) not in COMPARED:
            raise self.names.outside(left, f"the comparison {type(op).__name__}")
        return f"{first} {COMPARED[type(op)]} {second}"

    def template(self, values: list[ast.expr]) -> str:
        """Return an f-string."""
        written = ""
        for value in values:
            match value:
                case ast.Constant(value=str(text)):
                    written += re.sub(r"([\\`]|\$(?=\{))", r"\\\1", text).replace("\n", "\\n")
                case ast.FormattedValue(value=inner, conversion=114, format_spec=None):
                    written += f"${{{self.names.helper('repr')}({self.expression(inner)})}}"
                case ast.FormattedValue(value=inner, conversion=-1, format_spec=None):
                    written += f"${{{self.expression(inner)}}}"
                case _:
                    raise self.names.outside(value, "this format of an f-string")
        return f"{self.names.helper('say')}`{written}`"

    def sliced(self, value: ast.expr, part: ast.Slice) -> str:
        """Return a part of a list."""
        if part.step is not None:
            raise self.names.outside(part, "a slice with a step")
        ends = [part.lower or ast.Constant(0), *([part.upper] if part.upper else [])]
        return f"{self.expression(value)}.slice({', '.join(map(self.expression, ends))})"

    def object(self, pairs: Iterable[tuple[ast.expr | None, ast.expr]]) -> str:
        """Return a dictionary."""
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
        raise self.names.outside(node)

    def looped(self, loops: list[ast.comprehension], element: ast.expr, last: str) -> str:
        """Return the loops of a comprehension, one within the other."""
        loop, *inner = loops
        values = f"[...{self.expression(loop.iter)}]"
        names = {part.id for part in ast.walk(loop.target) if isinstance(part, ast.Name)}
        self.names.scopes.append(names)
        head = f"({self.target(loop.target)}) =>"
        for condition in loop.ifs:
            values += f".filter({head} {self.test(condition)})"
        if inner:
            if last != "map":
                raise self.names.outside(element, "any or all of two loops")
            made = f"{values}.flatMap({head} {self.looped(inner, element, last)})"
        elif last == "map" and isinstance(element, ast.Name) and element.id in names:
            simple = isinstance(loop.target, ast.Name)
            made = values if simple else f"{values}.map({head} {self.expression(element)})"
        else:
            tested = self.expression(element) if last == "map" else self.test(element)
            made = f"{values}.{last}({head} {tested})"
        self.names.scopes.pop()
        return made

    def call(self, node: ast.Call) -> str:
        """Return a call."""
        match node.func:
            case ast.Name(id=name) if not (self.names.is_local(name) or self.names.resolve(name)):
                return self.builtin(node, name)
            case ast.Name(id="cls"):
                return f"new this({self.given(node, None)})"
            case ast.Name(id=name):
                return self.called(node, name)
            case ast.Attribute(value=ast.Name(id="math"), attr="gcd"):
                return f"{self.names.helper('gcd')}({self.given(node, None)})"
            case ast.Attribute(value=value, attr=attr) if attr in METHODS:
                given = [self.expression(part) for part in (value, *node.args)]
                return self.filled(node, METHODS[attr], given)
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if self.names.is_method(
                name, attr
            ):
                return f"{self.expression(node.func)}({self.given(node, None)})"
        raise self.names.outside(node, "this call")

    def called(self, node: ast.Call, name: str) -> str:
        """Return a call of a rule, of a class, or of a function that is handed over."""
        found, spelled = self.names.resolve(name), self.expression(node.func)
        definition = found[1] if found else None
        match definition:
            case ast.FunctionDef():
                return f"{spelled}({self.given(node, syntax.arguments_by_place(definition))})"
            case ast.ClassDef() if name == "SizeError":
                return f"new {spelled}({self.size_error(node)})"
            case ast.ClassDef():
                return f"new {spelled}({self.given(node, self.fields(definition))})"
        return f"{spelled}({self.given(node, None)})"

    def fields(self, node: ast.ClassDef) -> list[str]:
        """Return the fields of a dataclass that have a place."""
        if syntax.is_kw_only(node):
            return []
        targets = [part.target for part in node.body if isinstance(part, ast.AnnAssign)]
        return [target.id for target in targets if isinstance(target, ast.Name)]

    def given(self, node: ast.Call, places: list[str] | None) -> str:
        """Return the arguments of a call; those that have a place go there by keyword, too."""
        by_name = {one.arg: one.value for one in node.keywords}
        rest = (places or [])[len(node.args) :]
        while rest and rest[-1] not in by_name and by_name.keys() <= {*rest}:
            rest.pop()  # Where an object comes last, what stands before it keeps its place.
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
        written = ["null" if syntax.is_text(words) else self.expression(own)]
        written.append("null" if words is None else self.expression(words))
        if code := by_name.get("code"):
            written.append(self.expression(code))
        return ", ".join(written)

    def builtin(self, node: ast.Call, name: str) -> str:
        """Return a call of one of Python's own functions."""
        match name, node.args, node.keywords:
            case ("isinstance", [value, kinds], []):
                return self.is_kind(value, kinds)
            case ("getattr", [value, ast.Constant(value=str(key)), default], []):
                other = self.expression(default)
                found = f"{self.expression(value)}, {json.dumps(key)}"
                return f"{self.names.helper('get')}({found}, {other})"
            case ("range", [stop], []):
                return f"new {self.names.helper('Range')}(0, {self.expression(stop)})"
            case ("range", [start, stop], []):
                ends = f"{self.expression(start)}, {self.expression(stop)}"
                return f"new {self.names.helper('Range')}({ends})"
            case ("replace", [value], keywords):
                pairs = [
                    (ast.Constant(one.arg) if one.arg else None, one.value) for one in keywords
                ]
                changed = f"{self.expression(value)}, {self.object(pairs)}"
                return f"{self.names.helper('replace')}({changed})"
            case ("any" | "all", [ast.GeneratorExp(elt=element) as values], []):
                return self.comprehension(values, element, ASKED[name])
            case ("next", [ast.GeneratorExp(elt=element) as values, default], []):
                found = self.comprehension(values, element, "map")
                return f"({found}[0] ?? {self.expression(default)})"
            case ("max" | "min", given, []):
                return f"{self.names.helper(name)}({', '.join(map(self.expression, given))})"
            case (_, given, []) if name in FUNCTIONS:
                return self.filled(node, FUNCTIONS[name], [self.expression(part) for part in given])
            case (_, [*_], _) if name in ERRORS:
                return f"new {ERRORS[name]}({self.given(node, None)})"
        raise self.names.outside(node, f"this call of {name}")

    def filled(self, node: ast.Call, pattern: str, given: list[str]) -> str:
        """Return a pattern with its arguments put in."""
        wanted = len(re.findall(r"(?<!\{)\{\d?\}", pattern))
        if node.keywords or not wanted <= len(given) <= wanted + pattern.startswith("get("):
            raise self.names.outside(node, "a call with these arguments")
        if len(given) > wanted:
            pattern = pattern.replace("{})", "{}, {})")
        helper = re.match(r"(\w+)\(", pattern)
        if helper and helper[1] in self.names.rules.natives:
            self.names.helper(helper[1])
        return pattern.format(*given)

    def is_kind(self, value: ast.expr, kinds: ast.expr) -> str:
        """Return whether something is of a kind."""
        match kinds:
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return f"({self.is_kind(value, left)} || {self.is_kind(value, right)})"
            case ast.Name(id=name) if name in KINDS:
                if name == "range":
                    self.names.helper("Range")
                return KINDS[name].format(self.expression(value))
            case ast.Name(id=name) if self.names.resolve(name):
                return f"{self.expression(value)} instanceof {self.expression(kinds)}"
        raise self.names.outside(kinds, "this kind")

    def parameters(self, node: Function, *, skip: bool = False) -> str:
        """Return the parameters of a function, of a method without the first."""
        args = node.args
        if args.vararg or args.posonlyargs:
            raise self.names.outside(node, "*args or a positional-only parameter")
        usual = [None] * (len(args.args) - len(args.defaults)) + list(args.defaults)
        written = [
            self.parameter(arg.arg, default) for arg, default in zip(args.args, usual, strict=True)
        ][skip:]
        named = [
            self.keyword(arg.arg, default)
            for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True)
        ]
        if args.kwarg:
            named.append(f"...{self.names.local(args.kwarg.arg)}")
        if named:
            is_needed = None in args.kw_defaults
            written.append(f"{{ {', '.join(named)} }}{'' if is_needed else ' = {}'}")
        return ", ".join(written)

    def parameter(self, name: str, default: ast.expr | None) -> str:
        """Return a parameter that has a place."""
        usual = "" if default is None else f" = {self.expression(default)}"
        return self.names.local(name) + usual

    def keyword(self, name: str, default: ast.expr | None) -> str:
        """Return a parameter that is taken by name."""
        local = self.names.local(name)
        written = name if local == name else f"{name}: {local}"
        return written + ("" if default is None else f" = {self.expression(default)}")

    def target(self, node: ast.expr) -> str:
        """Return what is assigned to."""
        match node:
            case ast.Name(id=name):
                return self.names.local(name)
            case ast.Starred(value=ast.Name(id=name)):
                return f"...{self.names.local(name)}"
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return f"[{', '.join(map(self.target, parts))}]"
            case ast.Subscript(value=value, slice=ast.Constant() | ast.Name() as key):
                return f"{self.expression(value)}[{self.expression(key)}]"
        raise self.names.outside(node, "an assignment to this")
