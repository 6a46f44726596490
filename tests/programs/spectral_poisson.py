"""Poisson's equation in a periodic box.

Division by the eigenvalues of the Laplacian in the frequency domain (Hockney 1965), in three
dimensions, with charges that sum to zero.
"""

import numpy as np

ROUNDING = 4


def spectral_poisson(charge):
    spectrum = np.fft.fftn(charge)
    waves = [2 - 2 * np.cos(2 * np.pi * np.fft.fftfreq(n)) for n in charge.shape]
    square = waves[0][:, None, None] + waves[1][:, None] + waves[2]
    square[0, 0, 0] = 1
    potential = np.fft.ifftn(spectrum / square).real
    laplacian = -6 * potential
    for axis in range(3):
        laplacian += np.roll(potential, 1, axis) + np.roll(potential, -1, axis)
    assert np.allclose(-laplacian, charge)
    half = np.fft.rfftn(charge, axes=(0, 2))
    energy = 0.5 * np.vdot(charge, potential)
    charge -= charge.mean()
    return potential, energy, half.shape, np.fft.irfftn(half, axes=(0, 2), s=(6, 8))


def inputs(rng):
    charge = np.zeros((6, 7, 8))
    charge[1, 2, 3], charge[4, 4, 4] = 1.0, -1.0
    return (charge,)
