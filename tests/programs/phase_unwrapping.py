"""Frequency of a chirp by its phase.

The analytic signal (Gabor 1946) with half of the spectrum cleared in place, its envelope, and the
slope of the unwrapped phase (Itoh 1982).
"""

import numpy as np

ROUNDING = 16


def phase_unwrapping(signal):
    n = len(signal)
    spectrum = np.fft.fft(signal)
    spectrum[1 : n // 2] *= 2
    spectrum[n // 2 + 1 :] = 0
    analytic = np.fft.ifft(spectrum)
    envelope = np.abs(analytic)
    phase = np.unwrap(np.angle(analytic))
    frequency = np.diff(phase) / (2 * np.pi)
    shifted = np.fft.fftshift(np.abs(spectrum))
    assert np.allclose(np.fft.ifftshift(shifted), np.abs(spectrum))
    return analytic.real, envelope[8:-8], frequency[8:-8].round(6), shifted.argmax()


def inputs(rng):
    time = np.arange(128)
    return (np.cos(2 * np.pi * (0.05 * time + 0.0006 * time**2)) * (1 + time / 256),)
