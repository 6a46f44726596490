"""Truth of elements along axes: np.any, np.all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...core.rules import Tier, function_rule
from ...core.spectrum import Spectrum
from ...core.values import FEW, Axis
from ...core.whole import of_all
from ...ufuncs.reduce import of_everything
from ..common import UNSET, Operand, Output, Unset
from ..math.reductions import reduced

#: Of few elements of these kinds NumPy counts those that are true sooner than it combines them.
_COUNTED = frozenset("biufc")


def _truth(function: Callable[..., Any], ufunc: np.ufunc) -> None:
    @function_rule(Tier.CLOSED, function)
    def rule(
        a: Operand,
        axis: Axis = None,
        out: Output = None,
        keepdims: bool | Unset = UNSET,
        *,
        where: Operand | Unset = UNSET,
    ) -> Any:
        return reduced(ufunc, a, axis, None, out, keepdims=keepdims, where=where)

    is_any = ufunc is np.logical_or

    @of_all(function)
    def whole(x: Spectrum) -> np.bool_ | None:
        values = x.eigenvalues
        count = len(values)
        if count > FEW or x.dtype.kind not in _COUNTED:
            return of_everything(ufunc, x)
        true = np.count_nonzero(values)
        if is_any:
            is_true = true > 0 or (count < x.space and bool(x.fill_value))
        else:
            is_true = true == count and (count == x.space or bool(x.fill_value))
        return np.True_ if is_true else np.False_


_truth(np.any, np.logical_or)
_truth(np.all, np.logical_and)
