"""Exponential of a matrix.

Scaling and squaring with a Taylor series (Moler and Van Loan, *Nineteen Dubious Ways*, 1978), for
a chain of decays that keeps the total.
"""

import numpy as np

ROUNDING = 16


def matrix_exponential(rates, start, times=(0.5, 1.0, 4.0)):
    generator = np.diag(-rates)
    generator[1:, :-1] += np.diag(rates[:-1])
    steps = []
    for time in times:
        matrix = generator * time
        squarings = max(0, int(np.ceil(np.log2(np.abs(matrix).sum(axis=0).max()))) + 1)
        term = total = np.eye(len(rates))
        for k in range(1, 16):
            term = term @ (matrix / 2**squarings) / k
            total = total + term
        for _ in range(squarings):
            total = total @ total
        steps.append(total @ start)
    history = np.vstack(steps)
    assert np.allclose(history.sum(axis=1), start.sum())
    return history


def inputs(rng):
    start = np.zeros(6)
    start[0] = 100.0
    return np.array([2.0, 1.0, 0.5, 3.0, 0.25, 0.0]), start
