# ruff: noqa: ARG001  rules have all arguments of NumPy's functions
"""Writing files: savez, savez_compressed; `save` and `savetxt` are dense and need no rule."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import IO, Any

import numpy as np

from ...array.virtual_array import VirtualQArray
from ...core.budget import require_budget
from ...core.rules import Tier, function_rule
from ..common import Operand

__all__: list[str] = []


def _register_savez(function: Callable[..., None]) -> None:
    """Register a function that writes some arrays to a file: none where all are over the budget."""

    @function_rule(Tier.DENSE, function)
    def rule(
        file: str | PathLike[str] | IO[Any],
        *args: Operand,
        allow_pickle: bool = True,
        **kwds: Operand,
    ) -> Any:
        arrays = [x for x in (*args, *kwds.values()) if isinstance(x, VirtualQArray)]
        wanted = sum(x.virtual_nbytes for x in arrays)
        require_budget(wanted, "save parts of it, or raise the budget")
        return NotImplemented


_register_savez(np.savez)
_register_savez(np.savez_compressed)
