"""The exceptions that are qvarray's own."""

from __future__ import annotations

from .runtime.extras import MissingExtraError
from .runtime.units import memory

__all__ = [
    "DenseWarning",
    "LongWalkWarning",
    "MaterializationError",
    "MissingExtraError",
    "TimeLimitError",
    "UnknownBasisError",
]


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
    call : str, optional
        The call that would have taken them, such as ``np.cumsum``.

    Examples
    --------
    >>> raise MaterializationError(2**43, 2**32, "index a part of it", "np.cumsum")
    Traceback (most recent call last):
        ...
    qvarray.errors.MaterializationError: np.cumsum would materialise 8 TiB (8796093022208 bytes), \
more than the budget of 4 GiB (4294967296 bytes: qvarray.options.memory_budget). Instead: index a \
part of it
    """

    def __init__(self, wanted: int, budget: int, instead: str, call: str = "this") -> None:
        self.wanted = wanted
        self.budget = budget
        self.instead = instead
        self.name(call)

    def advise(self, instead: str) -> None:
        """Say what to call in its place, where that is known better."""
        self.instead = instead
        self.name(self.call)

    def name(self, call: str) -> None:
        """Say which call would have materialised that; of nested ones, the last one said."""
        self.call = call
        self.args = (
            f"{call} would materialise {_bytes(self.wanted)}, more than the budget of "
            f"{_bytes(self.budget, ': qvarray.options.memory_budget')}. Instead: {self.instead}",
        )

    def __reduce__(self) -> tuple[type[MaterializationError], tuple[int, int, str, str]]:
        return type(self), (self.wanted, self.budget, self.instead, self.call)


def _bytes(count: int, more: str = "") -> str:
    if count >> 80:
        return f"2**{count.bit_length() - 1} bytes{more}"
    return f"{memory(count)} ({count} bytes{more})"


class DenseWarning(UserWarning):
    """Issued where more is materialised than ``qvarray.options.warn_dense`` bytes.

    Examples
    --------
    >>> import warnings
    >>> import numpy as np, qvarray as qv
    >>> x = qv.from_eigenvalues([1.0], [3], 1000, basis="cosine")
    >>> with qv.options(warn_dense=4000), warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     order = np.argsort(x)
    >>> print(caught[0].message)
    np.argsort materialises 15.6 KiB (16000 bytes); qvarray.options.warn_dense is 4000
    """


class LongWalkWarning(UserWarning):
    """Issued where a walk over the pages of an array will take over a minute."""


class TimeLimitError(TimeoutError):
    """Raised where a walk would take more than ``qvarray.options.max_seconds``."""


class UnknownBasisError(ValueError):
    """Raised for the name of a basis that does not exist."""
