"""Every program of the gallery, on ndarrays and on VirtualQArrays: the same answers.

The programs know nothing of qvarray. What they return must agree in shape, dtype and values, bit
for bit unless the program says how much it rounds, and so must the arguments that they changed.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import qvarray as qv

from ..twin import assert_same

PROGRAMS = sorted(
    path.stem
    for path in Path(__file__).parent.glob("[a-z]*.py")
    if not path.stem.startswith("test_")
)


def module(name: str) -> ModuleType:
    return importlib.import_module(f".{name}", __package__)


def arguments(name: str) -> tuple[np.ndarray, ...]:
    return module(name).inputs(np.random.default_rng(2026))


def zero(x: np.ndarray) -> Any:
    return x.dtype.type(0)


def most_common(x: np.ndarray) -> Any:
    values, counts = np.unique(x, return_counts=True)
    return values[counts.argmax()] if x.size else zero(x)


def rare(x: np.ndarray) -> Any:
    """A value that few elements have or none, so that most of them are stored."""
    return x.dtype.type(113) if x.dtype.kind != "b" else ~most_common(x)


FILLS = [zero, most_common, rare]


def cases() -> list[Any]:
    """Every program with every fill value that makes a difference to one of its arguments."""
    out = []
    for name in PROGRAMS:
        seen = set()
        for fill in FILLS:
            values = tuple(str(fill(x)) for x in arguments(name))
            if values not in seen:
                seen.add(values)
                out.append(pytest.param(name, fill, id=f"{name}-{fill.__name__}"))
    return out


def run(name: str, operands: tuple[Any, ...]) -> Any:
    program: Callable[..., Any] = getattr(module(name), name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return program(*operands)


def compare(expected: Any, got: Any, rounding: float) -> None:
    """As `assert_same`, and dictionaries by their items, Python's floats to rounding as well."""
    if isinstance(expected, dict):
        assert list(got) == list(expected)
        compare(list(expected.values()), list(got.values()), rounding)
    elif isinstance(expected, (list, tuple)):
        assert type(got) is type(expected)
        assert len(got) == len(expected)
        for x, y in zip(expected, got, strict=True):
            compare(x, y, rounding)
    elif type(expected) in (float, complex):
        assert type(got) is type(expected)
        assert_same(np.array(expected)[()], np.array(got)[()], rounding)
    elif rounding and isinstance(expected, np.ndarray) and not np.isfinite(expected).all():
        # NaN and infinities exactly, and then the numbers among them.
        assert isinstance(got, qv.VirtualQArray)
        number = np.isfinite(expected)
        dense = got.todense()
        compare(np.where(number, 0, expected), qv.array(np.where(number, 0, dense)), 0)
        compare(np.where(number, expected, 0), qv.array(np.where(number, dense, 0)), rounding)
    else:
        assert_same(expected, got, rounding)


def arrays(result: Any) -> Iterator[Any]:
    """The arrays in what a program returns."""
    if isinstance(result, (np.ndarray, qv.VirtualQArray)):
        yield result
    elif isinstance(result, dict):
        yield from arrays(list(result.values()))
    elif isinstance(result, (list, tuple)):
        for part in result:
            yield from arrays(part)


def increment(x: Any) -> str:
    """Change every element of an array in place; what kind of exception that raised, if any."""
    try:
        x[...] = x ^ True if x.dtype.kind == "b" else x + x.dtype.type(1)
    except ValueError:
        return "read-only"
    return ""


@pytest.mark.parametrize(("name", "fill"), cases())
def test_program(name: str, fill: Callable[[np.ndarray], Any]) -> None:
    dense = arguments(name)
    virtual = tuple(qv.array(x, fill_value=fill(x)) for x in dense)
    compare(dense, virtual, 0)
    rounding = getattr(module(name), "ROUNDING", 0)
    compare(run(name, dense), run(name, virtual), rounding)
    compare(dense, virtual, rounding)


def view(x: np.ndarray, fill: Any) -> tuple[np.ndarray, qv.VirtualQArray, Any, Any]:
    """A larger array and its twin, and in both of them a view that holds the elements of `x`."""
    whole = np.full([2 * n + 3 for n in x.shape[::-1]], fill, x.dtype)
    key = tuple(slice(2, 2 * n + 2, 2) for n in x.shape[::-1])
    whole[key].T[...] = x
    twin = qv.array(whole, fill_value=fill)
    return whole, twin, whole[key].T, twin[key].T


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_on_views(name: str) -> None:
    """The arguments are strided, transposed views: changes arrive in the arrays that they view."""
    views = [view(x, most_common(x)) for x in arguments(name)]
    wholes, twins, dense, virtual = zip(*views, strict=True)
    rounding = getattr(module(name), "ROUNDING", 0)
    compare(run(name, dense), run(name, virtual), rounding)
    compare(wholes, twins, rounding)


@pytest.mark.parametrize("name", PROGRAMS)
def test_memory_is_shared_alike(name: str) -> None:
    """What is then written to an argument or to a result is seen where NumPy shows it."""
    dense = arguments(name)
    virtual = tuple(qv.array(x) for x in dense)
    rounding = getattr(module(name), "ROUNDING", 0)
    expected = [*dense, *arrays(run(name, dense))]
    got = [*virtual, *arrays(run(name, virtual))]
    for x, y in zip(expected, got, strict=True):
        with np.errstate(all="ignore"):
            assert increment(y) == increment(x)
        compare(expected, got, rounding)


@pytest.mark.parametrize("name", PROGRAMS)
def test_is_a_gallery_piece(name: str) -> None:
    """Short, explained, small inputs that are the same every time, and no word of qvarray."""
    program = module(name)
    text = Path(program.__file__).read_text()
    assert 15 <= text.count("\n") <= 60
    title = program.__doc__.splitlines()[0]
    assert title.endswith(".")
    assert callable(getattr(program, name))
    assert "qvarray" not in text
    first, second = arguments(name), arguments(name)
    assert all(type(x) is np.ndarray and x.size for x in first)
    assert sum(x.size for x in first) <= 2000
    for x, y in zip(first, second, strict=True):
        np.testing.assert_array_equal(x, y, strict=True)


def test_the_gallery_is_large() -> None:
    assert len(PROGRAMS) >= 40
