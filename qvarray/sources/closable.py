"""Sums and products that have coefficients in a basis, which nobody has asked for yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..bases import Basis
from ..core.error_bound import ErrorBound
from ..core.source import AxisKey, Source
from ..core.spectrum import Spectrum
from ..core.values import Array
from .expression import Expression

#: Returns the coefficients of a ufunc of operands, or None where it is not closed.
Close = Callable[[np.ufunc, list[Any]], Spectrum | None]


class Closable(Expression):
    """An expression that is closed on coefficients, of which there are many. Immutable.

    Pages are cheaper of the operands, so that ufunc after ufunc is applied to their elements;
    everything else is told by the coefficients, which are computed when they are first asked for.

    Parameters
    ----------
    ufunc, operands, shape, dtype
        As for an expression; the operands have coefficients in the same bases.
    most : int
        A bound on the number of coefficients.
    close : callable
        Computes them.
    """

    most: int
    depth: int

    # Coefficients tell the norm.
    is_paged = False

    __slots__ = ("_close", "_closed", "_is_known", "depth", "most")

    def __init__(
        self,
        ufunc: np.ufunc,
        operands: tuple[Any, ...],
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        most: int,
        close: Close,
    ) -> None:
        super().__init__(ufunc, operands, shape, dtype, {})
        self.most = most
        self.depth = 1 + max(x.depth if isinstance(x, Closable) else 0 for x in operands)
        self._close = close
        self._closed: Spectrum | None = None
        self._is_known = False

    @property
    def bases(self) -> tuple[Basis, ...]:
        """Those of the coefficients."""
        known = (x for x in self.operands if isinstance(x, (Closable, Spectrum)))
        return next(known).bases

    @property
    def stored(self) -> Spectrum | None:
        """The coefficients; None where they turn out to be too many, or not to be finite."""
        if not self._is_known:
            operands = [x.stored if isinstance(x, Source) else x for x in self.operands]
            if all(x is not None for x in operands):
                self._closed = self._close(self.ufunc, operands)
            # Last, as other threads look at it first.
            self._is_known = True
        return self._closed

    def parameters(self) -> tuple[Any, ...]:
        return _closable, self.ufunc, self.shape, self.dtype, self.most, self._close

    @property
    def nbytes(self) -> int:
        """Bytes stored: those of the operands, and of the coefficients once they are known."""
        return super().nbytes + (0 if self._closed is None else self._closed.nbytes)

    @property
    def error(self) -> ErrorBound | None:
        if self.is_exact:
            return None
        closed = self.stored
        return super().error if closed is None else closed.error

    def norm_bound(self) -> float:
        closed = self.stored
        return super().norm_bound() if closed is None else closed.norm_bound()

    def settle(self) -> Spectrum:
        closed = self.stored
        return super().settle() if closed is None else closed

    def dense(self) -> Array:
        return super().settle().eigenvalues.reshape(self.shape)

    def express(self) -> Source:  # type: ignore[override]
        closed = self.stored
        return self if closed is None else closed

    def unclosed(self) -> Source:
        return self

    def part(self, key: Sequence[AxisKey]) -> Any:
        closed = self.stored
        return super().part(key) if closed is None else closed.part(key)

    def permuted(self, axes: Sequence[int]) -> Source:  # type: ignore[override]
        closed = self.stored
        return super().permuted(axes) if closed is None else closed.permuted(axes)


def _closable(operands: tuple[Any, ...], ufunc: np.ufunc, *parameters: Any) -> Closable:
    return Closable(ufunc, operands, *parameters)
