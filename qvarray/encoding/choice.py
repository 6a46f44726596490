"""Which coefficients stay when an array is encoded: the fewest within a tolerance."""

from __future__ import annotations

from typing import Any, NamedTuple, NoReturn

import numpy as np

from ..bases import Basis
from ..core.values import Array
from ..sources.quantize import Kind, Quantised, quantise
from .transforms import names_of

#: Quantised coefficients are multiplied and kept in double precision.
DOUBLE = 4.0 * float(np.finfo(np.float64).eps)

#: Of a tolerance, what is not left to rounding of the bound itself.
SLACK = 1.0 - 2.0**-40


class Tolerance(NamedTuple):
    """The relative L2 error that is allowed, and the number of coefficients that may stay."""

    tol: float | None
    max_active: int | None


class Choice(NamedTuple):
    """Which coefficients stay, and the norm of the others relative to all."""

    keep: Array
    dropped: float


def choose_within(
    magnitudes: Array, mirror: Array | None, relative: float, max_active: int | None
) -> Choice:
    """Choose the fewest coefficients whose complement has a norm of at most `relative`.

    Parameters
    ----------
    magnitudes : ndarray of float64, shape (N,)
        Of the coefficients, in units of their norm.
    mirror : ndarray of int64, shape (N,), or None
        Coefficients that are conjugates stay or go together.
    """
    # Summing N squares rounds by at most N epsilon: Higham, section 4.2.
    slack = 1.0 + magnitudes.size * float(np.finfo(np.float64).eps)
    relative /= slack
    energy = np.square(magnitudes)
    first: Any = slice(None)
    weight: Any = 1
    if mirror is not None:
        energy = np.maximum(energy, energy[mirror])
        first = np.flatnonzero(mirror >= np.arange(mirror.size))
        weight = np.where(mirror[first] == first, 1, 2)
    unit = energy[first]
    order = np.argsort(unit, kind="stable")
    tail = np.cumsum((unit * weight)[order])
    dropped = int(np.searchsorted(tail, relative * relative, "right")) if relative else 0
    if max_active is not None:
        counts = np.cumsum(np.broadcast_to(weight, unit.shape)[order[::-1]])
        dropped = max(dropped, unit.size - int(np.searchsorted(counts, max_active, "right")))
    gone = np.arange(magnitudes.size)[first][order[:dropped]]
    keep = magnitudes != 0
    keep[gone] = False
    if mirror is not None:
        keep[mirror[gone]] = False
    return Choice(keep, slack * float(np.sqrt(tail[dropped - 1])) if dropped else 0.0)


def needs_more(magnitudes: Array, mirror: Array | None, relative: float, most: int) -> bool:
    """Tell whether more than `most` coefficients have to be kept. O(N): they are not sorted."""
    rest = magnitudes.size - most
    if rest <= 0 or mirror is not None:
        return False
    dropped = np.square(np.partition(magnitudes, rest - 1)[:rest]).sum()
    # Up to the rounding of both sums.
    return bool(dropped > relative * relative * (1.0 + 1e-9))


def require_few(dropped: float, tolerance: Tolerance) -> None:
    """Raise ValueError where `max_active` leaves out more than the tolerance allows."""
    tol, max_active = tolerance
    if tol is not None and dropped > tol:
        raise ValueError(
            f"max_active={max_active} leaves a relative error of {dropped:.3g}, over tol={tol!r}"
        )


def refuse_where_finite_is_needed(tolerance: Tolerance, kind: Kind | None) -> None:
    """Raise ValueError where what is asked for needs elements that are all finite."""
    if kind is None and tolerance.max_active is None:
        return
    setting = f"max_active={tolerance.max_active}" if kind is None else f"storage={kind!r}"
    raise ValueError(f"{setting} needs elements that are all finite")


def budget_left(budget: float | None, dropped: float) -> float | None:
    """Return what an L2 error may be beside an orthogonal one; less than 0 where none may be."""
    if budget is None or budget < 0.0:
        return budget
    return max(0.0, budget * budget - dropped * dropped) ** 0.5


def quantised_within(
    numbers: Array, kind: Kind, budget: float | None, tol: float | None
) -> Quantised:
    """Quantise coefficients with an L2 error of at most `budget`, which `tol` leaves.

    Raises
    ------
    ValueError
        Where that cannot be.
    """
    found = quantise(numbers, kind, budget) if budget is None or budget >= 0.0 else None
    return refuse_kind(kind, tol) if found is None else found


def refuse_kind(kind: Kind, tol: float | None) -> NoReturn:
    """Raise ValueError as a kind of storage cannot meet a tolerance, or there is none."""
    if tol is None:
        raise ValueError(f"storage={kind!r} needs a tol: integers are not lossless")
    raise ValueError(f"tol={tol!r} cannot be met with storage={kind!r}")


def require_top(
    most: float,
    exponent: int,
    dtype: np.dtype[Any],
    bases: tuple[Basis, ...],
    largest: float,
) -> None:
    """Raise ValueError for coefficients up to ``most * 2 ** exponent`` that overflow a dtype."""
    with np.errstate(over="ignore"):
        top = np.ldexp(most, exponent)
    if not top <= np.finfo(dtype).max / 2:
        raise ValueError(
            f"coefficients in basis {names_of(bases)} of elements up to {largest} "
            f"overflow {dtype}; scale the array"
        )
