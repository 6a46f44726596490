"""Three ways of applying and reversing the evolving AND/OR transformation, measured."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...creation.arrays import asarray
from ...gates import apply_evolving_and_or, reverse_evolving_and_or
from ...gates.evolution import Mode, and_or_operator
from ...ops.basis_change import norm
from ...options import options
from . import reference
from .measure import first_time, median_time, memory_of, warm_allocator
from .signals import Signal, as_virtual

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...array.virtual_array import VirtualQArray
    from ...core.values import Array

MODES: tuple[Mode, ...] = ("project", "residual", "unitary")

# All elements of results are asked for up to here: it takes a transform of them.
_READ_LIMIT = 2**20


class _Bytes(NamedTuple):
    """What an element of a vector takes the traditional way."""

    stored: int
    peak: int
    prepared: int


# A residual is a second vector of doubles, a unitary one makes complex vectors.
_TRADITIONAL_BYTES: dict[Mode, _Bytes] = {
    "project": _Bytes(stored=8, peak=16, prepared=24),
    "residual": _Bytes(stored=16, peak=24, prepared=32),
    "unitary": _Bytes(stored=16, peak=32, prepared=40),
}


@dataclass(frozen=True)
class Recovery:
    """How far a recovered vector is from the original."""

    #: Norm of the difference over norm of the original.
    relative_l2_error: float
    max_absolute_error: float
    #: None where the elements cannot be materialised.
    mean_absolute_error: float | None
    #: The maximum is an upper bound.
    max_is_bound: bool = False


@dataclass(frozen=True)
class Figures:
    """One way of doing it, at one size; None for what does not fit in memory."""

    #: Median time to apply and reverse.
    time_s: float | None
    #: Of the transformed vector.
    stored_bytes: int
    #: Most that is allocated while applying and reversing; what both results hold after it.
    peak_bytes: int | None
    held_bytes: int | None
    recovery: Recovery | None


@dataclass(frozen=True)
class Row:
    """Figures of a size and mode."""

    size: int
    mode: Mode
    traditional: Figures
    #: Of the same multiplications into arrays that are there already.
    traditional_preallocated_time_s: float | None
    #: What the traditional round trip allocates, computed.
    traditional_needed_bytes: int
    python_virtual: Figures
    numba_virtual: Figures
    #: Median time to materialise every element of both results of qvarray; None for sizes at which
    #: that is not measured.
    read_all_time_s: float | None
    #: Largest difference of an element between the two virtual ways, at the active indices,
    #: relative to the largest element there.
    disagreement: float

    @property
    def stored_factor(self) -> float:
        """Bytes stored the traditional way over those that qvarray stores."""
        return self.traditional.stored_bytes / self.numba_virtual.stored_bytes


class Traditional:
    """Dense NumPy: the vectors of factors are prepared, the products are what it does.

    Parameters
    ----------
    x : ndarray of float64, shape (n,)
    eigenvalues : dict of int to float
        Of the operator, by position along its diagonal.
    mode : {"project", "residual", "unitary"}
        ``y = a * x`` and ``x' = b * y``, where a and b are the eigenvalues and their
        pseudo-inverses, or the phases ``exp(-i a)`` and their conjugates. In mode "residual"
        ``r = c * x`` is kept beside y and added to x', for c = 0 where there is an eigenvalue,
        else 1.
    """

    def __init__(self, x: Array, eigenvalues: dict[int, float], mode: Mode) -> None:
        self.x = x
        indices, values = list(eigenvalues), np.array(list(eigenvalues.values()))
        self.factors: Array
        self.inverse: Array
        self.rest: Array | None = None
        if mode == "unitary":
            self.factors = np.ones(x.size, np.complex128)
            self.factors[indices] = np.exp(-1j * values)
            self.inverse = self.factors.conj()
            return
        self.factors = np.zeros(x.size)
        self.factors[indices] = values
        self.inverse = np.zeros(x.size)
        self.inverse[indices] = 1.0 / values
        if mode == "residual":
            self.rest = np.ones(x.size)
            self.rest[indices] = 0.0

    def round_trip(self) -> tuple[list[Array], Array]:
        """Compute what is stored, and the recovered vector. Every array is allocated anew."""
        stored = [self.factors * self.x]
        if self.rest is not None:
            stored.append(self.rest * self.x)
        recovered = self.inverse * stored[0]
        if self.rest is not None:
            recovered += stored[1]
        return stored, recovered

    def preallocated(self) -> Callable[[], object]:
        """Prepare the round trip into arrays that are allocated once, here."""
        y, recovered = np.empty_like(self.factors), np.empty_like(self.factors)
        x, factors, inverse, rest = self.x, self.factors, self.inverse, self.rest

        def multiply() -> None:
            np.multiply(factors, x, out=y)
            np.multiply(inverse, y, out=recovered)

        if rest is None:
            return multiply
        residual, others = np.empty_like(x), rest

        def multiply_and_add() -> None:
            np.multiply(factors, x, out=y)
            np.multiply(others, x, out=residual)
            np.multiply(inverse, y, out=recovered)
            np.add(recovered, residual, out=recovered)

        return multiply_and_add


def compare(original: Array, recovered: Array) -> Recovery:
    """Measure the difference of two vectors of shape (n,), element by element."""
    difference = np.abs(original - recovered)
    size = norm(original)
    gap = norm(difference)
    relative = gap / size if size else gap
    return Recovery(relative, float(difference.max()), float(difference.mean()))


def parseval(original: VirtualQArray, recovered: VirtualQArray) -> Recovery:
    """Measure the difference of a vector and its projection, or itself, from eigenvalues.

    O(k). What a projection drops is orthogonal to what it keeps, and an orthonormal basis keeps
    norms. The largest element dropped from oscillations is bounded by the sum of their amplitudes.

    `original` and `recovered` (VirtualQArray, shape (n,)): the elements of `recovered` are elements
    of `original`, or both are the same bit for bit.
    """
    if _identical(original, recovered):
        return Recovery(0.0, 0.0, 0.0)
    whole, kept = norm(original.eigenvalues), norm(recovered.eigenvalues)
    relative = sqrt(max(0.0, 1.0 - (kept / whole) ** 2))
    magnitudes = np.abs(original.eigenvalues)
    if original.spectrum.is_standard:
        dropped = magnitudes[~np.isin(_indices(original), _indices(recovered))]
        gap = norm(dropped)
        return Recovery(gap / whole, float(dropped.max(initial=0.0)), None)
    bound = float(magnitudes.sum()) * sqrt(2 / original.size)
    return Recovery(relative, bound, None, max_is_bound=True)


def _indices(x: VirtualQArray) -> Array:
    return x.spectrum.indices()


def _identical(a: VirtualQArray, b: VirtualQArray) -> bool:
    """Tell whether two arrays store the same bits in the same basis."""
    return (
        a.bases == b.bases
        and np.array_equal(_indices(a), _indices(b))
        and a.eigenvalues.tobytes() == b.eigenvalues.tobytes()
    )


def first_call(signal: Signal, mode: Mode) -> float:
    """Time applying and reversing once, compilation included where it is the first time."""
    return first_time(
        lambda: reverse_evolving_and_or(apply_evolving_and_or(signal.input, mode=mode))
    )


def measure_size(signal: Signal, mode: Mode, repeats: int) -> Row:
    """Measure the three ways on one vector.

    `mode` ({"project", "residual", "unitary"}). `repeats`: batches of which the median is taken.
    """
    n = signal.n
    operator = and_or_operator(n)
    values = operator.eigenvalues.tolist()
    eigenvalues = dict(zip(_indices(operator).tolist(), values, strict=True))
    each = _TRADITIONAL_BYTES[mode]
    dense: Array | None = None
    preallocated: float | None = None
    traditional = Figures(None, each.stored * n, None, None, None)
    if (each.peak + each.prepared) * n <= options.memory_budget:
        dense = signal.elements
        traditional, preallocated = _traditional(Traditional(dense, eigenvalues, mode), repeats)
    python = _python(signal, eigenvalues, mode, dense, repeats)
    numba, read_all = _numba(signal, mode, dense, repeats)
    return Row(
        n,
        mode,
        traditional,
        preallocated,
        each.peak * n,
        python,
        numba,
        read_all,
        _disagreement(signal, eigenvalues, mode),
    )


def _disagreement(signal: Signal, eigenvalues: dict[int, float], mode: Mode) -> float:
    y = apply_evolving_and_or(signal.input, mode=mode)
    expected = reference.apply(signal.plain, eigenvalues, mode)
    elements = [(complex(y[i]), complex(expected.element(i))) for i in eigenvalues]
    largest = max(abs(b) for _, b in elements)
    gap = max(abs(a - b) for a, b in elements)
    return gap / largest if largest else gap


def _figures(
    round_trip: Callable[[], object], stored_bytes: int, recovery: Recovery, repeats: int
) -> Figures:
    memory = memory_of(round_trip)
    time = median_time(round_trip, repeats)
    return Figures(time, stored_bytes, memory.peak_bytes, memory.held_bytes, recovery)


def _traditional(way: Traditional, repeats: int) -> tuple[Figures, float]:
    warm_allocator()
    stored, recovered = way.round_trip()
    recovery = compare(way.x, recovered)
    stored_bytes = sum(part.nbytes for part in stored)
    del stored, recovered
    preallocated = median_time(way.preallocated(), repeats)
    return _figures(way.round_trip, stored_bytes, recovery, repeats), preallocated


def _recovery(signal: Signal, dense: Array | None, recovered: VirtualQArray) -> Recovery:
    if dense is not None:
        return compare(dense, recovered.todense())
    return parseval(asarray(signal.input), recovered)


def _python(
    signal: Signal, eigenvalues: dict[int, float], mode: Mode, dense: Array | None, repeats: int
) -> Figures:
    x = signal.plain

    def round_trip() -> tuple[reference.Evolved, reference.Vector]:
        y = reference.apply(x, eigenvalues, mode)
        return y, reference.reverse(y)

    y, recovered = round_trip()
    recovery = _recovery(signal, dense, as_virtual(recovered))
    return _figures(round_trip, y.stored_bytes(), recovery, repeats)


def _numba(
    signal: Signal, mode: Mode, dense: Array | None, repeats: int
) -> tuple[Figures, float | None]:
    x = signal.input

    def round_trip() -> tuple[VirtualQArray, VirtualQArray]:
        y = apply_evolving_and_or(x, mode=mode)
        return y, reverse_evolving_and_or(y)

    y, recovered = round_trip()
    figures = _figures(round_trip, y.nbytes, _recovery(signal, dense, recovered), repeats)
    if dense is None or signal.n > _READ_LIMIT:
        return figures, None
    return figures, median_time(lambda: (y.todense(), recovered.todense()), repeats)
