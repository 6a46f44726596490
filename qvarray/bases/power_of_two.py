"""What bases of axes of length 2**b share: their pages are transforms of aligned blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from .base import Array, Basis, Restriction, working_dtype


def is_power_of_two(n: int) -> bool:
    """Tell whether n is 1, 2, 4, 8, …"""
    return n > 0 and n & (n - 1) == 0


def _blocks(start: int, stop: int) -> Iterator[range]:
    """Cut ``[start, stop)`` into the largest aligned blocks of length 2**c.

    >>> list(_blocks(3, 9))
    [range(3, 4), range(4, 8), range(8, 9)]
    """
    while start < stop:
        size = 1 << ((stop - start).bit_length() - 1)
        if start:
            size = min(size, start & -start)
        yield range(start, start + size)
        start += size


def transform_in_place(
    samples: Array,
    axis: int,
    overwrite: bool,
    in_place: Callable[[Array, int], None],
    extended: Callable[[Array], Array],
) -> Array:
    """Transform `samples` along an axis, by a kernel that changes its array.

    Numba has no extended precision: `extended` transforms such samples, along the last axis.
    """
    dtype = working_dtype(samples.dtype)
    if dtype.char not in "fdFD":
        return np.moveaxis(extended(np.moveaxis(samples, axis, -1)), -1, axis)
    reusable = overwrite and samples.dtype == dtype and samples.flags.carray
    out = samples if reusable else np.array(samples, dtype, order="C")
    in_place(out, axis)
    return out


@dataclass(frozen=True)
class Dyadic(Basis):
    """A basis of axes of length 2**b that is closed under restriction to aligned blocks."""

    def check_length(self, n: int) -> None:
        if n and not is_power_of_two(n):
            raise ValueError(f"the {self} basis needs an axis of length 2**b, got length {n}")

    def roll(self, n: int, shift: int, indices: Array, precise: bool = False) -> Restriction | None:
        # Half way round, both halves change places.
        return self.xor_shift(n, shift, indices) if 2 * shift == n else None

    def page(self, n: int, start: int, stop: int, indices: Array, values: Array) -> Array:
        # O(k + m log m) for each of at most 2 log2(m) blocks.
        out = np.empty(stop - start, np.result_type(values.dtype, np.float64))
        for block in _blocks(start, stop):
            restricted = self.restrict(n, block, indices)
            assert restricted is not None
            coefficients = np.zeros(len(block), out.dtype)
            np.add.at(coefficients, restricted.indices, restricted.values(values))
            out[block.start - start : block.stop - start] = self.synthesise(coefficients, 0)
        return out
