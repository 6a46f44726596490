"""Operations of pandas with a virtual array among the operands."""

import numpy as np
import pandas as pd

import qvarray as qv

from . import Of

__all__ = ["CALLS", "DENSE"]

RNG = np.random.default_rng(0)
DENSE = RNG.integers(1, 5, (64, 4096)) * (RNG.random((64, 4096)) < 0.05) * 1.0
FRAME = pd.DataFrame(np.arange(64 * 4096.0).reshape(64, 4096))
TALL = pd.DataFrame(np.arange(2 * 4096.0).reshape(4096, 2))
SERIES = pd.Series(np.arange(4096.0))
#: Bytes of a row, of a row of bool, and of an array of bool.
ROW, BOOLS, MASK = DENSE[0].nbytes, DENSE[0].size, DENSE.size


def _numbers(x):
    return x[3].astype(int)


CALLS = {
    "DataFrame(x)": lambda x: pd.DataFrame(x),
    "Series(x)": Of(ROW, lambda x: pd.Series(x[3])),
    "Index(x)": Of(ROW, lambda x: pd.Index(x[3])),
    "DataFrame of columns": Of(ROW, lambda x: pd.DataFrame({"a": x[0], "b": x[1]})),
    "frame + x": lambda x: FRAME + x,
    "x + frame": lambda x: x + FRAME,
    "frame * x": lambda x: FRAME * x,
    "frame @ x": lambda x: FRAME.iloc[:, :64] @ x,
    "frame > x": lambda x: FRAME > x,
    "series + x": Of(ROW, lambda x: SERIES + x[3]),
    "x - series": Of(ROW, lambda x: x[3] - SERIES),
    "series / x": Of(ROW, lambda x: SERIES / (x[3] + 1)),
    "series.dot(x)": Of(ROW, lambda x: SERIES.dot(x[3])),
    "np.exp(Series(x))": Of(ROW, lambda x: np.exp(pd.Series(x[3]))),
    "frame[mask]": Of(BOOLS, lambda x: TALL[x[3] > 0]),
    "series[mask]": Of(BOOLS, lambda x: SERIES[x[3] > 0]),
    "frame.where(mask)": Of(MASK, lambda x: FRAME.where(x > 0, 0.0)),
    "frame.mask(mask)": Of(MASK, lambda x: FRAME.mask(x > 0)),
    "series.where(mask, x)": Of(ROW, lambda x: SERIES.where(x[3] > 0, x[3])),
    "series.iloc[x]": Of(ROW, lambda x: SERIES.iloc[_numbers(x)]),
    "series.loc[x]": Of(ROW, lambda x: SERIES.loc[_numbers(x)]),
    "series.isin(x)": Of(ROW, lambda x: SERIES.isin(x[3])),
    "series.groupby(x).sum()": Of(ROW, lambda x: SERIES.groupby(_numbers(x)).sum()),
    "frame.groupby(x).mean()": Of(ROW, lambda x: TALL.groupby(_numbers(x)).mean()),
    "series.map": Of(ROW, lambda x: pd.Series(x[3]).map({0.0: 5.0})),
    "frame.assign(a=x)": Of(ROW, lambda x: TALL.assign(a=x[3])["a"]),
    "frame.iloc[...] = x": Of(ROW, lambda x: _assigned(x)),
    "factorize(x)": Of(ROW, lambda x: pd.factorize(x[3])),
    "unique(x)": Of(ROW, lambda x: pd.unique(x[3])),
    "cut(x)": Of(ROW, lambda x: pd.cut(x[3], 3).codes),
    "qcut(x)": Of(ROW, lambda x: pd.qcut(x[3] + np.arange(4096), 4).codes),
    "value_counts": Of(ROW, lambda x: pd.Series(x[3]).value_counts().sort_index()),
    "get_dummies": Of(ROW, lambda x: pd.get_dummies(_numbers(x))),
    "isna(x)": lambda x: pd.isna(x),
    "to_numeric(x)": Of(ROW, lambda x: pd.to_numeric(x[3])),
    "crosstab": Of(ROW, lambda x: pd.crosstab(_numbers(x), x[4].astype(int))),
    "concat": Of(ROW, lambda x: pd.concat([SERIES, pd.Series(x[3])])),
    "DataFrame.sparse.from_spmatrix": lambda x: pd.DataFrame.sparse.from_spmatrix(qv.to_scipy(x)),
    "rolling": Of(ROW, lambda x: pd.Series(x[3]).rolling(3).mean()),
    "corr": Of(ROW, lambda x: pd.Series(x[3]).corr(SERIES)),
}


def _assigned(x):
    frame = TALL.copy()
    frame.iloc[:, 1] = x[3]
    return frame
