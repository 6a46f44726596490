"""Spectrogram.

Short-time Fourier transform of overlapping windows (Gabor 1946), with Hann's window, in decibels.
"""

import numpy as np

ROUNDING = 8


def spectrogram(signal, length=32, hop=16):
    windows = np.lib.stride_tricks.sliding_window_view(signal, length)[::hop]
    frames = windows * np.hanning(length)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    decibels = 10 * np.log10(np.maximum(power, 1e-3))
    return decibels.T, power.argmax(axis=1)


def inputs(rng):
    time = np.arange(256)
    signal = np.sin(2 * np.pi * time * (0.05 + time / 2000))
    signal[:64] = 0
    return (signal,)
