"""PageRank.

The importance of pages by a random surfer who sometimes jumps anywhere (Brin and Page 1998).
`links[i, j]` is 1 where page j links to page i.
"""

import numpy as np

ROUNDING = 4


def pagerank(links, damping=0.85, steps=50):
    n = links.shape[0]
    out = links.sum(axis=0)
    dangling = out == 0
    transition = links / np.where(dangling, 1, out)
    rank = np.full_like(transition, 1 / n, shape=n)
    for _ in range(steps):
        lost = rank[dangling].sum()
        rank = damping * (transition @ rank + lost / n) + (1 - damping) / n
    return rank, np.argsort(-rank, kind="stable")[:5]


def inputs(rng):
    links = (rng.random((30, 30)) < 0.08).astype(float)
    np.fill_diagonal(links, 0)
    links[:, 7] = 0
    return (links,)
