"""Compression of an image by singular values.

The nearest matrix of a lower rank (Eckart and Young 1936), with what is lost and what is stored.
"""

import numpy as np

ROUNDING = 16


def low_rank_approximation(image, rank=3):
    u, s, vt = np.linalg.svd(image, full_matrices=False)
    kept = (u[:, :rank] * s[:rank]) @ vt[:rank]
    error = np.linalg.norm(image - kept) / np.linalg.norm(image)
    assert np.isclose(error, np.sqrt((s[rank:] ** 2).sum() / (s**2).sum()), atol=1e-12)
    energy = np.cumsum(s**2) / np.sum(s**2)
    enough = int(np.argmax(energy > 0.99)) + 1
    return kept, s[:rank], enough, rank * (1 + sum(image.shape)) / image.size


def inputs(rng):
    image = np.zeros((16, 20))
    image[4:10, 5:15] = 1.0
    image[8:14, 2:8] += 0.5
    image[0] = rng.random(20) / 10
    return (image,)
