"""Histogram.

Counts and densities of a sample by the rule of Freedman and Diaconis (1981) for the width of the
bins, and the mode.
"""

import numpy as np


def histogram_summary(sample):
    upper, lower = np.quantile(sample, [0.75, 0.25])
    width = 2 * (upper - lower) / len(sample) ** (1 / 3)
    bins = int(np.ceil(np.ptp(sample) / width))
    counts, edges = np.histogram(sample, bins=bins)
    density, _ = np.histogram(sample, bins=edges, density=True)
    mode = counts.argmax()
    return counts, density, (edges[mode] + edges[mode + 1]) / 2


def inputs(rng):
    return (np.concatenate([np.zeros(40), rng.normal(5, 2, 80)]),)
