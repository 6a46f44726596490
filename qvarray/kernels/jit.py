"""Numba's decorator, for installations where not everything can be cached."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
from numba.core.caching import FunctionCache

__all__ = ["inner", "njit", "problem"]

_NO_FOLDER = "no folder for it can be written to; NUMBA_CACHE_DIR may name one"

_problems: list[str] = []


def problem() -> str | None:
    """What has kept a kernel from being cached, if anything has."""
    return _problems[-1] if _problems else None


class _Cache(FunctionCache):
    """Where files cannot be read or written, kernels are compiled anew."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except OSError as error:
            _problems.append(str(error))
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)
        except OSError as error:
            _problems.append(str(error))


def njit(cache: bool = False, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """As `numba.njit`; without its cache where no folder for that can be written to.

    Kernels are then compiled anew in every process.
    """

    def decorated(kernel: Callable[..., Any]) -> Any:
        dispatcher = numba.njit(**options)(kernel)
        if cache:
            try:
                dispatcher._cache = _Cache(kernel)
            except RuntimeError as error:
                if "no locator available" not in str(error):
                    raise
                _problems.append(_NO_FOLDER)
        return dispatcher

    return decorated


#: For what is called from kernels alone: it is compiled into those, and has no cache of its own.
inner = njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
