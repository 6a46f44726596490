"""Markowitz's portfolio.

Mean, variance and the weights of least variance of a set of assets (Markowitz, *Portfolio
Selection*, 1952).
"""

import numpy as np

ROUNDING = 32


def portfolio_variance(returns, weights):
    expected = returns.mean(axis=0)
    covariance = np.cov(returns, rowvar=False)
    variance = weights @ covariance @ weights
    inverse = np.linalg.inv(covariance)
    best = inverse.sum(axis=1) / inverse.sum()
    return {
        "mean": weights @ expected,
        "variance": variance,
        "best weights": best,
        "correlation": np.corrcoef(returns, rowvar=False),
    }


def inputs(rng):
    returns = rng.normal(0, 0.01, (60, 4))
    returns[:20, 1] = 0.0
    returns[:, 3] += 0.5 * returns[:, 0]
    return returns, np.array([0.5, 0.0, 0.0, 0.5])
