"""Contraction of a chain of tensors.

The norm and a correlation of a matrix product state (Östlund and Rommer 1995), with `einsum`,
`tensordot` and `matmul` side by side.
"""

import numpy as np

ROUNDING = 16


def tensor_contraction(left, middle, right):
    state = np.einsum("ia,ajb,bk->ijk", left, middle, right)
    again = np.tensordot(np.tensordot(left, middle, axes=1), right, axes=([2], [0]))
    assert np.allclose(state, again)
    norm = np.sqrt(np.einsum("ijk,ijk->", state, state))
    state /= norm
    density = np.einsum("ijk,ljk->il", state, state)
    swapped = np.tensordot(state, state, axes=([0, 2], [0, 2]))
    batch = np.matmul(state.transpose(1, 0, 2), right.T)
    return state, density, np.trace(swapped), np.einsum("ii->i", density), batch


def inputs(rng):
    left = np.array([[1.0, 0, 0], [0, 0.5, 0]])
    middle = np.where(rng.random((3, 4, 3)) < 0.4, rng.standard_normal((3, 4, 3)), 0)
    return left, middle, rng.integers(-1, 2, (3, 2)).astype(float)
