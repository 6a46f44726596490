"""Divisions that do not work.

`np.errstate` decides what division by zero, overflow and invalid numbers do: nothing, a warning,
or an exception, and infinities and NaN are counted afterwards.
"""

import warnings

import numpy as np


def error_states(above, below, large):
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = above / below
        logarithm = np.log(below)
    heard = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ratio += above / below
        np.exp(large)
        heard += sorted({str(one.message).split(" encountered")[0] for one in caught})
    with np.errstate(all="raise"):
        for attempt in (
            lambda: above / below,
            lambda: large * large,
            lambda: np.sqrt(-large),
            lambda: above + 1,
        ):
            try:
                attempt()
            except FloatingPointError as error:
                heard.append(str(error).split(" encountered")[0])
    finite = np.isfinite(ratio)
    ratio[~finite] = np.sign(above[~finite])
    below[below == 0] = np.nan
    return heard, ratio, np.isneginf(logarithm).sum(), np.nansum(below), finite


def inputs(rng):
    below = np.where(rng.random(30) < 0.5, 0.0, 2.0)
    return rng.integers(-1, 2, 30).astype(float), below, np.where(below == 0, 0.0, 1e200)
