"""Merging sorted index lists, with their values moved as raw bits.

A kernel here knows the size of a value, not its type: floats, integers and bools of one size are
moved by one compiled kernel, whatever NumPy's ufunc does with them afterwards.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import overload
from numpy.typing import NDArray

from .jit import njit

__all__ = [
    "carried",
    "cut",
    "drop",
    "drop_in_place",
    "intersection",
    "is_carried",
    "spread",
    "spread_into",
    "union",
]

Array = NDArray[Any]

#: Entries of both lists that are cut into two streams at a time: large enough that finding the
#: cut is nothing, small enough that closing the gap between the streams stays in the cache.
_BLOCK = 8192
#: Below this two streams do not pay.
_FEW = 128
#: Below this NumPy counts zeros in less time than a kernel call takes.
_COUNTED = 1024

#: The dtype that stands for all of its size. Those that programs use most stand for themselves:
#: a view is a quarter of a microsecond.
_CARRIER: dict[int, np.dtype[Any]] = {
    1: np.dtype(np.uint8),
    2: np.dtype(np.uint16),
    4: np.dtype(np.float32),
    8: np.dtype(np.float64),
    16: np.dtype(np.complex128),
}
_U64 = np.uint64


def _words(values):  # type: ignore[no-untyped-def]
    """The values as unsigned integers; two each for those of 16 bytes."""


@overload(_words, inline="always")
def _words_overload(values):  # type: ignore[no-untyped-def]
    if values.dtype in (types.float64, types.complex128):
        return lambda values: values.view(np.uint64)
    if values.dtype == types.float32:
        return lambda values: values.view(np.uint32)
    return lambda values: values


@njit(cache=True, nogil=True)
def _cut(a, b, i, ie, j, je, d):  # type: ignore[no-untyped-def]
    """Where the first `d` entries of a[i:ie] and b[j:je] together end; equal ones stay together."""
    low = max(0, d - (je - j))
    high = min(d, ie - i)
    while low < high:
        s = (low + high) >> 1
        if a[i + s] < b[j + d - s - 1]:
            low = s + 1
        else:
            high = s
    p, q = i + low, j + d - low
    if p < ie and q > j and a[p] == b[q - 1]:
        p += 1
    return p, q


@njit(nogil=True)
def _step(a, xa, fa, b, xb, fb, merged, ya, yb, wide, i, j, m):  # type: ignore[no-untyped-def]
    """Write one merged entry; return what is next.

    Which list is ahead is a coin toss that no predictor wins, so nothing may branch here. LLVM
    makes branches of ``x if x <= y else y``; the sign of a difference, in the width of the
    indices, is the form that it leaves alone. Unsigned subscripts are not checked for negatives.
    """
    sign = 8 * a.itemsize - 1
    at_a, at_b, at = _U64(i), _U64(j), _U64(m)
    x, y = a[at_a], b[at_b]
    ahead = a.dtype.type(x - y)
    only_a = np.int64(ahead >> sign)  # -1 or 0
    only_b = np.int64(a.dtype.type(y - x) >> sign)
    merged[at] = y + (ahead & only_a)
    if wide:
        at_a, at_b, at = at_a + at_a, at_b + at_b, at + at
        more_a, more_b, more = at_a + _U64(1), at_b + _U64(1), at + _U64(1)
        ya[more] = xa[more_a] ^ ((xa[more_a] ^ fa[1]) & _U64(only_b))
        yb[more] = xb[more_b] ^ ((xb[more_b] ^ fb[1]) & _U64(only_a))
    ya[at] = xa[at_a] ^ ((xa[at_a] ^ fa[0]) & _U64(only_b))
    yb[at] = xb[at_b] ^ ((xb[at_b] ^ fb[0]) & _U64(only_a))
    return i + 1 + only_b, j + 1 + only_a, m + 1


@njit(nogil=True)
def _rest(a, xa, fa, b, xb, fb, merged, ya, yb, wide, i, ie, j, je, m):  # type: ignore[no-untyped-def]
    """Merge a[i:ie] and b[j:je] in one stream, with bulk copies of what stands alone."""
    while True:
        # Each step takes at most one entry of each list: this many need no test for the end.
        n = min(ie - i, je - j)
        if n <= 0:
            break
        for _ in range(n):
            i, j, m = _step(a, xa, fa, b, xb, fb, merged, ya, yb, wide, i, j, m)
    for t in range(ie - i):
        merged[_U64(m + t)] = a[_U64(i + t)]
    for t in range(je - j):
        merged[_U64(m + t)] = b[_U64(j + t)]
    words = 2 if wide else 1
    for t in range(words * (ie - i)):
        ya[_U64(words * m + t)] = xa[_U64(words * i + t)]
        yb[_U64(words * m + t)] = fb[t & 1]
    for t in range(words * (je - j)):
        ya[_U64(words * m + t)] = fa[t & 1]
        yb[_U64(words * m + t)] = xb[_U64(words * j + t)]
    return m + max(0, ie - i) + max(0, je - j)


@njit(cache=True, nogil=True)
def _spread(a, va, b, vb, merged, out_a, out_b):  # type: ignore[no-untyped-def]
    """Two streams in one loop: the latency of either hides behind the other."""
    xa, xb, ya, yb = _words(va), _words(vb), _words(out_a), _words(out_b)
    wide = va.itemsize == 16  # known when this is compiled
    words = 2 if wide else 1
    last = ya.size - words
    fa = (ya[last], ya[last + words - 1])
    fb = (yb[last], yb[last + words - 1])
    ka, kb = a.size, b.size
    # With a plain 0 all that is called would be compiled for literals first.
    i = j = m = np.int64(0)
    while ka - i + kb - j >= _FEW:
        length = min(_BLOCK, ka - i + kb - j)
        i_end, j_end = _cut(a, b, i, ka, j, kb, length)
        i_mid, j_mid = _cut(a, b, i, i_end, j, j_end, length >> 1)
        p, q = i_mid, j_mid
        start = w = m + (p - i) + (q - j)  # a guess: equal indices leave a gap before it
        while True:
            n = min(min(i_mid - i, j_mid - j), min(i_end - p, j_end - q))
            if n <= 0:
                break
            for _ in range(n):
                i, j, m = _step(a, xa, fa, b, xb, fb, merged, ya, yb, wide, i, j, m)
                p, q, w = _step(a, xa, fa, b, xb, fb, merged, ya, yb, wide, p, q, w)
        m = _rest(a, xa, fa, b, xb, fb, merged, ya, yb, wide, i, i_mid, j, j_mid, m)
        w = _rest(a, xa, fa, b, xb, fb, merged, ya, yb, wide, p, i_end, q, j_end, w)
        if m < start:
            gap = start - m
            for t in range(m, w - gap):
                merged[_U64(t)] = merged[_U64(t + gap)]
            for t in range(words * m, words * (w - gap)):
                ya[_U64(t)] = ya[_U64(t + words * gap)]
                yb[_U64(t)] = yb[_U64(t + words * gap)]
            w -= gap
        i, j, m = i_end, j_end, w
    m = _rest(a, xa, fa, b, xb, fb, merged, ya, yb, wide, i, ka, j, kb, m)
    for t in range(words):
        ya[words * m + t] = fa[t]
        yb[words * m + t] = fb[t]
    return m


@njit(cache=True, nogil=True)
def _count_unlike(values, fill):  # type: ignore[no-untyped-def]
    x, f = _words(values), _words(fill)
    n = 0
    if values.itemsize == 16:
        for t in range(values.size):
            n += ((x[_U64(2 * t)] ^ f[0]) | (x[_U64(2 * t + 1)] ^ f[1])) != 0
    else:
        for t in range(values.size):
            n += x[_U64(t)] != f[0]
    return n


@njit(cache=True, nogil=True)
def _drop(indices, values, fill, kept, out):  # type: ignore[no-untyped-def]
    """Write the entries unlike `fill`, as many as `kept` has room for."""
    x, f, y = _words(values), _words(fill), _words(out)
    t = m = 0
    # Every entry is written where the next kept one belongs; only a kept one moves on.
    if values.itemsize == 16:
        while m < kept.size:
            at, to = _U64(t), _U64(m)
            even, odd = x[at + at], x[at + at + _U64(1)]
            kept[to] = indices[at]
            y[to + to] = even
            y[to + to + _U64(1)] = odd
            m += ((even ^ f[0]) | (odd ^ f[1])) != 0
            t += 1
    else:
        while m < kept.size:
            at, to = _U64(t), _U64(m)
            value = x[at]
            kept[to] = indices[at]
            y[to] = value
            m += value != f[0]
            t += 1


@njit(cache=True, nogil=True)
def _places(a, b, merged, at_a, at_b):  # type: ignore[no-untyped-def]
    i = j = m = 0
    ka, kb = a.size, b.size
    while i < ka and j < kb:
        # Branch-free: which list is ahead is a coin toss that no predictor wins.
        x, y = a[i], b[j]
        merged[m] = x if x <= y else y
        at_a[i] = m
        at_b[j] = m
        i += x <= y
        j += y <= x
        m += 1
    while i < ka:
        merged[m] = a[i]
        at_a[i] = m
        i += 1
        m += 1
    while j < kb:
        merged[m] = b[j]
        at_b[j] = m
        j += 1
        m += 1
    return m


@njit(cache=True, nogil=True)
def _intersection(a, b, in_a, in_b):  # type: ignore[no-untyped-def]
    i = j = m = 0
    while i < a.size and j < b.size:
        x, y = a[i], b[j]
        in_a[m] = i
        in_b[m] = j
        m += x == y
        i += x <= y
        j += y <= x
    return m


def _plain(array: Array) -> Array:
    """Contiguous, aligned and writeable, for which alone a kernel is compiled."""
    return array if array.flags.carray else array.copy()


def _carried(values: Array, width: int) -> Array:
    """The bits of the values in the carrier of `width` bytes; a view where they are as wide."""
    size = values.dtype.itemsize
    if size == width:
        return values.view(_CARRIER[width])
    wide = np.zeros((values.size, width // size), _CARRIER[size])
    wide[:, 0] = values.view(_CARRIER[size])
    return wide.view(_CARRIER[width])[:, 0]


def _uncarried(bits: Array, dtype: np.dtype[Any]) -> Array:
    """The inverse of `_carried`."""
    if bits.dtype.itemsize == dtype.itemsize:
        return bits.view(dtype)
    return bits[:, None].view(dtype)[:, 0].copy()


def is_carried(dtype: np.dtype[Any]) -> bool:
    """Whether `spread_into` takes values of that size."""
    return dtype.itemsize in _CARRIER


def carried(values: Array) -> Array:
    """The values as `spread_into` takes them; a view if they are contiguous and writeable."""
    return _plain(values).view(_CARRIER[values.dtype.itemsize])


def cut(ia: Array, ib: Array, i: int, j: int, count: int) -> tuple[int, int]:
    """Where the next `count` entries of two sorted lists end, after `i` and `j` of them.

    An index that both have is not cut apart: there may be one entry more. O(log count).
    """
    left = ia.size - i + ib.size - j
    p, q = _cut(_plain(ia), _plain(ib), i, ia.size, j, ib.size, min(count, left))
    return p, q


def spread_into(
    ia: Array, va: Array, ib: Array, vb: Array, merged: Array, out_a: Array, out_b: Array
) -> int:
    """As `spread`, into arrays of the caller; for work in pieces that fit the cache.

    Parameters
    ----------
    ia, ib : ndarray of int32 or int64, shape (ka,) and (kb,), of one dtype
    va, vb : ndarray, shape (ka,) and (kb,)
        As `carried` gives them, of one dtype.
    merged : ndarray, shape (n,), ``n >= ka + kb``
        Where the indices go.
    out_a, out_b : ndarray, shape (n + 1,) or more, of the dtype of `va`
        Where the values go. The last entries are the fill values.

    Returns
    -------
    m : int
        How many indices there are; as many values, and behind them the fill values.
    """
    m: int = _spread(_plain(ia), va, _plain(ib), vb, merged, out_a, out_b)
    return m


def spread(
    ia: Array, va: Array, fill_a: Any, ib: Array, vb: Array, fill_b: Any, space: int
) -> tuple[Array, Array, Array]:
    """Merge two sorted lists of unique indices, and bring the values of both to all of them.

    Parameters
    ----------
    ia, ib : ndarray of int32 or int64, shape (ka,) and (kb,), of one dtype
    va, vb : ndarray, shape (ka,) and (kb,)
        The values there, of any fixed-size dtypes: they are moved as bits.
    fill_a, fill_b : scalar
        The value where a list has no such index.
    space : int
        How many indices there may be.

    Returns
    -------
    merged : ndarray, shape (m,)
        The union of the indices, sorted.
    out_a, out_b : ndarray, shape (m,), or (m + 1,) if ``m < space``
        The values there. The last of m + 1 is the fill value.

    Notes
    -----
    O(ka + kb): 2 to 3 ns an entry for indices of 8 and values of 1 to 8 bytes, 4 for values of
    16, and what the memory of the results costs. Values of two sizes, and those of more than 16
    bytes, take about twice that. One kernel is compiled for every pair of an index type and a
    size of values.
    """
    if not (ia.flags.carray and va.flags.carray and ib.flags.carray and vb.flags.carray):
        ia, va, ib, vb = _plain(ia), _plain(va), _plain(ib), _plain(vb)
    most = ia.size + ib.size
    type_a, type_b = va.dtype, vb.dtype
    size_a, size_b = type_a.itemsize, type_b.itemsize
    if size_a != size_b or size_a not in _CARRIER:
        return _spread_of_sizes(ia, va, fill_a, ib, vb, fill_b, space)
    # Large results are allocated by NumPy: those that a kernel allocates cost twice as much.
    merged = np.empty(most, ia.dtype)
    out_a = np.empty(most + 1, type_a)
    out_b = np.empty(most + 1, type_b)
    out_a[most] = fill_a
    out_b[most] = fill_b
    carrier = _CARRIER[size_a]
    m = _spread(
        ia,
        va if type_a is carrier else va.view(carrier),
        ib,
        vb if type_b is carrier else vb.view(carrier),
        merged,
        out_a if type_a is carrier else out_a.view(carrier),
        out_b if type_b is carrier else out_b.view(carrier),
    )
    size = m + (m < space)
    if m < most:
        # Let go of an overestimate: the result may live long. In place, where that pays.
        if most < _FEW:
            merged = merged[:m]
        else:
            merged.resize(m, refcheck=False)
    return merged, out_a[:size], out_b[:size]


def _spread_of_sizes(
    ia: Array, va: Array, fill_a: Any, ib: Array, vb: Array, fill_b: Any, space: int
) -> tuple[Array, Array, Array]:
    """`spread` for values of two sizes, or of sizes that no carrier has."""
    ends = [np.array([fill], values.dtype) for values, fill in ((va, fill_a), (vb, fill_b))]
    moved = [va, vb]
    for which, values in enumerate((va, vb)):
        if values.dtype.itemsize not in _CARRIER:
            # Move positions in a list that the fill value ends.
            moved[which] = np.arange(values.size)
            ends[which] = np.array([values.size])
    types_moved = [values.dtype for values in moved]
    width = max(dtype.itemsize for dtype in types_moved)
    bits_a, bits_b = (_carried(values, width) for values in moved)
    end_a, end_b = (_carried(end, width)[0] for end in ends)
    merged, *outs = spread(ia, bits_a, end_a, ib, bits_b, end_b, space)
    for which, values in enumerate((va, vb)):
        out = _uncarried(outs[which], types_moved[which])
        if values.dtype.itemsize not in _CARRIER:
            fill = fill_b if which else fill_a
            out = np.append(values, np.array([fill], values.dtype)).take(out)
        outs[which] = out
    return merged, outs[0], outs[1]


def _unlike(values: Array, fill: Any) -> NDArray[np.bool_]:
    """Where values of extended precision, whose bits include padding, are not `fill`."""
    blank = np.array([fill], values.dtype).view(np.longdouble)
    parts = values.view(np.longdouble).reshape(values.size, blank.size)
    alike = (parts == blank) & (np.signbit(parts) == np.signbit(blank))
    alike |= np.isnan(parts) & np.isnan(blank)
    unlike: NDArray[np.bool_] = ~alike.all(axis=1)
    return unlike


def drop(indices: Array, values: Array, fill: Any) -> tuple[Array, Array]:
    """The entries whose values are not `fill`, bit by bit: signs of zeros and NaNs count.

    Parameters
    ----------
    indices : ndarray of int32 or int64, shape (k,)
    values : ndarray, shape (k,)
    fill : scalar

    Returns
    -------
    indices, values : ndarray, shape (m,)
        The arguments themselves where nothing is dropped.

    Notes
    -----
    O(k): 0.1 ns an entry to find that nothing is dropped, 0.5 ns and what the memory of the
    results costs where something is. Values of extended precision are compared as numbers, and
    take more.
    """
    size = values.size
    # Counting zeros is the fastest test of few; it only has to be right when all are kept.
    if size < _COUNTED and not fill and np.count_nonzero(values) == size:
        return indices, values
    if size < _FEW and values.dtype.kind == "b":
        if fill and not np.count_nonzero(values):
            return indices, values
        keep = ~values if fill else values
        return indices[keep], values[keep]
    if size < _FEW and values.dtype.kind in "biu":
        keep = values != fill  # equal numbers have equal bits, and a kernel call takes longer
        return (indices, values) if keep.all() else (indices[keep], values[keep])
    if values.dtype.char in "gG":
        keep = _unlike(_plain(values), fill)
        return (indices, values) if keep.all() else (indices[keep], values[keep])
    bits, blank = carried(values), carried(np.array([fill], values.dtype))
    m = _count_unlike(bits, blank)
    if m == size:
        return indices, values
    kept, out = np.empty(m, indices.dtype), np.empty(m, values.dtype)
    _drop(_plain(indices), bits, blank, kept, carried(out))
    return kept, out


def drop_in_place(indices: Array, values: Array, fill: Any) -> int:
    """As `drop`, to the beginning of the arguments; how many are kept."""
    if values.dtype.char in "gG":
        kept, out = drop(indices, values, fill)
        indices[: kept.size], values[: kept.size] = kept, out
        return kept.size
    bits, blank = values.view(_CARRIER[values.itemsize]), carried(np.array([fill], values.dtype))
    m: int = _count_unlike(bits, blank)
    if m < values.size:
        _drop(indices, bits, blank, indices[:m], bits[:m])
    return m


def union(a: Array, b: Array) -> tuple[Array, NDArray[np.intp], NDArray[np.intp]]:
    """Merge two sorted lists of unique indices.

    Parameters
    ----------
    a, b : ndarray of int32 or int64, shape (ka,) and (kb,), of one dtype

    Returns
    -------
    merged : ndarray, shape (m,)
        Their union, sorted.
    at_a, at_b : ndarray of intp, shape (ka,) and (kb,)
        Where each entry of `a` and `b` stands in `merged`.

    Notes
    -----
    O(ka + kb).
    """
    merged = np.empty(a.size + b.size, a.dtype)
    at_a = np.empty(a.size, np.intp)
    at_b = np.empty(b.size, np.intp)
    m = _places(a, b, merged, at_a, at_b)
    # Let go of an overestimate: the result may live long.
    return (merged if m == merged.size else merged[:m].copy()), at_a, at_b


def intersection(a: Array, b: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where two sorted lists of unique indices meet.

    Returns
    -------
    in_a, in_b : ndarray of intp, shape (m,)
        ``a[in_a] == b[in_b]``, in increasing order.

    Notes
    -----
    O(ka + kb).
    """
    most = min(a.size, b.size)
    # One slot more: the branch-free loop writes before it knows that there is a match.
    in_a = np.empty(most + 1, np.intp)
    in_b = np.empty(most + 1, np.intp)
    m = _intersection(a, b, in_a, in_b)
    return in_a[:m], in_b[:m]
