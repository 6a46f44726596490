"""Grover's quantum search.

A state of n qubits as a vector: the oracle flips the sign of the marked amplitudes, the diffusion
reflects all at their mean, in place (Grover 1996).
"""

import numpy as np

ROUNDING = 8


def grover_search(state, marked):
    state[:] = 1 / np.sqrt(state.size)
    rounds = int(np.pi / 4 * np.sqrt(state.size / len(marked)))
    history = []
    for _ in range(rounds):
        state[marked] *= -1
        np.subtract(2 * state.mean(), state, out=state)
        history.append(np.sum(np.abs(state[marked]) ** 2))
    probability = np.abs(state) ** 2
    return history, np.sort(np.argsort(probability)[-len(marked) :]), probability.sum()


def inputs(rng):
    state = np.zeros(256, complex)
    state[0] = 1
    return state, np.array([17, 101, 200])
