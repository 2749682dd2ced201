"""Python's modules of rules, and which of their definitions JavaScript needs."""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

__all__ = ["Definition", "Module", "Rules", "UntranslatableError", "camel_case"]

Definition: TypeAlias = ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
Write: TypeAlias = "Callable[[Rules, Module, Definition], str]"


class UntranslatableError(ValueError):
    """What lies outside the part of Python that is translated, with file and line."""


def camel_case(name: str) -> str:
    """Return a function's name as JavaScript spells it.

    >>> camel_case("conv1d_output_length"), camel_case("LARGEST_INT32")
    ('conv1dOutputLength', 'LARGEST_INT32')
    """
    if name.upper() == name:
        return name
    return re.sub(r"(?<=[a-z0-9])_([a-z0-9])", lambda found: found[1].upper(), name)


@dataclass
class Module:
    """A Python module and what of it is translated."""

    path: Path
    texts: dict[str, str] = field(default_factory=dict)
    exported: set[str] = field(default_factory=set)
    imports: dict[str, set[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name without .py."""
        return self.path.stem

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
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


class Rules:
    """All modules of rules, as far as they are needed."""

    def __init__(self, folder: Path, natives: frozenset[str], write: Write) -> None:
        self.folder, self.natives, self.write = folder, natives, write
        self.modules: dict[str, Module] = {}

    def module(self, name: str) -> Module:
        """Return a module, read when it is first asked for."""
        if name not in self.modules:
            path = self.folder / f"{name}.py"
            if not path.is_file():
                raise UntranslatableError(f"{path} is not there, of which {name}.js is to be made")
            self.modules[name] = Module(path)
        return self.modules[name]

    def want(self, module: Module, name: str) -> None:
        """Translate what JavaScript imports from a module by this name."""
        known = [own for own in module.definitions if camel_case(own) == name]
        if not known:
            raise UntranslatableError(f"{module.path} has nothing that {name} could be made of")
        self.add(module, known[0])
        module.exported.add(known[0])

    def add(self, module: Module, name: str) -> None:
        """Translate a definition and, through it, what it uses."""
        if name not in module.texts:
            module.texts[name] = ""  # So that what uses itself does not go round in circles.
            module.texts[name] = self.write(self, module, module.definitions[name])

    def resolve(self, module: Module, name: str) -> tuple[Module, str] | None:
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
