"""
A sparse array, written and read
================================

A random walk on a grid of 2**40 cells: the visits are counted in place.
"""

import matplotlib.pyplot as plt
import numpy as np

import qvarray as qv

rng = np.random.default_rng(0)
steps = rng.integers(0, 4, 4000)
moves = np.array([[0, 1], [0, -1], [1, 0], [-1, 0]])[steps]
path = np.cumsum(moves, axis=0) + 2**19
visits = qv.from_coordinates([[0], [0]], [0.0], (2**20, 2**20))
np.add.at(visits, (path[:, 0], path[:, 1]), 1.0)
low, high = path.min(axis=0), path.max(axis=0) + 1
seen = visits[low[0] : high[0], low[1] : high[1]]
figure, axis = plt.subplots(figsize=(5.5, 4), layout="constrained")
image = axis.imshow(np.log1p(seen).T.todense())
axis.set_title(f"{visits.nactive} cells stored of 2**40, {visits.nbytes} bytes")
figure.colorbar(image, label="log(1 + visits)")
plt.show()
