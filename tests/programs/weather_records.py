"""Weather records with gaps.

Statistics of stations that miss days: medians, percentiles, sums and the days of the extremes, all
of which pass over NaN.
"""

import numpy as np

ROUNDING = 4


def weather_records(rain):
    missing = np.isnan(rain)
    summary = {
        "median": np.nanmedian(rain, axis=1),
        "dry limit": np.nanpercentile(rain, [25, 75], axis=1),
        "ninth": np.nanquantile(rain, 0.9, axis=0),
        "least": np.nanmin(rain, axis=1),
        "wettest day": np.nanargmax(rain, axis=1),
        "driest day": np.nanargmin(rain, axis=1),
        "total": np.nansum(rain, axis=1),
        "so far": np.nancumsum(rain, axis=1),
        "growth": np.nancumprod(1 + rain / 100, axis=1)[:, -1],
        "product": np.nanprod(1 + rain / 100, axis=1),
        "variance": np.nanvar(rain, axis=1, ddof=1),
    }
    wet = np.where(missing, False, rain > 0)
    spells = np.diff(np.flatnonzero(np.diff(np.r_[0, wet.ravel(), 0])))[::2]
    np.nan_to_num(rain, copy=False, nan=-1.0)
    return summary, spells.max(), (rain == -1).sum(axis=1)


def inputs(rng):
    rain = np.where(rng.random((6, 30)) < 0.6, 0.0, rng.integers(1, 30, (6, 30)))
    rain[rng.random((6, 30)) < 0.1] = np.nan
    return (rain,)
