"""Fibonacci numbers and words.

Numbers by powers of a matrix, Zeckendorf's representation (1972) of integers as bits, and the
infinite word by repeated concatenation.
"""

import numpy as np


def fibonacci_words(step, numbers):
    fibonacci = np.stack([np.linalg.matrix_power(step, i) for i in range(1, 20)])[:, 0, 0]
    bits = np.zeros_like(numbers, shape=(len(numbers), len(fibonacci)), dtype=bool)
    rest = numbers.copy()
    for i in range(len(fibonacci) - 1, -1, -1):
        use = rest >= fibonacci[i]
        bits[:, i] = use
        rest -= np.where(use, fibonacci[i], 0)
    assert not rest.any()
    assert not (bits[:, 1:] & bits[:, :-1]).any()
    assert np.array_equal(bits @ fibonacci, numbers)
    old, word = numbers[:1] * 0 + 1, numbers[:1] * 0
    for _ in range(6):
        old, word = word, np.concatenate((word, old))
    return fibonacci, bits, word, np.flatnonzero(word)[:5]


def inputs(rng):
    numbers = np.ones(30, np.int64)
    numbers[::2] = rng.integers(1, 5000, 15)
    return np.array([[1, 1], [1, 0]]), numbers
