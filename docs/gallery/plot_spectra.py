"""
Eigenvalues and pages
=====================

What an array stores: how large its eigenvalues are and where they sit, and how its elements lie in
the pages that are worked on one after the other.
"""

import matplotlib.pyplot as plt
import numpy as np

import qvarray as qv

time = np.linspace(0.0, 1.0, 2**14)
signal = qv.encode(np.sin(40 * time**2) + np.exp(-5 * time), "cosine", tol=1e-3, storage="float64")
rows, columns = np.meshgrid(np.linspace(0, 5, 256), np.linspace(0, 3, 256), indexing="ij")
field = qv.encode(np.sin(rows * columns) + rows, "cosine", tol=1e-3, storage="float64")

rng = np.random.default_rng(0)
where = (rng.beta(2, 5, 3000) * 2**30).astype(int)
clicks = qv.from_coordinates([where], np.ones(3000), (2**30,))
waves = qv.from_eigenvalues([1.0, 0.5], [3, 40], 2**30, basis="cosine")

figure, axes = plt.subplots(4, 1, figsize=(5.5, 13), layout="constrained")
qv.plot.spectrum(signal, axes[0])
qv.plot.spectrum(field, axes[1])
qv.plot.pages(clicks, axes[2])
qv.plot.pages(np.exp(waves), axes[3])
plt.show()
