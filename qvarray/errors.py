"""The exceptions that are qvarray's own."""

from __future__ import annotations

__all__ = ["MaterializationError", "MissingExtraError", "UnknownBasisError"]


class MaterializationError(MemoryError):
    """Raised instead of materialising more elements than the memory budget allows.

    Parameters
    ----------
    wanted : int
        Bytes that the operation would have taken.
    budget : int
        Bytes that it may take (``qvarray.options.memory_budget``).
    instead : str
        What to call in its place.
    """

    def __init__(self, wanted: int, budget: int, instead: str) -> None:
        self.wanted = wanted
        self.budget = budget
        self.instead = instead
        super().__init__(
            f"this would materialise {wanted} bytes; the memory budget is {budget} bytes "
            f"(qvarray.options.memory_budget). Instead: {instead}"
        )

    def __reduce__(self) -> tuple[type[MaterializationError], tuple[int, int, str]]:
        return type(self), (self.wanted, self.budget, self.instead)


class MissingExtraError(ImportError):
    """Raised where an optional dependency is not installed; the message says what to install."""


class UnknownBasisError(ValueError):
    """Raised for the name of a basis that does not exist."""
