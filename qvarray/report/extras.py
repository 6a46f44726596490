"""The optional dependencies of the report."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["MissingExtraError", "require"]

_DISTRIBUTIONS = {"matplotlib": "matplotlib", "pywt": "PyWavelets"}


class MissingExtraError(ImportError):
    """Raised where an optional dependency of the report is not installed."""


def require(module: str) -> Any:
    """Import a module of the ``report`` extra.

    Parameters
    ----------
    module : str
        Its name, with dots where it is part of a package.

    Returns
    -------
    module

    Raises
    ------
    MissingExtraError
        Where it is not installed; the message says what to install.
    """
    package = module.partition(".")[0]
    try:
        import_module(package)
        return import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"the report needs {_DISTRIBUTIONS.get(package, package)} ({error}): "
            'pip install "qvarray[report]"'
        ) from error
