"""What a type checker finds in a user's program, and the stub of the methods."""

import ast
import inspect
import os
import re
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import qvarray as qv
from qvarray.array import numpy_methods
from qvarray.array.numpy_methods import NumPyMethods

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("typed_program.py")


def test_a_program_of_a_user():
    """Each line of `typed_program` says which type it reveals, or which error it is."""
    pytest.importorskip("mypy")
    call = [sys.executable, "-m", "mypy", "--config-file=", "--strict", "--follow-imports=silent"]
    call += [f"--cache-dir={ROOT / '.mypy_cache' / 'typed_program'}", "--no-error-summary"]
    run = subprocess.run(
        [*call, str(PROGRAM)],
        env={**os.environ, "MYPYPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not run.stderr
    found: dict[Any, Any] = {}
    for line in run.stdout.splitlines():
        number, revealed, code = re.fullmatch(
            r'.*?:(\d+): (?:note: Revealed type is "(.*)"|error: .*\[(.*)\])', line
        ).groups()
        found[int(number)] = f"error: {code}" if code else plain(revealed)
    lines = PROGRAM.read_text(encoding="utf-8").splitlines()
    wanted = {
        number: line.rpartition("  # ")[2]
        for number, line in enumerate(lines, 1)
        if line.lstrip().startswith("reveal_type") or "  # error: " in line
    }
    assert found == wanted


def plain(revealed):
    """Classes by their names, without modules; NumPy's without parameters, which it changes."""
    named = re.sub(r"\b(\w+\.)+", "", revealed)
    return re.sub(r"^(bool|dtype|ndarray|number)\[.*\]$", r"\1", named)


def stub():
    """The methods in the stub: for each, the definitions of its overloads."""
    path = Path(numpy_methods.__file__).with_suffix(".pyi")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    (body,) = (node.body for node in tree.body if isinstance(node, ast.ClassDef))
    found: dict[Any, Any] = {}
    for node in body:
        if isinstance(node, ast.FunctionDef):
            found.setdefault(node.name, []).append(node)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
            found[node.targets[0].id] = deepcopy(found[node.value.id])
    return found


def test_the_stub_is_complete():
    public = {name for name in vars(NumPyMethods) if not name.startswith("_")}
    assert stub().keys() == public


@pytest.mark.parametrize("name", list(stub()))
def test_the_stub_tells_the_signatures_of_runtime(name):
    runtime = inspect.signature(getattr(qv.VirtualQArray, name)).parameters
    for node in stub()[name]:
        scope = {"np": np}
        node.decorator_list = []
        node.returns = None
        several = [node.args.vararg] if node.args.vararg else []
        for argument in (*node.args.args, *several, *node.args.kwonlyargs):
            argument.annotation = None
        node.name = name
        exec(compile(ast.Module([node], []), name, "exec"), scope)
        ours = inspect.signature(scope[name]).parameters
        # A later NumPy may take more.
        assert list(ours) == [parameter for parameter in runtime if parameter in ours]
        for parameter in list(ours.values())[1:]:
            other = runtime[parameter.name]
            assert parameter.kind == other.kind
            if other.default is np._NoValue:
                assert parameter.default in (False, ...)
            else:
                assert parameter.default == other.default


def test_methods_show_their_parameters():
    x = qv.zeros(3)
    assert list(inspect.signature(x.sum).parameters)[:4] == ["axis", "dtype", "out", "keepdims"]
    for name in dir(x):
        assert getattr(qv.VirtualQArray, name).__doc__ or name.startswith("_"), name


def test_dir_shows_what_is_public():
    shown = {name for name in dir(qv.zeros(3)) if not name.startswith("_")}
    ndarray = {name for name in dir(np.ndarray) if not name.startswith("_")}
    own = {
        "active_indices",
        "bases",
        "compute",
        "coordinates",
        "coords",
        "decode",
        "density",
        "eigenvalues",
        "fill_value",
        "matmat",
        "matvec",
        "nactive",
        "nnz",
        "recovery_error",
        "rmatmat",
        "rmatvec",
        "source",
        "spectrum",
        "to_basis",
        "to_numpy",
        "tocoo",
        "todense",
        "values",
        "virtual_nbytes",
    }
    assert shown - ndarray == own


#: Folders where parameters have types, and `Any` is for what has none.
TYPED = (
    "accuracy",
    "array",
    "array_api",
    "bases",
    "core",
    "creation",
    "encoding",
    "gates",
    "indexing",
    "kernels",
    "ops",
    "plot",
    "sources",
    "tools",
)


@pytest.mark.parametrize("folder", TYPED)
def test_few_parameters_are_any(folder):
    names = [
        ast.unparse(node.annotation)
        for path in Path(qv.__file__).with_name(folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.arg) and node.annotation is not None
    ]
    assert names.count("Any") < 0.08 * len(names)
