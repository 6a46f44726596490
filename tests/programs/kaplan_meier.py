"""Survival curve.

The product over the times of death of the share that survived (Kaplan and Meier 1958), with
censored observations and Greenwood's variance (1926).
"""

import numpy as np


def kaplan_meier(times, died):
    order = np.lexsort((~died, times))
    times, died = times[order], died[order]
    moments, index, counts = np.unique(times, return_index=True, return_counts=True)
    deaths = np.add.reduceat(died.astype(int), index)
    at_risk = len(times) - index
    keep = deaths > 0
    moments, deaths, at_risk = moments[keep], deaths[keep], at_risk[keep]
    survival = np.cumprod(1 - deaths / at_risk)
    left = at_risk - deaths
    term = np.zeros_like(survival)
    np.divide(deaths, at_risk * left, out=term, where=left > 0)
    variance = survival**2 * np.cumsum(term)
    half = moments[np.argmax(survival <= 0.5)] if (survival <= 0.5).any() else None
    return moments, survival, variance, half, counts.max()


def inputs(rng):
    times = np.where(rng.random(40) < 0.3, 12, rng.integers(1, 12, 40))
    return times, (rng.random(40) < 0.6) & (times < 12)
