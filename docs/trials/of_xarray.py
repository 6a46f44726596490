"""Calls of xarray, to be run on an ndarray and on a virtual array."""

import copy
import pickle

import numpy as np
import pandas as pd
import xarray as xr

__all__ = ["CALLS", "DENSE", "POINTS", "labelled"]

RNG = np.random.default_rng(0)
#: Mostly zeros, and none of them negative; the first columns, which many calls take, are full.
DENSE = RNG.standard_normal((6, 4096)) * (RNG.random((6, 4096)) < 0.01) + 0.0
DENSE[:, :8] = RNG.standard_normal((6, 8))


def labelled(data):
    coords = {"x": np.arange(6.0), "y": np.arange(4096), "l": ("x", list("aabbcc"))}
    return xr.DataArray(data, dims=("x", "y"), coords=coords)


PLAIN = labelled(DENSE)
POINTS = {"x": xr.DataArray([0, 3], dims="p"), "y": xr.DataArray([5, 0], dims="p")}
WEIGHTS = xr.DataArray(np.arange(6.0), dims="x")


def _assigned(d, key, value):
    d = d.copy(deep=True)
    d[key] = value
    return d


def _assigned_by_label(d, key, value):
    d = d.copy(deep=True)
    d.loc[key] = value
    return d


CALLS = {
    "sum": lambda d: d.sum(),
    "mean": lambda d: d.mean("x"),
    "std": lambda d: d.std("y"),
    "var": lambda d: d.var(),
    "median": lambda d: d.median("x"),
    "quantile": lambda d: d.quantile(0.3, "x"),
    "quantile2": lambda d: d.quantile([0.3, 0.5], "x"),
    "max": lambda d: d.max("x"),
    "argmax": lambda d: d.argmax("x"),
    "idxmax": lambda d: d.idxmax("x"),
    "idxmin": lambda d: d.idxmin("y"),
    "cumsum": lambda d: d.cumsum("x"),
    "cumprod": lambda d: d.cumprod("x"),
    "prod": lambda d: d.prod(),
    "any": lambda d: (d > 0).any("x"),
    "all": lambda d: (d > 0).all(),
    "count": lambda d: d.count("x"),
    "shift": lambda d: d.shift(x=1),
    "roll": lambda d: d.roll(x=2),
    "pad": lambda d: d.pad(x=1),
    "pad2": lambda d: d.pad(x=1, mode="edge"),
    "rolling": lambda d: d.rolling(x=3).mean(),
    "rollsum": lambda d: d.rolling(x=3, center=True).sum(),
    "rollmax": lambda d: d.rolling(y=2).max(),
    "construct": lambda d: d.rolling(x=2).construct("w"),
    "weighted": lambda d: d.weighted(WEIGHTS).mean("x"),
    "wsum": lambda d: d.weighted(WEIGHTS).sum("x"),
    "dot": lambda d: xr.dot(d, d, dim="x"),
    "@": lambda d: d @ d,
    "differentiate": lambda d: d.differentiate("x"),
    "integrate": lambda d: d.integrate("x"),
    "diff": lambda d: d.diff("x"),
    "interp": lambda d: d.interp(x=[0.5, 1.5]),
    "interp_like": lambda d: d.interp(y=[0.5]),
    "isel": lambda d: d.isel(x=2),
    "isels": lambda d: d.isel(x=slice(1, 4)),
    "isell": lambda d: d.isel(x=[0, 3]),
    "iselo": lambda d: d.isel(x=[0, 3], y=[5, 0]),
    "iselp": lambda d: d.isel(POINTS),
    "sel": lambda d: d.sel(x=2.0),
    "selm": lambda d: d.sel(x=2.2, method="nearest"),
    "where": lambda d: d.where(d > 0),
    "where0": lambda d: d.where(d > 0, 0.0),
    "wheredrop": lambda d: d.where(d.x > 2, drop=True),
    "fillna": lambda d: d.where(d > 0).fillna(0),
    "isnull": lambda d: d.isnull(),
    "notnull": lambda d: d.notnull(),
    "dropna": lambda d: d.where(d.x > 1).dropna("x"),
    "interpna": lambda d: d.where(d > 0).interpolate_na("x"),
    "groupbysum": lambda d: d.groupby("l").sum(),
    "gbmean": lambda d: d.groupby("l").mean(),
    "gbmap": lambda d: d.groupby("l").map(lambda g: g - g.mean()),
    "gbbins": lambda d: d.groupby_bins("y", [0, 3, 8]).mean(),
    "gbfirst": lambda d: d.groupby("l").first(),
    "gbarith": lambda d: d.groupby("l") - d.groupby("l").mean(),
    "concat": lambda d: xr.concat([d, d], dim="x"),
    "concatnew": lambda d: xr.concat([d, d], dim="t"),
    "stack": lambda d: d.stack(z=("x", "y")),
    "unstack": lambda d: d.drop_vars("l").stack(z=("x", "y")).unstack("z"),
    "transpose": lambda d: d.transpose("y", "x"),
    "T": lambda d: d.T,
    "expand": lambda d: d.expand_dims("t"),
    "squeeze": lambda d: d.isel(x=[0]).squeeze(),
    "add": lambda d: d + d,
    "addn": lambda d: d + PLAIN,
    "radd": lambda d: PLAIN + d,
    "add the array": lambda d: d + d.data,
    "array add": lambda d: d.data + d,
    "ufunc of the array": lambda d: np.maximum(d.data, d),
    "mul": lambda d: 2 * d,
    "pow": lambda d: d**2,
    "neg": lambda d: -d,
    "abs": lambda d: abs(d),
    "cmp": lambda d: d > 0,
    "clip": lambda d: d.clip(-1, 1),
    "round": lambda d: d.round(1),
    "astype": lambda d: d.astype("f4"),
    "real": lambda d: d.real,
    "conj": lambda d: d.conj(),
    "exp": lambda d: np.exp(d),
    "sqrt": lambda d: np.sqrt(abs(d)),
    "apply": lambda d: xr.apply_ufunc(np.sin, d),
    "applyc": lambda d: xr.apply_ufunc(lambda a: a.sum(-1), d, input_core_dims=[["y"]]),
    "sortby": lambda d: d.sortby("x", ascending=False),
    "reindex": lambda d: d.reindex(x=[0.0, 1.0, 9.0]),
    "align": lambda d: xr.align(d, d.isel(x=slice(0, 3)))[0],
    "broadcast": lambda d: xr.broadcast(d, d.isel(x=0))[1],
    "corr": lambda d: xr.corr(d, d, dim="x"),
    "cov": lambda d: xr.cov(d, d, dim="x"),
    "polyfit": lambda d: d.polyfit("x", 1).polyfit_coefficients,
    "isin": lambda d: d.isin([DENSE[0, 0]]),
    "item": lambda d: d[0, 0].item(),
    "values": lambda d: d.values,
    "to_numpy": lambda d: d.to_numpy(),
    "to_series": lambda d: d.to_series().values,
    "to_df": lambda d: d.to_dataframe("a")["a"].values,
    "copy": lambda d: d.copy(),
    "deep": lambda d: d.copy(deep=True),
    "equals": lambda d: d.equals(d),
    "identical": lambda d: d.identical(d.copy()),
    "repr": lambda d: len(repr(d)) > 10,
    "html": lambda d: len(d._repr_html_()) > 10,
    "ds": lambda d: d.to_dataset(name="a").mean()["a"],
    "dsarr": lambda d: xr.Dataset({"a": d, "b": d}).to_array(),
    "merge": lambda d: xr.merge([d.rename("a"), d.rename("b")], compat="override")["b"],
    "combine": lambda d: d.combine_first(d),
    "map_blocks": lambda d: d.map_blocks(lambda a: a * 2),
    "head": lambda d: d.head(2),
    "thin": lambda d: d.thin(2),
    "assign": lambda d: d.assign_coords(x=np.arange(6)),
    "swap": lambda d: d.swap_dims(x="l"),
    "rename": lambda d: d.rename(x="q"),
    "drop": lambda d: d.drop_sel(x=[0.0]),
    "drop_isel": lambda d: d.drop_isel(x=[0]),
    "set1": lambda d: _assigned(d, {"x": [0, 3], "y": [5, 0]}, 99.0),
    "set2": lambda d: _assigned(d, {"x": 1}, 9.0),
    "set3": lambda d: _assigned_by_label(d, {"x": 2.0}, 9.0),
    "setp": lambda d: _assigned(d, POINTS, 9.0),
    "nanmax": lambda d: d.where(d > 0).max("x"),
    "nanmean": lambda d: d.where(d > 0).mean("x"),
    "nanstd": lambda d: d.where(d > 0).std("x"),
    "nanmedian": lambda d: d.where(d > 0).median("x"),
    "skipna": lambda d: d.sum(skipna=False),
    "cumint": lambda d: d.cumulative_integrate("x"),
    "reduce": lambda d: d.reduce(np.sum, "x"),
    "resample": lambda d: (
        d.assign_coords(x=pd.date_range("2000-01-01", periods=6)).resample(x="2D").mean()
    ),
    "chunk": lambda d: d.chunk(x=2).mean().compute(),
    "persist": lambda d: d.chunk(x=3).persist(),
    "size": lambda d: d.size,
    "attrs": lambda d: d.assign_attrs(a=1),
    "uwhere": lambda d: xr.where(d > 0, d, 0),
    "max2": lambda d: np.maximum(d, 0.0),
    "argsort": lambda d: d.argsort(-1),
    "first": lambda d: d.groupby("l").last(),
    "minall": lambda d: d.min(),
    "broadcast_like": lambda d: d.isel(x=0).broadcast_like(d),
    "tail": lambda d: d.tail(x=2),
    "pipe": lambda d: d.pipe(lambda a: a + 1),
    "pickle": lambda d: pickle.loads(pickle.dumps(d)),
    "deepcopy": lambda d: copy.deepcopy(d),
    "bool": lambda d: bool(d[0, 0] > -99),
    "float": lambda d: float(d[0, 0]),
    "len": lambda d: len(d),
    "iter": lambda d: len(list(d)),
    "contains": lambda d: DENSE[0, 0] in d,
    "imag": lambda d: d.imag,
    "coarsen": lambda d: d.astype(float).drop_vars("l").coarsen(x=2).mean(),
    "ffill": lambda d: d.where(d > 0).ffill("x"),
    "bfill": lambda d: d.where(d > 0).bfill("x"),
    "rank": lambda d: d.rank("x"),
    "groupby max": lambda d: d.groupby("l").max(),
    "groupby std": lambda d: d.groupby("l").std(),
    "groupby count": lambda d: d.groupby("l").count(),
    "groupby median": lambda d: d.groupby("l").median(),
    "rolling std": lambda d: d.rolling(y=3, min_periods=1).std(),
    "rolling reduce": lambda d: d.rolling(y=3).reduce(np.max),
    "weighted std": lambda d: d.weighted(WEIGHTS).std("x"),
    "weighted quantile": lambda d: d.weighted(WEIGHTS).quantile(0.5, dim="x"),
    "mean of two axes": lambda d: d.mean(("x", "y")),
    "sum min_count": lambda d: d.where(d > 0).sum("x", min_count=3),
    "nanquantile": lambda d: d.where(d > 0).quantile(0.5, "x"),
    "nanargmax": lambda d: d.where(d > -9).argmax("x"),
    "negative step": lambda d: d.isel(x=slice(None, None, -1)),
    "mask": lambda d: d.isel(x=np.arange(6) % 2 == 0),
    "cumulative": lambda d: d.cumulative("x").sum(),
    "to_dask": lambda d: (2 * d.chunk(x=2)).sum("y").compute(),
    "fmod": lambda d: np.fmod(d, 0.3),
    "matmul": lambda d: xr.dot(d, d.rename(x="z"), dim="y"),
    "assign to a mask": lambda d: xr.where(d.x > 2, 0.0, d),
}


def prepared(x):
    return (labelled(x),)
