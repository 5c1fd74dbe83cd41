"""No import waits for another thread's for ever, whichever modules two threads import at once.

An import holds the lock of its module while it imports what that one needs: the package of a module before the module.
Where modules need each other in a circle, as a package and those that it imports, two threads can each hold a lock that
the other one needs. Python ends one of the imports then. It cannot happen where all enter a circle by the same module.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
Graph = dict[str, set[str]]


def modules() -> dict[str, ast.Module]:
    """The name and the syntax tree of each module of the program."""
    files = {path: path.relative_to(ROOT).with_suffix("").parts for path in (ROOT / "tui").rglob("*.py")}
    return {".".join(part for part in parts if part != "__init__"): ast.parse(path.read_text("utf-8"))
            for path, parts in files.items()}  # fmt: skip


def imports(body: list[ast.stmt], *, late: bool) -> Iterator[str]:
    """The modules that statements import as they run, or ``late`` ones in functions, too; none only for the types.

    What is imported from a package may be a module of it; the caller knows.
    """
    for node in body:
        match node:
            case ast.Import():
                yield from (name.name for name in node.names)
            case ast.ImportFrom():
                yield str(node.module)
                yield from (f"{node.module}.{name.name}" for name in node.names)
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                pass
            case ast.FunctionDef() | ast.AsyncFunctionDef() if not late:
                pass
            case _:
                for part in ast.iter_child_nodes(node):
                    if isinstance(part, ast.stmt):
                        yield from imports([part], late=late)


def graph(trees: dict[str, ast.Module], *, late: bool) -> Graph:
    """For each module those that it imports, its package among them."""
    functions = {f"{name}.{bound}" for name, tree in trees.items() for bound in names_in(tree)}
    return {
        name: ({*imports(tree.body, late=late), name.rpartition(".")[0]} & trees.keys()) - functions
        for name, tree in trees.items()
    }


def names_in(tree: ast.Module) -> set[str]:
    """The names that a module imports from others."""
    return {name.name for node in tree.body if isinstance(node, ast.ImportFrom) for name in node.names}


def reached(edges: Graph) -> Graph:
    """For each module all that its import imports, directly or not."""
    found: Graph = {}
    for name in edges:
        seen, ahead = set[str](), [name]
        while ahead:
            ahead += (new := edges[ahead.pop()] - seen)
            seen |= new
        found[name] = seen
    return found


def entries(trees: dict[str, ast.Module]) -> dict[frozenset[str], set[str]]:
    """The modules by which each circle is entered from outside; what is in its package has imported that before."""
    reach = reached(graph(trees, late=False))
    circle = {name: frozenset(other for other in found if name in reach[other]) for name, found in reach.items()}
    entered: dict[frozenset[str], set[str]] = defaultdict(set)
    for name, needed in graph(trees, late=True).items():
        for other in needed:
            if circle[other] and not f"{name}.".startswith(f"{min(circle[other], key=len)}."):
                entered[circle[other]].add(other)
    return entered


def test_each_circle_of_imports_is_entered_by_one_module() -> None:
    entered = entries(modules())
    assert any("tui.core.search" in circle for circle in entered)
    assert {min(circle, key=len): sorted(by) for circle, by in entered.items() if len(by) > 1} == {}
