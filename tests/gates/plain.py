"""A plain dense simulator: matrices from their definitions, applied to all 2**n amplitudes."""

import numpy as np
from hypothesis import strategies as st
from scipy.linalg import block_diag, expm

I2 = np.eye(2)
X = np.array([[0, 1], [1, 0]], complex)
Y = np.array([[0, -1j], [1j, 0]])
Z = np.diag([1.0 + 0j, -1])
H = np.array([[1, 1], [1, -1]]) * 0.5**0.5
SWAP = np.eye(4)[[0, 2, 1, 3]]
PAULIS = {"I": I2, "X": X, "Y": Y, "Z": Z}


def rotation(generator):
    return lambda theta: expm(-0.5j * theta * generator)


def p(lam):
    return np.diag([1, np.exp(1j * lam)])


def u(theta, phi, lam):
    c, s = np.cos(theta / 2), np.sin(theta / 2)
    return np.array(
        [[c, -np.exp(1j * lam) * s], [np.exp(1j * phi) * s, np.exp(1j * (phi + lam)) * c]]
    )


def controlled(matrix, controls=1):
    return block_diag(np.eye(len(matrix) * (2**controls - 1)), matrix)


SX = np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2

#: Name to the number of qubits, the number of angles, and the matrix, first qubit most significant.
MATRICES = {
    "x": (1, 0, lambda: X),
    "y": (1, 0, lambda: Y),
    "z": (1, 0, lambda: Z),
    "h": (1, 0, lambda: H),
    "s": (1, 0, lambda: p(np.pi / 2)),
    "sdg": (1, 0, lambda: p(-np.pi / 2)),
    "t": (1, 0, lambda: p(np.pi / 4)),
    "tdg": (1, 0, lambda: p(-np.pi / 4)),
    "sx": (1, 0, lambda: SX),
    "sxdg": (1, 0, lambda: SX.conj().T),
    "rx": (1, 1, rotation(X)),
    "ry": (1, 1, rotation(Y)),
    "rz": (1, 1, rotation(Z)),
    "p": (1, 1, p),
    "u": (1, 3, u),
    "cx": (2, 0, lambda: controlled(X)),
    "cy": (2, 0, lambda: controlled(Y)),
    "cz": (2, 0, lambda: controlled(Z)),
    "ch": (2, 0, lambda: controlled(H)),
    "csx": (2, 0, lambda: controlled(SX)),
    "cp": (2, 1, lambda lam: controlled(p(lam))),
    "crx": (2, 1, lambda t: controlled(rotation(X)(t))),
    "cry": (2, 1, lambda t: controlled(rotation(Y)(t))),
    "crz": (2, 1, lambda t: controlled(rotation(Z)(t))),
    "cu": (2, 4, lambda t, f, lam, g: controlled(np.exp(1j * g) * u(t, f, lam))),
    "swap": (2, 0, lambda: SWAP),
    "iswap": (2, 0, lambda: SWAP @ np.diag([1, 1j, 1j, 1])),
    "cswap": (3, 0, lambda: controlled(SWAP)),
    "ccx": (3, 0, lambda: controlled(X, 2)),
    "ccz": (3, 0, lambda: controlled(Z, 2)),
    "rxx": (2, 1, rotation(np.kron(X, X))),
    "ryy": (2, 1, rotation(np.kron(Y, Y))),
    "rzz": (2, 1, rotation(np.kron(Z, Z))),
    "rzx": (2, 1, rotation(np.kron(Z, X))),
    "ecr": (2, 0, lambda: (np.kron(X, I2) - np.kron(Y, X)) * 0.5**0.5),
}


def apply(vector, matrix, qubits):
    n, m = vector.size.bit_length() - 1, len(qubits)
    tensor = np.asarray(matrix, complex).reshape((2,) * (2 * m))
    out = np.tensordot(tensor, vector.reshape((2,) * n), (range(m, 2 * m), qubits))
    return np.moveaxis(out, range(m), qubits).reshape(-1)


def as_matrix(vector, qubits):
    """The amplitudes by the values of some qubits, and of the others."""
    n = vector.size.bit_length() - 1
    order = [*qubits, *(q for q in range(n) if q not in qubits)]
    return vector.reshape((2,) * n).transpose(order).reshape(2 ** len(qubits), -1)


def vectors(n, rng, kind):
    """A basis state, a few amplitudes, all of them."""
    v = rng.standard_normal(2**n) + 1j * rng.standard_normal(2**n)
    keep = {"one": 1, "few": 3, "all": 2**n}[kind]
    v[rng.permutation(2**n)[keep:]] = 0
    return v / np.linalg.norm(v)


@st.composite
def steps(draw, n, names=tuple(MATRICES), most=24):
    """A random list of gates on n qubits: names, angles, qubits."""
    out = []
    for _ in range(draw(st.integers(0, most))):
        name = draw(st.sampled_from(names))
        qubits, angles, _ = MATRICES[name]
        chosen = draw(st.permutations(range(n)))[:qubits]
        angle = st.integers(-8, 8).map(lambda k: k * np.pi / 4) | st.floats(-7, 7)
        out.append((name, [draw(angle) for _ in range(angles)], chosen))
    return out
