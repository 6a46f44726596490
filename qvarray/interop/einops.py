"""Let einops take virtual arrays: it computes with them as with NumPy's."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from ..array.virtual_array import VirtualQArray
from ..core.values import Array
from ..runtime.extras import require


def register() -> None:
    """Make arrays of ours tensors of einops, once.

    It is called by ``import qvarray`` where einops is imported before. Call it where it is imported
    after: ``qvarray.interop.einops.register()``.

    Raises
    ------
    MissingExtraError
        Where ``einops`` is not installed.
    """
    require("einops", "einops")
    backends: Any = sys.modules["einops._backends"]
    if any(each.framework_name == "qvarray" for each in backends.NumpyBackend.__subclasses__()):
        return

    class Backend(backends.NumpyBackend):  # type: ignore[misc]  # einops has no types
        framework_name = "qvarray"

        def is_appropriate_type(self, tensor: object) -> bool:
            return isinstance(tensor, VirtualQArray)

        def to_numpy(self, x: VirtualQArray) -> Array:
            return np.asarray(x)

    # einops finds its backends among the subclasses, and asks each by an instance of its own.
    backends._loaded_backends[Backend.framework_name] = Backend()


if "einops" in sys.modules:
    register()
