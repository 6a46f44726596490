"""Merge and intersect sorted index lists, with their values moved as raw bits.

A kernel here knows the size of a value, not its type: floats, integers and bools of one size are
moved by one compiled kernel, whatever NumPy's ufunc does with them afterwards.
"""

from __future__ import annotations

from math import copysign
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .jit import inner, njit
from .words import as_words, item_size, plain

Array = NDArray[Any]
Scalar = complex | np.generic

#: Entries of both lists that are cut into two streams at a time: large enough that finding the
#: cut is nothing, small enough that closing the gap between the streams stays in the cache.
_BLOCK = 8192
#: Below this two streams do not pay.
_FEW = 128
#: Below this NumPy counts zeros in less time than a kernel call takes.
_COUNTED = 1024

#: The dtype that stands for all of its size; those used most stand for themselves: no view.
_CARRIER: dict[int, np.dtype[Any]] = {
    1: np.dtype(np.uint8),
    2: np.dtype(np.uint16),
    4: np.dtype(np.float32),
    8: np.dtype(np.float64),
    16: np.dtype(np.complex128),
}
#: Integers that hold the bits of all dtypes of a size.
_WORDS = {1: np.int8, 2: np.int16, 4: np.int32, 8: np.int64}
_U64 = np.uint64


class _Lists(NamedTuple):
    """Two sorted lists of unique indices with their values, and where they are merged to.

    Attributes
    ----------
    a, b : ndarray of int32 or int64, shape (ka,) and (kb,)
    words_a, words_b : ndarray of unsigned integers
        The values there, as `as_words` gives them, one or two for each index; 0 stands for the
        value where a list has no such index, as `_relative` has it.
    merged : ndarray of the dtype of `a`
    out_a, out_b : ndarray of unsigned integers
        The values of both lists at the merged indices.
    """

    a: Array
    words_a: Array
    b: Array
    words_b: Array
    merged: Array
    out_a: Array
    out_b: Array


@njit(cache=True, nogil=True)
def _cut(a, b, i, i_end, j, j_end, count):  # type: ignore[no-untyped-def]
    """Find where the first `count` entries of ``a[i:i_end]`` and ``b[j:j_end]`` together end.

    Equal ones stay together. O(log count), by bisection for how many of them are of a.
    """
    low = max(0, count - (j_end - j))
    high = min(count, i_end - i)
    while low < high:
        middle = (low + high) >> 1
        if a[i + middle] < b[j + count - middle - 1]:
            low = middle + 1
        else:
            high = middle
    p, q = i + low, j + count - low
    if p < i_end and q > j and a[p] == b[q - 1]:
        p += 1
    return p, q


@njit(nogil=True, forceinline=True)
def _step(lists, wide, i, j, m):  # type: ignore[no-untyped-def]
    """Write one merged entry; return what is next in both lists and in the merged one.

    Which list is ahead is a coin toss that no predictor wins, so nothing may branch here. LLVM
    makes branches of ``x if x <= y else y``; the sign of a difference, in the width of the
    indices, is the form that it leaves alone. Unsigned subscripts are not checked for negatives.
    """
    a, xa, b, xb, merged, ya, yb = lists
    sign = 8 * item_size(a) - 1
    from_a, from_b, to = _U64(i), _U64(j), _U64(m)
    x, y = a[from_a], b[from_b]
    ahead = a.dtype.type(x - y)
    only_a = np.int64(ahead >> sign)  # -1 or 0
    only_b = np.int64(a.dtype.type(y - x) >> sign)
    merged[to] = y + (ahead & only_a)
    if wide:
        from_a, from_b, to = from_a + from_a, from_b + from_b, to + to
        more_a, more_b, more = from_a + _U64(1), from_b + _U64(1), to + _U64(1)
        ya[more] = xa[more_a] & ~_U64(only_b)
        yb[more] = xb[more_b] & ~_U64(only_a)
    ya[to] = xa[from_a] & ~_U64(only_b)
    yb[to] = xb[from_b] & ~_U64(only_a)
    return i + 1 + only_b, j + 1 + only_a, m + 1


@inner
def _rest(lists, wide, i, i_end, j, j_end, m):  # type: ignore[no-untyped-def]
    """Merge ``a[i:i_end]`` and ``b[j:j_end]`` in one stream, with bulk copies of what is alone."""
    a, xa, b, xb, merged, ya, yb = lists
    while True:
        # Each step takes at most one entry of each list: this many need no test for the end.
        n = min(i_end - i, j_end - j)
        if n <= 0:
            break
        for _ in range(n):
            i, j, m = _step(lists, wide, i, j, m)
    for t in range(i_end - i):
        merged[_U64(m + t)] = a[_U64(i + t)]
    for t in range(j_end - j):
        merged[_U64(m + t)] = b[_U64(j + t)]
    words = 2 if wide else 1
    for t in range(words * (i_end - i)):
        ya[_U64(words * m + t)] = xa[_U64(words * i + t)]
        yb[_U64(words * m + t)] = 0
    for t in range(words * (j_end - j)):
        ya[_U64(words * m + t)] = 0
        yb[_U64(words * m + t)] = xb[_U64(words * j + t)]
    return m + max(0, i_end - i) + max(0, j_end - j)


@inner
def _close_gap(lists, words, start, gap, end):  # type: ignore[no-untyped-def]
    """Move merged entries that begin `gap` behind `start` and stop at `end` to `start`."""
    merged, ya, yb = lists.merged, lists.out_a, lists.out_b
    for t in range(start, end - gap):
        merged[_U64(t)] = merged[_U64(t + gap)]
    for t in range(words * start, words * (end - gap)):
        ya[_U64(t)] = ya[_U64(t + words * gap)]
        yb[_U64(t)] = yb[_U64(t + words * gap)]


@inner
def _relative(x, fill):  # type: ignore[no-untyped-def]
    """Return words of which those of the fill value are 0: the same words, or others. O(k)."""
    if fill[0] == 0 and fill[1] == 0:
        return x
    out = np.empty_like(x)
    for t in range(x.size):
        out[t] = x[t] ^ fill[t & 1]
    return out


@inner
def _restore(x, size, fill):  # type: ignore[no-untyped-def]
    """Undo `_relative` for the first words, in place. O(k)."""
    if fill[0] != 0 or fill[1] != 0:
        for t in range(size):
            x[t] ^= fill[t & 1]


@njit(cache=True, nogil=True)
def _spread(a, va, b, vb, merged, out_a, out_b):  # type: ignore[no-untyped-def]
    """Merge two lists with the arguments of `spread_into`; return the number of indices.

    By two streams in one loop: the latency of either hides behind the other. O(ka + kb).
    """
    xa, xb, ya, yb = as_words(va), as_words(vb), as_words(out_a), as_words(out_b)
    wide = item_size(va) == 16  # known when this is compiled
    words = 2 if wide else 1
    last = ya.size - words
    fa = (ya[last], ya[last + words - 1])
    fb = (yb[last], yb[last + words - 1])
    lists = _Lists(a, _relative(xa, fa), b, _relative(xb, fb), merged, ya, yb)
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
                i, j, m = _step(lists, wide, i, j, m)
                p, q, w = _step(lists, wide, p, q, w)
        m = _rest(lists, wide, i, i_mid, j, j_mid, m)
        w = _rest(lists, wide, p, i_end, q, j_end, w)
        if m < start:
            _close_gap(lists, words, m, start - m, w)
            w -= start - m
        i, j, m = i_end, j_end, w
    m = _rest(lists, wide, i, ka, j, kb, m)
    _restore(ya, words * m, fa)
    _restore(yb, words * m, fb)
    for t in range(words):
        ya[words * m + t] = fa[t]
        yb[words * m + t] = fb[t]
    return m


@njit(cache=True, nogil=True)
def _count_unlike(values, fill):  # type: ignore[no-untyped-def]
    """Count the values, shape (k,), whose bits are not those of `fill`, shape (1,). O(k)."""
    x, f = as_words(values), as_words(fill)
    n = 0
    if item_size(values) == 16:
        for t in range(values.size):
            n += ((x[_U64(2 * t)] ^ f[0]) | (x[_U64(2 * t + 1)] ^ f[1])) != 0
    else:
        for t in range(values.size):
            n += x[_U64(t)] != f[0]
    return n


@njit(cache=True, nogil=True)
def _drop(indices, values, fill, kept, out):  # type: ignore[no-untyped-def]
    """Write the first entries unlike `fill` to `kept` and `out`, which say how many. O(k)."""
    x, f, y = as_words(values), as_words(fill), as_words(out)
    t = m = 0
    # Every entry is written where the next kept one belongs; only a kept one moves on.
    if item_size(values) == 16:
        while m < kept.size:
            source, target = _U64(t), _U64(m)
            even, odd = x[source + source], x[source + source + _U64(1)]
            kept[target] = indices[source]
            y[target + target] = even
            y[target + target + _U64(1)] = odd
            m += ((even ^ f[0]) | (odd ^ f[1])) != 0
            t += 1
    else:
        while m < kept.size:
            source, target = _U64(t), _U64(m)
            value = x[source]
            kept[target] = indices[source]
            y[target] = value
            m += value != f[0]
            t += 1


@njit(cache=True, nogil=True)
def _places(a, b, merged, at_a, at_b):  # type: ignore[no-untyped-def]
    """Merge a and b, and write where their entries went; return how many there are. O(ka + kb)."""
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


@njit(nogil=True, forceinline=True)
def _meet(a, b, in_a, in_b, i, j, m):  # type: ignore[no-untyped-def]
    """Write where two lists are; return where they are next, and how many were found.

    What is written is written over unless it is one that both have: nothing may branch here.
    """
    at_a, at_b, to = _U64(i), _U64(j), _U64(m)
    x, y = a[at_a], b[at_b]
    in_a[to] = i
    in_b[to] = j
    return i + np.int64(x <= y), j + np.int64(y <= x), m + np.int64(x == y)


@njit(cache=True, nogil=True)
def _intersection(a, b, in_a, in_b):  # type: ignore[no-untyped-def]
    """Write where a and b have a common index; return how many there are. O(ka + kb).

    `in_a` and `in_b` have room for two more. By two streams in one loop, as `_spread`.
    """
    ka, kb = a.size, b.size
    i = j = m = np.int64(0)
    i_end, j_end = p, q = _cut(a, b, i, ka, j, kb, (ka + kb) >> 1)
    start = w = min(p, q) + 1
    while True:
        n = min(min(i_end - i, j_end - j), min(ka - p, kb - q))
        if n <= 0:
            break
        for _ in range(n):
            i, j, m = _meet(a, b, in_a, in_b, i, j, m)
            p, q, w = _meet(a, b, in_a, in_b, p, q, w)
    while i < i_end and j < j_end:
        i, j, m = _meet(a, b, in_a, in_b, i, j, m)
    while p < ka and q < kb:
        p, q, w = _meet(a, b, in_a, in_b, p, q, w)
    for t in range(start, w):
        in_a[_U64(m)] = in_a[_U64(t)]
        in_b[_U64(m)] = in_b[_U64(t)]
        m += 1
    return m


def _carried(values: Array, width: int) -> Array:
    """Move the bits of values to the carrier of `width` bytes; a view where they are as wide."""
    size = values.dtype.itemsize
    if size == width:
        return values.view(_CARRIER[width])
    wide = np.zeros((values.size, width // size), _CARRIER[size])
    wide[:, 0] = values.view(_CARRIER[size])
    return wide.view(_CARRIER[width])[:, 0]


def _uncarried(bits: Array, dtype: np.dtype[Any]) -> Array:
    """Move bits back to values of a dtype: the inverse of `_carried`."""
    if bits.dtype.itemsize == dtype.itemsize:
        return bits.view(dtype)
    return bits[:, None].view(dtype)[:, 0].copy()


def is_carried(dtype: np.dtype[Any]) -> bool:
    """Tell whether `spread_into` takes values of that size."""
    return dtype.itemsize in _CARRIER


def carried(values: Array) -> Array:
    """View values as `spread_into` takes them; copy what is not contiguous and writeable."""
    return plain(values).view(_CARRIER[values.dtype.itemsize])


def cut(ia: Array, ib: Array, i: int, j: int, count: int) -> tuple[int, int]:
    """Find where the next `count` entries of two sorted lists end, after `i` and `j` of them.

    An index that both have is not cut apart: there may be one entry more. O(log count).

    >>> a, b = np.array([0, 4, 5, 9]), np.array([1, 4, 6, 7])
    >>> cut(a, b, 0, 0, 4)  # 0, 1, 4 and 4
    (2, 2)
    """
    left = ia.size - i + ib.size - j
    p, q = _cut(plain(ia), plain(ib), i, ia.size, j, ib.size, min(count, left))
    return p, q


def spread_into(
    ia: Array, va: Array, ib: Array, vb: Array, merged: Array, out_a: Array, out_b: Array
) -> int:
    """Merge as `spread` does, into arrays of the caller, for work in pieces that fit the cache.

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
    m: int = _spread(plain(ia), va, plain(ib), vb, merged, out_a, out_b)
    return m


def spread(
    ia: Array, va: Array, fill_a: Scalar, ib: Array, vb: Array, fill_b: Scalar, space: int
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
        ia, va, ib, vb = plain(ia), plain(va), plain(ib), plain(vb)
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
    ia: Array, va: Array, fill_a: Scalar, ib: Array, vb: Array, fill_b: Scalar, space: int
) -> tuple[Array, Array, Array]:
    """Merge as `spread` does values of two sizes, or of sizes that no carrier has."""
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


def _unlike(values: Array, fill: Scalar) -> NDArray[np.bool_]:
    """Find where values of extended precision, whose bits include padding, are not `fill`."""
    part = values.real.dtype
    blank = np.array([fill], values.dtype).view(part)
    parts = values.view(part).reshape(values.size, blank.size)
    alike = (parts == blank) & (np.signbit(parts) == np.signbit(blank))
    alike |= np.isnan(parts) & np.isnan(blank)
    return np.logical_not(alike.all(axis=1))


def drop(indices: Array, values: Array, fill: Scalar) -> tuple[Array, Array]:
    """Select the entries whose values are not `fill`, bit by bit: signs of zeros and NaNs count.

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
    O(k): 0.1 ns an entry to find that nothing is dropped, 0.5 ns and the memory of the results
    where something is. Values of extended precision are compared as numbers, and take more.
    """
    size = values.size
    # Counting zeros is the fastest test of few; it only has to be right when all are kept.
    if size < _COUNTED and not fill and np.count_nonzero(values) == size:
        return indices, values
    if size < _FEW and values.itemsize in _WORDS:
        # Of few, NumPy finds them sooner than a kernel is called.
        if values.dtype.kind == "b":
            keep = ~values if fill else values
        else:
            keep = values.view(_WORDS[values.itemsize])
            if not isinstance(fill, float) or fill or copysign(1.0, fill) < 0.0:
                keep = keep != np.array(fill, values.dtype).view(keep.dtype)
        where = keep.nonzero()[0]
        return (indices, values) if where.size == size else (indices[where], values[where])
    if values.dtype.char in "gG":
        keep = _unlike(plain(values), fill)
        return (indices, values) if keep.all() else (indices[keep], values[keep])
    bits, blank = carried(values), carried(np.array([fill], values.dtype))
    m = _count_unlike(bits, blank)
    if m == size:
        return indices, values
    kept, out = np.empty(m, indices.dtype), np.empty(m, values.dtype)
    _drop(plain(indices), bits, blank, kept, carried(out))
    return kept, out


def drop_in_place(indices: Array, values: Array, fill: Scalar) -> int:
    """Move the entries that `drop` keeps to the beginning of the arguments; return how many. O(k).

    Parameters
    ----------
    indices : ndarray of int32 or int64, shape (k,)
    values : ndarray, shape (k,)
        Both contiguous and writeable.
    fill : scalar
    """
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
    """Find the common entries of two sorted lists of unique indices.

    Parameters
    ----------
    a, b : ndarray of int32 or int64, shape (ka,) and (kb,), of one dtype

    Returns
    -------
    in_a, in_b : ndarray of intp, shape (m,)
        ``a[in_a] == b[in_b]``, in increasing order.

    Notes
    -----
    O(ka + kb).

    Examples
    --------
    >>> intersection(np.array([0, 4, 5]), np.array([1, 4]))
    (array([1]), array([1]))
    """
    most = min(a.size, b.size)
    # A slot more for each stream, which writes before it knows that there is a match.
    in_a = np.empty(most + 2, np.intp)
    in_b = np.empty(most + 2, np.intp)
    m = _intersection(a, b, in_a, in_b)
    return in_a[:m], in_b[:m]
