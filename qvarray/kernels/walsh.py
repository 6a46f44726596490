"""Transform in place by the orthonormal fast Walsh-Hadamard transform (Fino & Algazi 1976).

A transform of length n = 2**q along an axis with `inner` floats behind it is q levels of
butterflies ``(a, b) -> (a + b, a - b)`` on the flat array, level k over pairs ``inner << k``
apart.  They run depth first (a block that fits in the L1 cache, then eight such joined by three
levels, then eight of those, ...), so each group of levels finds its numbers in the nearest cache
that can hold them, and only the last ones of a large array read memory.

The butterflies are written as LLVM vector instructions.  LLVM would vectorise the same loops
written in Python only behind a run-time check that none of the 8 rows overlaps another
(they are one array to it), which costs more than the short runs here; and not at all the lowest
levels, whose partners are in one vector.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core.base import BaseContext
from numpy.typing import NDArray

from . import threads
from .flat_axis import flat_axis
from .jit import inner, intrinsic, njit

#: Bytes of a vector, one cache line; LLVM splits it where the machine's registers are shorter.
VECTOR = 64
#: Bytes that are transformed at a time in the L1 cache.
L1_BLOCK = 1 << 15
#: Below this many bytes, waking a thread costs more than it brings.
THREADED = 1 << 24
#: The most levels that are done on numbers in registers. Not 4: rows a large power of two apart
#: fall into the same set of the L1 cache, which has room for 8 or 12 of them; measured, 16 rows at
#: a time take twice as long as 8 and then 2.
_LEVELS = 3


def _vector_type(array: types.Array) -> tuple[ir.VectorType, int]:
    """Return the type of a vector of an array's numbers, and the bytes of a number."""
    assert isinstance(array.dtype, types.Float)
    size = array.dtype.bitwidth // 8
    element = ir.DoubleType() if size == 8 else ir.FloatType()
    return ir.VectorType(element, VECTOR // size), size


def _splat(builder: ir.IRBuilder, value: ir.Value, vector: ir.VectorType) -> ir.Value:
    """Fill a vector with one number."""
    none = ir.Constant(ir.VectorType(value.type, vector.count), ir.Undefined)
    first = builder.insert_element(none, value, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), vector.count), [0] * vector.count)
    return builder.shuffle_vector(first, none, zeros)


def _address(
    context: BaseContext,
    builder: ir.IRBuilder,
    kind: types.Array,
    array: ir.Value,
    index: ir.Value,
    unit: ir.Type,
) -> ir.Value:
    """Point to a number of an array, as to a vector or a number."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), unit.as_pointer())


def _interpreted_levels(rows, first, stop):  # type: ignore[no-untyped-def]
    """Do the levels of strides ``first <= h < stop`` along the first axis, without the compiler."""
    half = first
    while half < stop:
        pairs = rows.reshape(-1, 2, half, *rows.shape[1:])
        a, b = pairs[:, 0], pairs[:, 1]
        rows = np.stack((a + b, a - b), axis=1).reshape(rows.shape)
        half *= 2
    return rows


def _butterfly(radix: int, vector: bool) -> Any:
    """Make the intrinsic of `radix` rows: all their levels, kept in registers."""

    def interpreted(x, i, step, scale):  # type: ignore[no-untyped-def]
        count = VECTOR // x.itemsize if vector else 1
        rows = [slice(i + j * step, i + j * step + count) for j in range(radix)]
        values = _interpreted_levels(np.array([x[row] * scale for row in rows]), 1, radix)
        for row, value in zip(rows, values, strict=True):
            x[row] = value

    @intrinsic(interpreted)
    def butterfly(typing, x, i, step, scale):  # type: ignore[no-untyped-def]  # noqa: ARG001
        """``x[i + j * step] = sum(+-scale * x[i + k * step])``, on one vector or number."""
        signature = types.void(x, types.intp, types.intp, x.dtype)

        def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
            x, i, step, scale = args
            lanes, size = _vector_type(signature.args[0])
            unit = lanes if vector else lanes.element
            if vector:
                scale = _splat(builder, scale, lanes)
            places, values = [], []
            for _ in range(radix):
                places.append(_address(context, builder, signature.args[0], x, i, unit))
                values.append(builder.fmul(builder.load(places[-1], align=size), scale))
                i = builder.add(i, step)
            half = 1
            while half < radix:
                for j in range(radix):
                    if not j & half:
                        a, b = values[j], values[j + half]
                        values[j], values[j + half] = builder.fadd(a, b), builder.fsub(a, b)
                half *= 2
            for place, value in zip(places, values, strict=True):
                builder.store(value, place, align=size)
            return context.get_dummy_value()

        return signature, generate

    return butterfly


_vector2, _vector4, _vector8 = (_butterfly(2**levels, True) for levels in (1, 2, _LEVELS))
_scalar2, _scalar4, _scalar8 = (_butterfly(2**levels, False) for levels in (1, 2, _LEVELS))


def _interpreted_eight_vectors(x, i, first, stop, scale):  # type: ignore[no-untyped-def]
    block = x[i : i + 8 * (VECTOR // x.itemsize)]
    block[:] = _interpreted_levels(block * scale, first, min(stop, block.size))


@intrinsic(_interpreted_eight_vectors)
def _eight_vectors(typing, x, i, first, stop, scale):  # type: ignore[no-untyped-def]  # noqa: ARG001
    """Do the levels of strides ``first <= h < stop`` on the 8 vectors that begin at ``x[i]``.

    Every level is written, and a mask keeps the old values where it is not wanted: with mask
    registers that is free, and one piece of code serves every length and short `inner`.
    """
    signature = types.void(x, types.intp, types.intp, types.intp, x.dtype)

    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        x, i, first, stop, scale = args
        lanes, size = _vector_type(signature.args[0])
        count = lanes.count
        scale = _splat(builder, scale, lanes)
        places, values = [], []
        for _ in range(8):
            places.append(_address(context, builder, signature.args[0], x, i, lanes))
            values.append(builder.fmul(builder.load(places[-1], align=size), scale))
            i = builder.add(i, ir.Constant(i.type, count))
        half = 1
        while half < 8 * count:
            h = ir.Constant(first.type, half)
            wanted = builder.and_(
                builder.icmp_signed("<=", first, h), builder.icmp_signed("<", h, stop)
            )
            wanted = _splat(builder, wanted, lanes)
            if half < count:
                other = ir.Constant(
                    ir.VectorType(ir.IntType(32), count), [k ^ half for k in range(count)]
                )
                signs = ir.Constant(lanes, [-1.0 if k & half else 1.0 for k in range(count)])
                for j, value in enumerate(values):
                    # Fusing is exact here: one factor is 1 or -1.
                    signed = builder.fmul(value, signs, flags=["contract"])
                    partner = builder.shuffle_vector(value, value, other)
                    new = builder.fadd(signed, partner, flags=["contract"])
                    values[j] = builder.select(wanted, new, value)
            else:
                step = half // count
                for j in range(8):
                    if not j & step:
                        a, b = values[j], values[j + step]
                        values[j] = builder.select(wanted, builder.fadd(a, b), a)
                        values[j + step] = builder.select(wanted, builder.fsub(a, b), b)
            half *= 2
        for place, value in zip(places, values, strict=True):
            builder.store(value, place, align=size)
        return context.get_dummy_value()

    return signature, generate


@inner
def _rows(levels, x, i, step, width, scale):  # type: ignore[no-untyped-def]
    """Do 1 to 3 levels on ``2**levels`` rows of `width` numbers, which begin `step` apart."""
    lanes = VECTOR // x.itemsize
    whole = width - width % lanes
    if levels == 1:
        for k in range(0, whole, lanes):
            _vector2(x, i + k, step, scale)
        for k in range(whole, width):
            _scalar2(x, i + k, step, scale)
    elif levels == 2:
        for k in range(0, whole, lanes):
            _vector4(x, i + k, step, scale)
        for k in range(whole, width):
            _scalar4(x, i + k, step, scale)
    else:
        for k in range(0, whole, lanes):
            _vector8(x, i + k, step, scale)
        for k in range(whole, width):
            _scalar8(x, i + k, step, scale)


@inner
def _levels(x, low, high, stride, stop, scale):  # type: ignore[no-untyped-def]
    """Do the levels of strides ``stride <= h < stop`` on ``x[low:high]``, blocks of `stop`."""
    one = scale / scale
    while stride < stop:
        group = 1
        while group < _LEVELS and stride << (group + 1) <= stop:
            group += 1
        for base in range(low, high, stride << group):
            _rows(group, x, base, stride, stride, scale)
        stride <<= group
        scale = one


@njit(cache=True, nogil=True)
def _by_blocks(x, scale, inner, in_l1, stop, low, high):  # type: ignore[no-untyped-def]
    """Do the levels of strides ``inner <= h < stop`` on ``x[low:high]``, whole blocks of `stop`.

    Those below `in_l1` are done a block of the L1 cache at a time, and those above three at a
    time, each as soon as the blocks that it joins are done, so that they are in as near a cache as
    can be. O((high - low) log(stop / inner)).
    """
    one = scale / scale
    unit = 8 * (VECTOR // x.itemsize)
    short = inner < unit // 8 and inner & (inner - 1) == 0
    size = in_l1
    if in_l1 == stop:
        size *= max(1, L1_BLOCK // x.itemsize // stop)  # many small blocks at once
    # One or two levels that are left over when the others go by three are cheapest in L2.
    odd = 0
    while in_l1 << odd < stop:
        odd += 1
    odd %= _LEVELS
    for base in range(low, high, size):
        end = min(high, base + size)
        if short:
            unit_stop = min(unit, in_l1)
            whole = base + (end - base) // unit * unit
            for i in range(base, whole, unit):
                _eight_vectors(x, i, inner, unit_stop, scale)
            _levels(x, whole, end, inner, unit_stop, scale)
            _levels(x, base, end, unit_stop, in_l1, one)
        else:
            _levels(x, base, end, inner, in_l1, scale)
        stride = in_l1
        factor = scale if inner == in_l1 else one
        while stride < stop:
            joined = stride << _LEVELS
            if stride == in_l1 and odd:
                joined = stride << odd
            if (end - low) % joined:
                break
            _levels(x, end - joined, end, stride, joined, factor)
            stride = joined
            factor = one


@njit(cache=True, nogil=True)
def _across(x, scale, stride, levels, begin, end):  # type: ignore[no-untyped-def]
    """Do the last 1 to 3 levels of all blocks, on the columns begin to end of `stride` columns."""
    for base in range(begin, x.size, stride << levels):
        _rows(levels, x, base, stride, end - begin, scale)


def walsh(a: NDArray[Any], axis: int, *, workers: int | None = None) -> None:
    """Replace `a` by its orthonormal Walsh-Hadamard transform along `axis`.

    In natural (Hadamard) order: ``out[k] = sum((-1)**popcount(j & k) * a[j] for j) / sqrt(n)``,
    by the fast algorithm of Fino & Algazi (1976), n log2(n) additions.  The factor is applied
    first, so that no sum exceeds the largest possible result.

    Parameters
    ----------
    a : ndarray of float32, float64, complex64 or complex128
        C-contiguous and writable, of any shape with at least one axis.
    axis : int
        The axis, of a length that is a power of two.
    workers : int, optional
        The number of threads; by default as many as pay.  The bits do not depend on it.

    Notes
    -----
    Small arrays cost their n log2(n) additions; large ones also one pass over memory for all levels
    that fit in a cache, and one for every three of the rest.  No scratch memory is used.
    """
    n = a.shape[axis]
    if n == 1 or a.size == 0:
        return
    flat, inner = flat_axis(a, axis)
    scale = flat.dtype.type(n**-0.5)
    block, limit = n * inner, L1_BLOCK // flat.itemsize
    # All of a block if that fits in L1, else as many levels as do (none if `inner` is long).
    in_l1 = block if block <= limit else inner << max(0, (limit // inner).bit_length() - 1)
    if workers is None:
        workers = threads.workers_for(flat.nbytes, THREADED)
    if workers == 1:
        _by_blocks(flat, scale, inner, in_l1, block, 0, flat.size)
        return

    # With few blocks the last levels join the work of several threads: they wait for each other,
    # and then share the columns.
    last = 0
    if flat.size // block < workers:
        last = min((block // in_l1).bit_length() - 1, _LEVELS)
    stop = block >> last
    if stop > inner:
        pieces = threads.split(flat.size, workers, stop)
        threads.run(_by_blocks, [(flat, scale, inner, in_l1, stop, *piece) for piece in pieces])
        scale = flat.dtype.type(1)
    if last:
        pieces = threads.split(stop, workers, VECTOR // flat.itemsize)
        threads.run(_across, [(flat, scale, stop, last, *piece) for piece in pieces])
