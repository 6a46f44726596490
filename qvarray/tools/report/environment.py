"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass

import numba
import numpy as np


@dataclass(frozen=True)
class Environment:
    """Machine and versions."""

    cpu: str
    cores: int
    system: str
    python: str
    numpy: str
    numba: str

    def __str__(self) -> str:
        return (
            f"{self.cpu}, {self.cores} cores, {self.system}; "
            f"Python {self.python}, NumPy {self.numpy}, Numba {self.numba}"
        )


def _cpu() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                name, _, value = line.partition(":")
                if name.strip() == "model name":
                    return value.strip()
    except OSError:
        pass
    return platform.processor() or platform.machine() or "unknown processor"


def _cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def environment() -> Environment:
    """Find the machine and the versions that are in use now."""
    return Environment(
        cpu=_cpu(),
        cores=_cores(),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        numpy=np.__version__,
        numba=numba.__version__,
    )
