"""Fast Fourier transform by hand.

Bit reversal and butterflies in place, on views of the array (Cooley and Tukey 1965; Gentleman and
Sande 1966).
"""

import numpy as np

ROUNDING = 4


def fft_radix2(x):
    n = len(x)
    bits = n.bit_length() - 1
    reverse = np.zeros(n, int)
    for bit in range(bits):
        reverse |= (np.arange(n) >> bit & 1) << (bits - 1 - bit)
    reference = np.fft.fft(x)
    x[:] = x[reverse]
    half = 1
    while half < n:
        twiddle = np.exp(-1j * np.pi * np.arange(half) / half)
        for start in range(0, n, 2 * half):
            top, bottom = x[start : start + half], x[start + half : start + 2 * half]
            turned = twiddle * bottom
            bottom[:] = top - turned
            top += turned
        half *= 2
    assert np.allclose(x, reference)
    return np.abs(x).argmax(), np.fft.ifft(x)[:4]


def inputs(rng):
    x = np.zeros(64, complex)
    x[:20] = rng.integers(-5, 6, 20) + 1j * rng.integers(-5, 6, 20)
    return (x,)
