"""Conversions from and to other libraries, a file for each, which imports it when needed."""

from . import coordinate_files, dask, einops, pandas, pydata_sparse, scipy_sparse, xarray

__all__ = [
    "coordinate_files",
    "dask",
    "einops",
    "pandas",
    "pydata_sparse",
    "scipy_sparse",
    "xarray",
]
