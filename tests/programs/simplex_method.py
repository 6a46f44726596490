"""Linear programming by the simplex method.

Dantzig's tableau (1947) with Bland's rule (1977): pivots are rank-one updates of the whole array,
in place.
"""

import numpy as np


def simplex_method(tableau, limit=50):
    rows = len(tableau) - 1
    basis = np.arange(tableau.shape[1] - 1 - rows, tableau.shape[1] - 1)
    pivots: list[tuple[int, int]] = []
    while len(pivots) < limit and (tableau[-1, :-1] < -1e-9).any():
        column = int(np.argmax(tableau[-1, :-1] < -1e-9))
        factors = tableau[:-1, column]
        ratios = np.full_like(factors, np.inf)
        np.divide(tableau[:-1, -1], factors, out=ratios, where=factors > 1e-9)
        row = int(ratios.argmin())
        tableau[row] /= tableau[row, column]
        others = tableau[:, column].copy()
        others[row] = 0
        tableau -= others[:, None] * tableau[row]
        basis[row] = column
        pivots.append((row, column))
    solution = np.zeros_like(tableau[0, :-1])
    solution[basis] = tableau[:-1, -1]
    return solution, tableau[-1, -1], pivots


def inputs(rng):
    matrix = rng.integers(0, 5, (4, 5)) * (rng.random((4, 5)) < 0.7) + 1.0
    tableau = np.zeros((5, 10))
    tableau[:4, :5], tableau[:4, 5:9], tableau[:4, 9] = matrix, np.eye(4), [20, 30, 25, 40]
    tableau[4, :5] = -rng.integers(1, 9, 5)
    return (tableau,)
