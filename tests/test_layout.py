"""Imports go down a list of folders, files are short, and modules say what they are for."""

import ast
import re
from collections import defaultdict
from functools import cache
from graphlib import TopologicalSorter

import pytest
from modules_table import ORDER, PACKAGE, modules

#: Modules of the first level that all folders import but the one that these import.
EVERYWHERE = {"errors", "options"}
BELOW_ALL = "runtime"

#: The most lines of a file.
MOST_LINES = 600

#: Names of modules in several folders, and the one subject that they share.
ONE_SUBJECT = {
    "drawing": "drawing: of circuits as text, and what figures share",
    "dtypes": "NumPy's chapter of dtypes, and the array API's",
    "elementwise": "elementwise functions: the array API's, NumPy's, and the rule of ufuncs",
    "fft": "Fourier transforms: the public face, and the rules of NumPy's functions",
    "haar": "the Haar basis, and the kernel of its transform",
    "linear": "linear combinations: of spectra, and the ufuncs that are linear",
    "methods": "methods: of arrays, and of ufuncs",
    "qiskit": "Qiskit: circuits and states from and to it, and the backend that it runs on",
    "sets": "set functions: the array API's, and the rules of NumPy's",
    "walsh": "the Walsh basis, and the kernel of its transform",
}


MODULES = modules()


@cache
def tree(name):
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


def imports(name):
    """The modules of the package that a module imports, wherever it does so: for types, too."""
    path = MODULES[name]
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            base += node.module.split(".") if node.module else []
            for alias in node.names:
                whole = ".".join([*base, alias.name])
                yield whole if whole in MODULES else ".".join(base)


@pytest.mark.parametrize("name", [name for name in MODULES if name.count(".") > 1])
def test_imports_go_down(name):
    place = {folder: float(i) for i, folder in enumerate(ORDER)}
    place |= dict.fromkeys(EVERYWHERE, place[BELOW_ALL] - 0.5)
    own = name.split(".")[1]
    for other in imports(name):
        assert place[other.split(".")[1]] >= place[own], other


@pytest.mark.parametrize("name", [f"qvarray.{stem}" for stem in sorted(EVERYWHERE)])
def test_what_all_import_imports_little(name):
    assert ORDER[-1] == BELOW_ALL
    allowed = EVERYWHERE | {BELOW_ALL}
    assert {other.split(".")[1] for other in imports(name)} <= allowed


@pytest.mark.parametrize("name", MODULES)
def test_names_with_an_underscore_are_of_one_module(name):
    taken = [
        alias.name
        for node in ast.walk(tree(name))
        if isinstance(node, ast.ImportFrom) and node.level
        for alias in node.names
    ]
    assert not [each for each in taken if re.match("_[a-zA-Z]", each)]


def test_no_circles():
    graph = {name: set(imports(name)) - {name} for name in MODULES}
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


def test_files_are_short():
    lengths = {
        path.relative_to(PACKAGE).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in MODULES.values()
    }
    # What is no longer too long has to leave the set.
    assert not {name for name, lines in lengths.items() if lines > MOST_LINES}


def test_a_name_is_of_one_subject():
    places = defaultdict(list)
    for name, path in MODULES.items():
        if path.name != "__init__.py":
            places[path.stem].append(name)
    shared = {stem: names for stem, names in places.items() if len(names) > 1}
    assert set(shared) == set(ONE_SUBJECT), shared
    # In one folder no module is named like a folder beside it.
    for name, path in MODULES.items():
        assert not (path.with_suffix("") / "__init__.py").exists(), name


@pytest.mark.parametrize("name", MODULES)
def test_modules_say_what_they_are_for(name):
    words = ast.get_docstring(tree(name)) or ""
    summary, _, rest = words.partition("\n")
    assert re.search(r"[.:]$", summary), "a summary of one line"
    assert not rest or rest.startswith("\n"), "an empty line below the summary"
    assert len(summary.split()) > 1


@pytest.mark.parametrize("name", [name for name in MODULES if ".kernels." in name])
def test_kernels_take_few_arguments(name):
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.FunctionDef):
            given = node.args
            count = len(given.posonlyargs) + len(given.args) + len(given.kwonlyargs)
            assert count <= 8, f"{node.name} takes {count} arguments: make some of them a tuple"
