"""A basis on consecutive blocks of an axis: local structure, as in JPEG."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .base import Array, Basis, Restriction, Term
from .standard import STANDARD

__all__ = ["Blocked", "Run", "of_blocks"]


@dataclass(frozen=True)
class Run:
    """Neighbouring blocks of one size: ``count`` of them from position ``start`` on."""

    start: int
    size: int
    count: int

    @property
    def stop(self) -> int:
        return self.start + self.size * self.count

    def holds(self, indices: Array) -> Array:
        return (indices >= self.start) & (indices < self.stop)


def _has(basis: Basis, n: int) -> bool:
    try:
        basis.check_length(n)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Blocked(Basis):
    """The functions of another basis, on consecutive blocks of m samples.

    Coefficient ``b * m + j`` is that of function j on block b. The last block has the samples
    that remain; where `inner` cannot have so many, they are split into powers of two, the
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
        """What an axis is made of: blocks of m, then those at its edge."""
        count, rest = divmod(n, self.m)
        runs = [Run(0, self.m, count)] if count else []
        start = count * self.m
        while rest:
            size = rest if _has(self.inner, rest) else 1 << (rest.bit_length() - 1)
            runs.append(Run(start, size, 1))
            start, rest = start + size, rest - size
        return runs

    def _parts(self, n: int, indices: Array) -> Iterator[tuple[Run, Array]]:
        """For every run of blocks, where the indices are that lie in it."""
        for run in self.runs(n):
            where = np.flatnonzero(run.holds(indices))
            if where.size:
                yield run, where

    def parts(self, n: int) -> list[tuple[Basis, int]]:
        if n % self.m or n == self.m or not n:
            return [(self, n)] if n != self.m else self.inner.parts(n)
        return [(STANDARD, n // self.m), *self.inner.parts(self.m)]

    def reflect(self, n: int, indices: Array) -> Array:
        out = indices.astype(np.int64)
        for run, where in self._parts(n, indices):
            block, local = np.divmod(out[where] - run.start, run.size)
            local = self.inner.reflect(run.size, local)
            out[where] = block * run.size + local + run.start
        return out

    def _by_blocks(self, x: Array, axis: int, transform: Any) -> Array:
        """`transform` of every block, given with its samples along an axis of their own."""
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
            coefficients, axis, lambda cut, at: self.inner.synthesise(cut, at, overwrite)
        )

    def elements(self, n: int, positions: Array, indices: Array, precise: bool = False) -> Array:
        # Only functions on a block that has some of the positions are evaluated.
        kind = self.coefficient_dtype(np.dtype(np.longdouble if precise else np.float64))
        out = np.zeros((positions.size, indices.size), kind)
        for run, rows in self._parts(n, positions):
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
        m, start, stop = self.m, positions.start, positions.stop
        whole = n - n % m
        if positions.step != 1 or start % m or stop > whole or len(positions) <= m:
            return super().factors(n, positions, indices, precise)
        block, index = np.divmod(indices.astype(np.int64), m)
        count = -(-(stop - start) // m)
        on = np.equal.outer(np.arange(start // m, start // m + count), block)
        values = self.inner.elements(m, np.arange(m), index, precise)
        # What lies in the blocks at the edge, `index` misreads, and `on` drops.
        return [on.astype(values.real.dtype), values]

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
        if positions.step == 1:
            return self._aligned(n, positions, indices) or self._in_each(n, positions, indices)
        return self._in_each(n, positions, indices)

    def _within(self, block: range, positions: range, indices: Array) -> Restriction | None:
        """A part of one block."""
        keep = (indices >= block.start) & (indices < block.stop)
        shift = block.start
        local = range(positions.start - shift, positions.stop - shift, positions.step)
        closed = self.inner.restrict(len(block), local, indices[keep] - shift)
        if closed is None:
            return None
        if closed.keep is not None:
            keep[np.flatnonzero(keep)[~closed.keep]] = False
        return closed._replace(keep=keep)

    def _aligned(self, n: int, positions: range, indices: Array) -> Restriction | None:
        """Whole blocks that follow each other, if they are those of a shorter axis."""
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

    def _in_each(self, n: int, positions: range, indices: Array) -> Restriction | None:
        """The same samples of every one of some neighbouring blocks of m, if that is closed."""
        m, step, count = self.m, positions.step, len(positions)
        first, local = divmod(positions.start, m)
        each = m // abs(step) if m % step == 0 else 0
        begins = local < step if step > 0 else local >= m + step
        if not each or count % each or not begins or positions[0] >= n - n % m:
            return None
        if positions[-1] >= n - n % m:
            return None
        block, index = np.divmod(indices, m)
        ordinal = block - first if step > 0 else first - block
        keep = (ordinal >= 0) & (ordinal < count // each)
        closed = self.inner.restrict(m, range(local, local + each * step, step), index[keep])
        if closed is None:
            return None
        ordinal = ordinal[keep]
        if closed.keep is not None:
            keep[np.flatnonzero(keep)[~closed.keep]] = False
            ordinal = ordinal[closed.keep]
        return Restriction(
            of_blocks(closed.basis, each), keep, ordinal * each + closed.indices, closed.factors
        )

    def repeat(self, n: int, times: int, indices: Array) -> Restriction | None:
        if n % self.m:
            return None
        block, local = np.divmod(indices.astype(np.int64, copy=False), self.m)
        closed = self.inner.repeat(self.m, times, local)
        if closed is None:
            return None
        size = self.m * times
        return closed._replace(
            basis=of_blocks(closed.basis, size), indices=block * size + closed.indices
        )

    def roll(self, n: int, shift: int, indices: Array, precise: bool = False) -> Restriction | None:
        if n % self.m or shift % self.m:
            return None
        indices = indices.astype(np.int64, copy=False)
        back = n - shift
        return Restriction(
            self, None, np.where(indices >= back, indices - back, indices + shift), None
        )

    def xor_shift(self, n: int, mask: int, indices: Array) -> Restriction | None:
        m = self.m
        if n % m or m & (m - 1):
            return super().xor_shift(n, mask, indices)
        block, local = np.divmod(indices.astype(np.int64, copy=False), m)
        start = (block ^ mask // m) * m
        if mask % m == 0:
            return Restriction(self, None, start + local, None)
        closed = self.inner.xor_shift(m, mask % m, local)
        if closed is None or closed.basis != self.inner:
            return None
        if closed.keep is not None:
            start = start[closed.keep]
        return closed._replace(basis=self, indices=start + closed.indices)

    def peaks(self, n: int, indices: Array) -> Array:
        out = np.zeros(indices.size)
        for run, where in self._parts(n, indices):
            local = (indices[where].astype(np.int64, copy=False) - run.start) % run.size
            out[where] = self.inner.peaks(run.size, local)
        return out

    def layers(self, n: int, indices: Array) -> Array:
        out = np.zeros(indices.size, np.int64)
        for run, where in self._parts(n, indices):
            local = (indices[where].astype(np.int64, copy=False) - run.start) % run.size
            out[where] = self.inner.layers(run.size, local)
        return out

    def supports(self, n: int, indices: Array) -> Array:
        # Blocks at the edge are shorter than m: they count as one.
        return indices // self.m

    def products(self, n: int, i: Array, j: Array, dtype: np.dtype[Any]) -> list[Term] | None:
        terms = []
        for run in self.runs(n):
            block, local = np.divmod(i - run.start, run.size)
            other_block, other = np.divmod(j - run.start, run.size)
            where = np.flatnonzero(run.holds(i) & run.holds(j) & (block == other_block))
            inner = self.inner.products(run.size, local[where], other[where], dtype)
            if inner is None:
                return None
            for keep, indices, factors in inner:
                chosen = where if keep is None else where[keep]
                here = np.zeros(i.size, bool)
                here[chosen] = True
                terms.append(Term(here, run.start + block[chosen] * run.size + indices, factors))
        return terms

    def sums(self, n: int, indices: Array, dtype: np.dtype[Any]) -> Array:
        out = np.zeros(indices.size, dtype)
        for run, where in self._parts(n, indices):
            local = (indices[where].astype(np.int64, copy=False) - run.start) % run.size
            out[where] = self.inner.sums(run.size, local, dtype)
        return out

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
        out = np.zeros(
            stop - start,
            np.result_type(values.dtype, self.coefficient_dtype(np.dtype(np.float64))),
        )
        for run in self.runs(n):
            low, high = max(run.start, start), min(run.stop, stop)
            while low < high:
                begin = low - (low - run.start) % run.size
                ragged = begin < low or high - begin < run.size
                whole = run.size if ragged else (high - begin) // run.size * run.size
                end = min(high, begin + whole)
                here = np.flatnonzero((indices >= begin) & (indices < begin + whole))
                local = indices[here].astype(np.int64, copy=False) - begin
                at = slice(low - start, end - start)
                if ragged:
                    place = (low - begin, end - begin)
                    out[at] = self.inner.page(run.size, *place, local, values[here])
                else:
                    coefficients = np.zeros(whole, out.dtype)
                    np.add.at(coefficients, local, values[here])
                    cut = coefficients.reshape(-1, run.size)
                    out[at] = self.inner.synthesise(cut, 1, overwrite=True).reshape(-1)
                low = end
        return out


def of_blocks(basis: Basis, m: int) -> Basis:
    """See `qvarray.blocked`."""
    m = operator.index(m)
    if m < 1:
        raise ValueError(f"blocks need a length of at least 1, got {m}")
    basis.check_length(m)
    # Blocks of one element, and blocks of elements, are elements.
    return STANDARD if m == 1 or basis is STANDARD else Blocked(basis, m)
