"""Edit distance.

The least number of insertions, deletions and substitutions that make one text the other
(Levenshtein 1965; Wagner and Fischer 1974), over arrays of character codes.
"""

import numpy as np


def edit_distance(first, second):
    n, m = len(first), len(second)
    table = np.zeros_like(first, shape=(n + 1, m + 1), dtype=np.int32)
    table[:, 0] = np.arange(n + 1)
    table[0] = np.arange(m + 1)
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = 0 if first[i - 1] == second[j - 1] else 1
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + cost)
    return int(table[-1, -1]), table


def inputs(rng):
    return (
        np.frombuffer(b"virtual memory for arrays", np.uint8).copy(),
        np.frombuffer(b"a virtue of memories", np.uint8).copy(),
    )
