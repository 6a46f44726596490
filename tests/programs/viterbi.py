"""Viterbi's algorithm.

The most likely path through the states of a hidden Markov model (Viterbi 1967), in logarithms.
"""

import numpy as np


def viterbi(start, transition, emission, observations):
    steps = len(observations)
    log_transition = np.log(np.maximum(transition, 1e-12))
    log_emission = np.log(np.maximum(emission, 1e-12))
    score = np.log(start) + log_emission[:, observations[0]]
    origin = np.zeros_like(observations, shape=(steps, len(start)))
    for t in range(1, steps):
        candidates = score[:, None] + log_transition
        origin[t] = candidates.argmax(axis=0)
        score = candidates.max(axis=0) + log_emission[:, observations[t]]
    path = np.empty_like(observations)
    path[-1] = score.argmax()
    for t in range(steps - 1, 0, -1):
        path[t - 1] = origin[t, path[t]]
    return path, score.max()


def inputs(rng):
    transition = np.array([[0.9, 0.1, 0], [0, 0.8, 0.2], [0.3, 0, 0.7]])
    emission = np.array([[0.7, 0.3, 0], [0, 0.6, 0.4], [0.5, 0, 0.5]])
    return np.array([0.5, 0.25, 0.25]), transition, emission, rng.integers(0, 3, 25)
