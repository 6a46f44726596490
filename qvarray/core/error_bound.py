"""`ErrorBound`: how far an array may be from what it stands for."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["ErrorBound"]


class ErrorBound(NamedTuple):
    """How far an array may be from the one that it stands for.

    Attributes
    ----------
    absolute : float
        An upper bound on the L2 norm of the difference.
    reference : float
        A lower bound on the L2 norm of what it stands for.
    """

    absolute: float
    reference: float

    @property
    def relative(self) -> float:
        """An upper bound on the relative L2 error."""
        if self.absolute == 0.0:
            return 0.0
        return self.absolute / self.reference if self.reference > 0.0 else float("inf")

    @classmethod
    def of(cls, absolute: float, size: float) -> ErrorBound:
        """Bound the error of an array of L2 norm `size` that is off by at most `absolute`.

        Examples
        --------
        >>> ErrorBound.of(0.5, 2.0), ErrorBound.of(3.0, 2.0).reference
        (ErrorBound(absolute=0.5, reference=1.5), 0.0)
        """
        return cls(absolute, max(0.0, size - absolute))

    @classmethod
    def unknown(cls) -> ErrorBound:
        """Bound what may be off by any amount."""
        return cls(float("inf"), 0.0)

    def scaled(self, factor: float) -> ErrorBound:
        """Return the bound of the array times a number of that absolute value."""
        return ErrorBound(self.absolute * factor, self.reference * factor)
