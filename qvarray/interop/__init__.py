"""Conversions from and to other libraries, a file for each, which imports it when needed."""

from . import pydata_sparse, scipy_sparse

__all__ = ["pydata_sparse", "scipy_sparse"]
