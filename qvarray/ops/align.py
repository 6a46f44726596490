"""Align two arrays: bring their coefficients to the union of their indices, for a ufunc."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from .. import kernels
from ..core.fill import append_fill
from ..core.spectrum import Spectrum
from ..core.values import Array, Scalar
from ..kernels import threads
from ..runtime.caches import cleared
from .basis_change import to_dense

# Entries of both arrays that are computed at a time: their values fit a second-level cache.
_PIECE = 1 << 15
# Entries from which that pays, and from which a second thread does.
_LARGE = 1 << 16
_WORTH_A_THREAD = 1 << 18
# Entries from which the operands are spread into memory that is kept for that: a page of memory
# that is touched for the first time costs as much as merging two hundred entries.
_KEPT_FROM = 1 << 12
_KEPT = threading.local()
cleared(lambda: _KEPT.__dict__.clear())

#: Common indices (None: all positions), the values of both arrays there, and whether one more
#: value, the fill, follows them.
Aligned = tuple[Array | None, Array, Array, bool]


def _spread(values: Array, where: Array | slice, size: int, fill: Scalar) -> Array:
    """Return an array of a fill value, but for `values` at some positions."""
    out = np.empty(size, values.dtype)
    out.fill(fill)
    out[where] = values
    return out


def aligned(a: Spectrum, b: Spectrum) -> Aligned:
    """Return the coefficients of two arrays of one space, at the union of their indices.

    O(ka + kb), or O(N) where one stores every position. The fill value rides along as a last entry,
    so that whatever is computed from the values is computed from the fill by the same loop,
    warnings included, and only where there is an inactive position that has it.
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
    ia, va, vb = kernels.merge_sorted.spread(ia, va, a.fill_value, ib, vb, b.fill_value, a.space)
    return ia, va, vb, va.size > ia.size


def _united(lists: Sequence[Array]) -> tuple[Array, list[Any]]:
    """Return the union of sorted lists, and where the entries of each are in it: by pairs."""
    if len(lists) == 1:
        return lists[0], [slice(lists[0].size)]
    half = len(lists) // 2
    (left, in_left), (right, in_right) = _united(lists[:half]), _united(lists[half:])
    if left is right:
        return left, in_left + in_right
    union, from_left, from_right = kernels.merge_sorted.union(left, right)
    return union, [from_left[place] for place in in_left] + [
        from_right[place] for place in in_right
    ]


def aligned_all(spectra: Sequence[Spectrum]) -> tuple[Array | None, list[Array], bool]:
    """As `aligned`, of any number of arrays. O(k log n) for n arrays."""
    if len(spectra) == 2:
        indices, va, vb, has_fill = aligned(*spectra)
        return indices, [va, vb], has_fill
    first = spectra[0]
    if len(spectra) == 1 and first.active_indices is not None:
        values, has_fill = append_fill(first)
        return first.active_indices, [values], has_fill
    if any(spectrum.active_indices is None for spectrum in spectra):
        return None, [_everywhere(spectrum) for spectrum in spectra], False
    union, places = _united([spectrum.indices() for spectrum in spectra])
    size = union.size + (union.size < first.space)
    spread = [
        _spread(spectrum.eigenvalues, where, size, spectrum.fill_value)
        for spectrum, where in zip(spectra, places, strict=True)
    ]
    return union, spread, size > union.size


def _everywhere(spectrum: Spectrum) -> Array:
    if spectrum.active_indices is None:
        return spectrum.eigenvalues
    return to_dense(spectrum).reshape(-1)


def _same(a: Array, b: Array) -> bool:
    return a is b or (a.size == b.size and a[-1] == b[-1] and np.array_equal(a, b))


def computed(ufunc: np.ufunc, a: Spectrum, b: Spectrum) -> tuple[Array, Array, Any] | None:
    """Apply a ufunc to two large arrays of one shape in the standard basis, piece by piece.

    Returns what is not the fill value; None where `aligned` is to be used: few coefficients, more
    than one output, objects, or a loop of operands of two sizes. O(ka + kb), by two threads where
    that pays. Memory that is touched for the first time costs more than merging.
    Here the operands are spread in pieces that stay in the cache, and only the result is written
    out. NumPy reports floating-point errors once, when all is computed.
    """
    ia, ib = a.active_indices, b.active_indices
    if ia is None or ib is None or ufunc.nout != 1:
        return None
    most = ia.size + ib.size
    if most < _KEPT_FROM or most >= a.space:
        return None
    if most < _LARGE:
        return _at_once(ufunc, a, b)
    dtypes = _operand_dtypes(ufunc, a.dtype, b.dtype)
    if dtypes is None:
        return None
    pieces = _Pieces(ufunc, a, b, dtypes)
    if pieces.dtype.hasobject:
        return None
    indices, values = pieces.at_same_indices() if _same(ia, ib) else pieces.merged()
    pieces.report_errors()
    return indices, values, pieces.fill


def _kept() -> tuple[Array, Array]:
    """Take memory of this thread for two operands, of at most `_LARGE` values of 16 bytes.

    It is taken away while it is in use: a ufunc, or what is called on its errors, may be a
    program of the user's, which comes here again.
    """
    arrays: tuple[Array, Array] | None = _KEPT.__dict__.pop("arrays", None)
    size = 16 * (_LARGE + 1)
    return arrays or (np.empty(size, np.uint8), np.empty(size, np.uint8))


def _at_once(ufunc: np.ufunc, a: Spectrum, b: Spectrum) -> tuple[Array, Array, Any] | None:
    """Compute as `computed` arrays that are no larger than a piece."""
    merge = kernels.merge_sorted
    ia, ib = a.indices(), b.indices()
    va, vb = a.eigenvalues, b.eigenvalues
    if ia is ib or va.itemsize != vb.itemsize or not merge.is_carried(va.dtype):
        return None
    most = ia.size + ib.size
    indices = np.empty(most, ia.dtype)
    va, vb = merge.carried(va), merge.carried(vb)
    kept = _kept()
    into_a, into_b = (memory[: (most + 1) * va.itemsize].view(va.dtype) for memory in kept)
    xs, ys = into_a.view(a.dtype), into_b.view(b.dtype)
    xs[most], ys[most] = a.fill_value, b.fill_value
    m = merge.spread_into(ia, va, ib, vb, indices, into_a, into_b)
    values = ufunc(xs[: m + 1], ys[: m + 1])
    _KEPT.arrays = kept
    if values.dtype.hasobject:
        return None
    fill = values[-1]
    size = merge.drop_in_place(indices[:m], values[:m], fill)
    indices.resize(size, refcheck=False)
    values.resize(size, refcheck=False)
    return indices, values, fill


def _operand_dtypes(
    ufunc: np.ufunc, a: np.dtype[Any], b: np.dtype[Any]
) -> tuple[np.dtype[Any], np.dtype[Any]] | None:
    """Return what to spread values as, of one size: where they differ, as the ufunc takes them."""
    if a.itemsize != b.itemsize:
        try:
            a, b, *_ = ufunc.resolve_dtypes((a, b, None))
        except TypeError:
            return None
    return (a, b) if a.itemsize == b.itemsize and kernels.merge_sorted.is_carried(a) else None


class _Recorder:
    """A ufunc that records operands that lead to floating-point errors."""

    def __init__(self, ufunc: np.ufunc) -> None:
        self.ufunc = ufunc
        self._new: set[str] = set()
        self._kinds: set[str] = set()
        #: Operands that lead to every kind of error.
        self.operands: list[tuple[Array, Array]] = []

    def recording(self) -> AbstractContextManager[object]:
        return np.errstate(all="call", call=lambda kind, _: self._new.add(kind))

    def __call__(self, x: Array, y: Array, out: Array | None = None) -> Array:
        result: Array = self.ufunc(x, y, out=out)
        if self._new:
            if not self._new <= self._kinds:
                self._kinds |= self._new
                self.operands.append((x.copy(), y.copy()))
            self._new.clear()
        return result


class _Pieces:
    """A ufunc of two large arrays, a piece after the other, in every thread some of them."""

    def __init__(
        self, ufunc: np.ufunc, a: Spectrum, b: Spectrum, dtypes: tuple[np.dtype[Any], ...]
    ) -> None:
        self.ia, self.ib = a.indices(), b.indices()
        self.va, self.vb = a.eigenvalues, b.eigenvalues
        self.fills = [
            np.array([operand.fill_value]).astype(dtype)
            for operand, dtype in zip((a, b), dtypes, strict=True)
        ]
        most = self.ia.size + self.ib.size
        workers = threads.workers() if most >= _WORTH_A_THREAD else 1
        self.recorders = [_Recorder(ufunc) for _ in range(workers)]
        with self.recorders[0].recording():
            out = self.recorders[0](*self.fills)
        self.dtype, self.fill = out.dtype, out[0]

    def report_errors(self) -> None:
        """Let NumPy raise the errors once more, all in one call, in the caller's settings."""
        failed = [pair for recorder in self.recorders for pair in recorder.operands]
        if failed:
            self.recorders[0].ufunc(*map(np.concatenate, zip(*failed, strict=True)))

    def at_same_indices(self) -> tuple[Array, Array]:
        """Compute indices and values, where both have the same indices."""
        out = np.empty(self.ia.size, self.dtype)

        def part(recorder: _Recorder, low: int, high: int) -> None:
            with recorder.recording():
                for begin in range(low, high, _PIECE):
                    piece = slice(begin, min(begin + _PIECE, high))
                    recorder(self.va[piece], self.vb[piece], out[piece])

        cuts = threads.split(out.size, len(self.recorders))
        threads.run(part, list(zip(self.recorders, *zip(*cuts, strict=True), strict=False)))
        return kernels.merge_sorted.drop(self.ia, out, self.fill)

    def merged(self) -> tuple[Array, Array]:
        """Compute indices and values, where the lists of indices are merged."""
        most = self.ia.size + self.ib.size
        indices = np.empty(most, self.ia.dtype)
        values = np.empty(most, self.dtype)
        cut = kernels.merge_sorted.cut
        ends = [(0, 0)]
        for _, stop in threads.split(most, len(self.recorders)):
            ends.append(cut(self.ia, self.ib, *ends[-1], stop - sum(ends[-1])))
        sizes = [0] * len(self.recorders)

        def part(which: int, begin: tuple[int, int], end: tuple[int, int]) -> None:
            with self.recorders[which].recording():
                sizes[which] = self._merge(self.recorders[which], begin, end, indices, values)

        threads.run(part, list(zip(range(len(sizes)), ends[:-1], ends[1:], strict=True)))
        size = sizes[0]
        for begin, more in zip(ends[1:], sizes[1:], strict=False):
            start = sum(begin)
            if start > size:
                indices[size : size + more] = indices[start : start + more]
                values[size : size + more] = values[start : start + more]
            size += more
        # What is given back was never touched.
        indices.resize(size, refcheck=False)
        values.resize(size, refcheck=False)
        return indices, values

    def _merge(
        self,
        recorder: _Recorder,
        begin: tuple[int, int],
        end: tuple[int, int],
        merged: Array,
        out: Array,
    ) -> int:
        """Merge the entries from `begin` to `end` into the same places; return their number."""
        merge = kernels.merge_sorted
        ia, ib, va, vb = self.ia[: end[0]], self.ib[: end[1]], self.va, self.vb
        piece_a, piece_b = (np.repeat(fill, _PIECE + 2) for fill in self.fills)
        into_a, into_b = merge.carried(piece_a), merge.carried(piece_b)
        first = size = sum(begin)
        i, j = begin
        while (i, j) != end:
            p, q = merge.cut(ia, ib, i, j, _PIECE)
            rest = merged[size:]
            m = merge.spread_into(
                ia[i:p],
                merge.carried(va[i:p].astype(piece_a.dtype, copy=False)),
                ib[j:q],
                merge.carried(vb[j:q].astype(piece_b.dtype, copy=False)),
                rest,
                into_a,
                into_b,
            )
            values = out[size : size + m]
            recorder(piece_a[:m], piece_b[:m], values)
            size += merge.drop_in_place(rest[:m], values, self.fill)
            i, j = p, q
        return size - first
