"""The modules of the package, each with what it says of itself, ordered by who imports whom."""

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

from generated import cells, replace

__all__ = ["imported", "modules", "write"]

PACKAGE = Path(__file__).parents[1] / "qvarray"


def modules() -> dict[str, Path]:
    """Each module of the package by its name below it; packages by the name of their folder."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if name and name != "__main__":
            found[name] = path
    return found


def _statements(tree: ast.Module) -> Iterator[ast.ImportFrom]:
    """The imports that are done with the module, not those for annotations or when called."""
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.level:
            yield statement


def imported(name: str, path: Path, names: set[str]) -> set[str]:
    """The modules that a module imports as it is loaded."""
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    found = set()
    for statement in _statements(ast.parse(path.read_text(encoding="utf-8"))):
        base = package[: len(package) - statement.level + 1]
        base += statement.module.split(".") if statement.module else []
        for alias in statement.names:
            whole = ".".join([*base, alias.name])
            target = whole if whole in names else ".".join(base)
            if target in names and target != name:
                found.add(target)
    return found


def _chapters() -> list[tuple[str, str, int]]:
    """Modules and packages of the first level, users before what they use: name, words, files."""
    found = modules()
    graph: dict[str, set[str]] = {}
    for name, path in found.items():
        top = name.split(".")[0]
        used = {one.split(".")[0] for one in imported(name, path, set(found))}
        graph.setdefault(top, set()).update(used - {top})
    order = list(TopologicalSorter(graph).static_order())[::-1]
    return [
        (
            top,
            (ast.get_docstring(ast.parse(found[top].read_text(encoding="utf-8"))) or "")
            .split("\n\n")[0]
            .replace("\n", " "),
            sum(name.split(".")[0] == top for name in found),
        )
        for top in order
    ]


def write(directory: Path) -> None:
    """Write what ``inside.rst`` includes."""
    lines = []
    for name, words, count in _chapters():
        words = re.sub(r"`+([^`]+)`+", r"``\1``", words)
        shown = f"``{name}/``, {count - 1} files" if count > 1 else f"``{name}.py``"
        lines.append(cells(shown, words))
    replace(directory / "modules.csv", lines)
