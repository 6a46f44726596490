"""Mixture of two Gaussians.

Expectation and maximisation in turn (Dempster, Laird and Rubin 1977), with the logarithm of the
likelihood by `logaddexp`.
"""

import numpy as np

ROUNDING = 64


def gaussian_mixture(sample, means, spreads, steps=12):
    share = np.array([0.5, 0.5])
    likelihood = []
    for _ in range(steps):
        distance = (sample[:, None] - means) / spreads
        logs = np.log(share) - np.log(spreads) - 0.5 * distance**2
        total = np.logaddexp(logs[:, 0], logs[:, 1])
        likelihood.append(float(total.sum()))
        belief = np.exp(logs - total[:, None])
        weight = belief.sum(axis=0)
        share = weight / len(sample)
        means[:] = (belief * sample[:, None]).sum(axis=0) / weight
        square = (sample[:, None] - means) ** 2
        spreads[:] = np.sqrt(np.average(square, axis=0, weights=belief))
    assert np.all(np.diff(likelihood) > -1e-9)
    return share, likelihood[-1], belief[:, 0] > 0.5


def inputs(rng):
    sample = np.concatenate([np.zeros(10), rng.normal(0, 1, 30), rng.normal(6, 2, 40)])
    return sample, np.array([-1.0, 5.0]), np.array([1.0, 1.0])
