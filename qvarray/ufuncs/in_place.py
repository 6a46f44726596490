"""Ufuncs whose output is one of their operands, stored in full: written over, as NumPy does it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..array.foreign import NUMBERS
from ..array.virtual_array import VirtualQArray
from ..core.budget import require_budget
from ..core.spectrum import Spectrum


def write_over(ufunc: np.ufunc, inputs: tuple[Any, ...], out: Any) -> bool:
    """Compute a ufunc of one output into an operand of it, and tell whether that was done.

    Done where all elements of `out` are stored, and the other operands are numbers, or arrays of
    its shape whose elements are. O(N), without memory where nothing else holds the elements.

    `out`: an array of ours, or something else.
    """
    if type(out) is not VirtualQArray or not any(x is out for x in inputs):
        return False
    if not out.has_all_elements or out.source.error is not None:
        return False
    others: list[Any] = []
    for x in inputs:
        if type(x) is VirtualQArray and x is not out:
            held = x.source.held
            if held is None or x.source.error is not None:
                return False
            x = held
        elif type(x) not in NUMBERS and type(x) is not np.ndarray and x is not out:
            return False
        if x is not out and np.shape(x) not in ((), out.shape):
            return False
        others.append(x)

    def changed(whole: Spectrum, is_own: bool) -> Spectrum:
        before = whole.eigenvalues.reshape(whole.shape)
        if is_own:
            after = before
        else:
            require_budget(before.nbytes, "change a part of it, or raise the budget")
            after = np.empty_like(before)
        ufunc(*(before if x is out else x for x in others), out=after)
        return whole if is_own else whole.replace(eigenvalues=after.reshape(-1))

    out.change(changed)
    return True
