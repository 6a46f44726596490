"""Whether the eigenvalues of an array are its own, so that they may be written in place."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from ..core.source import Source
from ..core.spectrum import Spectrum, constant
from ..sources.permuted import Permuted


class _Holder(Protocol):
    _source: Source


def _held(holder: object, name: str) -> int:
    """Count the references to an attribute, by the same instructions every time."""
    value = getattr(holder, name)
    return sys.getrefcount(value)


class _One:
    """What holds an object that nothing else holds."""

    def __init__(self) -> None:
        self._source = constant(np.float64(0), (1,))


#: Whether references can be counted: other threads run while no lock of the interpreter is held.
_ARE_COUNTED = hasattr(sys, "getrefcount") and getattr(sys, "_is_gil_enabled", lambda: True)()

#: What `_held` counts where the holder is the only one.
_ONCE = _held(_One(), "_source") if _ARE_COUNTED else 0


def holds_alone(holder: object, name: str) -> bool:
    """Tell whether nothing but an attribute refers to what it is, no variable of the caller."""
    return _ARE_COUNTED and _held(holder, name) == _ONCE


def are_its_own(array: _Holder, views: Sequence[_Holder]) -> bool:
    """Tell whether all elements are stored, and only an array and some of its views hold them.

    Copies of the array, expressions, ndarrays that share the memory and calls of other threads
    hold the eigenvalues too, so that they are counted as references to them.

    `array`: no variable of the caller may hold its source.
    """
    if not _ARE_COUNTED:
        return False
    turned = 0
    for view in views:
        # A transposed view holds the array's source itself.
        if isinstance(view._source, Permuted) and view._source.unpermuted is array._source:
            if _held(view, "_source") != _ONCE:
                return False
            turned += 1
    if _held(array, "_source") != _ONCE + turned:
        return False
    source = array._source
    if not isinstance(source, Spectrum) or source.active_indices is not None:
        return False
    if not source.is_standard:
        return False
    own = _held(source, "eigenvalues") - _ONCE
    whole = source.eigenvalues
    root = whole if whole.base is None else whole.base
    if type(root) is not np.ndarray or not (root.flags.owndata and whole.flags.writeable):
        return False
    of_root = own if root is whole else _held(whole, "base") - _ONCE
    if root is not whole:
        of_root -= 1  # the variable
    for view in views:
        holder, name = _holder_of_spectrum(view)
        seen = getattr(holder, name)
        if not isinstance(seen, Spectrum):
            continue
        values = seen.eigenvalues
        if values is not whole and values.base is not root:
            continue
        del seen
        is_held_elsewhere = holder is not view and _held(view, "_source") != _ONCE + 1
        if is_held_elsewhere or _held(holder, name) != _ONCE:
            return False
        if values is whole:
            own -= 1
            of_root -= root is whole
            continue
        del values
        if _held(getattr(holder, name), "eigenvalues") != _ONCE:
            return False
        of_root -= 1
        own -= root is whole
    return own == 0 and of_root == 0


def _holder_of_spectrum(view: _Holder) -> tuple[object, str]:
    """Return what holds the spectrum that a view shows, and as which attribute."""
    source = view._source
    return (source, "unpermuted") if isinstance(source, Permuted) else (view, "_source")
