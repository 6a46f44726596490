"""Convolution by the fast Fourier transform.

The product of two transforms is the transform of the convolution (Cooley and Tukey 1965; Stockham
1966), here to multiply two big integers given as digits.
"""

import numpy as np

ROUNDING = 4


def fft_convolution(first, second):
    n = len(first) + len(second)
    size = 1 << (n - 1).bit_length()
    product = np.fft.ifft(np.fft.fft(first, size) * np.fft.fft(second, size)).real
    digits = np.rint(product[:n]).astype(np.int64)
    for i in range(n - 1):
        digits[i + 1] += digits[i] // 10
        digits[i] %= 10
    direct = np.convolve(first, second)
    number = "".join(str(d) for d in digits[::-1]).lstrip("0")
    return product, direct, number


def inputs(rng):
    second = np.zeros(12, np.int64)
    second[[0, 11]] = 3, 7
    return rng.integers(0, 10, 20), second
