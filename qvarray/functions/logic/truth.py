"""Truth of elements along axes: np.any, np.all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...core.rules import Tier, function_rule
from ...core.values import Axis
from ..common import UNSET, Operand, Output, Unset
from ..math.reductions import reduced


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


_truth(np.any, np.logical_or)
_truth(np.all, np.logical_and)
