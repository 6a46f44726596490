"""`Source`: what a VirtualQArray holds."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from .error_bound import ErrorBound
from .spectrum import Spectrum

__all__ = ["Deferred", "Source"]


class Deferred(Protocol):
    """Parameters that become a Spectrum when elements are asked for."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    @property
    def dtype(self) -> np.dtype[Any]: ...

    @property
    def nbytes(self) -> int:
        """Bytes stored."""

    @property
    def label(self) -> str:
        """What it is, in a word or two."""

    @property
    def error(self) -> ErrorBound | None:
        """None where it stands for exact elements."""

    def settle(self) -> Spectrum:
        """The spectrum of the array."""

    def express(self) -> Any:
        """The array as a spectrum, or an expression of some."""


#: What a VirtualQArray is made of.
Source = Spectrum | Deferred
