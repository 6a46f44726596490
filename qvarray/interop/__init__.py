"""Conversions from and to other libraries, a file for each, which imports it when needed."""

from . import dask, pydata_sparse, scipy_sparse

__all__ = ["dask", "pydata_sparse", "scipy_sparse"]
