"""Bounds of arrays that functions return: of sums, extrema, quantiles, singular values."""

from __future__ import annotations

from collections.abc import Callable
from math import pi, sin
from typing import Any, Protocol

import numpy as np

from .recording import Args, Call, Called, Kwargs

_INFINITE = float("inf")


class HasDtype(Protocol):
    """What is asked of a result."""

    @property
    def dtype(self) -> np.dtype[Any]: ...


def bound_of_array(function: Called, result: HasDtype, args: Args, kwargs: Kwargs) -> float:
    """Bound the L2 norm of the error of an array that a rule has returned without a bound.

    Parameters
    ----------
    function : callable, or tuple of ufunc and str
    result : VirtualQArray
    args, kwargs : tuple, dict
        Of which some arrays are not exact.

    Returns
    -------
    float
        Infinite where nothing is known. O(k).
    """
    rule = _RULES.get(function)
    call = Call(result, args, kwargs)
    if rule is None or result.dtype.kind not in "fc" or not hasattr(call.x, "source"):
        return _INFINITE
    return rule(call)


def _of_sums(call: Call) -> float:
    bound = call.error * _folded(call) ** 0.5
    known = call.x.source.uncertainty("total") if np.size(call.result) == 1 else None
    return bound if known is None or call.is_masked else min(bound, known.bound)


def _of_means(call: Call) -> float:
    return _INFINITE if call.is_masked else call.error / _folded(call) ** 0.5


def _of_extrema(call: Call) -> float:
    # Each moves no further than the elements of its line; complex ones are in the order of words.
    return call.error if call.x.dtype.kind == "f" else _INFINITE


def _folded(call: Call) -> float:
    """Return how many elements make one of the result."""
    return call.size / max(float(np.size(call.result)), 1.0)


def _line(call: Call, default: int | None) -> int:
    """Return the length of the lines that a function goes along."""
    axis = call.argument(1, "axis", default=default)
    return call.x.size if axis is None else call.x.shape[axis] if call.x.ndim else 1


def _of_cumulative_sums(call: Call, default: int | None = None) -> float:
    n = max(_line(call, default), 1)
    # The norm of the matrix of ones below the diagonal, of which each sum rounds by n epsilon.
    norm = 0.5 / sin(pi / (4 * n + 2))
    rounded = n * float(np.finfo(call.result.dtype).eps) * call.x.source.norm_bound()
    return norm * (call.error + rounded) * (1.0 + 1e-9)


def _of_accumulate(call: Call) -> float:
    return _of_cumulative_sums(call, 0)


def _of_reduceat(call: Call) -> float:
    starts = np.asarray(call.argument(1, "indices"))
    axis = call.argument(2, "axis", default=0)
    n = call.x.shape[axis]
    # Segments that do not overlap are shorter than a line together.
    overlap = 1.0 if (starts[1:] > starts[:-1]).all() else float(starts.size)
    rounded = n * float(np.finfo(call.result.dtype).eps) * call.x.source.norm_bound()
    return (call.error + rounded) * (n * overlap) ** 0.5


def _of_quantiles(call: Call) -> float:
    # Each moves no further than the elements of its line.
    return call.error * float(np.size(call.argument(1, "q"))) ** 0.5


def _of_singular_values(call: Call) -> float:
    # Mirsky, "Symmetric gauge functions and unitarily invariant norms", Q. J. Math. 11 (1960).
    return call.error


def _of_hermitian_eigenvalues(call: Call) -> float:
    # Hoffman & Wielandt, Duke Math. J. 20 (1953), of a matrix of which one half is read.
    return 2.0**0.5 * call.error


_RULES: dict[Any, Callable[[Call], float]] = {
    **dict.fromkeys((np.sum, (np.add, "reduce")), _of_sums),
    np.mean: _of_means,
    **dict.fromkeys((np.max, np.min, np.amax, np.amin), _of_extrema),
    **dict.fromkeys([(ufunc, "reduce") for ufunc in (np.maximum, np.minimum)], _of_extrema),
    **dict.fromkeys((np.cumsum, np.cumulative_sum), _of_cumulative_sums),
    (np.add, "accumulate"): _of_accumulate,
    (np.add, "reduceat"): _of_reduceat,
    **dict.fromkeys((np.quantile, np.percentile), _of_quantiles),
    np.linalg.svdvals: _of_singular_values,
    np.linalg.eigvalsh: _of_hermitian_eigenvalues,
}
