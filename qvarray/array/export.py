"""The elements elsewhere: lists, bytes, files, pickles, DLPack."""

from __future__ import annotations

import pickle
import sys
from os import PathLike
from types import ModuleType
from typing import IO, Any

from ..core.values import Order
from .stored import Stored

__all__ = ["Export"]


class Export(Stored):
    """An array whose elements other programs and libraries can be given."""

    __slots__ = ()

    def tolist(self) -> Any:
        """Return all elements as nested lists of Python scalars."""
        return self.todense().tolist()

    def tobytes(self, order: Order = "C") -> bytes:
        """Return the bytes of all elements."""
        return self.todense().tobytes(order)

    def tofile(
        self, fid: str | PathLike[str] | IO[bytes], /, sep: str = "", format: str = "%s"
    ) -> None:
        """Write all elements to a file, as ``ndarray.tofile``."""
        self.todense().tofile(fid, sep, format)

    def dumps(self) -> bytes:
        """Pickle the array: what is stored, not the elements."""
        return pickle.dumps(self)

    def dump(self, file: str | PathLike[str] | IO[bytes]) -> None:
        """Write a pickle of the array to a file, or a path."""
        if isinstance(file, (str, PathLike)):
            with open(file, "wb") as stream:
                stream.write(self.dumps())
        else:
            file.write(self.dumps())

    def __array_namespace__(self, *, api_version: str | None = None) -> ModuleType:
        """Return the module ``qvarray``, which follows the Python array API standard."""
        if api_version not in (None, "2021.12", "2022.12", "2023.12", "2024.12"):
            raise ValueError(f'Version "{api_version}" of the Array API Standard is not supported.')
        return sys.modules[__name__.partition(".")[0]]

    def __dlpack__(
        self,
        *,
        stream: int | None = None,
        max_version: tuple[int, int] | None = None,
        dl_device: tuple[int, int] | None = None,
        copy: bool | None = None,
    ) -> Any:
        """Return the elements, materialised within the memory budget, as a DLPack capsule."""
        if copy is False:
            raise BufferError("the elements are virtual: they can only be exported as a copy")
        return self.todense().__dlpack__(
            stream=stream, max_version=max_version, dl_device=dl_device
        )

    def __dlpack_device__(self) -> tuple[int, int]:
        return (1, 0)

    # There is no ``__buffer__``: NumPy prefers it to ``__array__``, and asks for it in the words
    # of ``memoryview``. So who wants no copy would be given one.

    def __bytes__(self) -> bytes:
        return bytes(self.todense())
