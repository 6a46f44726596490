"""Maximum drawdown of a portfolio.

The deepest fall from a peak, with the days of the peak and of the trough, and the longest time
under water (Magdon-Ismail and Atiya 2004).
"""

import numpy as np


def drawdown(values):
    peaks = np.maximum.accumulate(values)
    falls = 1 - values / peaks
    trough = falls.argmax()
    peak = values[: trough + 1].argmax()
    under = np.flatnonzero(np.concatenate(([True], values >= peaks, [True])))
    return falls, int(peak), int(trough), np.diff(under).max() - 1


def inputs(rng):
    steps = np.zeros(80)
    steps[rng.integers(0, 80, 25)] = rng.normal(0, 0.05, 25)
    return (100 * np.cumprod(1 + steps),)
