"""
A million steps of heat
=======================

The heat equation on a ring of 2**30 points, by one power of its step.
Only what is plotted is evaluated.
"""

import matplotlib.pyplot as plt
import numpy as np

import qvarray as qv

n = 2**30
modes = [0, 2**18, n - 2**18, 2**19, n - 2**19]
u = qv.from_eigenvalues([1.0, 0.5, 0.5, 0.4, 0.4], modes, n, basis="fourier", dtype=float)
step = qv.identity(n, basis="fourier") + 0.1 * qv.laplacian(n)
where = np.arange(0, 8192, 32)
figure, axis = plt.subplots(figsize=(5.5, 3.5), layout="constrained")
for power in (0, 10**5, 10**6):
    later = np.linalg.matrix_power(step, power) @ u
    axis.plot(where, np.asarray(later[where]) * np.sqrt(n), label=f"{power} steps")
axis.set(xlabel="point", ylabel="temperature")
axis.legend()
plt.show()
