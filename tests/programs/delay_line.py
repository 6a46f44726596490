"""An echo with a delay line.

A shift register whose slices overlap: `line[1:] = line[:-1]` moves all samples on by one, as a
comb filter needs (Schroeder 1962).
"""

import numpy as np


def delay_line(sound, line, gain=0.5):
    out = np.empty_like(sound)
    for t, sample in enumerate(sound):
        echoed = sample + gain * line[-1]
        line[1:] = line[:-1]
        line[0] = echoed
        out[t] = echoed
    middle = line[2:-2]
    middle[:] = line[:-4] + line[4:]
    line[::-1][:3] = line[:3]
    line[1::2] += line[0::2]
    return out, np.abs(out).max(), np.count_nonzero(line)


def inputs(rng):
    sound = np.zeros(60)
    sound[[0, 1, 25]] = 1.0, -0.5, rng.random()
    return sound, np.zeros(12)
