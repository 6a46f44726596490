"""Registration of images by phase correlation.

The shift between two pictures is where the inverse transform of their normalised cross spectrum
peaks (Kuglin and Hines 1975); a blur is divided out as well (Wiener 1949).
"""

import numpy as np

ROUNDING = 4


def phase_correlation(first, second, blur):
    a, b = np.fft.fft2(first), np.fft.fft2(second)
    cross = a * np.conj(b)
    cross /= np.maximum(np.abs(cross), 1e-9)
    peak = np.fft.ifft2(cross).real
    shift = np.unravel_index(peak.argmax(), peak.shape)
    aligned = np.roll(second, shift, axis=(0, 1))
    transfer = np.fft.rfft2(blur, s=first.shape)
    blurred = np.fft.irfft2(np.fft.rfft2(first) * transfer, s=first.shape)
    wiener = np.conj(transfer) / (np.abs(transfer) ** 2 + 1e-6)
    restored = np.fft.irfft2(np.fft.rfft2(blurred) * wiener, s=first.shape)
    centred = np.fft.fftshift(np.abs(a), axes=0)
    return tuple(int(s) for s in shift), np.abs(aligned - first).max(), blurred, restored, centred


def inputs(rng):
    first = np.zeros((16, 20))
    first[3:9, 5:12] = rng.integers(1, 5, (6, 7))
    blur = np.zeros((16, 20))
    blur[0, :3] = 0.5, 0.3, 0.2
    return first, np.roll(first, (4, -3), axis=(0, 1)), blur
