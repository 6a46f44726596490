"""Calibration of many sensors.

Gain and offset of each by Welford's running moments (1962) over a stream, with broadcasting along
new axes, complex phasors and `np.angle` for the delay.
"""

import numpy as np

ROUNDING = 8


def sensor_calibration(stream, frequency=4):
    mean = np.zeros_like(stream[0])
    scatter = np.zeros_like(mean)
    for count, sample in enumerate(stream, start=1):
        gap = sample - mean
        mean += gap / count
        scatter += gap * (sample - mean)
    deviation = np.sqrt(scatter / len(stream))
    assert np.allclose(deviation, stream.std(axis=0))
    phasor = np.exp(-2j * np.pi * frequency * np.arange(len(stream)) / len(stream))
    answer = np.dot(phasor, stream) / len(stream)
    alive = np.abs(answer) > 1e-6
    delay = np.where(alive, np.angle(answer), 0.0)
    stream -= mean
    stream /= np.where(deviation > 0, deviation, 1)
    return mean, deviation, alive, delay, answer.real, np.conj(answer).imag


def inputs(rng):
    time = np.arange(48)[:, None]
    gain = np.array([1.0, 0.0, 2.5, 0.0, 0.5])
    return (np.array([3.0, 1, 0, 0, -2]) + gain * np.sin(2 * np.pi * 4 * time / 48 + gain),)
