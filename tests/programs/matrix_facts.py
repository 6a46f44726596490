"""What is to be known of a matrix.

Determinant, condition, norms, rank, orthogonal and triangular factors, singular values and the
pseudo-inverse (Golub and Van Loan, *Matrix Computations*).
"""

import numpy as np

ROUNDING = 16


def matrix_facts(matrix):
    sign, logarithm = np.linalg.slogdet(matrix)
    q, r = np.linalg.qr(matrix)
    assert np.allclose(q @ r, matrix)
    assert np.allclose(q.T @ q, np.eye(len(matrix)))
    symmetric = (matrix + matrix.T) / 2
    lower = np.linalg.cholesky(symmetric @ symmetric + np.eye(len(matrix)))
    return {
        "determinant": np.linalg.det(matrix),
        "sign": sign,
        "logarithm": logarithm,
        "diagonal of R": np.abs(np.diag(r)),
        "norms": [np.linalg.norm(matrix, kind) for kind in (None, 1, 2, np.inf, "nuc")],
        "condition": np.linalg.cond(matrix),
        "rank": int(np.linalg.matrix_rank(matrix)),
        "spectrum": np.linalg.eigvalsh(symmetric),
        "lower": lower,
        "pseudo-inverse": np.linalg.pinv(matrix[:, :3]),
        "chain": np.linalg.multi_dot([matrix, symmetric, matrix.T]),
    }


def inputs(rng):
    return (3 * np.eye(7) + np.where(rng.random((7, 7)) < 0.3, rng.random((7, 7)), 0),)
