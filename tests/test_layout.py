"""The order of the folders: imports go down a list, without circles, and files stay small."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "qvarray"

#: Folders, users before what they use. A module imports from its own folder and from later ones.
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
)

#: Modules of the first level that every folder may import.
EVERYWHERE = {"errors", "options"}


def modules():
    """Each module's path by its name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = ("qvarray", *path.relative_to(PACKAGE).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def for_types(tree):
    """What stands under ``if TYPE_CHECKING``: imports that only annotations need."""
    blocks = (node for node in tree.body if isinstance(node, ast.If))
    blocks = (node for node in blocks if ast.unparse(node.test) == "TYPE_CHECKING")
    return {id(node) for block in blocks for node in ast.walk(block)}


def imports(name, annotations=True):
    """The modules of the package that a module imports, wherever it does so."""
    path = MODULES[name]
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = set() if annotations else for_types(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level and id(node) not in skipped:
            base = package[: len(package) - node.level + 1]
            base += node.module.split(".") if node.module else []
            for alias in node.names:
                whole = ".".join([*base, alias.name])
                yield whole if whole in MODULES else ".".join(base)


@pytest.mark.parametrize("name", [name for name in MODULES if name.count(".") > 1])
def test_imports_go_down(name):
    place = {folder: i for i, folder in enumerate(ORDER)}
    own = name.split(".")[1]
    for other in imports(name):
        folder = other.split(".")[1]
        assert folder in EVERYWHERE or place[folder] >= place[own], other


def test_no_circles():
    graph = {name: set(imports(name, annotations=False)) - {name} for name in MODULES}
    # A package that gathers its modules is no step on the way to one of them.
    for name, path in MODULES.items():
        if path.name == "__init__.py":
            graph[name] = {other for other in graph[name] if not other.startswith(f"{name}.")}
    TopologicalSorter(graph).prepare()


def test_every_folder_has_its_place():
    folders = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert folders <= set(ORDER)


def test_few_modules_at_the_top():
    assert len(list(PACKAGE.glob("*.py"))) <= 10
