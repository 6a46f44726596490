"""Tables of functions.

Logarithmic scales, tables by `outer`, linear interpolation between their entries, and how far the
interpolated values are off (Briggs 1624).
"""

import numpy as np


def slide_rule(numbers, factors):
    table = np.log10(numbers)
    products = np.multiply.outer(numbers, factors)
    sums = np.add.outer(table, np.log10(factors))
    assert np.allclose(10**sums, products)
    between = (numbers[1:] + numbers[:-1]) / 2
    read = (table[1:] + table[:-1]) / 2
    off = np.abs(read - np.log10(between))
    worst = off.argmax()
    roots = np.sqrt(np.where(numbers % 2 == 0, numbers, 0))
    angles = np.degrees(np.arctan2(factors[:, None], factors))
    square = np.hypot(*np.meshgrid(factors, factors, indexing="ij"))
    return products, worst, roots, angles, np.floor(square), np.round(np.cbrt(products[:3]), 6)


def inputs(rng):
    return np.arange(1.0, 40.0), np.array([1.0, 2.0, 2.0, 2.0, 5.0])
