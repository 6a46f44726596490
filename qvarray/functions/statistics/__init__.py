"""Rules of NumPy's statistics. Importing this registers them."""

from . import correlation, histograms, nan_reductions, quantiles, reductions, similarity

__all__ = ["correlation", "histograms", "nan_reductions", "quantiles", "reductions", "similarity"]
