"""What differs between the versions of NumPy that this works with: a table.

Rules ask here, and compare no version numbers. Which parameters a function has is asked of NumPy
itself.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any

import numpy as np

_VERSION = tuple(int(part) for part in re.findall(r"\d+", np.__version__)[:3])


class Behaviour(StrEnum):
    """What NumPy does from some version on."""

    EMPTY_SELECTIONS_ARE_CHECKED = "positions out of bounds are refused where nothing is selected"
    AUTO_BINS_ARE_NOT_SMALL = "np.histogram's auto rule has bins of half those of sqrt at least"
    BINCOUNT_REFUSES_NONE = "np.bincount refuses None as minlength"
    DOT_OF_NUMBERS_WARNS = "np.dot and np.inner with an array of no dimensions warn of NaN"
    NORM_OF_NOTHING = "np.linalg.norm of no elements is 0 where it is the largest of them"
    CHOOSE_ONLY_WRITES_OUT = "np.choose does not warn of an out that it would read"
    COND_IS_REAL = "np.linalg.cond is real of complex matrices, by any norm"
    FIX_IS_TRUNC = "np.fix is one ufunc"
    SIZE_OF_AXES = "np.size takes several axes"
    TRIM_ZEROS_OF_AXES = "np.trim_zeros takes several axes, and looks at that of a vector"
    PAD_TAKES_A_DICT = "np.pad takes widths by axis"
    QUANTILES_OF_WEAK_Q = "a quantile is of the elements' dtype where q is an int or a float"
    NO_DOT_AFTER_EMPTY_SLICE = "the warning of np.mean ends without a dot"
    TENSORDOT_CHECKS_DUPLICATES = "np.tensordot refuses axes that are given twice, as such"
    SETTING_SHAPE_IS_DEPRECATED = "assigning to the shape of an array warns"
    FIX_IS_DEPRECATED = "np.fix warns"
    TAKE_READS_ANY_OUT = "np.take and np.compress warn of an out of another kind"
    WHERE_CONVERTS_NUMBERS_FIRST = "np.where refuses an int that is out of bounds"
    CROSS_OF_3_COMPONENTS = "np.cross refuses vectors of two"
    EIGENVALUES_ARE_COMPLEX = "np.linalg.eig and eigvals are complex for every matrix"
    EVERY_FFT_WRITES_OUT = "np.fft.hfft, ifft2 and irfft2 write their out"


#: The first version that does it.
SINCE = {
    Behaviour.EMPTY_SELECTIONS_ARE_CHECKED: (2, 3),
    Behaviour.AUTO_BINS_ARE_NOT_SMALL: (2, 3),
    Behaviour.BINCOUNT_REFUSES_NONE: (2, 3),
    Behaviour.DOT_OF_NUMBERS_WARNS: (2, 3),
    Behaviour.NORM_OF_NOTHING: (2, 3),
    Behaviour.CHOOSE_ONLY_WRITES_OUT: (2, 3),
    Behaviour.COND_IS_REAL: (2, 3, 3),
    Behaviour.FIX_IS_TRUNC: (2, 4),
    Behaviour.SIZE_OF_AXES: (2, 4),
    Behaviour.TRIM_ZEROS_OF_AXES: (2, 4),
    Behaviour.PAD_TAKES_A_DICT: (2, 4),
    Behaviour.QUANTILES_OF_WEAK_Q: (2, 4),
    Behaviour.NO_DOT_AFTER_EMPTY_SLICE: (2, 4),
    Behaviour.TENSORDOT_CHECKS_DUPLICATES: (2, 4, 2),
    Behaviour.SETTING_SHAPE_IS_DEPRECATED: (2, 5),
    Behaviour.FIX_IS_DEPRECATED: (2, 5),
    Behaviour.TAKE_READS_ANY_OUT: (2, 5),
    Behaviour.WHERE_CONVERTS_NUMBERS_FIRST: (2, 5),
    Behaviour.CROSS_OF_3_COMPONENTS: (2, 5),
    Behaviour.EIGENVALUES_ARE_COMPLEX: (2, 5),
    Behaviour.EVERY_FFT_WRITES_OUT: (2, 5),
}

_DOES = frozenset(behaviour for behaviour, first in SINCE.items() if first <= _VERSION)


def has(behaviour: Behaviour) -> bool:
    """Tell whether this NumPy does it."""
    return behaviour in _DOES


#: What NumPy says of the mean of no elements.
MEAN_OF_NOTHING = "Mean of empty slice" + "." * (not has(Behaviour.NO_DOT_AFTER_EMPTY_SLICE))

#: What it says where `SETTING_SHAPE_IS_DEPRECATED`.
SETTING_SHAPE = (
    "Setting the shape on a NumPy array has been deprecated in NumPy 2.5.\n"
    "As an alternative, you can create a new view using np.reshape (with copy=False if needed)."
)


def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of the parameters of a function; none of one in C.

    ``inspect.signature`` tells the same, and takes 13 ms for all functions that have a rule.
    """
    code = getattr(getattr(function, "__wrapped__", function), "__code__", None)
    return () if code is None else code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def known(function: Callable[..., Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return those keyword arguments that this NumPy's function, not one in C, takes."""
    names = _parameters(function)
    return {name: value for name, value in kwargs.items() if name in names}


def covered(function: Callable[..., Any], rule: Callable[..., Any]) -> Callable[..., Any]:
    """Make a rule decline calls of its function with arguments that the rule lacks.

    Older versions of NumPy have parameters that were taken away since, later ones will have new
    ones. Where this version's function has none that the rule lacks, the rule itself is returned.
    What the function lacks and the rule has, NumPy refuses before it asks for a rule.
    """
    code = rule.__code__
    if code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS):
        return rule
    rest = {*_parameters(function)} - {*_parameters(rule), "like"}
    if not rest:
        return rule
    most = code.co_argcount

    @wraps(rule)
    def call(*args: object, **kwargs: object) -> object:
        if len(args) > most or not rest.isdisjoint(kwargs):
            return NotImplemented
        return rule(*args, **kwargs)

    return call
