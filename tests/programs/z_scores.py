"""Standard scores by group.

Each column is centred and scaled in place within the groups that a column of labels makes; a
column without variance becomes 0.
"""

import numpy as np

ROUNDING = 4


def z_scores(table, groups):
    for group in np.unique(groups):
        member = groups == group
        block = table[member]
        spread = block.std(axis=0, ddof=1)
        safe = np.where(spread > 1e-12, spread, 1.0)
        table[member] = (block - block.mean(axis=0)) / safe
    return table.mean(axis=0).round(6) + 0.0, (np.abs(table) > 2).sum()


def inputs(rng):
    table = rng.normal(10, 3, (36, 3))
    table[:, 1] = 4.0
    return table, rng.integers(0, 3, 36)
