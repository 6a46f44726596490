"""Masked arrays: their masks have no place here, and are not dropped without a word."""

from __future__ import annotations

from typing import Any

import numpy as np


def is_masked(kind: type[Any]) -> bool:
    """Tell whether a type is that of a masked array; without importing ``numpy.ma``."""
    return (
        kind is not np.ndarray
        and issubclass(kind, np.ndarray)
        and any(base.__module__.startswith("numpy.ma") for base in kind.__mro__)
    )


def refuse_masked(obj: object) -> None:
    """Raise TypeError for a masked array."""
    if is_masked(type(obj)):
        raise TypeError("a masked array's mask would be lost: pass x.filled(value), or x.data")
