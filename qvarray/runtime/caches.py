"""`clear_caches`: give back the memory of everything that is kept for a later call."""

from __future__ import annotations

from collections.abc import Callable

_CLEARS: list[Callable[[], None]] = []


def cleared(clear: Callable[[], None]) -> None:
    """Let `clear_caches` call `clear`; for a module that keeps something."""
    _CLEARS.append(clear)


def clear_caches() -> None:
    """Give back the memory of everything that is kept for a later call.

    That is what packed arrays were unpacked to (up to ``options.unpacked_bytes`` in all), the
    working memory that this thread reuses, and tables of bases and of orders of coefficients.
    Results stay the same; the next call makes anew what it needs. Compiled kernels stay.

    Notes
    -----
    SciPy's transforms keep their plans (twiddle factors, at most 16 lengths of each kind, about 16
    bytes times the length each); SciPy has no call that gives them back.

    Examples
    --------
    >>> import qvarray as qv
    >>> qv.clear_caches()
    """
    for clear in _CLEARS:
        clear()
