"""
A circuit of Qiskit's on 40 qubits
==================================

A long chain of qubits is entangled; what is measured shows it. A dense state would take 16 TiB.
"""

import matplotlib.pyplot as plt
import numpy as np
from qiskit import QuantumCircuit

from qvarray import gates

angles = np.linspace(0, np.pi, 25)
circuits = []
for angle in angles:
    circuit = QuantumCircuit(40)
    circuit.ry(angle, 0)
    for qubit in range(39):
        circuit.cx(qubit, qubit + 1)
    circuits.append(circuit)
states = [gates.run(gates.Circuit.from_qiskit(circuit)) for circuit in circuits]

figure, axis = plt.subplots(figsize=(5.5, 3.6), layout="constrained")
for pauli, label in (("Z" + "I" * 39, "first qubit"), ("Z" + "I" * 38 + "Z", "first and last")):
    values = [gates.expectation(state, pauli) for state in states]
    axis.plot(angles, values, label=label, linewidth=2.5)
axis.set_xlabel("angle of the first gate", fontsize=13)
axis.set_ylabel("expectation of Z", fontsize=13)
axis.set_title(f"40 qubits in {max(state.nbytes for state in states)} bytes", fontsize=14)
axis.legend(fontsize=12)
plt.show()
