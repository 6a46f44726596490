"""Numba's decorator, for installations where nothing can be cached."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba

__all__ = ["njit"]


def njit(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """As `numba.njit`; without its cache where no folder for that can be written to.

    Kernels are then compiled anew in every process.
    """

    def decorated(kernel: Callable[..., Any]) -> Any:
        try:
            return numba.njit(**options)(kernel)
        except RuntimeError as error:
            if "no locator available" not in str(error):
                raise
            return numba.njit(**{**options, "cache": False})(kernel)

    return decorated
