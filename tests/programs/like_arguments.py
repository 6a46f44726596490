"""New arrays like an argument.

Functions that make arrays take `like=` to make them of the kind of another array: the same
library code then serves arrays of every kind.
"""

import numpy as np


def like_arguments(x):
    n = len(x)
    grid = np.zeros((n, n), dtype=int, like=x)
    grid[np.arange(n, like=x), x % n] = 1
    ramp = np.arange(0, 2 * n, 2, like=x)
    parts = [
        np.ones(3, like=x),
        np.full((2, 2), 7, like=x),
        np.empty(0, like=x),
        np.eye(n, k=1, dtype=bool, like=x),
        np.identity(3, like=x),
        np.tri(4, like=x),
        np.array([1.5, 0, 0], like=x),
        np.asarray([[1], [2]], like=x),
        np.asanyarray(range(4), like=x),
        np.ascontiguousarray([0, 0, 1], like=x),
        np.fromfunction(lambda i, j: i * j, (3, 4), dtype=int, like=x),
        np.fromiter((i % 3 for i in range(6)), int, like=x),
        np.fromstring("1 0 0 2", sep=" ", like=x),
        np.frombuffer(bytearray(b"abc"), np.uint8, like=x),
    ]
    x[: len(ramp) // 2] += ramp[: len(ramp) // 2]
    return grid, parts, ramp


def inputs(rng):
    return (rng.integers(0, 4, 12) * (rng.random(12) < 0.5),)
