"""The optional dependencies, which are imported where something needs them."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Literal

#: The sets of optional dependencies that a user installs by name.
Extra = Literal["einops", "mps", "plot", "report", "sparse", "tables", "wavelets", "zarr"]

_NEEDED_BY: dict[Extra, str] = {
    "einops": "computing by einops",
    "mps": "holding a matrix product state",
    "plot": "plotting",
    "report": "the report",
    "sparse": "converting to sparse.COO",
    "tables": "reading and writing tables",
    "wavelets": "a basis of wavelets",
    "zarr": "reading and writing zarr",
}
_DISTRIBUTIONS = {"matplotlib": "matplotlib", "pywt": "PyWavelets", "qiskit_aer": "qiskit-aer"}


class MissingExtraError(ImportError):
    """Raised where an optional dependency is not installed; the message says what to install."""

    __module__ = "qvarray.errors"


def require(module: str, extra: Extra) -> ModuleType:
    """Import a module of an optional dependency.

    Raises MissingExtraError where it is not installed; the message says what to install.

    `module`: its name, with dots where it is part of a package. `extra` ({"einops", "mps", "plot",
    "report", "sparse", "tables", "wavelets", "zarr"}): what brings it.
    """
    package = module.partition(".")[0]
    try:
        import_module(package)
        return import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"{_NEEDED_BY[extra]} needs {_DISTRIBUTIONS.get(package, package)} ({error}): "
            f'pip install "qvarray[{extra}]"'
        ) from error
