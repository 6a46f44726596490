"""Operations of pandas with a virtual array among the operands."""

import numpy as np
import pandas as pd

import qvarray as qv

__all__ = ["CALLS", "DENSE"]

RNG = np.random.default_rng(0)
DENSE = RNG.integers(1, 5, (64, 64)) * (RNG.random((64, 64)) < 0.05) * 1.0
FRAME = pd.DataFrame(np.arange(4096.0).reshape(64, 64))
SERIES = pd.Series(np.arange(64.0))


def _numbers(x):
    return x[3].astype(int)


CALLS = {
    "DataFrame(x)": lambda x: pd.DataFrame(x),
    "Series(x)": lambda x: pd.Series(x[3]),
    "Index(x)": lambda x: pd.Index(x[3]),
    "DataFrame of columns": lambda x: pd.DataFrame({"a": x[0], "b": x[1]}),
    "frame + x": lambda x: FRAME + x,
    "x + frame": lambda x: x + FRAME,
    "frame * x": lambda x: FRAME * x,
    "frame @ x": lambda x: FRAME @ x,
    "frame > x": lambda x: FRAME > x,
    "series + x": lambda x: SERIES + x[3],
    "x - series": lambda x: x[3] - SERIES,
    "series / x": lambda x: SERIES / (x[3] + 1),
    "series.dot(x)": lambda x: SERIES.dot(x[3]),
    "np.exp(Series(x))": lambda x: np.exp(pd.Series(x[3])),
    "frame[mask]": lambda x: FRAME[x[3] > 0],
    "series[mask]": lambda x: SERIES[x[3] > 0],
    "frame.where(mask)": lambda x: FRAME.where(x > 0, 0.0),
    "frame.mask(mask)": lambda x: FRAME.mask(x > 0),
    "series.where(mask, x)": lambda x: SERIES.where(x[3] > 0, x[3]),
    "series.iloc[x]": lambda x: SERIES.iloc[_numbers(x)],
    "series.loc[x]": lambda x: SERIES.loc[_numbers(x)],
    "series.isin(x)": lambda x: SERIES.isin(x[3]),
    "series.groupby(x).sum()": lambda x: SERIES.groupby(_numbers(x)).sum(),
    "frame.groupby(x).mean()": lambda x: FRAME.groupby(_numbers(x)).mean(),
    "series.map": lambda x: pd.Series(x[3]).map({0.0: 5.0}),
    "frame.assign(a=x)": lambda x: FRAME.assign(a=x[3])["a"],
    "frame.iloc[...] = x": lambda x: _assigned(x),
    "factorize(x)": lambda x: pd.factorize(x[3]),
    "unique(x)": lambda x: pd.unique(x[3]),
    "cut(x)": lambda x: pd.cut(x[3], 3).codes,
    "qcut(x)": lambda x: pd.qcut(x[3] + np.arange(64), 4).codes,
    "value_counts": lambda x: pd.Series(x[3]).value_counts().sort_index(),
    "get_dummies": lambda x: pd.get_dummies(_numbers(x)),
    "isna(x)": lambda x: pd.isna(x),
    "to_numeric(x)": lambda x: pd.to_numeric(x[3]),
    "crosstab": lambda x: pd.crosstab(_numbers(x), x[4].astype(int)),
    "concat": lambda x: pd.concat([SERIES, pd.Series(x[3])]),
    "DataFrame.sparse.from_spmatrix": lambda x: pd.DataFrame.sparse.from_spmatrix(qv.to_scipy(x)),
    "rolling": lambda x: pd.Series(x[3]).rolling(3).mean(),
    "corr": lambda x: pd.Series(x[3]).corr(SERIES),
}


def _assigned(x):
    frame = FRAME.copy()
    frame.iloc[:, 3] = x[3]
    return frame
