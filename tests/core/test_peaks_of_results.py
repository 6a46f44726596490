"""No function allocates more than twice the memory budget for a result larger than its arguments.

Functions whose result is no larger than their arguments, and a constant, are listed too: every one
that can be overridden is in one of the two lists.
"""

from math import isqrt

import numpy as np
import numpy.lib.scimath as scimath
import numpy.lib.stride_tricks as tricks
import numpy.polynomial.polynomial as npp
import pytest
from numpy.testing import overrides

import qvarray as qv

from .test_peaks import CASES, PARTS, Arguments, peaks

__all__ = ["peaks"]


class Large(Arguments):
    """Arguments of results of `n` elements, which are `side` * `side` or about as many."""

    def __init__(self, basis, size):
        super().__init__(basis, size)
        self.side = isqrt(self.n)

    def line(self, length=None, dtype=float):
        """An array of one axis, as long as the side."""
        return self.array((self.side if length is None else length,), dtype)

    def column(self, dtype=float):
        return self.array((self.side, 1), dtype)

    def rows(self, count=2, dtype=float):
        return self.array((count, self.side), dtype)

    def days(self, count=None):
        return qv.asarray(np.arange(self.side if count is None else count).astype("M8[D]"))

    def ints(self):
        return qv.asarray(self.rng.integers(0, 2, self.side))


def out_of(function, x, n, **kwargs):
    """Transform into an output."""
    few = function(np.ones(x.shape), n, **kwargs)
    return function(x, n, **kwargs, out=qv.zeros(few.shape, dtype=few.dtype))


def transforms(f):
    return [lambda a: f(a.line(5), a.n), lambda a: out_of(f, a.line(5), a.n)]


def transforms_of_tables(f):
    return [
        lambda a: f(a.array((5, 5)), (a.side, a.side), (0, 1)),
        lambda a: out_of(f, a.array((5, 5)), (a.side, a.side), axes=(0, 1)),
    ]


OF_LINES = ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")
OF_TABLES = ("fft2", "ifft2", "rfft2", "irfft2", "fftn", "ifftn", "rfftn", "irfftn")

#: Calls of small arguments that have a large result, or make large arrays on the way.
LARGE = {
    np.apply_along_axis: [lambda a: np.apply_along_axis(lambda v: np.ones(a.side), 0, a.rows())],
    np.allclose: [lambda a: np.allclose(a.column(), a.line())],
    np.arange: [lambda a: np.arange(a.n, like=a.line(5))],
    np.array_equiv: [lambda a: np.array_equiv(a.column(), a.line())],
    np.array_split: [lambda a: np.array_split(a.line(5), a.n // 64)],
    np.bincount: [
        lambda a: np.bincount(a.line(5, int), minlength=a.n),
        lambda a: np.bincount(qv.asarray([1, a.n])),
        lambda a: np.bincount(qv.asarray([1, a.n]), weights=a.line(2)),
    ],
    np.broadcast_arrays: [lambda a: np.broadcast_arrays(a.column(), a.line())],
    np.broadcast_to: [lambda a: np.broadcast_to(a.line(), (a.side, a.side))],
    np.busday_count: [lambda a: np.busday_count(a.days()[:, None], a.days())],
    np.busday_offset: [lambda a: np.busday_offset(a.days()[:, None], a.ints(), roll="forward")],
    np.choose: [lambda a: np.choose(a.ints()[:, None], [a.line(), a.line()])],
    np.clip: [lambda a: np.clip(a.column(), a.line(), None)],
    np.corrcoef: [lambda a: np.corrcoef(a.array((a.side, 2)))],
    np.cov: [lambda a: np.cov(a.array((a.side, 2)))],
    np.cross: [lambda a: np.cross(a.array((a.side, 1, 3)), a.array((a.side, 3)))],
    np.datetime_as_string: [lambda a: np.datetime_as_string(a.days(a.n // 14))],
    np.diag: [lambda a: np.diag(a.line())],
    np.diagflat: [lambda a: np.diagflat(a.line())],
    np.dsplit: [lambda a: np.dsplit(a.array((1, 1, 5)), [1] * (a.n // 64))],
    np.dot: [lambda a: np.dot(a.column(), a.rows(1))],
    np.einsum: [lambda a: np.einsum("i,j->ij", a.line(), a.line())],
    np.empty: [lambda a: np.empty(a.n, like=a.line(5))],
    np.empty_like: [lambda a: np.empty_like(a.line(5), shape=(a.n,))],
    np.eye: [lambda a: np.eye(a.side, like=a.line(5))],
    np.fromfunction: [lambda a: np.fromfunction(np.add, (a.side, a.side), like=a.line(5))],
    np.full: [lambda a: np.full(a.n, 3.0, like=a.line(5))],
    np.full_like: [lambda a: np.full_like(a.line(5), 3.0, shape=(a.n,))],
    np.geomspace: [lambda a: np.geomspace(a.line() + 1, a.line() + 2, a.side)],
    np.histogram: [
        lambda a: np.histogram(a.line(5), a.n),
        lambda a: np.histogram(a.line(5), a.n, weights=a.line(5)),
        lambda a: np.histogram(a.line(5), a.n, density=True),
    ],
    np.histogram2d: [lambda a: np.histogram2d(a.line(5), a.line(5), a.side)],
    np.histogram_bin_edges: [lambda a: np.histogram_bin_edges(a.line(5), a.n)],
    np.histogramdd: [lambda a: np.histogramdd(a.array((5, 2)), (a.side, a.side))],
    np.hsplit: [lambda a: np.hsplit(a.line(5), [1] * (a.n // 64))],
    np.identity: [lambda a: np.identity(a.side, like=a.line(5))],
    np.inner: [lambda a: np.inner(a.column(), a.column())],
    np.insert: [lambda a: np.insert(a.rows(), np.zeros(a.side, int), 5, axis=0)],
    np.isclose: [lambda a: np.isclose(a.column(), a.line())],
    np.isin: [lambda a: np.isin(a.line(5, int), qv.asarray([0, 8 * a.n]), kind="table")],
    np.kron: [lambda a: np.kron(a.line(), a.line())],
    np.linspace: [lambda a: np.linspace(a.line(), 9.0, a.side)],
    np.logspace: [lambda a: np.logspace(a.line(), 9.0, a.side)],
    np.meshgrid: [lambda a: np.meshgrid(a.line(), a.line())],
    np.nanpercentile: [lambda a: np.nanpercentile(a.rows(), np.linspace(0, 99, a.side), axis=0)],
    np.nanquantile: [lambda a: np.nanquantile(a.rows(), np.linspace(0, 1, a.side), axis=0)],
    np.nanstd: [lambda a: np.nanstd(a.line(), mean=a.column())],
    np.nanvar: [lambda a: np.nanvar(a.line(), mean=a.column())],
    np.ones: [lambda a: np.ones(a.n, like=a.line(5))],
    np.ones_like: [lambda a: np.ones_like(a.line(5), shape=(a.n,))],
    np.outer: [lambda a: np.outer(a.line(), a.line())],
    np.pad: [
        lambda a: np.pad(a.line(5), a.n // 2),
        *(
            lambda a, mode=mode: np.pad(a.line(5), a.n // 2, mode)
            for mode in ("edge", "linear_ramp", "mean", "reflect", "symmetric", "wrap", "empty")
        ),
    ],
    np.percentile: [lambda a: np.percentile(a.rows(), np.linspace(0, 99, a.side), axis=0)],
    np.polyfit: [lambda a: np.polyfit(a.line(), a.line(), a.side // 4)],
    np.polyval: [lambda a: np.polyval(a.rows(), a.column())],
    npp.polygrid2d: [
        lambda a: npp.polygrid2d(a.line(), a.line(), np.eye(2)),
        lambda a: npp.polygrid2d(a.line(), a.line(), a.array((2, 2))),
    ],
    npp.polyval2d: [lambda a: npp.polyval2d([1.0] * a.side, [2.0] * a.side, a.rows(2)[..., None])],
    np.quantile: [
        lambda a: np.quantile(a.rows(), np.linspace(0, 1, a.side), axis=0),
        lambda a: np.quantile(a.rows(), np.linspace(0, 1, a.side), axis=0, method="nearest"),
    ],
    np.ravel_multi_index: [
        lambda a: np.ravel_multi_index((a.ints()[:, None], a.ints()), (a.side, a.side))
    ],
    np.repeat: [
        lambda a: np.repeat(a.line(4), a.n // 4),
        lambda a: np.repeat(a.line(4), qv.asarray([1, 2, a.n, 3])),
        lambda a: np.repeat(a.rows(), a.side, axis=0),
    ],
    np.resize: [lambda a: np.resize(a.line(5), a.n)],
    np.select: [lambda a: np.select([a.column() > 1, a.line() > 1], [a.line(), a.column()])],
    np.split: [lambda a: np.split(a.line(5), list(range(a.n // 64)))],
    np.std: [lambda a: np.std(a.line(), mean=a.column())],
    np.take: [
        lambda a: np.take(a.rows(), a.ints(), axis=0),
        lambda a: np.take(a.rows(), a.ints(), axis=0, mode="clip"),
    ],
    np.take_along_axis: [lambda a: np.take_along_axis(a.rows(2).T, a.ints()[None] % 2, 1)],
    np.tensordot: [lambda a: np.tensordot(a.line(), a.line(), 0)],
    np.tile: [lambda a: np.tile(a.line(5), a.n // 5), lambda a: np.tile(a.line(), (a.side, 1))],
    np.tri: [lambda a: np.tri(a.side, like=a.line(5))],
    np.tril: [lambda a: np.tril(a.line())],
    np.tril_indices_from: [lambda a: np.tril_indices_from(a.array((a.side, a.side), int))],
    np.triu: [lambda a: np.triu(a.line())],
    np.triu_indices_from: [lambda a: np.triu_indices_from(a.array((a.side, a.side), int))],
    np.trapezoid: [
        lambda a: np.trapezoid(a.array((a.side, 1, 2)), a.array((1, a.side, 2))),
    ],
    np.unpackbits: [lambda a: np.unpackbits(a.line(a.n // 8, np.uint8))],
    np.unstack: [lambda a: np.unstack(a.line(a.n // 64))],
    np.vander: [
        lambda a: np.vander(a.line()),
        lambda a: np.vander(a.line(2), a.n // 2),
        lambda a: np.vander(a.line(2, int), a.n // 2, increasing=True),
    ],
    np.var: [lambda a: np.var(a.line(), mean=a.column())],
    np.vsplit: [lambda a: np.vsplit(a.array((5, 1)), [1] * (a.n // 64))],
    np.where: [lambda a: np.where(a.column() > 1, a.line(), 0.5)],
    np.zeros: [lambda a: np.zeros(a.n, like=a.line(5))],
    np.zeros_like: [lambda a: np.zeros_like(a.line(5), shape=(a.n,))],
    np.linalg.cross: [lambda a: np.linalg.cross(a.array((a.side, 1, 3)), a.array((a.side, 3)))],
    np.linalg.lstsq: [
        lambda a: np.linalg.lstsq(a.rows(1), a.rows(1), None),
        lambda a: np.linalg.lstsq(a.rows(1), qv.asarray(np.ones((1, a.side))), None),
    ],
    np.linalg.matmul: [lambda a: np.linalg.matmul(a.column(), a.rows(1))],
    np.linalg.matrix_rank: [
        lambda a: np.linalg.matrix_rank(a.array((a.side, 1, 2, 2)), tol=a.line())
    ],
    np.linalg.multi_dot: [lambda a: np.linalg.multi_dot([a.column(), a.rows(1)])],
    np.linalg.outer: [lambda a: np.linalg.outer(a.line(), a.line())],
    np.linalg.qr: [
        lambda a: np.linalg.qr(a.column(), mode="complete"),
        lambda a: np.linalg.qr(a.column(), mode="raw"),
    ],
    np.linalg.solve: [
        lambda a: np.linalg.solve(a.array((a.side, 1, 1, 1)) + 1, a.array((a.side, 1, 1)))
    ],
    np.linalg.svd: [lambda a: np.linalg.svd(a.column()), lambda a: np.linalg.svd(a.rows(1))],
    np.linalg.tensordot: [lambda a: np.linalg.tensordot(a.line(), a.line(), axes=0)],
    np.linalg.vecdot: [lambda a: np.linalg.vecdot(a.array((a.side, 1, 2)), a.array((a.side, 2)))],
    scimath.logn: [lambda a: scimath.logn(a.column() + 2, a.line())],
    scimath.power: [lambda a: scimath.power(a.column(), a.line())],
    tricks.as_strided: [lambda a: tricks.as_strided(a.line(2), (a.side, a.side), (0, 8))],
    tricks.sliding_window_view: [lambda a: tricks.sliding_window_view(a.line(2 * a.side), a.side)],
    **{getattr(np.fft, name): transforms(getattr(np.fft, name)) for name in OF_LINES},
    **{getattr(np.fft, name): transforms_of_tables(getattr(np.fft, name)) for name in OF_TABLES},
}

#: Ufuncs and their methods, of operands that broadcast.
UFUNCS = {
    "add": lambda a: np.add(a.column(), a.line()),
    "divmod": lambda a: np.divmod(a.column(), a.line() + 1),
    "hypot": lambda a: np.hypot(a.column(), a.line()),
    "where": lambda a: np.add(a.column(), a.line(), where=a.line() > 1, out=None),
    "matmul": lambda a: np.matmul(a.column(), a.rows(1)),
    "matvec": lambda a: np.matvec(a.column(), a.array((a.side, 1, 1))),
    "vecdot": lambda a: np.vecdot(a.array((a.side, 1, 2)), a.array((a.side, 2))),
    "vecmat": lambda a: np.vecmat(a.array((a.side, 1, 1)), a.rows(1)),
    "outer": lambda a: np.add.outer(a.line(), a.line()),
    "outer of two": lambda a: np.divmod.outer(a.line(), a.line() + 1),
}

#: The others, of which no result is much larger than the arguments. `numpy.roots` and `numpy.poly`
#: are handed over by their elements alone, as numbers.
NO_LARGER = """
unwrap all amax amin angle any append apply_over_axes argmax argmin argpartition argsort argwhere
around array array2string array_equal array_repr array_str asanyarray asarray ascontiguousarray
asfortranarray astype atleast_1d atleast_2d atleast_3d average block can_cast column_stack
common_type compress concatenate convolve copy copyto correlate count_nonzero cumprod cumsum
cumulative_prod cumulative_sum delete diag_indices_from diagonal diff digitize dstack ediff1d
einsum_path expand_dims extract fftshift ifftshift fill_diagonal fix flatnonzero flip fliplr flipud
frombuffer fromfile fromiter fromstring genfromtxt gradient hstack i0 imag interp intersect1d
is_busday iscomplex iscomplexobj isneginf isposinf isreal isrealobj ix_ lexsort arccos arcsin
arctanh log log10 log2 sqrt cholesky cond det eig eigh eigvals eigvalsh inv matrix_norm matrix_power
matrix_transpose norm pinv slogdet svdvals tensorinv tensorsolve trace vector_norm loadtxt max
may_share_memory mean median min min_scalar_type moveaxis nan_to_num nanargmax nanargmin nancumprod
nancumsum nanmax nanmean nanmedian nanmin nanprod nansum ndim nonzero packbits partition piecewise
place poly polyadd polyder polydiv polyint polymul polysub prod ptp put put_along_axis putmask ravel
real real_if_close require reshape result_type roll rollaxis roots rot90 round save savetxt savez
savez_compressed searchsorted setdiff1d setxor1d shape shares_memory sinc size sort sort_complex
squeeze stack sum swapaxes transpose trim_zeros union1d unique unique_all unique_counts
unique_inverse unique_values unravel_index vdot vstack
""".split()  # noqa: SIM905


def test_every_function_is_in_a_list():
    listed = {function.__name__ for function in LARGE} | set(NO_LARGER)
    of_text = ("numpy.strings", "numpy.char", "numpy.lib.recfunctions")
    missing = [
        function.__name__
        for function in overrides.get_overridable_numpy_array_functions()
        if function.__module__ not in of_text and function.__name__ not in listed
    ]
    assert not missing


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("basis", "size"), CASES)
def test_results_stay_within_twice_the_budget(peaks, basis, size):
    peaks.allowed += 0 if basis in ("dense", "standard") else PARTS
    named = {
        f"{function.__module__}.{function.__name__}": calls for function, calls in LARGE.items()
    }
    named |= {name: [call] for name, call in UFUNCS.items()}
    for name, calls in named.items():
        for number, call in enumerate(calls):
            peaks.run(call, f"{name}:{number}", lambda: [Large(basis, size)])
    assert not peaks.over, "\n".join(f"{k} {v}" for k, v in peaks.over.items())
