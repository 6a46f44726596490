"""Products of packed arrays that are too large to be unpacked: by rows of blocks, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..accuracy.propagation import product_error
from ..bases import STANDARD
from ..core.budget import fits_budget, require_budget
from ..core.pages import PAGE, Pages
from ..core.source import Source, implements
from ..core.spectrum import Spectrum
from ..core.values import Array, zero_of
from ..ops.bounds import bounded
from ..options import options
from .packed import Encoded
from .packed_sum import listed_count
from .plan import pages_of

_INSTEAD = "multiply parts, or raise the budget"
# Copies of the coefficients that are there while they are unpacked.
_UNPACKED = 3


def _is_large(x: Source) -> bool:
    """Tell whether an array is packed, over the budget unpacked, and has rows to read by."""
    if not isinstance(x, Encoded) or not x.size:
        return False
    # Of a list, that alone is unpacked.
    listed = listed_count(x.terms)
    count = x.size if listed is None else listed
    needed = _UNPACKED * count * x.coefficient_dtype.itemsize
    return not fits_budget(needed) and len(x.scan.cover(range(1))) < x.shape[0]


@implements(Encoded)
def unclosed(self: Encoded) -> Source:
    """Return the array as ufuncs take it: itself, where it is read by rows of blocks."""
    return self if _is_large(self) else self.settle()


@implements(Encoded)
def read(self: Encoded, key: tuple[range, ...], out: Array | None = None) -> Array:
    """Return the elements of a part, from the rows of blocks that hold it."""
    cover = self.scan.cover(key[0])
    slab, local = self._slab(key)
    if len(cover) < self.shape[0]:
        # The next page is of the same rows as often as not.
        self.recent = cover, slab
    parts = tuple(wanted for wanted in local if isinstance(wanted, range))
    return slab.read(parts, out)


@implements(Encoded)
def pages(self: Encoded, ordered: bool = True) -> Pages:
    """Return the pages that the array is read by."""
    return pages_of(self, ordered) if _is_large(self) else self.settle().pages(ordered)


@implements(Encoded)
def at(self: Encoded, positions: Array) -> Array:
    """Return elements at C-order positions: of each row of blocks that has some, at once."""
    if not _is_large(self):
        return self.settle().at(positions)
    inner = self.size // self.shape[0]
    out = np.empty(positions.size, self.dtype)
    rows, left = positions // inner, np.arange(positions.size)
    while left.size:
        first = int(rows[left].min())
        cover = self.scan.cover(range(first, first + 1))
        inside = rows[left] < cover.stop
        some, left = left[inside], left[~inside]
        slab = self.unpacked_rows(cover)
        out[some] = slab.at(positions[some] - cover.start * inner)
    return out


@implements(Encoded)
def matmul(self: Encoded, other: Source, dtype: np.dtype[Any]) -> Source | None:
    """Return ``self @ other`` where one of them is over the budget unpacked; else None."""
    return _product(self, other, dtype)


@implements(Encoded)
def rmatmul(self: Encoded, other: Source, dtype: np.dtype[Any]) -> Source | None:
    """Return ``other @ self``, as `matmul`."""
    return _product(other, self, dtype)


def _rows(x: Source, most: int) -> Iterator[range]:
    """Return the first axis of an array in parts: of packed ones, whole rows of blocks."""
    n = x.shape[0]
    step = max(1, most * n // x.size)
    if isinstance(x, Encoded):
        block = len(x.scan.cover(range(1)))
        step = max(step // block, 1) * block
    for start in range(0, n, step):
        yield range(start, min(start + step, n))


def _product(a: Source, b: Source, dtype: np.dtype[Any]) -> Source | None:
    """Return a matrix product, added up over parts of both operands, each unpacked once a part.

    Raises MaterializationError where the product itself, which is dense, is over the memory budget.
    """
    if not (_is_large(a) or _is_large(b)) or len(a.shape) > 2 or len(b.shape) > 2:
        return None
    if a.shape[-1] != b.shape[0] or a.diagonal or b.diagonal:
        return None
    out = np.zeros((*a.shape[:-1], *b.shape[1:]), dtype)
    spare = (options.memory_budget - out.nbytes) // (_UNPACKED * dtype.itemsize)
    # The second is unpacked once for every part of the first.
    small = max(min(spare // 4, PAGE), PAGE // 8)
    # So are products of a part, before they are added.
    large = max(spare // 2 - small, small)
    require_budget(out.nbytes + 2 * small * dtype.itemsize, _INSTEAD)
    columns = tuple(range(n) for n in b.shape[1:])
    inner = list(_rows(b, small))
    for rows in _rows(a, large) if len(a.shape) == 2 else [None]:
        left = a.read((range(a.shape[-1]),) if rows is None else (rows, range(a.shape[1])))
        there = out if rows is None else out[rows.start : rows.stop]
        for part in inner:
            there += left[..., part.start : part.stop] @ b.read((part, *columns))
    bases = (STANDARD,) * out.ndim
    made = Spectrum(out.shape, dtype, bases, out.reshape(-1), None, zero_of(dtype))
    error = product_error(a, b)
    return bounded(made, error) if error else made
