"""Conjugate gradients.

Solves a symmetric positive definite system (Hestenes and Stiefel 1952). `x` is the first guess
and is overwritten.
"""

import numpy as np

ROUNDING = 8


def conjugate_gradient(matrix, right, x, tolerance=1e-10):
    residual = right - matrix @ x
    direction = residual.copy()
    energy = residual @ residual
    for _ in range(len(right)):
        if np.sqrt(energy) < tolerance:
            break
        image = matrix @ direction
        step = energy / (direction @ image)
        x += step * direction
        residual -= step * image
        energy, last = residual @ residual, energy
        direction *= energy / last
        direction += residual
    return np.allclose(matrix @ x, right)


def inputs(rng):
    n = 24
    matrix = 4 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)
    right = np.zeros(n)
    right[[3, 17]] = rng.random(2)
    return matrix, right, np.zeros(n)
