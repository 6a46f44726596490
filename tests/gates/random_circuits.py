"""Random circuits of named gates on some qubits."""

import numpy as np

from qvarray import gates as g

NAMES = ("h", "x", "t", "rx", "ry", "u", "cx", "cz", "cp", "rxx", "swap", "ccx")


def random_circuit(r, n, size, where=None, names=NAMES):
    """Gates on some qubits of n."""
    where = range(n) if where is None else where
    circuit = g.Circuit(n)
    for name in r.choice(names, size):
        gate = {"h": (0, 1), "x": (0, 1), "t": (0, 1), "rx": (1, 1), "ry": (1, 1), "u": (3, 1),
                "cx": (0, 2), "cz": (0, 2), "cp": (1, 2), "rxx": (1, 2), "swap": (0, 2),
                "ccx": (0, 3)}[name]  # fmt: skip
        angles = r.choice([0.3, -1.1, np.pi / 2, np.pi / 4], gate[0])
        circuit.append(str(name), *angles, *r.choice(where, gate[1], replace=False).tolist())
    return circuit
