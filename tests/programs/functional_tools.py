"""The standard library on arrays.

`reduce`, `accumulate`, `bisect`, `filter`, `max` with a key, `math`, `statistics`, `copy` and
`pickle`, fed with arrays and their rows.
"""

import bisect
import copy
import functools
import itertools
import math
import pickle
import statistics

import numpy as np


def functional_tools(table, ordered):
    total = functools.reduce(np.add, table)
    running = list(itertools.accumulate(table, np.maximum))[-1]
    richest = max(table, key=lambda row: row.sum())
    place = bisect.bisect(ordered, 4)
    kept = [int(v) for v in filter(None, ordered)]
    root = math.sqrt(ordered[-1]) + math.fsum(ordered) + math.hypot(*table[0, :2])
    middle = statistics.median(int(v) for v in ordered)
    duplicate = copy.deepcopy(table)
    duplicate[0] = -1
    shallow = copy.copy(table)
    shallow += 1
    again = pickle.loads(pickle.dumps(ordered))
    assert np.array_equal(again, ordered)
    odd = [i for i, row in enumerate(table) if any(v % 2 for v in row)]
    totals = np.array([row.sum() for row in table])
    shares = table / np.maximum(totals, 1)[:, np.newaxis]
    return total, running, richest, place, kept, root, middle, duplicate, shallow, odd, shares


def inputs(rng):
    return rng.integers(0, 5, (6, 5)) * (rng.random((6, 5)) < 0.5), np.sort(rng.integers(0, 9, 20))
