"""Linear regression.

Least squares with an intercept, by `lstsq` and by the normal equations (Gauss 1809), with the
coefficient of determination.
"""

import numpy as np

ROUNDING = 16


def linear_regression(features, target):
    design = np.column_stack([np.ones(len(features)), features])
    coefficients, _, rank, _ = np.linalg.lstsq(design, target, rcond=None)
    normal = np.linalg.solve(design.T @ design, design.T @ target)
    residual = target - design @ coefficients
    total = target - target.mean()
    r2 = 1 - (residual @ residual) / (total @ total)
    return coefficients, normal, int(rank), r2


def inputs(rng):
    features = np.where(rng.random((50, 3)) < 0.4, rng.standard_normal((50, 3)), 0)
    target = features @ [2.0, -1.0, 0.5] + 3 + 0.1 * rng.standard_normal(50)
    return features, target
