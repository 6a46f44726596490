"""Blocked bases: another basis on consecutive blocks of an axis, for local structure like JPEG."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from .base import Array, Basis, Restriction, Run, Term
from .merged_axes import Merged, Parts
from .registry import as_basis, register_family
from .standard import STANDARD


@dataclass(frozen=True)
class Blocked(Merged):
    """The functions of another basis, on consecutive blocks of m samples.

    Coefficient ``b * m + j`` is that of function j on block b. The last block has the samples
    that remain; where `inner` cannot have their number, they are split into powers of two, the
    largest first.
    """

    inner: Basis
    m: int

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"blocked({self.inner.name}, {self.m})"

    @property
    def is_complex(self) -> bool:  # type: ignore[override]
        return self.inner.is_complex

    @property
    def conjugate(self) -> Basis:
        return of_blocks(self.inner.conjugate, self.m)

    def check_length(self, n: int) -> None:
        for run in self.runs(n):
            try:
                self.inner.check_length(run.size)
            except ValueError as error:
                raise ValueError(f"basis {self} on an axis of length {n}: {error}") from None

    def coefficient_dtype(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        return self.inner.coefficient_dtype(dtype)

    def runs(self, n: int) -> list[Run]:
        count, rest = divmod(n, self.m)
        runs = [Run(0, self.m, count)] if count else []
        start = count * self.m
        while rest:
            size = rest if self.inner.can_have(rest) else 1 << (rest.bit_length() - 1)
            runs.append(Run(start, size, 1))
            start, rest = start + size, rest - size
        return runs

    def rounding(self, n: int, dtype: np.dtype[Any]) -> float:
        return max((self.inner.rounding(run.size, dtype) for run in self.runs(n)), default=0.0)

    def two(self, n: int) -> tuple[Basis, int, Basis, int]:
        return STANDARD, n // self.m, self.inner, self.m

    def merge(self, parts: Parts) -> Basis:
        (_, count), (basis, m) = parts
        return of_blocks(basis, m) if count > 1 else basis

    def parts(self, n: int) -> list[tuple[Basis, int]]:
        if n % self.m or n == self.m or not n:
            return [(self, n)] if n != self.m else self.inner.parts(n)
        return [(STANDARD, n // self.m), *self.inner.parts(self.m)]

    def frequencies(self, n: int, indices: Array) -> Array:
        return self._local(n, indices, np.int64, self.inner.frequencies)

    def reflect(self, n: int, indices: Array) -> Array:
        shift = self._local(n, indices, np.int64, lambda size, k: self.inner.reflect(size, k) - k)
        return indices + shift

    def _each(self, n: int, indices: Array) -> Iterator[tuple[Run, Array]]:
        """Find for every run of blocks the indices that lie in it."""
        for run in self.runs(n):
            where = np.flatnonzero((indices >= run.start) & (indices < run.stop))
            if where.size:
                yield run, where

    def _local(
        self, n: int, indices: Array, dtype: DTypeLike, ask: Callable[[int, Array], Array]
    ) -> Array:
        """Ask about the functions on their blocks, given the size and the indices there."""
        out = np.zeros(indices.size, dtype)
        for run, where in self._each(n, indices):
            out[where] = ask(run.size, (indices[where].astype(np.int64) - run.start) % run.size)
        return out

    def _by_blocks(self, x: Array, axis: int, transform: Callable[[Array, int], Array]) -> Array:
        """Apply `transform` to every block, given with its samples along an axis of their own."""
        axis %= x.ndim
        outer, inner = x.shape[:axis], x.shape[axis + 1 :]
        parts = []
        for run in self.runs(x.shape[axis]):
            part = x[(slice(None),) * axis + (slice(run.start, run.stop),)]
            cut = part.reshape(*outer, run.count, run.size, *inner)
            parts.append(transform(cut, axis + 1).reshape(part.shape))
        if not parts:
            return x.astype(self.coefficient_dtype(x.dtype))
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis)

    def analyse(self, samples: Array, axis: int) -> Array:
        return self._by_blocks(samples, axis, self.inner.analyse)

    def synthesise(self, coefficients: Array, axis: int, overwrite: bool = False) -> Array:
        return self._by_blocks(
            coefficients, axis, lambda cut, along: self.inner.synthesise(cut, along, overwrite)
        )

    def elements(self, n: int, positions: Array, indices: Array, precise: bool = False) -> Array:
        # Only functions on a block that has some of the positions are evaluated.
        kind = self.coefficient_dtype(np.dtype(np.longdouble if precise else np.float64))
        out = np.zeros((positions.size, indices.size), kind)
        for run, rows in self._each(n, positions):
            row_block, row = np.divmod(positions[rows].astype(np.int64) - run.start, run.size)
            low = run.start + int(row_block.min()) * run.size
            high = run.start + (int(row_block.max()) + 1) * run.size
            columns = np.flatnonzero((indices >= low) & (indices < high))
            block, index = np.divmod(indices[columns].astype(np.int64) - run.start, run.size)
            used = np.isin(block, row_block)
            columns, block, index = columns[used], block[used], index[used]
            values = self.inner.elements(run.size, row, index, precise)
            out[np.ix_(rows, columns)] = np.where(row_block[:, None] == block, values, 0)
        return out

    def factors(self, n: int, positions: range, indices: Array, precise: bool) -> list[Array]:
        if positions.stop > n - n % self.m:
            return [self.elements(n, np.array(positions, np.int64), indices, precise)]
        # What lies in the blocks at the edge is in no row of whole blocks.
        return super().factors(n, positions, indices, precise)

    def cover(self, n: int, positions: range) -> range:
        first, last = min(positions[0], positions[-1]), max(positions[0], positions[-1])
        return range(self._block_of(n, first).start, self._block_of(n, last).stop)

    def _block_of(self, n: int, position: int) -> range:
        for run in self.runs(n):
            if position < run.stop:
                start = position - (position - run.start) % run.size
                return range(start, start + run.size)
        raise IndexError(f"position {position} on an axis of length {n}")

    def restrict(self, n: int, positions: range, indices: Array) -> Restriction | None:
        if positions == range(n):
            return Restriction(self, None, indices, None)
        if not len(positions):
            return None
        indices = indices.astype(np.int64, copy=False)
        first = self._block_of(n, positions[0])
        if positions[-1] in first:
            return self._within(first, positions, indices)
        closed = self._aligned(n, positions, indices) if positions.step == 1 else None
        whole = n - n % self.m
        if closed is not None or max(positions[0], positions[-1]) >= whole:
            return closed
        keep = indices < whole
        among = super().restrict(whole, positions, indices[keep])
        return None if among is None else among.among(keep)

    def _within(self, block: range, positions: range, indices: Array) -> Restriction | None:
        """Restrict to a part of one block."""
        keep = (indices >= block.start) & (indices < block.stop)
        shift = block.start
        local = range(positions.start - shift, positions.stop - shift, positions.step)
        closed = self.inner.restrict(len(block), local, indices[keep] - shift)
        return None if closed is None else closed.among(keep)

    def _aligned(self, n: int, positions: range, indices: Array) -> Restriction | None:
        """Restrict to whole blocks that follow each other, if they are those of a shorter axis."""
        start, stop = positions.start, positions.stop
        if self.cover(n, positions) != positions:
            return None
        inside = [
            (max(run.start, start) - start, run.size, min(run.stop, stop) - start)
            for run in self.runs(n)
            if run.start < stop and run.stop > start
        ]
        if inside != [(run.start, run.size, run.stop) for run in self.runs(stop - start)]:
            return None
        keep = (indices >= start) & (indices < stop)
        return Restriction(self, keep, indices[keep] - start, None)

    def repeat(self, n: int, times: int, indices: Array) -> Restriction | None:
        return None if n % self.m else super().repeat(n, times, indices)

    def roll(self, n: int, shift: int, indices: Array, precise: bool = False) -> Restriction | None:
        return None if n % self.m else super().roll(n, shift, indices, precise)

    def xor_shift(self, n: int, mask: int, indices: Array) -> Restriction | None:
        if n % self.m:
            return Basis.xor_shift(self, n, mask, indices)
        return super().xor_shift(n, mask, indices)

    def peaks(self, n: int, indices: Array) -> Array:
        return self._local(n, indices, np.float64, self.inner.peaks)

    def layers(self, n: int, indices: Array) -> Array:
        return self._local(n, indices, np.int64, self.inner.layers)

    def supports(self, n: int, indices: Array) -> Array:
        # Blocks at the edge are shorter than m: they count as one.
        return indices // self.m

    def products(self, n: int, i: Array, j: Array, dtype: np.dtype[Any]) -> list[Term] | None:
        terms = []
        for run, where in self._each(n, i):
            block, local = np.divmod(i[where] - run.start, run.size)
            other_block, other = np.divmod(j[where] - run.start, run.size)
            same = block == other_block
            where, block = where[same], block[same]
            inner = self.inner.products(run.size, local[same], other[same], dtype)
            if inner is None:
                return None
            for keep, indices, factors in inner:
                kept = slice(None) if keep is None else keep
                here = np.zeros(i.size, bool)
                here[where[kept]] = True
                terms.append(Term(here, run.start + block[kept] * run.size + indices, factors))
        none = np.zeros(0, np.int64)
        return terms or [Term(np.zeros(i.size, bool), none, none.astype(dtype))]

    def sums(self, n: int, indices: Array, dtype: np.dtype[Any]) -> Array:
        return self._local(n, indices, dtype, lambda size, k: self.inner.sums(size, k, dtype))

    def constants(self, n: int, most: int) -> Array | None:
        if n // self.m > most:
            return None
        out = [np.zeros(0, np.int64)]
        for run in self.runs(n):
            local = self.inner.constants(run.size, most)
            if local is None or run.count * local.size > most:
                return None
            blocks = run.start + np.arange(run.count, dtype=np.int64) * run.size
            out.append(np.add.outer(blocks, local).ravel())
        return np.concatenate(out)

    def page(self, n: int, start: int, stop: int, indices: Array, values: Array) -> Array:
        # O(k + m log m): coefficients on blocks that are not asked for are passed over.
        kind = np.result_type(values.dtype, self.coefficient_dtype(np.dtype(np.float64)))
        out = np.zeros(stop - start, kind)
        for run in self.runs(n):
            low, high = max(run.start, start), min(run.stop, stop)
            while low < high:
                begin = low - (low - run.start) % run.size
                ragged = begin < low or high - begin < run.size
                whole = run.size if ragged else (high - begin) // run.size * run.size
                end = min(high, begin + whole)
                here = np.flatnonzero((indices >= begin) & (indices < begin + whole))
                local = indices[here].astype(np.int64, copy=False) - begin
                piece = slice(low - start, end - start)
                if ragged:
                    place = (low - begin, end - begin)
                    out[piece] = self.inner.page(run.size, *place, local, values[here])
                else:
                    coefficients = np.zeros(whole, out.dtype)
                    np.add.at(coefficients, local, values[here])
                    cut = coefficients.reshape(-1, run.size)
                    out[piece] = self.inner.synthesise(cut, 1, overwrite=True).reshape(-1)
                low = end
        return out


def of_blocks(basis: Basis, m: int) -> Basis:
    """See `qvarray.blocked`."""
    m = operator.index(m)
    if m < 1:
        raise ValueError(f"blocks need a length of at least 1, got {m}")
    basis.check_length(m)
    # Blocks of one element, and blocks of elements, are elements.
    return STANDARD if m == 1 or basis.is_standard else Blocked(basis, m)


def blocked(basis: str | Basis, m: int) -> Basis:
    """Return a basis on consecutive blocks of an axis.

    Parameters
    ----------
    basis : Basis or str
        Of every block.
    m : int
        Samples of a block. The last block of an axis has those that remain; in a basis that
        needs a length of 2**b they are split into powers of two.

    Returns
    -------
    Basis
        Also by its name, ``basis="blocked(cosine, 8)"``.

    Raises
    ------
    ValueError
        For `m` less than 1, and a length that the basis cannot have.
    TypeError
        For an `m` that is no integer.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> x = qv.encode(np.repeat([1.0, 5.0, 2.0], 4), qv.blocked("cosine", 4))
    >>> x.nactive, str(x.bases[0])
    (3, 'blocked(cosine, 4)')
    """
    return of_blocks(as_basis(basis), m)


register_family("blocked", Blocked, of_blocks)
