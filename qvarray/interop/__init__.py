"""Conversions from and to other libraries, a file for each, which imports it when needed."""

from . import dask, einops, pydata_sparse, scipy_sparse, xarray

__all__ = ["dask", "einops", "pydata_sparse", "scipy_sparse", "xarray"]
