"""Bases of an axis that is made by merging axes."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from .axis_factors import split, synthesised, transformed, united
from .base import Array, Basis, Restriction, Term, as_indices
from .blocked import of_blocks
from .power_of_two import is_power_of_two
from .separable import grid
from .standard import STANDARD
from .walsh import WALSH
from .walsh_bits import of_bits

__all__ = ["Kron", "of_arguments", "of_parts"]


@dataclass(frozen=True)
class Kron(Basis):
    """Products of a function of each of several bases: of axes that are merged, in C order.

    Attributes
    ----------
    factored : tuple of (Basis, int)
        The bases and the lengths of those axes. The merged one has the product of the lengths.
    """

    factored: tuple[tuple[Basis, int], ...]

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"kron({', '.join(f'{basis.name}, {n}' for basis, n in self.factored)})"

    @property
    def is_complex(self) -> bool:  # type: ignore[override]
        return any(basis.is_complex for basis, _ in self.factored)

    @property
    def conjugate(self) -> Basis:
        return of_parts([(basis.conjugate, n) for basis, n in self.factored])

    def check_length(self, n: int) -> None:
        length = prod(n for _, n in self.factored)
        # On an axis of length 1 every basis is the identity.
        if n not in (0, 1, length):
            raise ValueError(f"basis {self} is of axes of length {length}, got length {n}")

    def coefficient_dtype(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        for basis, _ in self.factored:
            dtype = basis.coefficient_dtype(dtype)
        return dtype

    def parts(self, n: int) -> list[tuple[Basis, int]]:
        return [(basis, length if n != 1 else 1) for basis, length in self.factored]

    def reflect(self, n: int, indices: Array) -> Array:
        parts = self.parts(n)
        along = split(indices, parts)
        return united(
            [basis.reflect(m, one) for (basis, m), one in zip(parts, along, strict=True)], parts
        )

    def analyse(self, samples: Array, axis: int) -> Array:
        return transformed(samples, axis, self.parts(samples.shape[axis]))

    def synthesise(self, coefficients: Array, axis: int, overwrite: bool = False) -> Array:
        return synthesised(coefficients, axis, self.parts(coefficients.shape[axis]), overwrite)

    def elements(self, n: int, positions: Array, indices: Array, precise: bool = False) -> Array:
        parts = self.parts(n)
        out: Any = 1
        for (basis, m), p, k in zip(
            parts, split(positions, parts), split(indices, parts), strict=True
        ):
            out = out * basis.elements(m, p, k, precise)
        return out

    def _two(self, n: int) -> tuple[Basis, int, Basis, int]:
        """The axis as two: the first part, and the others merged."""
        (first, length), *rest = self.parts(n)
        return first, length, of_parts(rest), prod(m for _, m in rest)

    def factors(self, n: int, positions: range, indices: Array, precise: bool) -> list[Array]:
        first, length, rest, inner = self._two(n)
        begin, end = positions.start, positions.stop
        if positions.step != 1 or begin % inner or len(positions) <= inner:
            return super().factors(n, positions, indices, precise)
        row, place = np.divmod(indices.astype(np.int64), inner)
        rows = as_indices(range(begin // inner, -(-end // inner)))
        return [
            first.elements(length, rows, row, precise),
            rest.elements(inner, as_indices(range(inner)), place, precise),
        ]

    def restrict(self, n: int, positions: range, indices: Array) -> Restriction | None:
        if positions == range(n):
            return Restriction(self, None, indices, None)
        first, length, rest, inner = self._two(n)
        cut = _rows_and_places(positions, inner)
        if cut is None:
            return None
        rows, places = cut
        row, place = np.divmod(indices.astype(np.int64), inner)
        return _restricted_both(
            first.restrict(length, rows, row),
            lambda keep: rest.restrict(inner, places, _kept(place, keep)),
            len(rows),
            len(places),
        )

    def tile(self, n: int, times: int, indices: Array) -> Restriction | None:
        first, length, rest, inner = self._two(n)
        row, place = np.divmod(indices.astype(np.int64), inner)
        tiled = first.tile(length, times, row)
        return _restricted_both(tiled, _unchanged(rest, place), length * times, inner)

    def repeat(self, n: int, times: int, indices: Array) -> Restriction | None:
        first, length, rest, inner = self._two(n)
        row, place = np.divmod(indices.astype(np.int64), inner)
        return _restricted_both(
            Restriction(first, None, row, None),
            lambda keep: rest.repeat(inner, times, _kept(place, keep)),
            length,
            inner * times,
        )

    def roll(self, n: int, shift: int, indices: Array, precise: bool = False) -> Restriction | None:
        first, length, rest, inner = self._two(n)
        if shift % inner:
            return None
        row, place = np.divmod(indices.astype(np.int64), inner)
        if first is STANDARD:
            row = (row + shift // inner) % length
            rolled: Restriction | None = Restriction(first, None, row, None)
        else:
            rolled = first.roll(length, shift // inner, row, precise)
        return _restricted_both(rolled, _unchanged(rest, place), length, inner)

    def xor_shift(self, n: int, mask: int, indices: Array) -> Restriction | None:
        first, length, rest, inner = self._two(n)
        if not is_power_of_two(inner):
            return super().xor_shift(n, mask, indices)
        high, low = divmod(mask, inner)
        row, place = np.divmod(indices.astype(np.int64), inner)
        moved: Restriction | None = Restriction(first, None, row, None)
        if high:
            moved = first.xor_shift(length, high, row)
        if not low:
            return _restricted_both(moved, _unchanged(rest, place), length, inner)
        return _restricted_both(
            moved, lambda keep: rest.xor_shift(inner, low, _kept(place, keep)), length, inner
        )

    def sums(self, n: int, indices: Array, dtype: np.dtype[Any]) -> Array:
        parts = self.parts(n)
        out: Any = dtype.type(1)
        for (basis, m), along in zip(parts, split(indices, parts), strict=True):
            out = out * basis.sums(m, along, dtype)
        return out

    def constants(self, n: int, most: int) -> Array | None:
        out = np.zeros(1, np.int64)
        for basis, m in self.parts(n):
            some = basis.constants(m, most)
            if some is None or out.size * some.size > most:
                return None
            out = np.add.outer(out * m, some).ravel()
        return out

    def peaks(self, n: int, indices: Array) -> Array:
        parts = self.parts(n)
        out = np.ones(indices.size)
        for (basis, m), along in zip(parts, split(indices, parts), strict=True):
            out *= basis.peaks(m, along)
        return out

    def layers(self, n: int, indices: Array) -> Array:
        parts = self.parts(n)
        along = split(indices, parts)
        return united(
            [basis.layers(m, one) for (basis, m), one in zip(parts, along, strict=True)], parts
        )

    def supports(self, n: int, indices: Array) -> Array | None:
        parts = self.parts(n)
        along = split(indices, parts)
        each = [basis.supports(m, one) for (basis, m), one in zip(parts, along, strict=True)]
        if all(one is None for one in each):
            return None
        zero = np.zeros(indices.size, np.int64)
        return united([zero if one is None else one for one in each], parts)

    def products(self, n: int, i: Array, j: Array, dtype: np.dtype[Any]) -> list[Term] | None:
        parts = self.parts(n)
        sums = [(np.arange(i.size), np.zeros(i.size, np.int64), np.ones(i.size, dtype))]
        for (basis, m), one, other in zip(parts, split(i, parts), split(j, parts), strict=True):
            longer = []
            for chosen, index, factors in sums:
                terms = basis.products(m, one[chosen], other[chosen], dtype)
                if terms is None:
                    return None
                for keep, indices, more in terms:
                    made = _kept(factors, keep) * more
                    longer.append((_kept(chosen, keep), _kept(index, keep) * m + indices, made))
            sums = longer
        return [Term(_mask(chosen, i.size), index, factors) for chosen, index, factors in sums]

    def page(self, n: int, start: int, stop: int, indices: Array, values: Array) -> Array:
        first, length, rest, inner = self._two(n)
        row, place = np.divmod(indices.astype(np.int64), inner)
        kind = np.result_type(values.dtype, self.coefficient_dtype(np.dtype(np.float64)))
        out = np.empty(stop - start, kind)
        at = start
        while at < stop:
            begin, local = divmod(at, inner)
            end = (stop if local == 0 else min(stop, at + inner - local)) // inner
            if local == 0 and end > begin:
                axes = [(first, length, range(begin, end), row), (rest, inner, range(inner), place)]
                count = (end - begin) * inner
                out[at - start : at - start + count] = grid(axes, values).reshape(-1)
            else:
                count = min(stop - at, inner - local)
                here = values * first.elements(length, np.array([begin]), row)[0]
                out[at - start : at - start + count] = rest.page(
                    inner, local, local + count, place, here
                )
            at += count
        return out


def _kept(values: Array, keep: Array | None) -> Array:
    return values if keep is None else values[keep]


def _mask(chosen: Array, size: int) -> Array:
    out = np.zeros(size, bool)
    out[chosen] = True
    return out


def _unchanged(basis: Basis, indices: Array) -> Callable[[Array | None], Restriction]:
    return lambda keep: Restriction(basis, None, _kept(indices, keep), None)


def _rows_and_places(positions: range, inner: int) -> tuple[range, range] | None:
    """Positions as the same places in each of some rows of so many, in C order, if they are."""
    m, step = len(positions), positions.step
    if not m:
        return None
    row, place = divmod(positions.start, inner)
    if positions[-1] // inner == row:
        return range(row, row + 1), range(place, place + m * step, step)
    if step % inner == 0:
        by = step // inner
        return range(row, row + m * by, by), range(place, place + 1)
    each = inner // abs(step)
    begins = place < step if step > 0 else place >= inner + step
    if inner % step or not begins or m % each:
        return None
    by = 1 if step > 0 else -1
    return range(row, row + m // each * by, by), range(place, place + each * step, step)


def _restricted_both(
    rows: Restriction | None,
    places: Callable[[Array | None], Restriction | None],
    count: int,
    inner: int,
) -> Restriction | None:
    """What becomes of coefficients along two axes, as those along both merged."""
    one = rows
    other = None if one is None else places(one.keep)
    if one is None or other is None:
        return None
    keep = one.keep
    if other.keep is not None:
        first = np.arange(other.keep.size) if keep is None else np.flatnonzero(keep)
        keep = _mask(first[other.keep], other.keep.size if keep is None else keep.size)
    factors = None if one.factors is None else _kept(one.factors, other.keep)
    if other.factors is not None:
        factors = other.factors if factors is None else factors * other.factors
    indices = _kept(one.indices, other.keep) * inner + other.indices
    basis = of_parts([(one.basis, count), (other.basis, inner)])
    return Restriction(basis, keep, indices, factors)


def of_parts(parts: list[tuple[Basis, int]]) -> Basis:
    """The basis of the merged axis; of the fewest parts, and without a part of length 1."""
    flat: list[tuple[Basis, int]] = []
    for basis, n in (one for outer, m in parts for one in outer.parts(m)):
        if n == 1:
            continue
        if flat and flat[-1][0] is basis and basis in (STANDARD, WALSH):
            flat[-1] = basis, flat[-1][1] * n
        else:
            flat.append((basis, n))
    if len(flat) < 2:
        return flat[0][0] if flat else STANDARD
    if all(basis in (STANDARD, WALSH) and is_power_of_two(n) for basis, n in flat):
        mask = 0
        for basis, n in flat:
            mask = mask * n + (n - 1 if basis is WALSH else 0)
        return of_bits(mask)
    if flat[0][0] is STANDARD:
        rest = flat[1:]
        return of_blocks(
            rest[0][0] if len(rest) == 1 else Kron(tuple(rest)), prod(n for _, n in rest)
        )
    return Kron(tuple(flat))


def of_arguments(*arguments: Any) -> Basis:
    """The basis of an axis that is made of others, given as basis, length, basis, length…"""
    if not arguments or len(arguments) % 2:
        raise TypeError("kron takes a basis and a length for each of one or more axes")
    parts = []
    for basis, n in zip(arguments[::2], arguments[1::2], strict=True):
        if not isinstance(basis, Basis):
            raise TypeError(f"kron takes a basis and a length by turns, got {basis!r}")
        n = operator.index(n)
        if n < 1:
            raise ValueError(f"axes that are merged have a length of at least 1, got {n}")
        basis.check_length(n)
        parts.append((basis, n))
    return of_parts(parts)
