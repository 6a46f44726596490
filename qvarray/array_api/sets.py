"""Set functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from .wrapping import from_numpy

if TYPE_CHECKING:
    from .named_tuples import UniqueAllResult, UniqueCountsResult, UniqueInverseResult


@from_numpy("isin", arrays=2)
def isin(
    element: ArrayLike,
    test_elements: ArrayLike,
    assume_unique: bool = False,
    invert: bool = False,
    *,
    kind: Literal["sort", "table"] | None = None,
) -> VirtualQArray: ...
@from_numpy("unique_all")
def unique_all(x: ArrayLike) -> UniqueAllResult: ...
@from_numpy("unique_counts")
def unique_counts(x: ArrayLike) -> UniqueCountsResult: ...
@from_numpy("unique_inverse")
def unique_inverse(x: ArrayLike) -> UniqueInverseResult: ...
@from_numpy("unique_values")
def unique_values(x: ArrayLike) -> VirtualQArray: ...
