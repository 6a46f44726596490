"""The map of the package: its folders in their order, and what they and their modules are for."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from generated import cells, replace

__all__ = ["ORDER", "PACKAGE", "modules", "write"]

PACKAGE = Path(__file__).parents[1] / "qvarray"

#: Folders, users before what they use. A module imports from its own folder and from later ones,
#: which tests/test_layout.py holds.
ORDER = (
    "tools",
    "interop",
    "array_api",
    "functions",
    "gates",
    "ufuncs",
    "plot",
    "io",
    "encoding",
    "creation",
    "array",
    "sources",
    "indexing",
    "accuracy",
    "ops",
    "core",
    "bases",
    "kernels",
    "runtime",
)


def modules() -> dict[str, Path]:
    """Each module's path by its name; a folder's is that of its ``__init__.py``."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = ("qvarray", *path.relative_to(PACKAGE).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def _summary(path: Path) -> str:
    """The first line of a module as reStructuredText, with names as literals."""
    words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    parts = re.split(r"`+([^`]+)`+", words.split("\n\n")[0].replace("\n", " "))
    # What is between literals has no markup: ``ix_`` is no link, and ``2**b`` is not set in bold.
    parts[::2] = [re.sub(r"[*|]|_(?!\w)", r"\\\g<0>", part) for part in parts[::2]]
    parts[1::2] = [f"``{part}``" for part in parts[1::2]]
    return "".join(parts)


def _rows(folder: Path) -> Iterator[tuple[str, str]]:
    """A folder with the number of its files, its modules by name, and then the folders in it."""
    files = sorted(path for path in folder.glob("*.py") if path.name != "__init__.py")
    inner = sorted(path.parent for path in folder.glob("*/__init__.py"))
    count = sum(path.name != "__init__.py" for path in folder.rglob("*.py"))
    name = folder.relative_to(PACKAGE).as_posix()
    yield f"**{name}/**, {count} file{'s' * (count != 1)}", _summary(folder / "__init__.py")
    for path in files:
        yield f"``{path.relative_to(PACKAGE).as_posix()}``", _summary(path)
    for path in inner:
        yield from _rows(path)


def write(directory: Path) -> None:
    """Write the map for the pages on how it works inside: ``folders.csv`` and ``modules.csv``."""
    top = sorted(path for path in PACKAGE.glob("*.py") if path.name != "__init__.py")
    faces = [(f"``{path.name}``", _summary(path)) for path in top]
    folders = [PACKAGE / name for name in ORDER if (PACKAGE / name).is_dir()]
    rows = [row for folder in folders for row in _rows(folder)]
    heads = [next(_rows(folder)) for folder in folders]
    replace(directory / "folders.csv", [cells(*row) for row in [*faces, *heads]])
    replace(directory / "modules.csv", [cells(*row) for row in [*faces, *rows]])
