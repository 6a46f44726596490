"""Power iteration.

The largest eigenvalue of a symmetric matrix and its eigenvector (von Mises and Pollaczek-
Geiringer 1929), and the second pair by deflation.
"""

import numpy as np

ROUNDING = 16


def power_iteration(matrix, start, steps=100):
    found = []
    for _ in range(2):
        vector = start / np.linalg.norm(start)
        for _ in range(steps):
            vector = matrix @ vector
            vector /= np.linalg.norm(vector)
        value = vector @ matrix @ vector
        vector = vector * np.sign(vector[np.argmax(np.abs(vector))])
        found.append((value, vector))
        matrix = matrix - value * np.outer(vector, vector)
    return found


def inputs(rng):
    matrix = np.diag([9.0, 5.0, 2.0, 1.0, 1.0, 0.5])
    matrix[0, 3] = matrix[3, 0] = 1.5
    matrix[1, 5] = matrix[5, 1] = -0.5
    return matrix, rng.random(6) + 0.5
