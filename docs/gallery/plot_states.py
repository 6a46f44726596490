"""
A state of 60 qubits
====================

A state of ten entangled pairs among 60 qubits, and the outcomes of measuring four of them.
"""

import matplotlib.pyplot as plt
import numpy as np

from qvarray import gates

state = gates.zero_state(60)
for pair in range(10):
    state = gates.ry(state, 0.3 + 0.2 * pair, pair)
    state = gates.cx(state, pair, 30 + pair)
chances = np.asarray(gates.probabilities(state, [8, 9, 38, 39])).ravel()
figure, axis = plt.subplots(figsize=(5.5, 3), layout="constrained")
axis.bar([f"{index:04b}" for index in range(16)], chances)
axis.set(ylabel="probability", title=f"2**60 amplitudes, {state.nactive} eigenvalues")
axis.tick_params(axis="x", rotation=60)
plt.show()
