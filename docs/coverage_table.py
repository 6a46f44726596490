"""What answers each ufunc in each basis, found by calling it, and what answers each function."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from generated import replace
from numpy.testing import overrides

import qvarray as qv
from qvarray.core.rules import FUNCTIONS, Tier
from qvarray.core.spectrum import Spectrum

__all__ = [
    "BASES",
    "Row",
    "all_functions",
    "functions",
    "not_of_numbers",
    "rows",
    "ufuncs",
    "write",
]

#: The columns. In the last one the operands are in different bases, one for each axis.
BASES = ("standard", "walsh", "fourier", "cosine", "haar", "mixed")

# A size at which only what is stored can have been computed with.
_N = 2**40
_BUDGET = 2**16

_REFUSED = ("numpy.lib.recfunctions", "numpy.strings", "numpy.char")
_NUMBERS = frozenset("?bBhHiIlLqQefdgFDG")


class Row(NamedTuple):
    """What answers one call of a ufunc, in each of `BASES`."""

    ufunc: np.ufunc
    call: str
    tiers: tuple[Tier, ...]


def _public() -> list[np.ufunc]:
    """The ufuncs that can be overridden, without those that NumPy keeps to itself."""
    found = overrides.get_overridable_numpy_ufuncs()
    names = {ufunc.__name__: ufunc for ufunc in found if not ufunc.__name__.startswith("_")}
    return [names[name] for name in sorted(names)]


def _signature(ufunc: np.ufunc) -> str | None:
    """The types of the operands that a ufunc is asked about; None if it takes no numbers."""
    loops = [loop.split("->") for loop in ufunc.types]
    takes = [before for before, after in loops if set(before + after) <= _NUMBERS]
    # Real numbers where it takes them: all bases have those.
    return max(takes, key=lambda types: types.count("d"), default=None)


def ufuncs() -> list[np.ufunc]:
    """The public ufuncs of numbers."""
    return [ufunc for ufunc in _public() if _signature(ufunc) is not None]


def not_of_numbers() -> list[np.ufunc]:
    """The public ufuncs of strings, which no array of ours can hold, and of dates only."""
    return [ufunc for ufunc in _public() if _signature(ufunc) is None]


def _array(basis: str, which: int) -> qv.VirtualQArray:
    if basis == "mixed":
        bases = (("walsh", "cosine"), ("haar", "haar"))[which > 0]
        shape: Any = (2**20, 2**20)
    else:
        bases, shape = (basis,), _N
    # Small elements: no ufunc is to overflow. The fourier basis is real in its constant only.
    active = [0] if basis == "fourier" else [0, 3 + which]
    return qv.from_eigenvalues([0.25] * len(active), active, shape, basis=bases, dtype=np.float64)


def _operand(basis: str, which: int, kind: str) -> qv.VirtualQArray:
    x = _array(basis, which)
    if kind == "d":
        return x
    # Arrays of integers and of truth values are in the standard basis, or expressions.
    truth = np.greater(x, 0)
    return truth if kind == "?" else np.multiply(truth, np.dtype(kind).type(1))


def _matrix(basis: str) -> qv.VirtualQArray:
    return qv.operator([2.0, 3.0], [0, 3], _N, basis="cosine" if basis == "mixed" else basis)


def _vector(basis: str) -> qv.VirtualQArray:
    return _array("haar" if basis == "mixed" else basis, 0)


def _calls(ufunc: np.ufunc, basis: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """What to ask about: calls as they are written, and their operands."""
    name = ufunc.__name__
    if ufunc.signature is not None:
        words = {"matmul": "Ax", "matvec": "Ax", "vecmat": "xA"}.get(name, "xy")
        made = {"A": _matrix(basis), "x": _vector(basis), "y": _vector(basis)}
        yield f"{name}({', '.join(words)})", tuple(made[word] for word in words)
        return
    kinds = _signature(ufunc)
    assert kinds is not None
    operands = tuple(_operand(basis, i, kind) for i, kind in enumerate(kinds))
    yield f"{name}({', '.join('xyz'[: len(kinds)])})", operands
    if len(kinds) == 2:
        yield f"{name}(x, 2)", (operands[0], np.dtype(kinds[1]).type(2))


def _tier(ufunc: np.ufunc, operands: tuple[Any, ...]) -> Tier:
    try:
        with np.errstate(all="ignore"), qv.options(memory_budget=_BUDGET):
            result = ufunc(*operands)
    except qv.MaterializationError:
        return Tier.DENSE
    first = result[0] if isinstance(result, tuple) else result
    if isinstance(first, qv.VirtualQArray) and not isinstance(first.source, Spectrum):
        return Tier.PAGED
    return Tier.CLOSED


def rows() -> list[Row]:
    """Every public ufunc of numbers, in every basis.

    Those of two arrays have a second row, with a scalar, where that makes a difference.
    """
    found = []
    for ufunc in ufuncs():
        tiers_of: dict[str, list[Tier]] = {}
        for basis in BASES:
            for call, operands in _calls(ufunc, basis):
                tiers_of.setdefault(call, []).append(_tier(ufunc, operands))
        first, *others = ((call, tuple(tiers)) for call, tiers in tiers_of.items())
        found.append(Row(ufunc, *first))
        found += [Row(ufunc, *other) for other in others if other[1] != first[1]]
    return found


def all_functions() -> set[Any]:
    """The NumPy functions that can be overridden, without those of strings and records."""
    modules = ("fft", "linalg", "polynomial", "lib.scimath", "lib.stride_tricks")
    for module in modules:
        import_module(f"numpy.{module}")
    found = overrides.get_overridable_numpy_array_functions()
    return {function for function in found if not function.__module__.startswith(_REFUSED)}


def functions() -> dict[str, Tier]:
    """The best tier of each NumPy function that can be overridden."""
    dense = FUNCTIONS[None]
    named = {
        f"{function.__module__}.{function.__name__}": FUNCTIONS.get(function, dense).tier
        for function in all_functions()
    }
    return dict(sorted(named.items()))


def write(directory: Path) -> None:
    """Write what ``coverage.rst`` includes: two tables, and the ufuncs that are in none."""
    lines = [f'"``{row.call}``",{",".join(row.tiers)}' for row in rows()]
    replace(directory / "ufuncs.csv", lines)
    replace(directory / "functions.csv", [f"``{n}``,{tier}" for n, tier in functions().items()])
    rest = ", ".join(f"``{ufunc.__name__}``" for ufunc in not_of_numbers())
    replace(directory / "rest.txt", [rest])
