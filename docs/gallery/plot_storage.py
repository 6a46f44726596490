"""
Bytes and error
===============

What a field takes at each error, with eigenvalues in full and rounded.
"""

import matplotlib.pyplot as plt
import numpy as np

import qvarray as qv

y, x = np.mgrid[-1:1:256j, -1:1:256j]
field = np.exp(-4 * (x**2 + y**2)) + 0.3 * np.tanh(20 * (x - y**2))
tolerances = np.geomspace(0.1, 1e-3, 5)
figure, axis = plt.subplots(figsize=(5.5, 4), layout="constrained")
for storage in (None, "float32", "float16", "int16", "int8"):
    packed = [
        qv.encode(field, basis="blocked(cosine, 8)", tol=tol, storage=storage) for tol in tolerances
    ]
    # What is plotted is the bound, which the true error keeps to.
    errors = [qv.error_bound(x) / np.linalg.norm(field) for x in packed]
    for x in packed:
        assert np.linalg.norm(x.todense() - field) <= qv.error_bound(x)
    axis.loglog(errors, [x.nbytes for x in packed], "o-", label=storage or "in full")
axis.axhline(field.nbytes, color="gray", linestyle=":", label="ndarray")
axis.set(xlabel="relative L2 error", ylabel="bytes")
axis.legend()
plt.show()
