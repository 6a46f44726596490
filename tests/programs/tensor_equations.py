"""Equations between tensors.

`tensorsolve` and `tensorinv` for a linear map of matrices, products of stacks of vectors and
matrices, and eigenvalues of a companion matrix.
"""

import numpy as np

ROUNDING = 16


def tensor_equations(operator, right, stack, vectors):
    x = np.linalg.tensorsolve(operator, right)
    assert np.allclose(np.linalg.tensordot(operator, x, axes=2), right)
    inverse = np.linalg.tensorinv(operator)
    assert np.allclose(np.tensordot(inverse, right), x)
    images = np.matvec(stack, vectors)
    rows = np.vecmat(vectors, stack)
    forms = np.vecdot(vectors, images)
    assert np.allclose(forms, np.einsum("ki,kij,kj->k", vectors, stack, vectors))
    outer = np.linalg.outer(vectors[0], vectors[1])
    product = np.linalg.matmul(stack, stack.mT)
    values = np.linalg.eigvals(product).real
    traces = np.linalg.trace(product)
    assert np.allclose(values.sum(axis=-1), traces)
    lengths = np.linalg.vector_norm(images, ord=1, axis=-1)
    angles = np.inner(vectors, outer)
    return x, images, rows, forms, outer, product, np.sort(values), lengths, angles


def inputs(rng):
    operator = np.eye(6).reshape(2, 3, 2, 3) * 2
    operator[0, 1, 1, 2] = 1.0
    stack = np.where(rng.random((4, 3, 3)) < 0.5, rng.integers(-2, 3, (4, 3, 3)), 0.0)
    return operator, rng.integers(0, 3, (2, 3)).astype(float), stack, np.eye(4, 3) + 1
