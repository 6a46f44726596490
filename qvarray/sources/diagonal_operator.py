"""Operators whose eigenvalues are a function of their index, evaluated where they are asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..bases import Basis
from ..core.budget import require_budget
from ..core.error_bound import ErrorBound
from ..core.inside_out import as_list, folded, inside_out
from ..core.runs import ranked
from ..core.source import Source
from ..core.spectrum import Spectrum, compact, constant
from ..core.values import Array, Shape
from ..ops.basis_change import (
    along_diagonal,
    as_samples,
    coefficient_dtype,
    constant_functions,
    gather_sums,
    linear,
    scalar_operator,
    to_bases,
    to_common_basis,
)
from ..ops.bounds import bounded
from ..ops.sums import reduced_shape
from .linear_map import LinearMap

_INSTEAD = (
    "multiply by arrays of few eigenvalues, take the operator of some modes only, or raise the "
    "budget"
)

#: Between which real numbers the eigenvalues lie; None where they are complex, or that is unknown.
Interval = tuple[float, float] | None


class _Uncomputed(ABC):  # noqa: B024
    """What is not computed of anything."""

    operands: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Eigenvalues(_Uncomputed):
    """A function of the index along the diagonal."""

    @property
    def nbytes(self) -> int:
        return 0

    @property
    def is_exact(self) -> bool:
        return True

    @abstractmethod
    def at(self, n: int, indices: Array) -> Array:
        """Return the eigenvalues at some indices below n, shape (m,), floating or complex."""

    def interval(self) -> Interval:
        """Return the interval that the eigenvalues lie in; see `Interval`."""
        return None

    def largest(self) -> float:
        """Return a bound on the absolute values."""
        ends = self.interval()
        return float("inf") if ends is None else max(map(abs, ends))


@dataclass(frozen=True, eq=False)
class _Held(Eigenvalues):
    """Eigenvalues that a spectrum tells."""

    spectrum: Spectrum

    @property
    def nbytes(self) -> int:
        return self.spectrum.nbytes

    @property
    def is_exact(self) -> bool:
        return self.spectrum.error is None


class StoredEigenvalues(_Held):
    """Eigenvalues that are stored, those of a diagonal Spectrum."""

    def at(self, n: int, indices: Array) -> Array:
        return along_diagonal(self.spectrum).at(indices)

    def _all(self) -> Array:
        operator = self.spectrum
        has_fill = operator.nactive < operator.space
        values = operator.eigenvalues
        return np.append(values, operator.fill_value) if has_fill else values

    def interval(self) -> Interval:
        values = self._all()
        if (values.dtype.kind == "c" and values.imag.any()) or not values.size:
            return None
        return float(values.real.min()), float(values.real.max())

    def largest(self) -> float:
        return float(np.abs(self._all()).max(initial=0.0))


class SampledEigenvalues(_Held):
    """The samples of an array in a spectral basis, as the eigenvalues of a circulant are."""

    def at(self, n: int, indices: Array) -> Array:
        return self.spectrum.at(indices)

    def largest(self) -> float:
        # Every function of these bases is at most n ** -0.5 in absolute value.
        size = np.add.reduce(np.abs(self.spectrum.eigenvalues))
        return float(size) / float(self.spectrum.shape[0]) ** 0.5


@dataclass(frozen=True)
class Differences(Eigenvalues):
    """Second differences: ``-4 sin(pi k / period)**2 / step**2``.

    With the period n those of a circle, with 2n those of a segment with free ends (Strang, "The
    Discrete Cosine Transform", SIAM Review 41 (1999)).
    """

    period: int
    step: float

    def at(self, n: int, indices: Array) -> Array:
        k = indices.astype(np.int64, copy=False)
        distance = np.minimum(k, self.period - k) if self.period == n else k
        return -np.square(2.0 * np.sin(np.pi * distance / self.period) / self.step)

    def interval(self) -> Interval:
        return -4.0 / self.step**2, 0.0


@dataclass(frozen=True)
class Derivatives(Eigenvalues):
    """``(2 pi i f / length) ** order`` of the signed frequency f.

    The highest one of an even length has an odd derivative of 0:
    Trefethen, *Spectral Methods in MATLAB* (2000), chapter 3.
    """

    order: int
    length: float

    def at(self, n: int, indices: Array) -> Array:
        k = indices.astype(np.int64, copy=False)
        signed = np.where(k > (n - 1) // 2, k - n, k)
        if self.order % 2 and n % 2 == 0:
            signed = np.where(2 * k == n, 0, signed)
        size = (2 * np.pi / self.length * signed) ** self.order
        return size * (1, 1j, -1, -1j)[self.order % 4]


@dataclass(frozen=True)
class Levels(Eigenvalues):
    """One eigenvalue for the mean, and one for all wavelets of a length each, longest first."""

    gains: tuple[complex, ...]

    def at(self, n: int, indices: Array) -> Array:
        # The wavelets of level j have the indices from 2**j to 2**(j + 1) - 1.
        starts = np.left_shift(np.int64(1), np.arange(len(self.gains) - 1, dtype=np.int64))
        level = starts.searchsorted(indices.astype(np.int64, copy=False), "right")
        return np.array(self.gains)[level]

    def interval(self) -> Interval:
        gains = np.array(self.gains)
        return None if gains.dtype.kind == "c" else (float(gains.min()), float(gains.max()))


@dataclass(frozen=True)
class Number(Eigenvalues):
    """A number that a function takes beside eigenvalues: itself, so that NumPy's dtypes are right.

    Not an array of it, which would not give way to the dtype of the others.
    """

    value: Any

    def at(self, n: int, indices: Array) -> Any:
        return self.value

    def interval(self) -> Interval:
        return (float(np.real(self.value)),) * 2 if np.imag(self.value) == 0 else None

    def largest(self) -> float:
        return float(abs(self.value))


@dataclass(frozen=True, eq=False)
class Mapped(Eigenvalues):
    """What a function makes of the eigenvalues of others, and of numbers."""

    function: Callable[..., Any]
    operands: tuple[Any, ...] = field()

    def __post_init__(self) -> None:
        nodes = tuple(
            operand if isinstance(operand, Eigenvalues) else Number(operand)
            for operand in self.operands
        )
        object.__setattr__(self, "operands", nodes)

    @property
    def nbytes(self) -> int:
        return sum(node.nbytes for node in self._leaves)

    @property
    def is_exact(self) -> bool:
        return all(node.is_exact for node in self._leaves)

    @property
    def _leaves(self) -> list[Eigenvalues]:
        nodes = inside_out(self, kind=Eigenvalues)
        return [node for node in nodes if not isinstance(node, Mapped)]

    def at(self, n: int, indices: Array) -> Array:
        nodes = inside_out(self, kind=Eigenvalues)
        bases = [node.basis for node in nodes if isinstance(node, Reflected)]
        # What is in another order is computed at the indices there, too.
        mirrored = [basis.reflect(n, indices) for basis in bases[:1]]
        there = np.concatenate([indices, *mirrored])

        def answer(node: Eigenvalues, values: list[Array]) -> Array:
            if isinstance(node, Mapped):
                return node.computed(values, there.shape)
            return node.at(n, there)

        return np.broadcast_to(folded(self, answer, Eigenvalues), there.shape)[: indices.size]

    def computed(self, values: list[Array], shape: Shape) -> Array:
        """Return the eigenvalues at some indices, from those of the operands."""
        return np.broadcast_to(np.asarray(self.function(*values)), shape)

    def interval(self) -> Interval:
        return folded(self, _bounds, Eigenvalues)[0]

    def largest(self) -> float:
        return folded(self, _bounds, Eigenvalues)[1]

    def bounds(self, known: list[tuple[Interval, float]]) -> tuple[Interval, float]:
        """Return `interval` and `largest`, from those of the operands."""
        ends = [interval for interval, _ in known]
        rule = _INTERVALS.get(self.function)
        found = None if rule is None or None in ends else rule(*ends)
        most = _INFINITE if found is None else max(map(abs, found))
        if self.function in (np.add, np.subtract, np.multiply):
            sizes = [size for _, size in known]
            size = sizes[0] * sizes[1] if self.function is np.multiply else sum(sizes)
            most = float(min(size, most))
        return found, most

    def __reduce__(self) -> tuple[Any, ...]:
        return as_list(self, _parameters, Eigenvalues)

    def parameters(self) -> tuple[Any, ...]:
        """Return what makes it from its operands, and what that takes besides: for pickles."""
        return _mapped, self.function


_INFINITE = float("inf")


def _bounds(node: Eigenvalues, known: list[tuple[Interval, float]]) -> tuple[Interval, float]:
    return node.bounds(known) if isinstance(node, Mapped) else (node.interval(), node.largest())


def _parameters(node: Eigenvalues) -> tuple[Any, ...] | None:
    return node.parameters() if isinstance(node, Mapped) else None


def _mapped(operands: tuple[Any, ...], function: Callable[..., Any]) -> Mapped:
    return Mapped(function, operands)


_Ends = tuple[float, float]


def _products(a: _Ends, b: _Ends) -> Interval:
    with np.errstate(all="ignore"):
        every = [float(np.multiply(x, y)) for x in a for y in b]
    return (min(every), max(every)) if np.isfinite(every).all() else None


def _inverse(b: _Ends) -> Interval:
    return (1 / b[1], 1 / b[0]) if b[0] > 0 or b[1] < 0 else None


def _quotients(a: _Ends, b: _Ends) -> Interval:
    inverse = _inverse(b)
    return None if inverse is None else _products(a, inverse)


def _powers(a: _Ends, b: _Ends) -> Interval:
    n = b[0]
    if n != b[1] or n != int(n) or n < 0:
        return None
    with np.errstate(all="ignore"):
        ends = sorted(float(np.power(np.float64(x), n)) for x in a)
    low = 0.0 if n % 2 == 0 and n and a[0] <= 0 <= a[1] else ends[0]
    return low, ends[1]


def _exponentials(a: _Ends) -> Interval:
    with np.errstate(all="ignore"):
        return float(np.exp(a[0])), float(np.exp(a[1]))


_INTERVALS: dict[Any, Callable[..., Interval]] = {
    np.add: lambda a, b: (a[0] + b[0], a[1] + b[1]),
    np.subtract: lambda a, b: (a[0] - b[1], a[1] - b[0]),
    np.multiply: _products,
    np.divide: _quotients,
    np.power: _powers,
    np.negative: lambda a: (-a[1], -a[0]),
    np.conjugate: lambda a: a,
    np.positive: lambda a: a,
    np.exp: _exponentials,
}


class Symbol(LinearMap):
    """An operator ``B @ diag(node.at(0), node.at(1), …) @ B.conj().T``. Immutable.

    Parameters
    ----------
    n : int
        Rows and columns.
    node : Eigenvalues
        Its eigenvalues.
    dtype : numpy.dtype
        Of the elements: real only where those are.
    """

    __slots__ = ("bases", "node")

    def __init__(self, n: int, basis: Basis, node: Eigenvalues, dtype: np.dtype[Any]) -> None:
        self.shape = (n, n)
        self.bases = (basis, basis.conjugate)
        self.node = node
        self.dtype = dtype

    @property
    def nbytes(self) -> int:
        return self.node.nbytes

    @property
    def label(self) -> str:
        return f"operator diagonal in {self.bases[0]}, eigenvalues by index"

    @property
    def error(self) -> ErrorBound | None:
        return None if self.node.is_exact else ErrorBound.unknown()

    def eigenvalues_at(self, indices: Array) -> Array:
        """Return the eigenvalues at some indices along the diagonal, shape (m,)."""
        values = self.node.at(self.shape[0], indices)
        return values.astype(coefficient_dtype(self.bases, self.dtype), copy=False)

    def replace(self, node: Eigenvalues, dtype: np.dtype[Any]) -> Symbol:
        """Return the operator of other eigenvalues in the same basis."""
        return Symbol(self.shape[0], self.bases[0], node, dtype)

    def settle(self) -> Spectrum:
        n = self.shape[0]
        require_budget(n * 64, _INSTEAD)
        values = np.ascontiguousarray(self.eigenvalues_at(np.arange(n)))
        zero = self.dtype.type(0)
        bases, error = self.bases, self.error
        return Spectrum(self.shape, self.dtype, bases, values, None, zero, True, error)

    def transposed(self) -> Symbol:
        return Symbol(self.shape[0], self.bases[1], self.node, self.dtype)

    def conjugate(self) -> Symbol:
        """Return the operator of the conjugate elements."""
        node = Mapped(np.conjugate, (self.node,))
        return Symbol(self.shape[0], self.bases[1], node, self.dtype)

    def summed(self, axes: Sequence[int], keepdims: bool) -> Source | np.generic | None:
        """Return the sum over axes: the eigenvalue of the constant, if that is a function. O(1)."""
        n = self.shape[0]
        found = constant_functions(self.bases[:1], (n,), 1)
        if not axes or self.error is not None or found is None or found[0].size != 1:
            return None
        value = self.eigenvalues_at(found[0])[0] * (n if len(axes) == 2 else 1)
        total = as_samples(np.array([value]) + 0.0, self.dtype)[0]
        shape = reduced_shape(self.shape, tuple(axes), keepdims)
        return constant(total, shape) if shape else total

    def applied(self, x: Spectrum, dtype: np.dtype[Any]) -> Spectrum | None:
        if x.diagonal or x.fill_value != 0 or not np.isfinite(x.eigenvalues).all():
            return None
        basis = self.bases[0]
        inside = to_common_basis(x, 0, basis)
        along = inside.coordinates()[0]
        if len(x.shape) > 1:
            different, which = ranked(along)
            factors = self.eigenvalues_at(different)[which]
        else:
            factors = self.eigenvalues_at(along)
        values = (factors * inside.eigenvalues).astype(
            coefficient_dtype(inside.bases, dtype), copy=False
        )
        zero = dtype.type(0)
        out = compact(x.shape, dtype, inside.bases, values, inside.indices(), zero)
        if x.error is not None or self.error is not None:
            da = 0.0 if self.error is None else float("inf")
            dx = x.absolute_error
            # Nothing times an unknown factor is nothing.
            out = bounded(out, da + (self.node.largest() * dx if dx else 0.0))
        return to_bases(out, x.bases)

    def matmul(self, other: Source, dtype: np.dtype[Any]) -> Source | None:
        symbol = as_symbol(other, self.bases) if isinstance(other, Symbol) else None
        if symbol is not None:
            return self.replace(Mapped(np.multiply, (self.node, symbol.node)), dtype)
        return self.on(other, dtype) if other.diagonal else super().matmul(other, dtype)

    def rmatmul(self, other: Source, dtype: np.dtype[Any]) -> Source | None:
        return self.on(other, dtype) if other.diagonal else super().rmatmul(other, dtype)

    def combined(self, ufunc: np.ufunc, operands: Sequence[Any]) -> Source | None:
        """Return a ufunc of operators and scalars as an operator; None for all else."""
        scalars = [operand for operand in operands if _is_scalar(operand)]
        empties = [
            np.empty(0, operand.dtype) if isinstance(operand, Source) else operand
            for operand in operands
        ]
        if len(scalars) + 1 == len(operands) <= 2 and all(
            np.isfinite(operand) for operand in scalars
        ):
            if ufunc is np.conjugate:
                return self.conjugate()
            is_scaling = ufunc is np.multiply or (ufunc is np.divide and operands[0] is self)
            if not (is_scaling or ufunc in (np.negative, np.positive)):
                return None
            if ufunc is np.divide and scalars[0] == 0:
                return None
            dtype = ufunc(*empties).dtype
            if dtype.kind not in "fc":
                return None
            nodes = tuple(self.node if operand is self else operand for operand in operands)
            return self.replace(Mapped(ufunc, nodes), dtype)
        if ufunc not in (np.add, np.subtract) or len(operands) != 2:
            return None
        if not all(
            isinstance(operand, Source) and operand.shape == self.shape for operand in operands
        ):
            return None
        both = [as_symbol(operand, self.bases) for operand in operands]
        if both[0] is None or both[1] is None:
            return None
        dtype = ufunc(*empties).dtype
        return self.replace(Mapped(ufunc, (both[0].node, both[1].node)), dtype)

    def on(self, source: Source, dtype: np.dtype[Any]) -> Source | None:
        """Return the product with a stored operator of the same basis, on either side."""
        operator = source.settle()
        symbol = as_symbol(operator, self.bases)
        if symbol is None or self.error is not None or operator.error is not None:
            return None
        if operator.fill_value != 0 or operator.active_indices is None:
            return self.replace(Mapped(np.multiply, (self.node, symbol.node)), dtype)
        values = self.eigenvalues_at(operator.indices()) * operator.eigenvalues
        values = values.astype(coefficient_dtype(self.bases, dtype), copy=False)
        zero = dtype.type(0)
        return compact(
            self.shape, dtype, self.bases, values, operator.indices(), zero, diagonal=True
        )


def as_symbol(operator: Source, bases: tuple[Basis, ...]) -> Symbol | None:
    """Return an operator in that basis as a Symbol; None for others, and for other bases."""
    if isinstance(operator, Symbol):
        return operator if operator.bases == bases else _reflected(operator, bases)
    source = operator.stored
    if source is None or not source.is_operator:
        return None
    if source.bases != bases and not source.nactive:
        source = scalar_operator(source, bases[0])
    elif source.bases != bases and source.bases == bases[::-1]:
        source = to_conjugate_basis(source)
    if source.bases != bases:
        return None
    return Symbol(source.shape[0], bases[0], StoredEigenvalues(source), source.dtype)


def to_conjugate_basis(operator: Spectrum) -> Spectrum:
    """Return an operator in the basis of the conjugate functions: in another order. O(k)."""
    old, new = operator.bases
    if old == new:
        return operator
    n = operator.shape[0]
    indices = old.reflect(n, operator.indices())
    indices, values = gather_sums(linear((indices,), (n,)), operator.eigenvalues)
    return compact(
        operator.shape,
        operator.dtype,
        (new, old),
        values,
        indices,
        operator.fill_value,
        diagonal=True,
        error=operator.error,
    )


@dataclass(frozen=True, eq=False)
class Reflected(Mapped):
    """The eigenvalues of an operator in the conjugate basis: the same in another order."""

    basis: Basis

    def computed(self, values: list[Array], shape: Shape) -> Array:
        """Return the eigenvalues at indices, then at their mirror images: each at the other."""
        out = super().computed(values, shape)
        return np.roll(out, out.size // 2)

    def bounds(self, known: list[tuple[Interval, float]]) -> tuple[Interval, float]:
        return super().bounds(known)[0], known[0][1]

    def parameters(self) -> tuple[Any, ...]:
        return _mirrored, self.function, self.basis


def _mirrored(operands: tuple[Any, ...], function: Callable[..., Any], basis: Basis) -> Reflected:
    return Reflected(function, operands, basis)


def _reflected(symbol: Symbol, bases: tuple[Basis, ...]) -> Symbol | None:
    if symbol.bases != bases[::-1]:
        return None
    node = Reflected(np.positive, (symbol.node,), bases[0])
    return Symbol(symbol.shape[0], bases[0], node, symbol.dtype)


def _is_scalar(value: object) -> bool:
    if isinstance(value, np.ndarray):
        return value.ndim == 0 and value.dtype.kind in "biufc"
    return isinstance(value, (bool, int, float, complex, np.generic))
