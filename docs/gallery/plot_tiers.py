"""
Which tier answers what
=======================

Calls on arrays of 2**40 elements in five bases, with a memory budget of 64 KiB: what came back
tells the tier. "Stored" stands for the tiers closed and structural, which see what is stored only.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap

import qvarray as qv

calls = [
    "2 * x + y",
    "x * y",
    "x.mean()",
    "np.vdot(x, y)",
    "x[12345]",
    "x[: 2**39]",
    "np.roll(x, 2**39)",
    "np.exp(x)",
    "x > y",
    "np.sort(x)",
    "np.cumsum(x)",
]
bases = ["standard", "walsh", "fourier", "cosine", "haar"]
n = 2**40
names = ["stored", "paged", "dense"]


def made(basis, index):
    # A real array has conjugate coefficients at mirrored indices of the fourier basis.
    indices = [index, n - index] if basis == "fourier" else [0, index]
    return qv.from_eigenvalues([1.0, 1.0], indices, n, basis=basis, dtype=float)


def tier(call, basis):
    x, y = made(basis, 3), made(basis, 5)
    try:
        with qv.options(memory_budget=2**16):
            result = eval(call, {"np": np, "x": x, "y": y})
    except qv.MaterializationError:
        return 2
    return int("form=" in repr(result))


table = [[tier(call, basis) for basis in bases] for call in calls]
figure, axis = plt.subplots(figsize=(5.5, 5), layout="constrained")
colours = ListedColormap(["#b7e4c7", "#ffe8a3", "#f6b8b8"])
axis.imshow(table, cmap=colours, vmin=0, vmax=2, aspect="auto")
for row, tiers in enumerate(table):
    for column, found in enumerate(tiers):
        axis.text(column, row, names[found], ha="center", va="center", fontsize=9, color="black")
axis.set_xticks(range(len(bases)), bases)
axis.set_yticks(range(len(calls)), calls, family="monospace", fontsize=9)
axis.tick_params(length=0, labeltop=True, labelbottom=False)
plt.show()
