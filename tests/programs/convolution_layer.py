"""Convolution, rectifier and pooling.

A layer of a convolutional network by windows and one tensor product (LeCun 1989; "im2col",
Chellapilla 2006), and its largest values by a reshape.
"""

import numpy as np

ROUNDING = 4


def convolution_layer(image, kernels, bias):
    size = kernels.shape[-1]
    windows = np.lib.stride_tricks.sliding_window_view(image, (size, size), axis=(1, 2))
    maps = np.einsum("cijkl,ockl->oij", windows, kernels) + bias[:, None, None]
    columns = windows.transpose(1, 2, 0, 3, 4).reshape(-1, kernels[0].size)
    product = columns @ kernels.reshape(len(kernels), -1).T + bias
    assert np.allclose(product.T.reshape(maps.shape), maps)
    maps[maps < 0] = 0
    n, rows, cols = maps.shape
    blocks = maps[:, : rows // 2 * 2, : cols // 2 * 2].reshape(n, rows // 2, 2, cols // 2, 2)
    pooled = blocks.max(axis=(2, 4))
    return maps, pooled, pooled.mean(axis=(1, 2)), np.count_nonzero(pooled, axis=(1, 2))


def inputs(rng):
    image = np.zeros((2, 12, 12))
    image[:, 3:8, 4:9] = rng.integers(-2, 3, (2, 5, 5))
    return image, rng.integers(-1, 2, (3, 2, 3, 3)).astype(float), np.array([0.0, -0.5, 1.0])
