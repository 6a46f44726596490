"""Convert Series and DataFrames of pandas from and to virtual arrays with labels, in O(k)."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ..array.views import in_standard_basis
from ..array.virtual_array import VirtualQArray
from ..core.runs import ranked
from ..core.values import Scalar, differs_from
from ..creation.arrays import asarray, at_positions
from ..creation.labels import Labelled
from ..runtime.extras import require

if TYPE_CHECKING:
    from pandas import DataFrame, Index, Series

# A DataFrame takes ndarrays and refuses what is like them. It leaves operators to what has a higher
# priority than its own, of 4000; ours give it an ndarray.
setattr(VirtualQArray, "__pandas_priority__", 5000)  # noqa: B010  pandas looks it up there


def from_pandas(
    a: Series[Any] | DataFrame, *, fill_value: Scalar | str = 0, sum_duplicates: bool = False
) -> Labelled:
    """Convert a Series of pandas to an array with an axis for each level of its index.

    Parameters
    ----------
    a : pandas.Series or pandas.DataFrame
        A Series says the elements by their labels, in any order. A DataFrame is a matrix; one of
        sparse columns stays sparse.
    fill_value : scalar
        The elements that a Series does not say.
    sum_duplicates : bool
        Add up the values of labels that repeat; else refuse them.

    Returns
    -------
    Labelled
        The ``array``, and the ``labels`` of each axis: an ``Index``.

    Raises
    ------
    MissingExtraError
        Where pandas is not installed.
    TypeError
        For what is neither, and for values that are neither numbers nor dates.
    ValueError
        For labels that repeat and may not, or that are missing.

    Notes
    -----
    O(k) for a Series with a MultiIndex, which has the positions; else O(k log k).
    ``xarray.DataArray.from_series(a, sparse=True)`` fills with NaN: say ``fill_value=np.nan`` for
    the same.

    Examples
    --------
    >>> import pandas as pd, qvarray as qv
    >>> index = pd.MultiIndex.from_tuples([("eve", "tea"), ("bob", "ink")])
    >>> x, (users, items) = qv.from_pandas(pd.Series([3, 4], index))
    >>> print(x, users.tolist(), items.tolist())
    [[4 0]
     [0 3]] ['bob', 'eve'] ['ink', 'tea']
    """
    pandas: Any = require("pandas", "tables")
    given: Any = a
    if isinstance(a, pandas.DataFrame):
        is_sparse = all(isinstance(kind, pandas.SparseDtype) for kind in given.dtypes)
        matrix = given.sparse.to_coo() if is_sparse and given.size else given.to_numpy()
        return Labelled(asarray(matrix), (given.index, given.columns))
    if not isinstance(a, pandas.Series):
        raise TypeError(f"from_pandas takes a Series or a DataFrame, got {type(a).__name__}")
    index = given.index
    if isinstance(index, pandas.MultiIndex):
        used = index.remove_unused_levels()
        codes, labels = list(used.codes), tuple(used.levels)
    else:
        positions, found = index.factorize(sort=True)
        codes, labels = [positions], (found,)
    for level, along in enumerate(codes):
        if (np.asarray(along) < 0).any():
            place = int(np.argmin(along))
            raise ValueError(f"level {level} of the index has no label at position {place}")
    lengths = tuple(map(len, labels))
    where = np.array(codes, np.int64).reshape(len(labels), -1)
    values = given.to_numpy()
    return Labelled(
        at_positions(where, values, lengths, fill_value, sum_duplicates, labels), labels
    )


def to_pandas(
    x: ArrayLike,
    labels: Sequence[ArrayLike | None] | None = None,
    *,
    names: Sequence[str] | None = None,
) -> Series[Any]:
    """Convert an array to a Series of pandas of the elements that are not its fill value.

    Parameters
    ----------
    x : array_like
        An array that is not in the standard basis is converted to it.
    labels : sequence of array_like or None, optional
        What the positions along each axis are called; None for their numbers.
    names : sequence of str, optional
        Of the levels of the index: of the axes.

    Returns
    -------
    pandas.Series
        With a ``MultiIndex``, of several axes.

    Raises
    ------
    MissingExtraError
        Where pandas is not installed.
    ValueError
        For labels that repeat, and where there are not as many as an axis is long.
    MaterializationError
        Where the elements of an array in another basis are over the memory budget.

    Notes
    -----
    O(k), and the labels.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.from_coordinates([[0, 2**20], [5, 7]], [1.0, 2.0], (2**30, 2**30))
    >>> qv.to_pandas(x, names=["row", "column"])
    row      column
    0        5         1.0
    1048576  7         2.0
    dtype: float64
    """
    pandas: Any = require("pandas", "tables")
    spectrum = in_standard_basis(asarray(x).spectrum)
    shape = spectrum.shape
    if not shape:
        raise ValueError("to_pandas takes arrays of at least one axis")
    given = [None] * len(shape) if labels is None else list(labels)
    if len(given) != len(shape):
        raise ValueError(f"labels for {len(given)} axes, but the array has {len(shape)}")
    levels = [_level(pandas, *each) for each in zip(given, shape, range(len(shape)), strict=True)]
    values, codes = spectrum.eigenvalues, list(spectrum.coordinates())
    if spectrum.active_indices is None:
        others = differs_from(values, spectrum.fill_value)
        values, codes = values[others], [along[others] for along in codes]
    if len(shape) == 1:
        index = levels[0].take(codes[0]).rename(names[0] if names else None)
    else:
        for axis, along in enumerate(codes):
            if given[axis] is None:  # pandas goes over whole levels
                levels[axis], codes[axis] = ranked(along)
        index = pandas.MultiIndex(levels=levels, codes=codes, names=names)
    out: Series[Any] = pandas.Series(values, index=index, copy=True)
    return out


def _level(pandas: ModuleType, known: ArrayLike | None, length: int, axis: int) -> Index[Any]:
    """Return the labels of an axis, checked, as an index."""
    level: Any = pandas.RangeIndex(length) if known is None else pandas.Index(known)
    if len(level) != length:
        raise ValueError(f"labels[{axis}] has {len(level)} labels for an axis of length {length}")
    if not level.is_unique:
        again = level[level.duplicated()].tolist()[0]
        raise ValueError(f"labels[{axis}]: {again!r} is there more than once")
    return level
