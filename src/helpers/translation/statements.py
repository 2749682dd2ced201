"""Python's functions, classes and statements in JavaScript."""

import ast

from helpers.translation import syntax
from helpers.translation.expressions import ERRORS, Expressions
from helpers.translation.modules import Definition, Module, Rules, camel_case
from helpers.translation.names import Names

__all__ = ["Statements"]


class Statements:
    """Writes one definition of a module: a function, a class or a constant."""

    def __init__(self, rules: Rules, module: Module) -> None:
        self.names = Names(rules, module)
        self.expressions = Expressions(self.names)
        self.constants: set[str] = set()
        self.caught: list[str] = []

    def definition(self, node: Definition) -> str:
        """Return a definition."""
        match node:
            case ast.FunctionDef():
                return f"function{self.starred(node)} {camel_case(node.name)}{self.function(node)}"
            case ast.ClassDef():
                return f"const {node.name} = {self.dataclass(node)};"
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                return f"const {name} = {self.expressions.expression(value)};"
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                return f"const {name} = {self.expressions.expression(value)};"
        raise self.names.outside(node)

    def starred(self, node: ast.FunctionDef) -> str:
        """Return the star of a generator."""
        inner = (ast.Yield, ast.YieldFrom)
        return "*" if any(isinstance(part, inner) for part in syntax.own_nodes(node)) else ""

    def function(self, node: ast.FunctionDef, *, bound: bool = False) -> str:
        """Return parameters and body; of a method without the first parameter."""
        if not bound and node.decorator_list:
            raise self.names.outside(node, f"the decorator of {node.name}")
        params = [arg.arg for arg in syntax.arguments(node.args)]
        assigned = [name for name in dict.fromkeys(syntax.assigned(node)) if name not in params]
        self.names.scopes.append({*params, *assigned})
        self.constants = syntax.constants(node) - set(params)
        hoisted = [name for name in assigned if name not in self.constants]
        head = self.expressions.parameters(node, skip=bound)
        body = self.body(node.body)
        if hoisted:
            body = f"let {', '.join(map(self.names.local, hoisted))};\n{body}"
        self.names.scopes.pop()
        return f"({head}) {{\n{body}\n}}"

    def dataclass(self, node: ast.ClassDef) -> str:
        """Return a dataclass as a class."""
        if len(node.bases) > 1 or not syntax.is_dataclass(node):
            raise self.names.outside(node, "a class that is no dataclass of one base at most")
        keywords_only = syntax.is_kw_only(node)
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
                    raise self.names.outside(part, f"this part of class {node.name}")
        base = f" extends {self.expressions.expression(node.bases[0])}" if node.bases else ""
        return f"class{base} {{\n" + "\n".join(parts) + "\n}"

    def constructor(self, node: ast.ClassDef, fields: list[ast.AnnAssign], named: bool) -> str:
        """Return what makes an object of its fields."""
        if node.bases and not named:
            raise self.names.outside(
                node, f"class {node.name}, which adds fields that are not keyword-only,"
            )
        names = [one.target.id for one in fields if isinstance(one.target, ast.Name)]
        self.names.scopes.append(set(names))
        usual = [one.value for one in fields]
        params = list(map(self.expressions.keyword, names, usual))
        own = "\n".join(f"this.{name} = {self.names.local(name)};" for name in names)
        self.names.scopes.pop()
        taken = f"{{ {', '.join(params)} }}" if named else ", ".join(params)
        if not node.bases:
            return f"constructor({taken}) {{\n{own}\n}}"
        return f"constructor(given) {{\nsuper(given);\nconst {taken} = given;\n{own}\n}}"

    def body(self, statements: list[ast.stmt]) -> str:
        """Return statements."""
        return "\n".join(line for one in statements if (line := self.statement(one)))

    def block(self, statements: list[ast.stmt]) -> str:
        """Return statements in braces."""
        return f"{{\n{self.body(statements)}\n}}"

    def statement(self, node: ast.stmt) -> str:
        """Return a statement."""
        match node:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                return ""
            case ast.If(orelse=[]) if syntax.is_short_cut(node):
                return ""
            case ast.Expr(value=value):
                return f"{self.expressions.expression(value)};"
            case ast.Return(value=None):
                return "return null;"
            case ast.Return(value=ast.expr() as value):
                return f"return {self.expressions.expression(value)};"
            case ast.Assign(targets=[target], value=value):
                return f"{self.declared(target)} = {self.expressions.expression(value)};"
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                return f"{self.declared(target)} = {self.expressions.expression(value)};"
            case ast.AugAssign(target=ast.Name() as target, op=op, value=value):
                counted = ast.BinOp(left=ast.Name(target.id, ast.Load()), op=op, right=value)
                counted = ast.copy_location(counted, node)
                return (
                    f"{self.expressions.target(target)} = {self.expressions.expression(counted)};"
                )
            case ast.If(test=test, body=body, orelse=orelse):
                written = f"if ({self.expressions.test(test)}) {self.block(body)}"
                match orelse:
                    case []:
                        return written
                    case [ast.If() as other]:
                        return f"{written} else {self.statement(other)}"
                return f"{written} else {self.block(orelse)}"
            case ast.While(test=test, body=body, orelse=[]):
                return f"while ({self.expressions.test(test)}) {self.block(body)}"
            case ast.For(target=target, iter=values, body=body, orelse=[]):
                head = f"{self.expressions.target(target)} of {self.expressions.expression(values)}"
                return f"for ({head}) {self.block(body)}"
            case ast.Break():
                return "break;"
            case ast.Continue():
                return "continue;"
            case ast.Raise(exc=None) if self.caught:
                return f"throw {self.caught[-1]};"
            case ast.Raise(exc=ast.Call() as error):
                return f"throw {self.expressions.expression(error)};"
            case ast.Try(body=body, handlers=[handler], orelse=[], finalbody=[]):
                return f"try {self.block(body)} {self.handler(handler)}"
        raise self.names.outside(node)

    def declared(self, target: ast.expr) -> str:
        """Return what is assigned to, declared here if this is its one assignment."""
        names = {part.id for part in ast.walk(target) if isinstance(part, ast.Name)}
        return ("const " if names <= self.constants else "") + self.expressions.target(target)

    def handler(self, node: ast.ExceptHandler) -> str:
        """Return what is done where one of some errors is raised."""
        if node.type is None:
            raise self.names.outside(node, "an except without an error")
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        if node.name:
            self.names.scopes[-1].add(node.name)
        name = self.names.local(node.name) if node.name else "caught"
        tests = [f"{name} instanceof {self.error(kind)}" for kind in kinds]
        self.caught.append(name)
        body = self.body(node.body)
        self.caught.pop()
        return f"catch ({name}) {{\nif (!({' || '.join(tests)})) throw {name};\n{body}\n}}"

    def error(self, node: ast.expr) -> str:
        """Return the class of an error that is caught."""
        match node:
            case ast.Name(id="OverflowError"):
                return self.names.helper("OverflowError")
            case ast.Name(id=name) if name not in ERRORS:
                return self.expressions.expression(node)
        raise self.names.outside(node, "catching this error")
