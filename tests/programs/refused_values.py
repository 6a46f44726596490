"""Values that do not fit.

Whole numbers out of range, NaN and complex numbers for integers, unsafe casts and wrong shapes are
refused wherever they might be written, and indices must be integers.
"""

import operator
from typing import Any

import numpy as np


def refused_values(pixels, counts):
    bright, half = pixels > 1, counts * 0.5
    attempts = [
        (operator.setitem, pixels, 0, -1),
        (operator.setitem, pixels, slice(1, 3), 300),
        (operator.setitem, pixels, [0, 1], -1),
        (operator.setitem, pixels, bright, -1),
        (operator.setitem, counts, counts > 1, np.nan),
        (operator.setitem, counts, counts > 1, 1j),
        (operator.setitem, counts, counts > 1, [1] * 9),
        (operator.setitem, half, half > 0.5, np.ones((1, 1))),
        (operator.getitem, counts, half),
        (operator.getitem, counts, half[0]),
        (operator.setitem, counts, 3, counts[:1]),
        (operator.delitem, counts, 0),
        (np.putmask, pixels, bright, 300),
        (np.putmask, counts, bright, half),
        (np.place, pixels, bright, [-1]),
        (np.put, pixels, [0], 256),
        (np.copyto, counts, half),
        (np.fill_diagonal, pixels.reshape(3, -1), -1),
        (np.full_like, pixels, -1),
        (np.add.at, counts, [0], 0.5),
        (np.take, counts, [99]),
    ]
    refused = []
    function: Any
    for function, *arguments in attempts:
        try:
            function(*arguments)
        except Exception as error:
            kinds = [k.__name__ for k in type(error).__mro__ if k.__module__ == "builtins"]
            refused.append(kinds[0])
        else:
            refused.append("accepted")
    return refused, pixels == "bright", counts != "many"


def inputs(rng):
    return rng.permutation(12).astype(np.uint8) % 4, np.arange(12) * (rng.random(12) < 0.6) % 5
