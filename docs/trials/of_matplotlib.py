"""Plots of Matplotlib's of virtual arrays: what is drawn is what it draws of ndarrays."""

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from . import Of

__all__ = ["CALLS", "DENSE"]

mpl.use("Agg")

RNG = np.random.default_rng(0)
DENSE = RNG.random((64, 1024)) * (RNG.random((64, 1024)) < 0.05)
PLACES = np.arange(1024)
#: Bytes of a row.
ROW = DENSE[0].nbytes


def _axes():
    return Figure().add_subplot()


CALLS = {
    "plot": Of(ROW, lambda x: _axes().plot(x[3])[0].get_ydata()),
    "plot of two": Of(ROW, lambda x: _axes().plot(x[3], x[4])[0].get_xydata()),
    "step": Of(ROW, lambda x: _axes().step(PLACES, x[3])[0].get_ydata()),
    "semilogy": Of(ROW, lambda x: _axes().semilogy(x[3] + 1)[0].get_ydata()),
    "scatter": Of(ROW, lambda x: _axes().scatter(x[3], x[4], c=x[5]).get_offsets()),
    "bar": Of(ROW, lambda x: [each.get_height() for each in _axes().bar(PLACES, x[3])]),
    "stem": Of(ROW, lambda x: _axes().stem(x[3]).markerline.get_ydata()),
    "fill_between": Of(ROW, lambda x: _axes().fill_between(PLACES, x[3]).get_paths()[0].vertices),
    "errorbar": Of(ROW, lambda x: _axes().errorbar(PLACES, x[3], yerr=x[4])[0].get_ydata()),
    "hist": Of(ROW, lambda x: _axes().hist(x[3])[0]),
    "hist of all": lambda x: _axes().hist(x.ravel())[0],
    "hist2d": Of(ROW, lambda x: _axes().hist2d(x[3], x[4])[0]),
    "boxplot": Of(ROW, lambda x: _axes().boxplot(x[3])["medians"][0].get_ydata()),
    "imshow": lambda x: _axes().imshow(x).get_array(),
    "matshow": lambda x: _axes().matshow(x).get_array(),
    "pcolormesh": lambda x: _axes().pcolormesh(x).get_array(),
    "contour": lambda x: _axes().contour(x).levels,
    "spy": lambda x: _axes().spy(x, markersize=2).get_xydata(),
    "hexbin": Of(ROW, lambda x: _axes().hexbin(x[3], x[4]).get_array()),
    "quiver": lambda x: _axes().quiver(x, x).U,
}
