"""A plugin of pytest that runs NumPy's own tests on virtual arrays.

A test module is executed anew, and what it imports from NumPy comes through a stand-in of that
package: functions that make arrays of numbers make virtual ones, all else is NumPy's.
``python -m tests.numpy_suite`` runs it and counts.
"""

from __future__ import annotations

import builtins
import functools
import importlib
import json
import os
import signal
import sys
import types
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import qvarray as qv

#: The package whose tests are run.
PACKAGE = os.environ.get("NUMPY_SUITE_PACKAGE", "numpy")

#: What makes an array of no array. What takes one is dispatched, so is asked for as it is.
MAKERS = [
    "array", "ascontiguousarray", "asfortranarray", "zeros", "ones", "empty", "full",
    "arange", "linspace", "logspace", "geomspace", "eye", "identity", "tri", "indices",
    "fromiter", "fromfunction", "fromstring", "hanning", "hamming", "bartlett", "blackman",
    "kaiser", "vander",
]  # fmt: skip


def virtual(obj: Any) -> Any:
    """Return an ndarray of numbers as a virtual array, and all else as it is."""
    if type(obj) is np.ndarray and obj.dtype.kind in "biufc":
        return qv.array(obj)
    return obj


class _Making:
    """A function that makes arrays; it makes arrays of text and of objects as NumPy does.

    Not a method where it is a class's attribute, as functions of C are not.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)
        self._function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return virtual(self._function(*args, **kwargs))


def _as_array(obj: Any, dtype: Any = None, *args: Any, **kwargs: Any) -> Any:
    """Return an array as it is, where it is one: as ``np.asarray``."""
    if isinstance(obj, qv.VirtualQArray) and not args and not kwargs:
        return obj if dtype is None else obj.astype(dtype, copy=False)
    return virtual(np.asarray(obj, dtype, *args, **kwargs))


def plain(obj: Any) -> Any:
    """Return what there is to compare, with ndarrays for virtual arrays."""
    if isinstance(obj, qv.VirtualQArray):
        return obj.todense()
    if type(obj) in (list, tuple):
        return type(obj)(map(plain, obj))
    if type(obj) is dict:
        return {key: plain(value) for key, value in obj.items()}
    return obj


def _comparing(function: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a function of `numpy.testing` that asks whether its arguments are ndarrays."""

    @functools.wraps(function)
    def compare(*args: Any, **kwargs: Any) -> Any:
        return function(*map(plain, args), **kwargs)

    return compare


#: What compares, of `numpy.testing`.
COMPARING = [
    "assert_allclose", "assert_almost_equal", "assert_approx_equal", "assert_array_almost_equal",
    "assert_array_almost_equal_nulp", "assert_array_equal", "assert_array_less",
    "assert_array_max_ulp", "assert_equal",
]  # fmt: skip


class _Draws:
    """A generator of random numbers, whose methods draw virtual arrays."""

    def __init__(self, generator: Any) -> None:
        self._generator = generator

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._generator, name)
        return _Making(found) if callable(found) else found


def _drawing(kind: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap what makes generators."""
    return lambda *args, **kwargs: _Draws(kind(*args, **kwargs))


#: The replacement of each function, by the function.
REPLACED = {
    **{getattr(np, name): _Making(getattr(np, name)) for name in MAKERS},
    **{getattr(np.testing, name): _comparing(getattr(np.testing, name)) for name in COMPARING},
    np.asarray: _as_array,
    np.asanyarray: _as_array,
}
if PACKAGE == "numpy":
    # Other packages ask for the type of a generator that is passed to them.
    REPLACED[np.random.RandomState] = _drawing(np.random.RandomState)
    REPLACED[np.random.default_rng] = _drawing(np.random.default_rng)


class StandIn(types.ModuleType):
    """A module of NumPy, whose functions that make arrays make virtual ones."""

    def __init__(self, module: types.ModuleType) -> None:
        super().__init__(module.__name__, module.__doc__)
        self.__dict__["_module"] = module
        for name, value in vars(module).items():
            # Modules may import each other, and a module's own functions would hide ours.
            if not isinstance(value, types.ModuleType) and name not in ("__getattr__", "__dir__"):
                self.__dict__[name] = _replacement(value)

    def __getattr__(self, name: str) -> Any:
        return _replacement(getattr(self._module, name))

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._module, name, value)
        self.__dict__[name] = value

    def __delattr__(self, name: str) -> None:
        delattr(self._module, name)
        self.__dict__.pop(name, None)

    def __dir__(self) -> list[str]:
        return dir(self._module)


def _replacement(obj: Any) -> Any:
    """Return what stands for a module, a function or another object of NumPy's."""
    if isinstance(obj, types.ModuleType):
        return stand_in(obj)
    if isinstance(getattr(obj, "__self__", None), np.random.RandomState):
        return _Making(obj)
    try:
        return REPLACED.get(obj, obj)
    except TypeError:  # not hashable
        return obj


@functools.cache
def stand_in(module: types.ModuleType) -> types.ModuleType:
    """Return what stands for a module: itself, if it is not NumPy's."""
    name = module.__name__
    return StandIn(module) if name == "numpy" or name.startswith("numpy.") else module


def _import(name: str, *args: Any, **kwargs: Any) -> Any:
    return stand_in(builtins.__import__(name, *args, **kwargs))


def substituted(path: Path, name: str) -> types.ModuleType:
    """Execute a test module with the stand-ins of NumPy."""
    module = types.ModuleType(name)
    module.__file__ = str(path)
    module.__package__ = name.rpartition(".")[0]
    module.__dict__["__builtins__"] = {**vars(builtins), "__import__": _import}
    sys.modules[name] = module  # pickle looks there
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), module.__dict__)
    if PACKAGE == "dask" and hasattr(module, "assert_eq"):
        # What dask makes of nothing is of NumPy's type: the values are compared, and all else.
        module.assert_eq = functools.partial(module.assert_eq, check_type=False)
    return module


_ASTYPE = qv.VirtualQArray.astype


def _astype(array: qv.VirtualQArray, dtype: Any, *args: Any, **kwargs: Any) -> Any:
    """Convert elements; to an ndarray where they are no numbers."""
    if np.dtype(dtype).kind in "biufc":
        return _ASTYPE(array, dtype, *args, **kwargs)
    return array.todense().astype(dtype, *args, **kwargs)


_VIEW = qv.VirtualQArray.view


def _view(array: qv.VirtualQArray, *args: Any, **kwargs: Any) -> Any:
    """Return a view; where that is a copy that is read-only, one that may be written to."""
    found = _VIEW(array, *args, **kwargs)
    return found if found.flags.writeable else found.copy()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let arguments of tests, which are made here, have text and dates among them."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(qv.VirtualQArray, "astype", _astype)
        patched.setattr(qv.VirtualQArray, "view", _view)
        return (yield)


#: Tests of C code that takes any object for an ndarray, and crashes.
CRASHING = ("test_extension_incref_elide", "test_extension_incref_elide_stack")


def pytest_itemcollected(item: pytest.Item) -> None:
    if item.name.startswith(CRASHING):
        item.add_marker(pytest.mark.skip(reason="crashes the interpreter"))


class SubstitutedModule(pytest.Module):
    """A file of the package's tests."""

    def _getobj(self) -> types.ModuleType:
        parts = self.path.with_suffix("").parts
        name = ".".join(parts[len(parts) - 1 - parts[::-1].index(PACKAGE) :])
        importlib.import_module(name.rpartition(".")[0])
        return substituted(self.path, name)


def pytest_pycollect_makemodule(module_path: Path, parent: Any) -> pytest.Module | None:
    if PACKAGE in module_path.parts and "NUMPY_SUITE_PLAIN" not in os.environ:
        module: pytest.Module = SubstitutedModule.from_parent(parent, path=module_path)
        return module
    return None


#: Seconds that a test may take; 0 for any number.
TIME = int(os.environ.get("NUMPY_SUITE_TIME", "30"))


def _too_slow(*_: Any) -> None:
    raise TimeoutError(f"takes more than {TIME} s")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    signal.signal(signal.SIGALRM, _too_slow)
    signal.alarm(TIME)
    try:
        return (yield)
    finally:
        signal.alarm(0)


def _where(call: pytest.CallInfo[Any]) -> str:
    """Return what a test stumbled over: the last line of its own."""
    assert call.excinfo is not None
    package = Path(str(sys.modules[PACKAGE].__file__)).parent
    own = [entry for entry in call.excinfo.traceback if package in Path(entry.path).parents]
    own = [entry for entry in own if "tests" in Path(entry.path).parts]
    return str(own[-1].statement).strip() if own else ""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Write the outcome of each test as a line of JSON, where the environment says to."""
    report: pytest.TestReport = yield
    if report.when == "call" or report.outcome != "passed":
        line = {"test": item.nodeid, "outcome": report.outcome}
        if report.outcome == "failed" and call.excinfo is not None:
            line["error"] = f"{call.excinfo.typename}: {call.excinfo.value}"[:2000]
            line["where"] = _where(call)
        if path := os.environ.get("NUMPY_SUITE_RESULTS"):
            with open(path, "a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
    return report
