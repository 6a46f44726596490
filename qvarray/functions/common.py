"""What the rules share: arguments as spectra, and results written to outputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..array.views import settled
from ..array.virtual_array import VirtualQArray
from ..core.spectrum import Spectrum
from ..ops.basis_change import sparse

__all__ = ["delivered", "given", "spectrum_of", "standard_of"]


def given(**kwargs: Any) -> dict[str, Any]:
    """The arguments that were passed: those that are not ``np._NoValue``."""
    return {name: value for name, value in kwargs.items() if value is not np._NoValue}


def spectrum_of(obj: Any) -> Spectrum:
    """An array-like as a Spectrum, in the basis it has. O(k), or O(N) for an ndarray.

    Raises
    ------
    TypeError
        Where the elements are neither numbers nor bool.
    MaterializationError
        For an expression that is over the memory budget.
    """
    if isinstance(obj, VirtualQArray):
        return obj.spectrum
    array = np.asarray(obj)
    if array.dtype.kind not in "biufc":
        raise TypeError(f"elements must be numbers or bool, got dtype {array.dtype!r}")
    return sparse(array.astype(array.dtype.newbyteorder("="), copy=False))


def standard_of(obj: Any) -> Spectrum:
    """An array-like as a Spectrum in the standard basis. O(k) if it is in that basis."""
    return settled(spectrum_of(obj))


def delivered(result: Any, out: Any, casting: Any = "same_kind") -> Any:
    """`result`, or `out` with it written there, if that is an array.

    Raises
    ------
    TypeError
        Where `out` is no array, or cannot hold the dtype of the result.
    ValueError
        Where the shapes differ.
    """
    if out is None:
        return result
    if not isinstance(out, (VirtualQArray, np.ndarray)):
        raise TypeError("return arrays must be of ArrayType")
    if np.shape(result) != out.shape:
        raise ValueError(
            f"output array has shape {out.shape}, but the result has shape {np.shape(result)}"
        )
    written: Any = out
    np.copyto(written, result, casting=casting)
    return out
