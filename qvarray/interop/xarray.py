"""Let xarray index virtual arrays as it indexes ndarrays, with pointwise and orthogonal keys.

Arrays with ``__array_namespace__`` are indexed by xarray without pointwise keys, and are assigned
to at several lists as if those were points; arrays with ``__array_function__`` alone, as ndarrays
are. Virtual arrays have both. All else of xarray finds the namespace.
"""

from __future__ import annotations

from types import FrameType
from typing import NoReturn

from ..array.foreign import answers


@answers("__array_namespace__", "xarray.core.indexing")
def _by_protocols(_x: object, _frame: FrameType) -> NoReturn:
    raise AttributeError("NumPy's protocols say more than the namespace here")
