"""Coordinates that are labels: names, dates or numbers of rows and columns, turned to positions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..array.virtual_array import VirtualQArray
from ..core.values import Array

#: The labels of each axis: True or None for those that the coordinates have.
Labels = bool | Sequence[ArrayLike | None]


class Labelled(NamedTuple):
    """An array, and what its positions along each axis are called.

    Attributes
    ----------
    array : VirtualQArray
    labels : tuple of array_like
        For each axis as many as it is long, each once.

    Examples
    --------
    >>> import qvarray as qv
    >>> x, (users, items) = qv.from_coordinates(
    ...     [["eve", "bob", "eve"], ["tea", "ink", "ink"]], [1, 2, 3], labels=True)
    >>> users.tolist(), items.tolist(), x.shape, int(x[1, 0])
    (['bob', 'eve'], ['ink', 'tea'], (2, 2), 3)
    """

    array: VirtualQArray
    labels: tuple[ArrayLike, ...]


def coded(coords: ArrayLike | Sequence[ArrayLike], labels: Labels) -> tuple[Array, tuple[Any, ...]]:
    """Return positions for labels, shape (d, k), and the labels of each axis.

    O(k log k) to sort labels; what has a method ``factorize``, as columns of pandas, does it.
    Raises ValueError for a label that is missing (NaN, NaT, None), not among those given, or given
    twice, and where the axes have not as many; TypeError for labels that cannot be put in order.

    `coords` (sequence of array_like, each of shape (k,)): one for each axis; what begins with a
    label is that of the only axis. `labels` (True or sequence of array_like): true, or None for an
    axis, for the labels that are there, in increasing order.
    """
    axes = _axes(coords)
    given = [None] * len(axes) if isinstance(labels, bool) else list(labels)
    if len(given) != len(axes):
        raise ValueError(f"labels for {len(given)} axes, but coords has {len(axes)}")
    found = [_coded_axis(*each) for each in zip(axes, given, range(len(axes)), strict=True)]
    counts = {codes.size for codes, _ in found}
    if len(counts) > 1:
        raise ValueError(f"coords has {sorted(counts)} labels along its axes: not as many of each")
    codes = np.array([codes for codes, _ in found], np.int64).reshape(len(axes), -1)
    return codes, tuple(known for _, known in found)


def _axes(coords: ArrayLike | Sequence[ArrayLike]) -> list[ArrayLike]:
    """Return the labels along each axis."""
    axes: Any = coords
    if not len(axes):
        raise ValueError("coords must have labels for each axis, got none")
    first = axes.iloc[0] if hasattr(axes, "iloc") else axes[0]
    return [axes] if isinstance(first, (str, bytes)) or np.ndim(first) == 0 else list(axes)


def _coded_axis(along: ArrayLike, known: ArrayLike | None, axis: int) -> tuple[Array, Any]:
    """Return positions for the labels along an axis, and its labels."""
    codes, found = _found(along, axis)
    if known is None:
        return codes, found
    labels = np.asarray(known)
    if labels.ndim != 1:
        raise ValueError(f"labels[{axis}] must be 1-D, got shape {labels.shape}")
    labels, there = _comparable(labels, np.asarray(found), axis)
    places = {label: place for place, label in enumerate(labels.tolist())}
    if len(places) < labels.size:
        values = labels.tolist()
        again = next(label for place, label in enumerate(values) if places[label] != place)
        raise ValueError(f"labels[{axis}]: {again!r} is there more than once")
    try:
        moved = [places[label] for label in there.tolist()]
    except KeyError as error:
        raise ValueError(f"coords[{axis}]: {error.args[0]!r} is not among the labels") from None
    return np.asarray(moved, np.int64).take(codes), known


def _comparable(labels: Array, found: Array, axis: int) -> tuple[Array, Array]:
    """Return both in one unit where they are dates or durations: else equal ones look different."""
    if not {labels.dtype.kind, found.dtype.kind} & set("mM"):
        return labels, found
    if labels.dtype.kind == "O":
        labels = labels.astype(found.dtype)
    if labels.dtype.kind != found.dtype.kind:
        raise ValueError(f"coords[{axis}]: {found.dtype} are not among labels of {labels.dtype}")
    unit = np.promote_types(labels.dtype, found.dtype)
    return labels.astype(unit), found.astype(unit)


def _values_of(along: ArrayLike, axis: int) -> Array:
    """Return labels as an array in which different ones stay different."""
    values = np.asarray(along)
    if values.ndim != 1:
        raise ValueError(f"coords[{axis}] must be 1-D, got shape {values.shape}")
    if not hasattr(along, "dtype") and values.dtype.kind not in "mM":
        # Numbers beside text become text, and large integers beside floats are rounded.
        objects = np.asarray(along, object)
        values = values if values.tolist() == objects.tolist() else objects
    return values


def _found(along: ArrayLike, axis: int) -> tuple[Array, Any]:
    """Return positions in the labels that are there, and those, in order."""
    try:
        if hasattr(along, "factorize"):
            codes, labels = along.factorize(sort=True)
        else:
            values = _values_of(along, axis)
            if values.dtype == object:
                lost = np.array([each is None or each != each for each in values], bool)
                if lost.any():
                    raise _missing(axis, int(np.argmax(lost)), values)
            labels, codes = np.unique(values, return_inverse=True)
            missing = labels != labels  # NaN and NaT are last
            codes = np.where(missing[codes], -1, codes) if missing.any() else codes
    except TypeError as error:
        raise TypeError(
            f"coords[{axis}]: labels must be of a kind that has an order: {error}"
        ) from None
    codes = np.asarray(codes, np.int64)
    if codes.size and int(codes.min()) < 0:
        raise _missing(axis, int(np.argmin(codes)), np.asarray(along))
    return codes, labels


def _missing(axis: int, place: int, values: Array) -> ValueError:
    return ValueError(
        f"coords[{axis}]: the label at position {place} is missing ({values[place]!r})"
    )
