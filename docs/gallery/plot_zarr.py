"""
An elevation model in zarr
==========================

The terrain around the Jacksboro fault, which Matplotlib ships, in zarr to one metre; its
statistics, and how bytes go with the error that is allowed.
"""

import matplotlib.cbook as cbook
import matplotlib.pyplot as plt
import numpy as np

import qvarray as qv

with cbook.get_sample_data("jacksboro_fault_dem.npz") as data:
    elevation = data["elevation"].astype(np.float64)
chosen = {"chunks": (176, 208), "basis": "blocked(cosine, 16)"}
store: dict = {}
z = qv.to_zarr(elevation, store, max_abs=1.0, **chosen)
error = z[:] - elevation
assert np.abs(error).max() <= 1.0
# Statistics are those of the coefficients of each chunk: nothing is decoded.
terrain = qv.open_zarr(store)
assert np.isclose(terrain.mean().compute(), elevation.mean(), rtol=1e-3)
assert np.isclose(terrain.std().compute(), elevation.std(), rtol=1e-2)

allowed = np.array([0.5, 1.0, 2.0, 4.0, 8.0])
sizes = [qv.to_zarr(elevation, {}, max_abs=most, **chosen).nbytes_stored() for most in allowed]
figure, (top, middle, bottom) = plt.subplots(3, 1, figsize=(5.5, 9), layout="constrained")
figure.colorbar(top.imshow(elevation, cmap="terrain"), label="elevation in m")
limits = {"vmin": -1, "vmax": 1, "cmap": "RdBu"}
figure.colorbar(middle.imshow(error, **limits), label="error in m")
for image in (top, middle):
    image.set_axis_off()
bottom.plot(allowed, [elevation.size * 2 / size for size in sizes], "o-", label="zarr")
bottom.axhline(1, color="gray", linestyle=":", label="16-bit integers")
bottom.set(xlabel="largest error in m", ylabel="times smaller")
bottom.legend()
plt.show()
