"""Collatz sequences.

Steps that numbers take to reach 1 (Collatz 1937), for all at once with masks, and the highest
values on the way.
"""

import numpy as np


def collatz(numbers):
    steps = np.zeros_like(numbers)
    highest = numbers.copy()
    active = numbers > 1
    while active.any():
        odd = active & (numbers % 2 == 1)
        even = active & ~odd
        numbers[odd] = 3 * numbers[odd] + 1
        numbers[even] //= 2
        steps[active] += 1
        np.maximum(highest, numbers, out=highest)
        active = numbers > 1
    return steps, highest


def inputs(rng):
    numbers = np.ones(60, np.int64)
    numbers[rng.integers(0, 60, 20)] = rng.integers(2, 100, 20)
    return (numbers,)
