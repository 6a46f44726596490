"""An array among Python's own tools.

`len`, `iter`, `in`, `sum`, `max`, `sorted`, `zip`, unpacking, `reversed`, truth of elements, and
scalars as indices and keys.
"""

import numpy as np


def python_protocols(x, table):
    total = sum(x)
    biggest = max(x)
    ordered = sorted(x, reverse=True)[:3]
    assert biggest == ordered[0]
    assert biggest in x
    assert 999 not in x
    first, *_, last = x
    lookup = {int(value): i for i, value in enumerate(x)}
    words = ["none", "one", "two", "many"]
    named = [words[min(value, 3)] for value in x[:6]]
    a, b = table[:2]
    both = [int(p * q) for p, q in zip(a, b, strict=True)]
    evens = [row.sum() for row in table if row[0] % 2 == 0]
    backwards = list(reversed(x))[:2]
    pairs = [(i, int(v)) for i, v in np.ndenumerate(table) if v > 5]
    if x.any() and not x.all() and x[0] >= 0:
        table[len(table) // 2][1] = total
    return total, first, last, lookup, named, both, evens, backwards, pairs, range(9)[x[1]]


def inputs(rng):
    x = rng.integers(0, 5, 30) * (rng.random(30) < 0.5)
    return x, rng.integers(0, 9, (6, 4))
