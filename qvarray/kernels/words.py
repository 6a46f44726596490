"""Words in kernels: values as unsigned integers of the same bits, and quotients of words."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core.cgutils import pack_array
from numba.core.imputils import impl_ret_borrowed
from numpy.typing import NDArray

from .jit import intrinsic, njit

Array = NDArray[Any]

#: Sorted indices of which a few are counted in the time of the last steps of a search.
_COUNTED = 16


def _interpreted_words(values):  # type: ignore[no-untyped-def]
    """View values as unsigned integers, without the compiler."""
    kind = values.dtype.kind
    return values if kind == "u" else values.view(np.uint32 if values.itemsize == 4 else np.uint64)


@intrinsic(_interpreted_words)
def as_words(typing, values):  # type: ignore[no-untyped-def]  # noqa: ARG001
    """View values, contiguous, as unsigned integers: two each for those of 16 bytes.

    ``values.view`` does the same, and takes half a second to compile.
    """
    of: dict[Any, Any] = {
        types.float32: types.uint32,
        types.float64: types.uint64,
        types.complex128: types.uint64,
    }
    word = of.get(values.dtype, values.dtype)
    count = 2 if values.dtype == types.complex128 else 1
    out = values.copy(dtype=word)

    def generate(context, builder, _, args):  # type: ignore[no-untyped-def]
        old = context.make_array(values)(context, builder, args[0])
        new = context.make_array(out)(context, builder)
        size = context.get_constant(types.intp, word.bitwidth // 8)
        number = builder.mul(old.nitems, context.get_constant(types.intp, count))
        new.meminfo, new.parent, new.nitems, new.itemsize = old.meminfo, old.parent, number, size
        new.data = builder.bitcast(old.data, new.data.type)
        new.shape, new.strides = pack_array(builder, [number]), pack_array(builder, [size])
        return impl_ret_borrowed(context, builder, out, new._getvalue())

    return out(values), generate


@intrinsic(lambda values: values.itemsize)
def item_size(typing, values):  # type: ignore[no-untyped-def]  # noqa: ARG001
    """Return the bytes of a value, a constant of the compiler: ``itemsize`` is read from memory."""
    size = values.dtype.bitwidth // 8

    def generate(context, *_):  # type: ignore[no-untyped-def]
        return context.get_constant(types.intp, size)

    return types.intp(values), generate


@intrinsic(lambda a, b: np.uint64(int(a) * int(b) >> 64))
def upper_word(typing, a, b):  # type: ignore[no-untyped-def]  # noqa: ARG001
    """Return the upper 64 bits of the 128-bit product of two uint64."""

    def generate(context, builder, _, args):  # type: ignore[no-untyped-def]  # noqa: ARG001
        wide, narrow = ir.IntType(128), ir.IntType(64)
        product = builder.mul(*(builder.zext(factor, wide) for factor in args))
        return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), narrow)

    return types.uint64(types.uint64, types.uint64), generate


@intrinsic(lambda word: np.uint64((int(word) & -int(word)).bit_length() - 1))
def lowest_bit(typing, word):  # type: ignore[no-untyped-def]  # noqa: ARG001
    """Return which is the lowest bit that is set of a uint64, not 0."""

    def generate(context, builder, _, args):  # type: ignore[no-untyped-def]  # noqa: ARG001
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), generate


@njit(nogil=True, inline="always")
def divided(x, n, inverse):  # type: ignore[no-untyped-def]
    """Return quotient and rest of uint64 below 2**63, by the `reciprocal` of n.

    In a few cycles that no other quotient waits for, and without a branch to be foreseen.
    """
    quotient = upper_word(x, inverse)  # at most one too small
    rest = x - quotient * n
    more = np.uint64(rest >= n)
    return quotient + more, rest - n * more


@njit(nogil=True, inline="always")
def reciprocal(n):  # type: ignore[no-untyped-def]
    """Return what `divided` multiplies by in place of a division by n, below 2**63; 0 counts as 1.

    >>> n = np.uint64(5)
    >>> divided(np.uint64(17), n, reciprocal(n))
    (3, 2)
    """
    return ~np.uint64(0) // max(n, np.uint64(1))


@njit(nogil=True, inline="always")
def first_at_least(indices, position, low, high):  # type: ignore[no-untyped-def]
    """Search sorted indices, from low to high, for the first that is not below a position."""
    while high - low > _COUNTED:
        middle = (low + high) >> 1
        if indices[middle] < position:
            low = middle + 1
        else:
            high = middle
    # Which way each of the last steps goes is not to be foreseen: those below are counted.
    below = np.int64(0)
    for i in range(low, high):
        below += np.int64(indices[i] < position)
    return low + below


def plain(array: Array) -> Array:
    """Copy what is not contiguous, aligned and writeable: a kernel is compiled for that alone."""
    return array if array.flags.carray else array.copy()
