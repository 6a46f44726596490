"""The pictures, by what their Axes hold."""

import io
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.core.pages import PAGE, Pages
from qvarray.plot.ruler import Ruler, thinned
from tests.huge import peak_of
from tests.twin import twins

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def drawn(ax):
    """The size of the picture as PNG: that it can be drawn at all."""
    file = io.BytesIO()
    ax.figure.savefig(file, format="png")
    return file.tell()


def texts(ax):
    names = [] if ax.get_legend() is None else [one.get_text() for one in ax.get_legend().texts]
    return [*names, *(one.get_text() for one in ax.texts)]


def points(ax):
    positions, heights = ax.lines[0].get_data()
    return np.asarray(positions).tolist(), np.asarray(heights).tolist()


# -- spectrum -------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [64, 2**40, 2**62])
def test_magnitudes_are_at_their_indices(n):
    x = qv.from_eigenvalues([1.0, -0.5, 0.25], [0, 3, n - 1], n, basis="walsh")
    ax = qv.plot.spectrum(x)
    assert points(ax) == ([0.0, 3.0, float(n - 1)], [1.0, 0.5, 0.25])
    assert "walsh" in ax.get_title()
    assert "3 of" in ax.get_title()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Active index", "Magnitude")
    assert ax.get_yscale() == "linear"
    left, right = ax.get_xlim()
    assert left < 0 < n - 1 < right
    assert drawn(ax) < 100_000


@given(twins(shape=st.integers(0, 12).map(lambda n: (n,))))
def test_every_dtype_can_be_drawn(pair):
    _, x = pair
    ax = Figure().subplots()
    assert qv.plot.spectrum(x, ax) is ax
    with np.errstate(all="ignore"):
        sizes = np.abs(x.eigenvalues.astype(np.result_type(x.dtype, np.float64)))
    finite = np.isfinite(x.eigenvalues)
    above = finite & (sizes > 0)
    indices = np.arange(x.size) if x.active_indices is None else x.active_indices
    keep = above if ax.get_yscale() == "log" else finite
    positions, heights = points(ax)
    assert positions == indices[keep].tolist()
    expected = np.where(above, np.clip(sizes, 1e-280, 1e280), 0.0)
    np.testing.assert_array_equal(heights, expected[keep].astype(np.float64))


def test_wide_ranges_are_logarithmic():
    x = qv.from_coordinates([[1, 5, 70]], [1e-9, 1.0, 3.0], (100,))
    assert qv.plot.spectrum(x).get_yscale() == "log"
    assert qv.plot.spectrum(x, log=False).get_yscale() == "linear"
    assert qv.plot.spectrum(x[60:], log=True).get_yscale() == "log"


@pytest.mark.parametrize("shape", [(400,), (20, 20)])
def test_the_ends_of_a_type_can_be_drawn(shape):
    limits = np.finfo(np.float64)
    values = [limits.smallest_subnormal, limits.max, -1.0, 1e-100]
    dense = np.zeros(400)
    dense[[1, 50, 70, 90]] = values
    x = qv.asarray(dense.reshape(shape))
    assert drawn(qv.plot.spectrum(x)) > 0
    huge = x.astype(complex) * (1 + 0j)
    assert drawn(qv.plot.spectrum(huge)) > 0
    assert drawn(qv.plot.spectrum(qv.asarray(np.full(shape, 1.7e308 * (1 + 1j))))) > 0


def test_what_is_not_finite_is_marked_at_the_edge():
    values = [np.nan, -np.inf, complex(1, np.nan), -1.0]
    x = qv.from_coordinates([[1, 5, 8, 70]], np.array(values), (100,))
    ax = qv.plot.spectrum(x)
    assert points(ax) == ([70.0], [1.0])
    assert ax.lines[1].get_xdata().tolist() == [1.0, 5.0, 8.0]
    assert "3 not finite" in texts(ax)
    assert drawn(ax) > 0


def test_zeros_that_are_stored_are_marked_on_a_logarithmic_scale():
    ax = qv.plot.spectrum(qv.asarray(np.array([0.0, 1e-6, 1.0, 2.0, 3.0])))
    assert points(ax) == ([1.0, 2.0, 3.0, 4.0], [1e-6, 1.0, 2.0, 3.0])
    assert "1 of magnitude 0" in texts(ax)


def test_fill_values_are_said():
    x = qv.full((2**40,), -7.0) + qv.from_coordinates([[3]], [1.0], (2**40,))
    ax = qv.plot.spectrum(x)
    assert points(ax) == ([3.0], [6.0])
    assert "fill value -7.0, everywhere else" in texts(ax)
    assert np.asarray(ax.lines[1].get_ydata())[0] == 7.0
    nan = qv.plot.spectrum(qv.full((9,), np.nan))
    assert "fill value nan, everywhere else" in texts(nan)
    plane = qv.plot.spectrum(qv.full((2**20, 2**20), 3.0))
    assert "fill value 3.0" in plane.get_title()


@pytest.mark.parametrize("shape", [(0,), (9,), (2**40,), (0, 3), (2**20, 2**30), (2, 3, 4), ()])
@pytest.mark.parametrize("draw", [qv.plot.spectrum, qv.plot.pages])
def test_nothing_active(draw, shape):
    ax = draw(qv.zeros(shape))
    assert {"nothing is active", "no elements"} & set(texts(ax)) or shape == ()
    assert drawn(ax) > 0


def test_operators_are_drawn_along_the_diagonal():
    ax = qv.plot.spectrum(qv.operator([2.0, -3.0], [0, 7], 2**62, basis="fourier"))
    assert points(ax) == ([0.0, 7.0], [2.0, 3.0])
    assert "along the diagonal" in ax.get_xlabel()
    assert "everywhere else" in texts(qv.plot.spectrum(qv.identity(2**62)))[0]
    laplacian = qv.plot.spectrum(qv.laplacian(64))
    assert len(points(laplacian)[0]) == 64


def test_planes_of_few_points():
    n = 2**30
    x = qv.from_coordinates([[0, 5, n - 1], [7, n - 5, 4]], [1.0, -2.0, 0.5], (n, n))
    ax = qv.plot.spectrum(x)
    (dots,) = ax.collections
    assert dots.get_offsets().tolist() == [[7.0, 0.0], [n - 5.0, 5.0], [4.0, n - 1.0]]
    assert dots.get_array().tolist() == [1.0, 2.0, 0.5]
    bottom, top = ax.get_ylim()
    assert bottom > top  # rows go down, as they are printed
    assert drawn(ax) > 0


def test_planes_of_many_points_are_cells():
    dense = np.arange(600.0).reshape(20, 30) + 1
    ax = qv.plot.spectrum(qv.asarray(dense))
    (cells,) = ax.collections
    np.testing.assert_array_equal(cells.get_array(), dense)
    wide = qv.plot.spectrum(qv.asarray(10.0 ** np.arange(-25, 25).reshape(5, 10)))
    assert isinstance(wide.collections[0].norm, LogNorm)


@given(st.integers(0, 2**31), st.sampled_from([300, 4096, 2**22, 2**31]))
def test_cells_have_the_largest_in_them(seed, n):
    rng = np.random.default_rng(seed)
    coords = rng.integers(0, rng.integers(1, n), (2, 900))
    x = qv.from_coordinates(coords, rng.random(900), (n, n))
    mesh = qv.plot.spectrum(x, Figure().subplots()).collections[0]
    values = np.ma.filled(mesh.get_array(), 0.0)
    assert values.max() == x.eigenvalues.max()
    assert 0 < np.count_nonzero(values) <= 900
    assert values.ndim == 1 or max(values.shape) <= 256


def test_planes_with_gaps():
    dense = np.ones((50, 50))
    dense[3, 4], dense[7, 8], dense[9] = np.nan, np.inf, 0.0
    ax = qv.plot.spectrum(qv.asarray(dense), log=True)
    assert "2 not finite" in texts(ax)
    assert "50 of magnitude 0 are not drawn" in ax.get_title()
    assert ax.lines[0].get_data()[0].tolist() == [4.0, 8.0]


def test_more_axes_in_c_order():
    dense = np.zeros((2, 3, 4))
    dense[1, 2, 0], dense[0, 0, 3] = 2.0, 1.0
    ax = qv.plot.spectrum(qv.asarray(dense))
    assert "C order of the shape (2, 3, 4)" in ax.get_xlabel()
    assert [height for height in points(ax)[1] if height] == [1.0, 2.0]
    assert points(qv.plot.spectrum(qv.asarray(3.5))) == ([0.0], [3.5])


def test_a_million_eigenvalues():
    k = 10**6
    rng = np.random.default_rng(0)
    values = rng.standard_normal(k) / (1 + np.arange(k))
    values[777_777] = 1e6
    x = qv.from_eigenvalues(values, np.arange(k) * 16, 2**24, basis="cosine")
    ax = qv.plot.spectrum(x)
    positions, heights = points(ax)
    assert len(positions) <= 2000
    assert max(heights) == 1e6
    assert positions[int(np.argmax(heights))] == 777_777 * 16.0
    assert "largest of 2000 parts" in ax.get_ylabel()
    assert drawn(ax) < 100_000
    assert len(points(qv.plot.spectrum(x, most=50))[0]) <= 50


@given(
    st.lists(st.tuples(st.integers(0, 2**40 - 1), st.floats(0, 10)), min_size=1),
    st.integers(1, 20),
    st.booleans(),
)
def test_thinning_keeps_the_highest_of_each_bin(pairs, most, low):
    table = dict(pairs)
    positions = np.array(sorted(table)) >> (30 if low else 0)
    positions, first = np.unique(positions, return_index=True)
    heights = np.array([table[one] for one in sorted(table)])[first]
    ruler = Ruler(2**40, positions)
    kept, tops = thinned(ruler, positions, heights, most)
    assert kept.size <= max(most, 1) + 1
    if positions.size <= most:
        assert kept is positions
        return
    bins = ruler.bins(positions, ruler.edges(most))
    expected = [heights[bins == one].max() for one in np.unique(bins)]
    assert tops.tolist() == expected
    assert np.isin(kept, positions).all()


def test_what_is_not_evaluated_yet():
    x = qv.from_eigenvalues([1.0, 2.0], [1, 5], 4096, basis="cosine")
    ax = qv.plot.spectrum(np.exp(x))
    assert "expression of exp" in ax.get_title()
    assert len(points(ax)[0]) == 2000
    assert max(points(ax)[1]) == np.max(np.exp(x))
    large = np.exp(qv.from_eigenvalues([1.0, 2.0], [1, 5], 2**40, basis="cosine"))
    with pytest.raises(qv.MaterializationError):
        qv.plot.spectrum(large)
    samples = np.sin(np.arange(4096.0) / 50).reshape(64, 64)
    packed = qv.encode(samples, qv.blocked("cosine", 8), tol=1e-2, storage="int8")
    assert "packed as int8" in qv.plot.spectrum(packed).get_title()
    state = qv.gates.cx(qv.gates.h(qv.gates.zero_state(50), 3), 3, 40)
    assert points(qv.plot.spectrum(state))[0] == [0.0, float(2**46 + 2**9)]


def test_two_arrays_in_one_picture():
    x = qv.from_eigenvalues([1.0, 0.5], [0, 3], 64, basis="walsh")
    y = qv.from_eigenvalues([7.0], [900], 1024, basis="walsh")
    ax = qv.plot.spectrum(x, label="x")
    assert qv.plot.spectrum(y, ax, color="C1", label="y") is ax
    assert texts(ax) == ["x", "y"]
    assert ax.lines[1].get_color() == "C1"
    assert ax.get_xlim()[1] > 900
    assert ax.get_ylim()[1] > 7
    qv.plot.spectrum(x, ax)
    assert ax.get_xlim()[1] > 900
    assert ax.get_ylim()[1] > 7


def test_each_call_has_its_own_figure():
    x = qv.asarray([1.0, 2.0])
    assert qv.plot.spectrum(x).figure is not qv.plot.pages(x).figure


# -- pages ----------------------------------------------------------------------------------


@given(
    st.lists(st.integers(1, 9), min_size=0, max_size=4).map(tuple),
    st.sampled_from([1, 2, 5, 16, 64]),
)
def test_which_page_has_a_position(shape, size):
    pages = Pages(shape, size)
    numbers = np.full(shape, -1)
    for i in range(len(pages)):
        numbers[tuple(slice(part.start, part.stop) for part in pages[i])] = i
    positions = np.arange(numbers.size)
    np.testing.assert_array_equal(pages.holding(positions), numbers.ravel())
    assert np.bincount(numbers.ravel()).max() == pages.most_elements


@pytest.mark.parametrize("n", [2**40, 2**62])
def test_active_elements_of_pages(n):
    x = qv.from_coordinates([[5, 9, PAGE, n - 1]], [1.0, 2.0, 3.0, 4.0], (n,))
    ax = qv.plot.pages(x)
    assert points(ax) == ([0.0, 1.0, float(n // PAGE - 1)], [2, 1, 1])
    assert "3 of" in ax.get_title()
    assert "stored 64 B" in ax.get_title()
    assert ("8.0 TiB" if n == 2**40 else "32.0 EiB") in ax.get_title()
    assert ax.get_xlim()[1] > n // PAGE - 1
    assert drawn(ax) > 0


@pytest.mark.parametrize("shape", [(3 * PAGE + 5,), (3, PAGE + 7), (1000, 300), (5, 7, 40_000)])
def test_pages_that_are_full(shape):
    ax = qv.plot.pages(qv.asarray(np.ones(shape, np.int8) * np.arange(shape[-1], dtype=np.int8)))
    pages = Pages(shape)
    expected = [np.prod([len(part) for part in pages[i]]) for i in range(len(pages))]
    assert points(ax)[1] == expected
    assert sum(expected) == np.prod(shape)


def test_pages_that_are_computed():
    x = qv.from_eigenvalues([1.0, 2.0], [1, 5], 2**62, basis="cosine")
    ax = qv.plot.pages(x)
    assert points(ax)[1] == [2, 2]
    assert "each computed from 2 eigenvalues" in ax.get_title()
    ax = qv.plot.pages(np.exp(x))
    assert points(ax)[1] == [PAGE, PAGE]
    assert "to evaluate (expression of exp)" in ax.get_title()
    ax = qv.plot.pages(qv.identity(2**62))
    assert "and a fill value" in ax.get_title()
    assert drawn(ax) > 0


def test_pages_of_what_is_kept_otherwise():
    state = qv.gates.cx(qv.gates.h(qv.gates.zero_state(60), 3), 3, 40)
    ax = qv.plot.pages(state)
    assert "kept as: state of 60 qubits" in ax.get_title()
    assert drawn(ax) > 0


def test_pages_take_no_memory():
    x = np.exp(qv.from_eigenvalues([1.0, 2.0], [1, 5], 2**62, basis="walsh"))
    y = qv.from_coordinates([[5, 2**61]], [1.0, 2.0], (2**62,))
    _, (first, second) = plt.subplots(2)
    with qv.options(memory_budget=2**16):
        _, peak = peak_of(lambda: (qv.plot.pages(x, first), qv.plot.pages(y, second)))
    assert peak < 2**20


# -- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize("draw", [qv.plot.spectrum, qv.plot.pages])
def test_wrong_arguments(draw):
    x = qv.asarray([1.0, 2.0])
    with pytest.raises(TypeError, match="takes a VirtualQArray, not ndarray"):
        draw(np.ones(3))
    with pytest.raises(TypeError, match="takes a VirtualQArray, not NoneType"):
        draw(None)
    with pytest.raises(TypeError, match="ax must be Matplotlib's Axes, not Figure"):
        draw(x, plt.figure())
    with pytest.raises(ValueError, match="most must be at least 1, got 0"):
        draw(x, most=0)
    with pytest.raises(TypeError, match="most must be a whole number, not float"):
        draw(x, most=1.5)


_BLOCKED = """
import sys
import qvarray as qv
assert "matplotlib" not in sys.modules
sys.modules["matplotlib"] = None
for draw in (qv.plot.spectrum, qv.plot.pages):
    try:
        draw(qv.asarray([1.0, 2.0]))
    except ImportError as error:
        assert isinstance(error, qv.MissingExtraError)
        print(error)
"""


def test_a_missing_extra_is_named():
    done = subprocess.run([sys.executable, "-c", _BLOCKED], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    for line in lines:
        assert line.startswith("plotting needs matplotlib")
        assert line.endswith('pip install "qvarray[plot]"')
