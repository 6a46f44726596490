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
        if self.absolute == 0.0:
            return 0.0
        return self.absolute / self.reference if self.reference > 0.0 else float("inf")

    @classmethod
    def unknown(cls) -> ErrorBound:
        """For what may be off by any amount."""
        return cls(float("inf"), 0.0)

    def scaled(self, factor: float) -> ErrorBound:
        return ErrorBound(self.absolute * factor, self.reference * factor)
