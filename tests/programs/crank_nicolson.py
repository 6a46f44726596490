"""Diffusion by the method of Crank and Nicolson.

Half explicit and half implicit (1947), with a tridiagonal matrix from `np.diag`: how a pulse
widens.
"""

import numpy as np

ROUNDING = 16


def crank_nicolson(profile, number=0.4, steps=10):
    n = len(profile)
    second = np.diag(np.full(n, -2.0)) + np.diag(np.ones(n - 1), 1) + np.diag(np.ones(n - 1), -1)
    left, right = np.eye(n) - number / 2 * second, np.eye(n) + number / 2 * second
    advance = np.linalg.inv(left) @ right
    course = [profile.copy()]
    for _ in range(steps):
        profile[:] = np.linalg.solve(left, right @ profile)
        course.append(advance @ course[-1])
    assert np.allclose(course[-1], profile)
    width = [np.sqrt(np.average((np.arange(n) - n // 2) ** 2, weights=row)) for row in course]
    assert width == sorted(width)
    return np.vstack(course), width


def inputs(rng):
    profile = np.zeros(21)
    profile[10] = 1.0
    return (profile,)
