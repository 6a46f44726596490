"""Every basis: its matrix, whole transforms, pages, elements, restrictions."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray.bases import as_basis, as_indices, grid, grid_rows, named_bases

from ..twin import (
    BASES,
    BLOCKED,
    FLOATS,
    MERGED,
    WAVELETS,
    dense_by_definition,
    lengths,
    matrix,
    spectral_twins,
)
from . import questions

MORE = ["blocked(haar, 16)", "blocked(walsh, 8)", "blocked(conj(fourier), 16)"]


@st.composite
def axes(draw):
    name = draw(st.sampled_from([*BASES, *WAVELETS, "conj(fourier)", *BLOCKED, *MORE, *MERGED]))
    return as_basis(name), draw(lengths(name, 6, 70))


def functions(axis):
    basis, n = axis
    return matrix(basis.name, n)


def test_names():
    assert named_bases()[:5] == ["standard", "haar", "walsh", "cosine", "fourier"]
    assert named_bases()[5:7] == ["db2", "sym8"]
    assert set(named_bases()) == {*BASES, "constant", "db2", "sym8"}
    assert [str(as_basis(name)) for name in BASES] == BASES
    assert as_basis(as_basis("haar")) == as_basis("haar")
    with pytest.raises(qv.UnknownBasisError, match="'wavelet'"):
        as_basis("wavelet")
    with pytest.raises(TypeError, match="7"):
        as_basis(7)


@given(axes())
def test_elements_are_the_definition(axis):
    questions.elements(axis[0], axis[1], functions(axis))


@given(axes(), st.sampled_from(FLOATS), st.integers(0, 2**32 - 1))
def test_analyse_and_synthesise_are_inverse(axis, dtype, seed):
    questions.transforms(axis[0], axis[1], functions(axis), dtype, seed)


@given(axes(), st.data())
def test_pages(axis, data):
    _, n = axis
    start = data.draw(st.integers(0, n))
    stop, k = data.draw(st.integers(start, n)), data.draw(st.integers(0, n))
    questions.pages(axis[0], axis[1], functions(axis), start, stop, k)
    step = data.draw(st.sampled_from([step for step in range(1, n + 1) if n % step == 0]))
    questions.combs(axis[0], axis[1], functions(axis), data.draw(st.integers(0, step - 1)), step)


@given(axes(), st.data())
def test_restrictions(axis, data):
    _, n = axis
    step = data.draw(st.sampled_from([1, -1, 2, -2, 3, 4, -4, 8]))
    bound = st.none() | st.integers(-n, n)
    positions = range(*slice(data.draw(bound), data.draw(bound), step).indices(n))
    questions.restrictions(axis[0], axis[1], functions(axis), positions)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("walsh", slice(8, 16)),
        ("walsh", slice(3, None, 4)),
        ("walsh", slice(None, None, -1)),
        ("haar", slice(8, 16)),
        ("haar", slice(None, None, -1)),
        ("fourier", slice(1, None, 2)),
        ("fourier", slice(None, None, -1)),
        ("cosine", slice(None, None, -1)),
        ("hartley", slice(None, None, 4)),
        ("hartley", slice(8, None, 16)),
    ],
)
def test_what_is_closed(name, part):
    closed = as_basis(name).restrict(32, range(32)[part], as_indices(range(32)))
    assert closed is not None
    assert closed.basis.name == name


@given(axes())
def test_sums_and_the_constant(axis):
    questions.sums(axis[0], axis[1], functions(axis))
    basis, n = axis
    if basis.name == "standard":
        assert basis.constants(n, n - 1) is None


@given(axes(), st.data())
def test_covers(axis, data):
    _, n = axis
    step = data.draw(st.sampled_from([1, -1, 2, -3]))
    questions.covers(axis[0], axis[1], range(n)[data.draw(st.integers(0, n - 1)) :: step])


@given(axes(), st.data())
def test_groups_of_positions(axis, data):
    basis, n = axis
    indices = data.draw(st.lists(st.integers(0, n - 1), max_size=4))
    most = data.draw(st.sampled_from([1, 4, n]))
    questions.groups(basis, n, functions(axis), np.array(indices, np.int64), most)


@pytest.mark.parametrize(
    ("name", "n", "indices", "count", "firsts"),
    [
        ("walsh", 2**62, [3, 6, 5], 2**60, [0, 1, 2, 3]),
        ("walsh", 2**40, [2**39, 2**38 + 2**39], 2**38, [0, 2**38, 2**39, 2**39 + 2**38]),
        ("fourier", 2**62, [2**60, 2**61, 2**62 - 2**60], 2**60, [0, 1, 2, 3]),
        ("conj(fourier)", 2**40, [0], 2**40, [0]),
        ("hartley", 3 * 2**40, [2**40], 2**40, [0, 1, 2]),
        ("cosine", 2**62, [2**61], 2**61, [0, 1]),
        ("haar", 2**62, [0, 1], 2**61, [0, 2**61]),
        ("haar", 2**40, [2**39 + 5], None, [0, 10, 11, 12]),
        ("standard", 2**62, [0, 1, 2**61], None, [0, 1, 2, 2**61]),
        ("constant", 2**62, [0], 2**62, [0]),
        ("blocked(walsh, 4)", 2**40, [2**39 + 1], None, [0, 1, 2**39, 2**39 + 1]),
    ],
)
def test_groups_of_many_positions(name, n, indices, count, firsts):
    found = as_basis(name).alike(n, np.array(indices), 1000)
    assert found is not None
    assert found.firsts.tolist() == firsts
    assert sum(found.counts.tolist()) == n
    assert count is None or found.counts.tolist() == [count] * len(firsts)


@given(axes())
def test_blocks_and_operators(axis):
    questions.blocks(*axis)
    questions.operators(axis[0], axis[1], functions(axis))


@pytest.mark.parametrize(
    ("name", "n", "part", "after"),
    [
        ("blocked(cosine, 8)", 44, slice(8, 24), "blocked(cosine, 8)"),
        ("blocked(cosine, 8)", 44, slice(24, None), "blocked(cosine, 8)"),
        ("blocked(cosine, 8)", 44, slice(8, 16), "cosine"),
        ("blocked(haar, 8)", 44, slice(40, None), "haar"),
        ("blocked(haar, 8)", 46, slice(44, None), "haar"),
        ("blocked(cosine, 8)", 48, slice(None, None, -1), "blocked(cosine, 8)"),
        ("blocked(fourier, 8)", 48, slice(9, None, 2), "blocked(fourier, 4)"),
        ("blocked(walsh, 8)", 48, slice(47, 7, -4), "blocked(walsh, 2)"),
        ("blocked(cosine, 8)", 48, slice(3, None, 8), "standard"),
    ],
)
def test_what_is_closed_on_blocks(name, n, part, after):
    closed = as_basis(name).restrict(n, range(n)[part], as_indices(range(n)))
    assert closed is not None
    assert closed.basis.name == after


def test_blocks():
    basis = qv.blocked("cosine", 8)
    assert str(basis) == "blocked(cosine, 8)"
    assert basis == as_basis("blocked(cosine, 8)") == as_basis(" blocked( cosine ,8)")
    assert basis != qv.blocked("cosine", 4)
    assert qv.blocked("haar", 1) == qv.blocked("standard", 5) == as_basis("standard")
    assert qv.blocked("fourier", 8).conjugate == as_basis("blocked(conj(fourier), 8)")
    for one in (basis, qv.blocked(qv.blocked("haar", 2), 6)):
        assert pickle.loads(pickle.dumps(one)) == copy.deepcopy(one) == one


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("blocked(cosine, 0)", "at least 1, got 0"),
        ("blocked(walsh, 6)", "length 6"),
        ("blocked(cosine)", "argument"),
        ("blocked(8, cosine)", "integer"),
        ("blocked(wavelet, 8)", "'wavelet'"),
        ("blocked(cosine, 8", "unknown"),
        ("stacked(cosine, 8)", "unknown"),
    ],
)
def test_blocks_that_there_are_not(name, match):
    with pytest.raises(ValueError, match=match):
        as_basis(name)


def test_blocks_are_local_at_any_size():
    n = 2**40 + 3
    x = qv.from_eigenvalues([1.0, 2.0, 3.0], [5, 9, n - 1], n, basis="blocked(cosine, 8)")
    with qv.options(memory_budget=2**16):
        assert np.isclose(np.sum(x), 3.0 * matrix("cosine", 3)[:, 2].sum())
        assert np.isclose(np.var(x) * n, 14.0)
        np.testing.assert_allclose(x[8:16].todense(), 2.0 * matrix("cosine", 8)[:, 1])
        np.testing.assert_allclose(x[-3:].todense(), 3.0 * matrix("cosine", 3)[:, 2])
        assert not x[17 : n - 3 : 2**30].todense().any()
        assert np.isclose((x + 1.0)[-1], 1.0 + x[-1])


@given(axes(), axes(), st.data())
def test_grids(one, other, data):
    (basis, n), (second, m) = one, other
    rows = range(
        *slice(data.draw(st.integers(0, n - 1)), n, data.draw(st.integers(1, 3))).indices(n)
    )
    columns = range(data.draw(st.integers(1, m)))
    rng = np.random.default_rng(n * m)
    k = data.draw(st.integers(1, 9))
    i, j, values = rng.integers(0, n, k), rng.integers(0, m, k), rng.standard_normal(k)
    left, right = matrix(basis.name, n)[rows][:, i], matrix(second.name, m)[columns][:, j]
    where = [(basis, n, rows, i), (second, m, columns, j)]
    np.testing.assert_allclose(grid(where, values), (left * values) @ right.T, atol=1e-13)
    starts = np.unique(np.concatenate([[0], rng.integers(0, k, 3)]))
    parts = np.split(np.arange(k), starts[1:])
    expected = [(left[:, part] * values[part]) @ right[:, part].T for part in parts]
    np.testing.assert_allclose(grid_rows(where, values, starts), expected, atol=1e-13)


@given(spectral_twins())
def test_the_formula(pair):
    expected, y = pair
    np.testing.assert_allclose(y.todense(), expected, rtol=0, atol=1e-13)


@given(
    st.sampled_from(["fourier", "conj(fourier)"]),
    st.one_of(st.integers(1, 40), st.sampled_from([4095, 4096, 4098, 4100, 5000, 2**13, 2**14])),
    st.sampled_from([0, 1, 7, 60, 600, 6000]),
    st.booleans(),
    st.sampled_from([None, float, complex]),
    st.integers(0, 99),
)
def test_few_waves_are_summed_as_all_are(name, n, k, is_real, memory, seed):
    basis, rng = as_basis(name), np.random.default_rng(seed)
    indices = rng.integers(0, n, k)  # which repeat
    values = rng.standard_normal(k) + 1j * rng.standard_normal(k)
    coefficients = np.zeros(n, complex)
    np.add.at(coefficients, indices, values)
    expected = basis.synthesise(coefficients, 0)
    out = None if memory is None else np.full(n, np.nan, memory)
    got = basis.sum_of_few(n, indices, values, is_real, out)
    assert (got is None) == (is_real and n % 2 == 1)
    if got is not None:
        assert got.dtype == (float if is_real else complex)
        assert got is out or memory is not got.dtype.type
        expected = expected.real if is_real else expected
        np.testing.assert_allclose(got, expected, rtol=0, atol=1e-14 * (1 + np.linalg.norm(values)))


@given(spectral_twins(), st.data())
def test_changing_bases(pair, data):
    expected, y = pair
    possible = [
        ["standard", "fourier", "cosine", "conj(fourier)"]
        + (["walsh", "haar"] if n & (n - 1) == 0 else [])
        for n in y.shape
    ]
    names = [data.draw(st.sampled_from(some)) for some in possible]
    z = y.to_basis(names)
    z.spectrum.check()
    assert [str(basis) for basis in z.bases] == names
    assert z.dtype == y.dtype
    np.testing.assert_allclose(dense_by_definition(z), expected, rtol=0, atol=1e-13)
    true = np.linalg.norm(z.todense() - expected)
    # The oracle rounds too.
    assert true <= (z.recovery_error + 5e-15) * np.linalg.norm(expected)


def test_changing_one_axis_needs_only_its_lines():
    x = qv.from_coordinates([[2**30, 5], [3, 4]], [1.0, 2.0], (2**40, 8))
    y = x.to_basis(["standard", "walsh"])
    assert y.nactive == 16
    np.testing.assert_allclose(y[2**30].todense(), x[2**30].todense(), atol=1e-15)
    with pytest.raises(qv.MaterializationError, match="budget"):
        x.to_basis(["cosine", "standard"])
