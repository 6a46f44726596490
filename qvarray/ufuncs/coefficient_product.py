"""Products of two arrays in the same bases: sums and differences of the indices of functions."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..core.budget import fits_budget
from ..core.pages import PAGE
from ..core.runs import ordinals
from ..core.spectrum import Spectrum, compact
from ..core.values import Array, zero_of
from ..ops.basis_change import coefficient_dtype, gather_sums, linear

# Pairs of functions that are multiplied at most, of very large arrays.
_MOST = 8 * PAGE
# Pairs that are multiplied at once: so few coefficients make no page dearer.
_FEW = PAGE >> 5
# Pairs for each coefficient of the factors, up to which a page is as cheap of the product.
_EACH = 4
# What a function of a product takes of the budget: half of its peak, in the sort that adds up
# those of one index.
_TERM_BYTES = 56


def most_pairs(size: int) -> int:
    """Up to how many pairs of functions a product is cheaper than page by page."""
    return min(size, max(PAGE, min(size >> 6, _MOST)))


def _supports(a: Spectrum) -> Array | None:
    """Return a number for each coefficient; functions of different numbers do not meet. O(k)."""
    none = np.empty(0, np.int64)
    if all(basis.supports(n, none) is None for basis, n in zip(a.bases, a.shape, strict=True)):
        return None
    numbers, lengths = [], []
    for basis, n, along in zip(a.bases, a.shape, a.coordinates(), strict=True):
        number = basis.supports(n, along)
        if number is not None:
            numbers.append(number)
            lengths.append(n)
    return linear(tuple(numbers), tuple(lengths)) if numbers else None


class _Meeting(NamedTuple):
    """Which coefficients of two arrays meet: each of one, or of the other in some order."""

    order: Array
    first: Array
    counts: Array
    total: int


def _all_pairs(a: Spectrum) -> int:
    """Return how many pairs of functions meet, of all there are. O(n) for each axis."""
    total = 1
    for basis, n in zip(a.bases, a.shape, strict=True):
        number = basis.supports(n, np.arange(n))
        total *= n * n if number is None else int((np.bincount(number) ** 2).sum())
    return total


def _meeting(a: Spectrum, b: Spectrum) -> _Meeting | int:
    """Return which coefficients meet; only the number of pairs where all do, or too many.

    O(k log k).
    """
    if a.active_indices is None and b.active_indices is None:
        total = _all_pairs(a)
        if total > most_pairs(a.size):
            return total
    there = _supports(b)
    here = None if there is None else _supports(a)
    if here is None or there is None:
        return a.nactive * b.nactive
    order = np.argsort(there, kind="stable")
    there = there[order]
    first = np.searchsorted(there, here)
    counts = np.searchsorted(there, here, "right") - first
    return _Meeting(order, first, counts, int(counts.sum(dtype=float)))


def _pairs(a: Spectrum, b: Spectrum) -> tuple[Array, Array] | None:
    """Which coefficients may meet, each with each other; None if too many. O(k log k)."""
    meeting = _meeting(a, b)
    if isinstance(meeting, int):
        if meeting > most_pairs(a.size):
            return None
        return (
            np.repeat(np.arange(a.nactive), b.nactive),
            np.tile(np.arange(b.nactive), a.nactive),
        )
    order, first, counts, total = meeting
    if total > most_pairs(a.size):
        return None
    return np.repeat(np.arange(a.nactive), counts), order[
        np.repeat(first, counts) + ordinals(counts, total)
    ]


def put_off(a: Spectrum, b: Spectrum) -> int:
    """Return how many coefficients a product has at most, where that is better put off; else 0.

    O(k log k) where there are many.
    """
    if a.nactive * b.nactive <= _FEW or a.bases != b.bases or a.diagonal or b.diagonal:
        return 0
    if a.shape != b.shape or not a.shape:
        return 0
    meeting = _meeting(a, b)
    total = meeting if isinstance(meeting, int) else meeting.total
    if total <= max(_FEW, _EACH * (a.nactive + b.nactive)) or total > most_pairs(a.size):
        return 0
    return total * _terms_of_pair(a)


def _terms_of_pair(a: Spectrum) -> int:
    """Return how many functions the product of two is a sum of; 0 where it is none of few."""
    none, real, total = np.empty(0, np.int64), np.dtype(np.float64), 1
    for basis, n in zip(a.bases, a.shape, strict=True):
        terms = basis.products(n, none, none, real)
        total *= 0 if terms is None else len(terms)
    return total


class _Sum(NamedTuple):
    """Some pairs, with the index of the function that they make along the axes seen so far."""

    of_a: Array
    of_b: Array
    along: tuple[Array, ...]
    factors: Any


def _chosen(values: Any, keep: Array | None) -> Any:
    return values if keep is None or not np.ndim(values) else values[keep]


def product(a: Spectrum, b: Spectrum) -> Spectrum | None:
    """Return the elementwise product of two arrays of one shape in the same bases.

    Returns None where the bases differ or products of their functions are not sums of few, and
    where so many functions would be multiplied that the product is cheaper page by page. O(ka kb),
    or as many as there are pairs in one row, or one block, where functions are local.

    `a` and `b`: with ka and kb eigenvalues.
    """
    if a.bases != b.bases or a.diagonal or b.diagonal or not a.shape or not a.size:
        return None
    if not (np.isfinite(a.eigenvalues).all() and np.isfinite(b.eigenvalues).all()):
        return None
    dtype = np.result_type(a.dtype, b.dtype)
    pairs = _pairs(a, b)
    if pairs is None or not fits_budget(pairs[0].size * _terms_of_pair(a) * _TERM_BYTES):
        return None
    real = np.result_type(a.eigenvalues, b.eigenvalues).type(0).real.dtype
    sums = [_Sum(*pairs, (), real.type(1))]
    for basis, n, i, j in zip(a.bases, a.shape, a.coordinates(), b.coordinates(), strict=True):
        longer: list[_Sum] = []
        for of_a, of_b, along, factors in sums:
            terms = basis.products(n, i[of_a].astype(np.int64), j[of_b].astype(np.int64), real)
            if terms is None:
                return None
            for keep, indices, more in terms:
                part = (_chosen(of_a, keep), _chosen(of_b, keep))
                before = tuple(_chosen(index, keep) for index in along)
                made = _chosen(factors, keep) * more
                longer.append(_Sum(*part, (*before, indices), made))
        sums = longer
        if sum(term.of_a.size for term in sums) > 2 * most_pairs(a.size):
            return None
    values = np.concatenate(
        [a.eigenvalues[s.of_a] * b.eigenvalues[s.of_b] * s.factors for s in sums]
    )
    where = np.concatenate([linear(s.along, a.shape) for s in sums])
    indices, values = gather_sums(where, values) if where.size else (where, values)
    values = values.astype(coefficient_dtype(a.bases, dtype), copy=False)
    return compact(a.shape, dtype, a.bases, values, indices, zero_of(dtype))
