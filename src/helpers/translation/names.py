"""The names in a definition: its own, those of other rules, and the helpers' in JavaScript."""

import ast
import re

from helpers.translation.modules import Definition, Module, Rules, UntranslatableError, camel_case

__all__ = ["BUILTINS", "Names"]

BUILTINS = "builtins.js"
RESERVED = re.compile(
    "arguments|await|case|catch|const|debugger|default|delete|do|enum|eval|export|extends|false|"
    "function|implements|instanceof|interface|let|new|null|package|private|protected|public|static|"
    "super|switch|this|throw|true|typeof|var|void"
)


class Names:
    """What the names in one definition of a module stand for."""

    def __init__(self, rules: Rules, module: Module) -> None:
        self.rules, self.module = rules, module
        self.scopes: list[set[str]] = []

    def outside(self, node: ast.AST, what: str | None = None) -> UntranslatableError:
        """Return the error that says where something lies outside what is translated."""
        line, what = getattr(node, "lineno", 1), what or type(node).__name__
        where = f"{self.module.path}:{line}"
        return UntranslatableError(f"{where}: {what} can't be translated for the browser")

    def helper(self, name: str) -> str:
        """Import a helper."""
        return self.module.use(BUILTINS, name)

    def is_local(self, name: str) -> bool:
        """Say whether a name is a function's own."""
        return any(name in scope for scope in self.scopes)

    def is_method(self, owner: str, name: str) -> bool:
        """Say whether a class of the rules, be it this owner's or not, has such a method."""
        self.resolve(owner)  # Reads the owner's module.
        modules = self.rules.modules.values()
        classes = [one for module in modules for one in module.definitions.values()]
        parts = [part for one in classes if isinstance(one, ast.ClassDef) for part in one.body]
        return any(isinstance(part, ast.FunctionDef) and part.name == name for part in parts)

    def resolve(self, name: str) -> tuple[Module, Definition] | None:
        """Return the module and the definition of a rule's name, or None of any other name."""
        found = None if self.is_local(name) else self.rules.resolve(self.module, name)
        return found and (found[0], found[0].definitions[found[1]])

    def local(self, name: str) -> str:
        """Return a name of a function's own, which may not hide one of JavaScript's or a helper."""
        return f"{name}_" if RESERVED.fullmatch(name) or name in self.rules.natives else name

    def spelled(self, node: ast.Name) -> str:
        """Return a name as JavaScript spells it; a rule's is translated then, if it is not yet."""
        name = node.id
        if self.is_local(name):
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
