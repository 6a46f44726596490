"""NumPy's other functions, found by their names in the namespace: ``qv.einsum``, ``qv.pad``."""

from __future__ import annotations

from functools import lru_cache, wraps
from typing import Any

import numpy as np

from ..array.foreign import all_converted, holds_convertible
from ..core.values import ELEMENT_KINDS
from .wrapping import as_arrays


def _is_offered(obj: object) -> bool:
    """Tell whether it is a ufunc, or a function that asks arrays of other types for their rule."""
    return isinstance(obj, np.ufunc) or (
        hasattr(obj, "_implementation") and not isinstance(obj, type)
    )


def _is_computed(out: object) -> bool:
    """Tell what NumPy computed from what it tells, such as shapes and names."""
    return isinstance(out, (np.ndarray, np.generic)) and out.dtype.kind in ELEMENT_KINDS


@lru_cache(maxsize=512)
def found_in_numpy(name: str) -> Any:
    """Return the function of that name in NumPy as one of the namespace.

    It takes what NumPy's does, and sparse arrays of other libraries, and returns arrays of ours: of
    no axes where NumPy returns scalars. Raises AttributeError where NumPy has no function of that
    name that takes arrays of other types.
    """
    if name == "lib":
        return np.lib  # whose functions ask for the rules of their arguments, as xarray's do
    function = None if name.startswith("_") else getattr(np, name, None)
    if function is None or not _is_offered(function):
        raise AttributeError(f"module 'qvarray' has no attribute {name!r}", name=name)

    @wraps(function, assigned=("__doc__",), updated=())
    def call(*args: Any, **kwargs: Any) -> Any:
        if holds_convertible(args) or holds_convertible(kwargs.values()):
            args, kwargs = all_converted(args), all_converted(kwargs)
        return as_arrays(function(*args, **kwargs), _is_computed)

    # As it is found, so that it can be pickled.
    call.__name__ = call.__qualname__ = name
    call.__module__ = "qvarray"
    return call


def names_in_numpy() -> list[str]:
    """List the names that `found_in_numpy` has functions for."""
    return [name for name in np.__all__ if _is_offered(getattr(np, name))]
