"""
Error and eigenvalues
=====================

How many eigenvalues a signal of one oscillation and a step takes, at each tolerance.
"""

import matplotlib.pyplot as plt
import numpy as np

import qvarray as qv

t = np.arange(1024) / 1024
signal = np.cos(2 * np.pi * 5 * t) + 0.5 * (t > 0.6)
tolerances = np.geomspace(0.3, 1e-3, 8)
figure, (top, bottom) = plt.subplots(2, 1, figsize=(5.5, 6), layout="constrained")
for basis in ("cosine", "haar", "fourier"):
    counts = [
        qv.encode(signal, basis=basis, tol=tol, storage="float64").nactive for tol in tolerances
    ]
    top.loglog(tolerances, counts, "o-", label=basis)
top.set(xlabel="relative L2 error asked for", ylabel="eigenvalues")
top.legend()
# The error of the result is bounded by ``recovery_error``.
e = qv.encode(signal, basis="haar", tol=0.1, storage="float64")
true = np.linalg.norm(e.todense() - signal) / np.linalg.norm(signal)
assert true <= e.recovery_error
bottom.plot(t, signal, label="signal")
bottom.plot(t, e.todense(), label=f"haar, {e.nactive} eigenvalues")
bottom.set_xlabel("t")
bottom.legend()
plt.show()
