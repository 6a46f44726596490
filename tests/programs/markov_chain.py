"""Stationary distribution of a Markov chain.

By a linear system, by powers of the matrix and by the leading left eigenvector (Markov 1906;
Perron 1907); and the time to reach one state.
"""

import numpy as np

ROUNDING = 16


def markov_chain(transition, goal=0):
    n = len(transition)
    system = (np.eye(n) - transition).T
    system[-1] = 1
    right = np.zeros_like(system[0])
    right[-1] = 1
    stationary = np.linalg.solve(system, right)
    power = np.linalg.matrix_power(transition, 256)
    assert np.allclose(power, stationary)
    values, vectors = np.linalg.eig(transition.T)
    leading = vectors[:, np.argmax(values.real)].real
    assert np.allclose(leading / leading.sum(), stationary)
    others = np.delete(np.arange(n), goal)
    part = transition[np.ix_(others, others)]
    time = np.linalg.inv(np.eye(n - 1) - part).sum(axis=1)
    return stationary, np.insert(time, goal, 0.0), np.linalg.matrix_rank(transition)


def inputs(rng):
    n = 8
    counts = np.eye(n) + 2 * np.eye(n, k=1) + np.eye(n, k=-1)
    counts[-1, 0] = 3
    return (counts / counts.sum(axis=1, keepdims=True),)
