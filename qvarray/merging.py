"""Bringing the coefficients of two arrays to the same indices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from . import kernels
from .spectrum import Array, Spectrum

__all__ = ["Aligned", "aligned", "computed"]

# Entries of both arrays that are computed at a time: their values fit a second-level cache.
_PIECE = 1 << 15
# From so many on that pays.
_LARGE = 1 << 16

#: Common indices (None: all positions), the values of both arrays there, and whether one more
#: value, the fill, follows them.
Aligned = tuple[Array | None, Array, Array, bool]


def _spread(values: Array, at: Array | slice, size: int, fill: Any) -> Array:
    out = np.empty(size, values.dtype)
    out.fill(fill)
    out[at] = values
    return out


def aligned(a: Spectrum, b: Spectrum) -> Aligned:
    """The coefficients of two arrays of one coefficient space, at the union of their indices.

    Notes
    -----
    O(ka + kb), or O(N) where one stores every position. The fill value rides along as a last
    entry, so that whatever is computed from the values is computed from the fill by the same
    loop, warnings included, and only where there is an inactive position that has it.
    """
    ia, ib = a.active_indices, b.active_indices
    va, vb = a.eigenvalues, b.eigenvalues
    if ia is None or ib is None:
        if ia is not None:
            va = _spread(va, ia, a.space, a.fill_value)
        if ib is not None:
            vb = _spread(vb, ib, b.space, b.fill_value)
        return None, va, vb, False
    if ia is ib:
        size = ia.size + (ia.size < a.space)
        va = _spread(va, slice(ia.size), size, a.fill_value)
        vb = _spread(vb, slice(ia.size), size, b.fill_value)
        return ia, va, vb, size > ia.size
    ia, va, vb = kernels.merge.spread(ia, va, a.fill_value, ib, vb, b.fill_value, a.space)
    return ia, va, vb, va.size > ia.size


def _cuts(ia: Array, ib: Array) -> Iterator[tuple[slice, slice]]:
    """Pieces of two sorted index lists, of at most `_PIECE` entries together, cut at one index."""
    i = j = 0
    ka, kb = ia.size, ib.size
    while i < ka or j < kb:
        i_end, j_end = min(i + _PIECE // 2, ka), min(j + _PIECE // 2, kb)
        if i_end < ka or j_end < kb:
            if j_end == kb:
                first = ia[i_end]
            elif i_end == ka:
                first = ib[j_end]
            else:
                first = min(ia[i_end], ib[j_end])
            # One of the two stays as it is, so that every piece gets on.
            i_end = i + int(ia[i:i_end].searchsorted(first))
            j_end = j + int(ib[j:j_end].searchsorted(first))
        yield slice(i, i_end), slice(j, j_end)
        i, j = i_end, j_end


def _same(a: Array, b: Array) -> bool:
    return a is b or (a.size == b.size and a[-1] == b[-1] and np.array_equal(a, b))


def computed(ufunc: np.ufunc, a: Spectrum, b: Spectrum) -> tuple[Array, Array, Any] | None:
    """A ufunc of two large arrays of one shape in the standard basis, piece by piece.

    Returns
    -------
    indices, values, fill_value
        Without the values that are as the fill value. None where `aligned` is to be used: few
        coefficients, more than one output, objects, or values of two sizes.

    Notes
    -----
    O(ka + kb). Memory that is touched for the first time costs more than merging. Here the
    operands are spread in pieces that stay in the cache, and only the result is written out.
    A ufunc that warns may do so for several pieces.
    """
    ia, ib = a.active_indices, b.active_indices
    va, vb = a.eigenvalues, b.eigenvalues
    if ia is None or ib is None or ufunc.nout != 1:
        return None
    most = ia.size + ib.size
    if most < _LARGE or most >= a.space:
        return None
    if _same(ia, ib):
        out = ufunc(va, vb)
        if out.dtype.hasobject:
            return None
        fill = ufunc(np.array([a.fill_value]), np.array([b.fill_value]))[0]
        return *kernels.merge.drop(ia, out, fill), fill
    bits_a, bits_b = kernels.merge.carried(va), kernels.merge.carried(vb)
    if bits_a is None or bits_b is None or bits_a.dtype != bits_b.dtype:
        return None
    return _by_pieces(ufunc, a, b, bits_a, bits_b)


def _by_pieces(
    ufunc: np.ufunc, a: Spectrum, b: Spectrum, bits_a: Array, bits_b: Array
) -> tuple[Array, Array, Any] | None:
    merge = kernels.merge
    ia, ib = a.indices(), b.indices()
    most = ia.size + ib.size
    merged = np.empty(most, ia.dtype)
    piece_a = np.full(_PIECE + 1, a.fill_value, a.eigenvalues.dtype)
    piece_b = np.full(_PIECE + 1, b.fill_value, b.eigenvalues.dtype)
    into_a, into_b = merge.carried(piece_a), merge.carried(piece_b)
    assert into_a is not None
    assert into_b is not None
    out = fill = None
    size = 0
    for at_a, at_b in _cuts(ia, ib):
        rest = merged[size:]
        m = merge.spread_into(ia[at_a], bits_a[at_a], ib[at_b], bits_b[at_b], rest, into_a, into_b)
        if out is None:
            # The first tells the dtype, and what becomes of the fill values.
            first = ufunc(piece_a[: m + 1], piece_b[: m + 1])
            if first.dtype.hasobject:
                return None
            out, fill = np.empty(most, first.dtype), first[-1]
            out[:m] = first[:-1]
            values = out[:m]
        else:
            values = out[size : size + m]
            ufunc(piece_a[:m], piece_b[:m], out=values)
        indices, kept = merge.drop(rest[:m], values, fill, in_place=True)
        if kept.base is not out:  # a copy, of extended precision
            merged[size : size + kept.size] = indices
            out[size : size + kept.size] = kept
        size += kept.size
    assert out is not None
    # What is given back was never touched.
    del rest, indices, values, kept
    merged.resize(size, refcheck=False)
    out.resize(size, refcheck=False)
    return merged, out, fill
