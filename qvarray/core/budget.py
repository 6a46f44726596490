"""The memory budget: what may be materialised."""

from __future__ import annotations

from ..errors import MaterializationError
from ..options import options

__all__ = ["fits_budget", "require_budget"]


def fits_budget(wanted: int) -> bool:
    """Tell whether `wanted` bytes may be materialised."""
    return wanted <= options.memory_budget


def require_budget(wanted: int, instead: str) -> None:
    """Raise MaterializationError where `wanted` bytes are over the budget."""
    budget = options.memory_budget
    if wanted > budget:
        raise MaterializationError(wanted, budget, instead)
