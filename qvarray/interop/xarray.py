"""Let xarray index virtual arrays as it indexes ndarrays, with pointwise and orthogonal keys.

Arrays with ``__array_namespace__`` are indexed by xarray without pointwise keys, and are assigned
to at several lists as if those were points; arrays with ``__array_function__`` alone, as ndarrays
are. Virtual arrays have both. All else of xarray finds the namespace.
"""

from __future__ import annotations

from ..array.foreign import PREFER_NUMPY

PREFER_NUMPY.add("xarray.core.indexing")
