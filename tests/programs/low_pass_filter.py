"""Low-pass filter.

A Butterworth response (1930) applied in the frequency domain, and a brick wall made by clearing
the upper frequencies in place.
"""

import numpy as np

ROUNDING = 4


def low_pass_filter(signal, rate=100.0, cutoff=8.0, order=4):
    frequencies = np.fft.rfftfreq(len(signal), 1 / rate)
    spectrum = np.fft.rfft(signal)
    response = 1 / np.sqrt(1 + (frequencies / cutoff) ** (2 * order))
    gentle = np.fft.irfft(spectrum * response, n=len(signal))
    spectrum[frequencies > cutoff] = 0
    sharp = np.fft.irfft(spectrum, n=len(signal))
    return gentle, sharp, np.abs(spectrum).argmax()


def inputs(rng):
    time = np.arange(128) / 100
    return (np.sin(2 * np.pi * 3 * time) + 0.3 * np.sin(2 * np.pi * 30 * time),)
