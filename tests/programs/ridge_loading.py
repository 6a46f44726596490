"""Regularisation on the diagonal.

`np.fill_diagonal`, strided flat positions and a diagonal index all reach the same elements; ridge
regression needs them (Hoerl and Kennard 1970).
"""

import numpy as np

ROUNDING = 16


def ridge_loading(gram, right, penalties=(0.1, 1.0, 10.0)):
    n = len(gram)
    diagonal = np.diagonal(gram).copy()
    solutions = []
    for penalty in penalties:
        gram.flat[:: n + 1] = diagonal + penalty
        solutions.append(np.linalg.solve(gram, right))
    i = np.arange(n)
    gram[i, i] = diagonal
    assert np.trace(gram) == diagonal.sum()
    np.fill_diagonal(gram[:, ::-1], -1)
    norms = [np.linalg.norm(s) for s in solutions]
    assert norms == sorted(norms, reverse=True)
    return np.stack(solutions), norms


def inputs(rng):
    half = np.where(rng.random((10, 10)) < 0.3, 1.0, 0.0)
    return half.T @ half, rng.integers(0, 4, 10).astype(float)
