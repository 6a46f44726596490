"""The method of PyBlaz in NumPy, a peer on one core: cosine blocks in bins of one byte.

Agarwal et al., "What Operations can be Performed Directly on Compressed Arrays, and with What
Error?" (SC-W 2023), without pruning.
"""

from __future__ import annotations

import numpy as np
import scipy.fft

SIDE = 8
BINS = 127


class Binned:
    """A matrix as bins of the coefficients of 8 x 8 blocks, and the largest of each block."""

    def __init__(self, largest, bins, shape):
        self.largest, self.bins, self.shape = largest, bins, shape

    @classmethod
    def of(cls, x):
        height, width = x.shape
        blocks = x.reshape(height // SIDE, SIDE, width // SIDE, SIDE).transpose(0, 2, 1, 3)
        return cls.binned(scipy.fft.dctn(blocks, axes=(2, 3), norm="ortho"), x.shape)

    @classmethod
    def binned(cls, coefficients, shape):
        largest = np.abs(coefficients).max(axis=(2, 3))
        scale = BINS / np.where(largest, largest, 1)
        return cls(largest, np.rint(coefficients * scale[..., None, None]).astype(np.int8), shape)

    @property
    def nbytes(self):
        return self.largest.nbytes // 2 + self.bins.nbytes

    def coefficients(self):
        return self.bins * (self.largest / BINS)[..., None, None]

    def todense(self):
        blocks = scipy.fft.idctn(self.coefficients(), axes=(2, 3), norm="ortho")
        return blocks.transpose(0, 2, 1, 3).reshape(self.shape)

    def centred(self):
        coefficients = self.coefficients()
        coefficients[..., 0, 0] -= coefficients[..., 0, 0].mean()
        return coefficients

    def negative(self):
        return Binned(self.largest, -self.bins, self.shape)

    def add(self, other):
        return Binned.binned(self.coefficients() + other.coefficients(), self.shape)

    def multiply(self, factor):
        bins = self.bins if factor > 0 else -self.bins
        return Binned(self.largest * abs(factor), bins, self.shape)

    def dot(self, other):
        return np.vdot(self.coefficients(), other.coefficients())

    def mean(self):
        return np.mean(self.bins[..., 0, 0] * (self.largest / BINS)) / SIDE

    def covariance(self, other):
        return np.vdot(self.centred(), other.centred()) / self.bins.size

    def variance(self):
        return self.covariance(self)

    def norm(self):
        return np.linalg.norm(self.coefficients().ravel())

    def cosine_similarity(self, other):
        return self.dot(other) / (self.norm() * other.norm())

    def structural_similarity(self, other, data_range):
        one, two = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
        a, b = self.mean(), other.mean()
        first = (2 * a * b + one) / (a * a + b * b + one)
        both = 2 * self.covariance(other) + two
        return first * both / (self.variance() + other.variance() + two)
