"""Permutation test.

Whether two groups differ, by the differences of means under given shuffles of the labels (Fisher
1935), and the test of runs above and below the median (Wald and Wolfowitz 1940).
"""

import numpy as np


def permutation_test(values, first, shuffles):
    def difference(member):
        n = member.sum(axis=-1)
        inside = np.where(member, values, 0).sum(axis=-1)
        return inside / n - (values.sum() - inside) / (values.size - n)

    observed = difference(first)
    null = difference(first[shuffles])
    p = (1 + np.sum(np.abs(null) >= abs(observed))) / (1 + len(null))
    above = values > np.median(values)
    runs = 1 + (above[1:] ^ above[:-1]).sum()
    edges = np.quantile(null, [0.05, 0.95], method="nearest")
    return observed, p, runs, np.sort(null)[::10], edges


def inputs(rng):
    values = np.where(rng.random(24) < 0.4, 0, rng.integers(0, 16, 24))
    shuffles = np.array([rng.permutation(24) for _ in range(60)])
    return values, np.arange(24) < 12, shuffles
