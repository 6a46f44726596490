"""View values as words in kernels: unsigned integers of the same bits, whatever their dtype."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.core.cgutils import pack_array
from numba.core.imputils import impl_ret_borrowed
from numpy.typing import NDArray

from .jit import intrinsic

Array = NDArray[Any]


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


def plain(array: Array) -> Array:
    """Copy what is not contiguous, aligned and writeable: a kernel is compiled for that alone."""
    return array if array.flags.carray else array.copy()
