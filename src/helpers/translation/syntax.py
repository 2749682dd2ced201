"""What a syntax tree of Python says about itself."""

import ast
from collections.abc import Iterator
from typing import TypeAlias

__all__ = [
    "arguments",
    "arguments_by_place",
    "assigned",
    "constants",
    "folded",
    "is_bool",
    "is_dataclass",
    "is_dictionary",
    "is_float",
    "is_kw_only",
    "is_short_cut",
    "is_text",
    "own_nodes",
]

Scope: TypeAlias = ast.Lambda | ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


def arguments(args: ast.arguments) -> list[ast.arg]:
    """Return all parameters of a function."""
    return [*args.args, *args.kwonlyargs, *([args.kwarg] if args.kwarg else [])]


def arguments_by_place(node: ast.FunctionDef) -> list[str]:
    """Return the names of the parameters that have a place."""
    return [arg.arg for arg in node.args.args]


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what stands in a function itself, not in a function or comprehension within it."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, Scope | ast.FunctionDef):
            yield from own_nodes(child)


def assigned(node: ast.FunctionDef) -> list[str]:
    """Return all names that a function assigns to, as often as it does."""
    return [
        part.id
        for part in own_nodes(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    ]


def constants(node: ast.FunctionDef) -> set[str]:
    """Return the names that are assigned to once, by a statement that stands in no other."""
    often, found = assigned(node), set[str]()
    for one in node.body:
        if isinstance(one, ast.Assign | ast.AnnAssign):
            targets = one.targets if isinstance(one, ast.Assign) else [one.target]
            parts = [part for target in targets for part in ast.walk(target)]
            names = {part.id for part in parts if isinstance(part, ast.Name)}
            if all(often.count(name) == 1 for name in names):
                found |= names
    return found


def folded(node: ast.expr) -> int | None:
    """Return what constants come to, or None if it is not only constants."""
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            negated = folded(operand)
            return None if negated is None else -negated
        case ast.BinOp(left=left, op=op, right=right):
            first, second = folded(left), folded(right)
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


def is_float(node: ast.expr) -> bool:
    """Say whether an expression says by itself that it is a float."""
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
    )


def is_dictionary(node: ast.expr) -> bool:
    """Say whether an expression says by itself that it is a dictionary."""
    match node:
        case ast.Dict() | ast.Call(func=ast.Name(id="vars")):
            return True
    return False


def is_dataclass(node: ast.ClassDef) -> bool:
    """Say whether a class is a dataclass and nothing else."""
    match node.decorator_list:
        case [ast.Call(func=ast.Name(id="dataclass"))]:
            return True
    return False


def is_short_cut(node: ast.If) -> bool:
    """Say whether an `if` begins with `type(...) is`, and so is a short cut of Python's alone."""
    match node.test:
        case ast.BoolOp(op=ast.And(), values=[ast.Compare(left=ast.Call(func=func), ops=ops), *_]):
            return isinstance(func, ast.Name) and func.id == "type" and isinstance(ops[0], ast.Is)
    return False


def is_kw_only(node: ast.ClassDef) -> bool:
    """Say whether a dataclass takes its fields by name only."""
    calls = [one for one in node.decorator_list if isinstance(one, ast.Call)]
    return any(keyword.arg == "kw_only" for call in calls for keyword in call.keywords)


def is_bool(node: ast.expr) -> bool:
    """Say whether an expression gives True or False."""
    match node:
        case ast.Compare() | ast.UnaryOp(op=ast.Not()) | ast.Constant(value=bool()):
            return True
        case ast.BoolOp(values=values):
            return all(map(is_bool, values))
        case ast.Call(func=ast.Name(id="isinstance" | "any" | "all" | "bool")):
            return True
    return False


def is_text(node: ast.expr | None) -> bool:
    """Say whether an expression is certainly a text."""
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.IfExp(body=body, orelse=orelse):
            return is_text(body) and is_text(orelse)
    return False
