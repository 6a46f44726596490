"""`Products`: squares and products of packed arrays, whose sums are inner products (Parseval)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from ..accuracy.propagation import product_error
from ..core.error_bound import ErrorBound, Uncertainty
from ..core.source import Source
from ..core.spectrum import Spectrum
from ..core.values import Array
from ..ops.bounds import bounded, rounds
from .packed import Encoded, of_one


class Products(Source):
    """The products of the elements of two packed arrays of one space. Immutable.

    Their sum is told by the coefficients as they are packed; everything else by what ufuncs make of
    the two unpacked, when it is asked for.

    Parameters
    ----------
    ufunc : {numpy.square, numpy.multiply}
    factors : tuple of Encoded
        One or two, real and of one dtype.
    """

    factors: tuple[Encoded, ...]

    is_paged = True
    elsewhere: ClassVar[Mapping[str, str]] = {"express": "ufuncs.dispatch"}

    __slots__ = ("expressed", "factors", "ufunc")

    def __init__(self, ufunc: np.ufunc, factors: tuple[Encoded, ...]) -> None:
        self.ufunc = ufunc
        self.factors = factors
        self.expressed: Source | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        # What ufuncs have made of the two is made again where it is asked for.
        return Products, (self.ufunc, self.factors)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.factors[0].shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.factors[0].dtype

    @property
    def nbytes(self) -> int:
        """Bytes stored: those of the factors, each counted once."""
        return sum({id(x): x.nbytes for x in self.factors}.values())

    @property
    def label(self) -> str:
        return "product of packed arrays"

    @property
    def is_exact(self) -> bool:
        return all(x.is_exact for x in self.factors)

    @property
    def error(self) -> ErrorBound | None:
        return None if self.is_exact else self.express().error

    @property
    def is_bounded(self) -> bool:
        return all(x.is_bounded for x in self.factors)

    def norm_bound(self) -> float:
        return self.express().norm_bound()

    def unclosed(self) -> Source:
        return self.express().unclosed()

    def settle(self) -> Spectrum:
        return self.express().settle()

    def read(self, key: tuple[range, ...], out: Array | None = None) -> Array:
        return self.express().read(key, out)

    def dense(self) -> Array:
        return self.express().dense()

    def summed(self, axes: Sequence[int], keepdims: bool) -> Source | np.generic | None:
        """Return the sum over all axes, as the inner product of the two. O(k) or O(N)."""
        if len(axes) < len(self.shape) or self.expressed is not None:
            return None
        x, y = self.factors[0], self.factors[-1]
        total = x.inner(y)
        if total is None or not keepdims:
            return total
        one = of_one(total, len(self.shape))
        if self.is_exact:
            return one
        sizes = x.norm_bound() * y.norm_bound()
        return bounded(one, product_error(x, y) + rounds(one, sizes))

    def uncertainty(self, statistic: str, other: Source | None = None) -> Uncertainty | None:
        if statistic != "total":
            return None
        return self.factors[0].uncertainty("inner", self.factors[-1])


def products(ufunc: np.ufunc, factors: Sequence[Encoded]) -> Products | None:
    """Return the products of packed arrays of one space; None for others."""
    x, y = factors[0], factors[-1]
    alike = (x.shape, x.dtype, x.bases) == (y.shape, y.dtype, y.bases)
    return Products(ufunc, tuple(factors)) if alike and x.dtype.kind == "f" and x.size else None
