"""Read sparse arrays from files and tables of coordinates: Matrix Market, NPZ, CSV, Parquet."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from zipfile import is_zipfile

import numpy as np

from ..array.virtual_array import VirtualQArray
from ..core.values import Scalar, ShapeLike
from ..creation.arrays import asarray, checked_indices, from_coordinates
from ..creation.labels import Labelled, Labels
from ..runtime.extras import require

if TYPE_CHECKING:
    from pandas import DataFrame


class Table(Protocol):
    """What can be made a DataFrame: a table of pyarrow, a frame of polars."""

    def to_pandas(self) -> DataFrame:
        """Return the same as a DataFrame."""


#: How pandas reads the tables of some files.
_TABLES = {
    ".csv": "read_csv",
    ".tsv": "read_table",
    ".parquet": "read_parquet",
    ".feather": "read_feather",
}
_PACKED = (".gz", ".bz2", ".xz", ".zst")


def read_coordinates(
    source: str | os.PathLike[str] | DataFrame | Table,
    shape: ShapeLike | None = None,
    *,
    columns: Sequence[str] | None = None,
    labels: Labels = False,
    fill_value: Scalar | str = 0,
    sum_duplicates: bool = True,
) -> VirtualQArray | Labelled:
    """Read a sparse array from a file or a table of its coordinates and values.

    Parameters
    ----------
    source : path, or table
        Matrix Market (``.mtx``, ``.mtx.gz``, ``.mtx.bz2``), what ``scipy.sparse.save_npz`` or
        ``sparse.save_npz`` wrote (``.npz``), or a table: ``.csv`` and ``.tsv``, also packed,
        ``.parquet``, ``.feather``, a DataFrame of pandas, or what has a ``to_pandas`` (a table of
        pyarrow, a frame of polars).
    shape : int or sequence of int, optional
        Of the array of a table. By default the least that has room for all coordinates.
    columns : sequence of str, optional
        Of a table: those of the coordinates, and last that of the values. All by default.
    labels : bool or sequence of array_like or None
        Of a table: see `from_coordinates`.
    fill_value : scalar
        Of a table: the other elements.
    sum_duplicates : bool
        Of a table: add up the values of coordinates that repeat; else refuse them.

    Returns
    -------
    VirtualQArray, or Labelled
        With `labels` a named tuple of the ``array`` and the ``labels`` of each axis.

    Raises
    ------
    OSError
        For a file that is not there, or cannot be read.
    MissingExtraError
        For a table where pandas is not installed, or pyarrow for ``.parquet`` and ``.feather``.
    ValueError
        For a file of another kind or one that is damaged, and as `from_coordinates`.
    IndexError
        For a coordinate that is out of bounds.
    TypeError
        For coordinates that are no integers, without `labels`, and values that are no numbers.

    Notes
    -----
    O(k), and O(k log k) to sort labels that pandas has not sorted.

    Examples
    --------
    >>> import io, pandas as pd, qvarray as qv
    >>> sold = pd.DataFrame({"user": ["eve", "bob"], "item": ["tea", "ink"], "count": [3, 4]})
    >>> x, (users, items) = qv.read_coordinates(sold, labels=True)
    >>> print(x, list(users), list(items))
    [[4 0]
     [0 3]] ['bob', 'eve'] ['ink', 'tea']
    """
    if isinstance(source, (str, os.PathLike)):
        path = Path(source)
        kind = _kind(path)
        if kind not in _TABLES:
            is_plain = type(fill_value) in (int, float) and fill_value == 0 and sum_duplicates
            if labels is not False or columns is not None or shape is not None or not is_plain:
                raise TypeError(
                    "shape, columns, labels, fill_value and sum_duplicates are of tables, not of "
                    f"{kind} files"
                )
            return _from_npz(path) if kind == ".npz" else _from_matrix_market(path)
        table = _read_table(path, kind, columns)
    else:
        table = _as_table(source)
    return _from_table(table, shape, columns, labels, fill_value, sum_duplicates)


def _kind(path: Path) -> str:
    """Return the suffix that says what a file holds."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    while suffixes and suffixes[-1] in _PACKED:
        suffixes.pop()
    kind = suffixes[-1] if suffixes else ""
    known = [".mtx", ".npz", *_TABLES]
    if kind not in known:
        raise ValueError(f"{path.name}: read_coordinates reads {', '.join(known)}")
    return kind


def _from_matrix_market(path: Path) -> VirtualQArray:
    path.open("rb").close()  # whose error SciPy's releases have in several kinds
    # Reads it in C++, and checks each line.
    found = import_module("scipy.io").mmread(str(path))
    return asarray(found)


def _from_npz(path: Path) -> VirtualQArray:
    if not is_zipfile(path):
        path.open("rb").close()  # a file that is not there has the error of those
        raise ValueError(f"{path.name} is no archive of arrays")
    with np.load(path, allow_pickle=False) as file:
        if {"coords", "data", "shape"} <= set(file):  # of n axes, with a fill value
            fill = file["fill_value"][()] if "fill_value" in file else 0
            shape = tuple(file["shape"].tolist())
            return from_coordinates(file["coords"], file["data"], shape, fill_value=fill)
        if "compressed_axes" in file:  # sparse.GCXS
            return asarray(require("sparse", "sparse").load_npz(str(path)))
        if "format" not in file:
            names = ", ".join(file) or "nothing"
            raise ValueError(f"{path.name} holds no sparse array: it has {names}")
    return asarray(import_module("scipy.sparse").load_npz(path))


def _read_table(path: Path, kind: str, columns: Sequence[str] | None) -> DataFrame:
    pandas: Any = require("pandas", "tables")
    if kind in (".parquet", ".feather"):
        require("pyarrow", "tables")
        chosen: dict[str, Any] = {"columns": None if columns is None else list(columns)}
    else:
        chosen = {"usecols": None if columns is None else list(columns)}
    table: DataFrame = getattr(pandas, _TABLES[kind])(path, **chosen)
    return table


def _as_table(source: object) -> DataFrame:
    """Return a table as a DataFrame."""
    pandas: Any = require("pandas", "tables")
    table: Any = source.to_pandas() if hasattr(source, "to_pandas") else source
    if not isinstance(table, pandas.DataFrame):
        raise TypeError(
            f"read_coordinates takes a path or a table, got {type(source).__name__}; "
            "from_coordinates takes lists of coordinates"
        )
    frame: DataFrame = table
    return frame


def _from_table(
    table: DataFrame,
    shape: ShapeLike | None,
    columns: Sequence[str] | None,
    labels: Labels,
    fill_value: Scalar | str,
    sum_duplicates: bool,
) -> VirtualQArray | Labelled:
    names = list(table.columns if columns is None else columns)
    for name in names:
        if name not in table.columns:
            raise ValueError(f"no column {name!r}: there are {', '.join(map(str, table.columns))}")
    if len(names) < 2:
        raise ValueError(f"a table needs columns of coordinates and one of values, got {names}")
    *along, last = names
    values = table[last].to_numpy()
    if labels is not False:
        return from_coordinates(
            [table[name] for name in along],
            values,
            fill_value=fill_value,
            sum_duplicates=sum_duplicates,
            labels=labels,
        )
    where = [
        checked_indices(table[name].to_numpy(), f"coords[{axis}]")
        for axis, name in enumerate(along)
    ]
    if shape is None:
        shape = tuple(int(places.max()) + 1 if places.size else 0 for places in where)
    return from_coordinates(
        np.array(where), values, shape, fill_value=fill_value, sum_duplicates=sum_duplicates
    )
