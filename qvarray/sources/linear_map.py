"""Linear maps that are known by what they do: arrays of two axes whose elements are not stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy

from .. import kernels
from ..bases import STANDARD, Basis
from ..core.budget import fits_budget, require_budget
from ..core.error_bound import ErrorBound
from ..core.runs import ordinals
from ..core.source import Source
from ..core.spectrum import Spectrum, compact
from ..core.values import Array, require_size
from ..indexing.elements import at_coordinates
from ..ops.basis_change import (
    as_samples,
    coefficient_dtype,
    gather_sums,
    linear,
    sparse,
    to_bases,
    to_common_basis,
    to_dense,
)
from ..ops.bounds import bounded
from ..ops.linear import conjugate

_INSTEAD = "multiply by vectors, or raise the budget"
# Products of entries that take as long as an element in a Fourier transform.
_PAIRS_PER_ELEMENT = 2


class LinearMap(Source):
    """An array of two axes that multiplies others without becoming dense.

    Attributes
    ----------
    dtype : numpy.dtype
    """

    __slots__ = ("dtype", "shape")

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def applied(self, x: Spectrum, dtype: np.dtype[Any]) -> Spectrum | None:
        """Return ``A @ x`` for an x of one or two axes, or None where only `settle` helps."""
        raise NotImplementedError

    def transposed(self) -> LinearMap:
        """Return the map of the transposed matrix. O(1), or O(k)."""
        raise NotImplementedError

    def conjugate(self) -> LinearMap:
        """Return the map of the conjugate matrix. O(1), or O(k)."""
        raise NotImplementedError

    def permuted(self, axes: Sequence[int]) -> LinearMap:
        return self.transposed() if tuple(axes) == (1, 0) else self

    def combined(self, ufunc: np.ufunc, operands: Sequence[Any]) -> Source | None:
        return self.conjugate() if ufunc is np.conjugate else None

    def matmul(self, other: Source, dtype: np.dtype[Any]) -> Source | None:
        if isinstance(other, LinearMap) or len(other.shape) > 2:
            return None
        x = other.settle()
        return None if x.diagonal else self.applied(x, dtype)

    def rmatmul(self, other: Source, dtype: np.dtype[Any]) -> Source | None:
        # The transposed product: (x A).T = A.T x.T.
        product = self.transposed().matmul(_reversed(other), dtype)
        return None if product is None else _reversed(product)


def _reversed(source: Source) -> Source:
    """Return an array with its axes in reversed order."""
    return source.permuted(range(len(source.shape))[::-1])


class Toeplitz(LinearMap):
    """A matrix with one element along each diagonal: ``T[i, j] = entries[i - j + n - 1]``.

    `entries`: in the standard basis, shape (m + n - 1,).
    """

    __slots__ = ("entries",)

    def __init__(self, entries: Spectrum, shape: tuple[int, int]) -> None:
        self.entries = entries
        self.shape = shape
        self.dtype = entries.dtype

    @property
    def nbytes(self) -> int:
        return self.entries.nbytes

    @property
    def label(self) -> str:
        return "toeplitz"

    @property
    def error(self) -> ErrorBound | None:
        return None if self.entries.error is None else ErrorBound.unknown()

    def transposed(self) -> Toeplitz:
        entries, size = self.entries, self.entries.size
        values, indices = entries.eigenvalues[::-1], entries.active_indices
        if indices is not None:
            indices = np.ascontiguousarray((indices.dtype.type(size - 1) - indices)[::-1])
        reversed_entries = entries.replace(
            eigenvalues=np.ascontiguousarray(values), active_indices=indices
        )
        return Toeplitz(reversed_entries, (self.shape[1], self.shape[0]))

    def conjugate(self) -> Toeplitz:
        return Toeplitz(conjugate(self.entries), self.shape)  # type: ignore[arg-type]

    def settle(self) -> Spectrum:
        m, n = self.shape
        entries, bases = self.entries, (STANDARD, STANDARD)
        if entries.active_indices is None or entries.fill_value:
            require_budget(m * n * self.dtype.itemsize, _INSTEAD)
            flat = to_dense(entries)
            i, j = np.arange(m)[:, None], np.arange(n)
            return sparse(flat[i - j + n - 1]).replace(error=self.error)
        offsets = entries.active_indices.astype(np.int64) - (n - 1)
        starts = np.maximum(offsets, 0)
        counts = np.minimum(m, n + offsets) - starts
        require_budget(int(counts.sum()) * (32 + self.dtype.itemsize), _INSTEAD)
        require_size(self.shape)
        which = np.repeat(np.arange(offsets.size), counts)
        rows = ordinals(counts) + starts[which]
        indices = linear((rows, rows - offsets[which]), self.shape)
        indices, order = kernels.radix_sort.sorted_order(indices)
        values, zero = entries.eigenvalues[which][order], self.dtype.type(0)
        return compact(self.shape, self.dtype, bases, values, indices, zero, error=self.error)

    def applied(self, x: Spectrum, dtype: np.dtype[Any]) -> Spectrum | None:
        if dtype.kind == "b" or self.error is not None or x.error is not None:
            return None
        if x.diagonal or not np.isfinite(x.eigenvalues).all():
            return None
        x = to_bases(x, (STANDARD, *x.bases[1:]))
        is_sparse = not x.fill_value and x.is_standard and not self.entries.fill_value
        pairs = self.entries.nactive * x.nactive
        if is_sparse and pairs <= _PAIRS_PER_ELEMENT * sum(self.shape):
            return self._sparse(x, dtype)
        out = self._embedded(to_bases(x, (STANDARD,) * len(x.shape)), dtype)
        return self._sparse(x, dtype) if out is None and is_sparse else out

    def _sparse(self, x: Spectrum, dtype: np.dtype[Any]) -> Spectrum:
        """Return the product of entries. O(k kx)."""
        m, n = self.shape
        shape = (m, *x.shape[1:])
        require_size(shape)
        require_budget(self.entries.nactive * x.nactive * 48, _INSTEAD)
        rows, *rest = (along.astype(np.int64) for along in x.coordinates())
        offsets = self.entries.indices().astype(np.int64) - (n - 1)
        to = offsets[:, None] + rows
        inside = (to >= 0) & (to < m)
        values = (self.entries.eigenvalues[:, None] * x.eigenvalues)[inside].astype(dtype)
        along = [np.broadcast_to(along, to.shape)[inside] for along in rest]
        indices, values = gather_sums(linear((to[inside], *along), shape), values)
        bases = (STANDARD,) * len(shape)
        return compact(shape, dtype, bases, values, indices, dtype.type(0))

    def _embedded(self, x: Spectrum, dtype: np.dtype[Any]) -> Spectrum | None:
        """Multiply in a circulant of the next fast length, O(N log N).

        Golub & Van Loan, *Matrix Computations*, section 4.8.4.
        """
        m, n = self.shape
        length = scipy.fft.next_fast_len(m + n - 1)
        columns = x.size // n if n else 0
        if (
            dtype.kind not in "fc"
            or dtype.itemsize > 16
            or not fits_budget(length * 48 * (columns + 1))
        ):
            return None
        entries = np.zeros(length, np.result_type(dtype, np.float64))
        flat = to_dense(self.entries)
        if not np.isfinite(flat).all():
            return None
        entries[:m] = flat[n - 1 :]
        entries[length - n + 1 :] = flat[: n - 1]
        dense = to_dense(x).reshape(n, -1)
        out: Array
        if dtype.kind == "c":
            gains = scipy.fft.fft(entries)[:, None] * scipy.fft.fft(dense, length, axis=0)
            out = scipy.fft.ifft(gains, axis=0)[:m]
        else:
            gains = scipy.fft.rfft(entries)[:, None] * scipy.fft.rfft(dense, length, axis=0)
            out = scipy.fft.irfft(gains, length, axis=0)[:m]
        return sparse(out.astype(dtype).reshape(m, *x.shape[1:]))


class Ordered(LinearMap):
    """The functions of a basis in another order: ``B1 @ P @ B2.T`` of a permutation P with gains.

    ``P[row, column] = gain`` for ``row = column``, but for some that are moved.

    Parameters
    ----------
    bases : (Basis, Basis)
    columns, rows : ndarray of int64, shape (k,)
        That are moved: each column to a row. The same numbers, the columns sorted.
    gains : Spectrum or None
        In the standard basis, shape (n,): of every row where `by_row`, else of every column.
    dtype : numpy.dtype
    """

    __slots__ = ("bases", "by_row", "columns", "gains", "rows")

    def __init__(
        self,
        n: int,
        bases: tuple[Basis, ...],
        columns: Array,
        rows: Array,
        gains: Spectrum | None,
        by_row: bool,
        dtype: np.dtype[Any],
    ) -> None:
        self.shape = (n, n)
        self.bases = bases
        self.columns = columns
        self.rows = rows
        self.gains = gains
        self.by_row = by_row
        self.dtype = dtype

    @property
    def nbytes(self) -> int:
        gains = 0 if self.gains is None else self.gains.nbytes
        return self.columns.nbytes + self.rows.nbytes + gains

    @property
    def label(self) -> str:
        return "ordered functions of a basis"

    def transposed(self) -> Ordered:
        order = np.argsort(self.rows)
        columns, rows = self.rows[order], self.columns[order]
        bases, by_row = self.bases[::-1], not self.by_row
        return Ordered(self.shape[0], bases, columns, rows, self.gains, by_row, self.dtype)

    def conjugate(self) -> Ordered:
        gains = None if self.gains is None else conjugate(self.gains)
        bases = tuple(basis.conjugate for basis in self.bases)
        n, dtype = self.shape[0], self.dtype
        return Ordered(n, bases, self.columns, self.rows, gains, self.by_row, dtype)

    def _moved(self, columns: Array) -> tuple[Array, Array | None]:
        """Return the row of every column, and the gains."""
        rows = columns.astype(np.int64)
        if self.columns.size:
            place = np.minimum(self.columns.searchsorted(rows), self.columns.size - 1)
            hit = self.columns[place] == rows
            rows[hit] = self.rows[place[hit]]
        if self.gains is None:
            return rows, None
        return rows, at_coordinates(self.gains, (rows if self.by_row else columns,))

    def settle(self) -> Spectrum:
        n = self.shape[0]
        require_budget(n * 64, _INSTEAD)
        require_size(self.shape)
        rows, gains = self._moved(np.arange(n))
        kind = coefficient_dtype(self.bases, self.dtype)
        values = np.ones(n, kind) if gains is None else gains.astype(kind)
        order = np.argsort(rows)
        indices, zero = rows[order] * n + order, self.dtype.type(0)
        return compact(self.shape, self.dtype, self.bases, values[order], indices, zero)

    def applied(self, x: Spectrum, dtype: np.dtype[Any]) -> Spectrum | None:
        if x.diagonal or x.fill_value or not np.isfinite(x.eigenvalues).all():
            return None
        x = to_common_basis(x, 0, self.bases[1].conjugate)
        columns, *rest = x.coordinates()
        rows, gains = self._moved(columns)
        bases = (self.bases[0], *x.bases[1:])
        values = x.eigenvalues if gains is None else gains * x.eigenvalues
        if all(basis is STANDARD for basis in bases):
            values = as_samples(values, dtype)
        values = values.astype(coefficient_dtype(bases, dtype), copy=False)
        indices, values = gather_sums(linear((rows, *rest), x.shape), values)
        out = compact(x.shape, dtype, bases, values, indices, dtype.type(0))
        if x.error is None:
            return out
        largest = 1.0
        if self.gains is not None:
            fill = float(abs(self.gains.fill_value))
            largest = float(np.abs(self.gains.eigenvalues).max(initial=fill))
        return bounded(out, x.error.absolute * largest)


def sorting(values: Array, indices: Array, n: int, fill: Any) -> tuple[Array, Array]:
    """Return a permutation that sorts n numbers of which all are `fill` but for some. O(k log k).

    `values` and `indices` (ndarray, shape (k,)): those that are not, and where, sorted.

    Returns
    -------
    columns, rows : ndarray of int64, shape (m,)
        What is moved: the number at ``rows[i]`` has the rank ``columns[i]``; m is at most 2 k.
    """
    order = np.argsort(values, kind="stable")
    ahead = int(np.count_nonzero(values < fill))
    ranks = np.arange(values.size, dtype=np.int64)
    ranks[ahead:] += n - values.size
    rows = indices[order].astype(np.int64)
    # Others have to make room: where they go is free, for they are all alike.
    sources = indices.astype(np.int64)
    free, taken = _without(sources, ranks), _without(ranks, sources)
    columns, rows = np.concatenate([ranks, free]), np.concatenate([rows, taken])
    order = np.argsort(columns)
    return columns[order], rows[order]


def _without(numbers: Array, others: Array) -> Array:
    """Return the numbers that are not among others; both sorted and unique. O(k log k)."""
    if not others.size:
        return numbers
    place = np.minimum(others.searchsorted(numbers), others.size - 1)
    return numbers[others[place] != numbers]
