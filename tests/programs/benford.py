"""Benford's law.

The leading digits of numbers (Newcomb 1881, Benford 1938), counted and compared with the
logarithmic law; numbers are powers and products in 64 bits.
"""

import numpy as np

ROUNDING = 4


def benford(amounts):
    positive = amounts[amounts > 0]
    digits = positive.copy()
    while (digits >= 10).any():
        digits[digits >= 10] //= 10
    counts = np.bincount(digits, minlength=10)[1:]
    law = np.log10(1 + 1 / np.arange(1, 10))
    share = counts / counts.sum()
    chi2 = (len(positive) * (share - law) ** 2 / law).sum()
    length = np.floor(np.log10(positive)).astype(int) + 1
    text = [len(str(v)) for v in positive]
    assert length.tolist() == text
    amounts[amounts > 0] = digits
    return counts, share, chi2, length.max(), f"{share[0]:.0%}"


def inputs(rng):
    amounts = np.zeros(120, np.int64)
    amounts[::2] = np.floor(10 ** rng.uniform(0, 7, 60)).astype(int)
    return (amounts,)
