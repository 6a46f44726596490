"""A quantum circuit on a tensor.

A state of n qubits of shape (2,) * n; gates by `tensordot` and `moveaxis` or by slices in place
(Deutsch 1989). Makes the state of Greenberger, Horne and Zeilinger, and a phase on part of it.
"""

import numpy as np

ROUNDING = 4


def quantum_circuit(state):
    n = state.ndim
    hadamard = np.array([[1, 1], [1, -1]]) / np.sqrt(2)
    for qubit in (0, n - 1, n - 1):
        state[...] = np.moveaxis(np.tensordot(hadamard, state, axes=(1, qubit)), 0, qubit)
    for target in range(1, n):
        control = [slice(None)] * n
        control[target - 1] = 1
        half = state[tuple(control)]
        half[...] = np.flip(half, axis=target - 1).copy()
    state[(1,) * n] *= 1j
    probability = np.abs(state) ** 2
    single = [probability.sum(axis=tuple(set(range(n)) - {q}))[1] for q in range(n)]
    pairs = np.argwhere(probability > 0.1)
    return single, pairs, np.vdot(state, state), state.reshape(2, -1)


def inputs(rng):
    state = np.zeros((2,) * 6, complex)
    state[(0,) * 6] = 1
    return (state,)
