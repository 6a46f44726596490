"""The libraries that are compared with, where they are installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

#: Peers by the name of their distribution, and the module that is imported.
PEERS = {
    "numpy": "numpy",
    "scipy": "scipy",
    "sparse": "sparse",
    "numexpr": "numexpr",
    "blosc2": "blosc2",
    "dask": "dask.array",
    "zfpy": "zfpy",
    "hdf5plugin": "hdf5plugin",
    "fht-cpu": "fht_cpu",
    "PyWavelets": "pywt",
    "qblaze": "qblaze",
}


def installed() -> dict[str, Any]:
    """Import the peers that are installed: modules by the name of their distribution."""
    found = {}
    for name, module in PEERS.items():
        try:
            found[name] = import_module(module)
        except ImportError:
            continue
    return found
