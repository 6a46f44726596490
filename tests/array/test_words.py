"""Words that newcomers bring along, and what they are told."""

import numpy as np
import pytest

import qvarray as qv

A = qv.from_coordinates([[0, 5], [5, 7]], [1.0, 2.0], (10**6, 10**6))


def test_words_of_sparse_arrays():
    assert (A.nnz, A.density) == (2, 2e-12)
    assert A.coordinates.tolist() == [[0, 5], [5, 7]]
    same = qv.from_coordinates(A.coordinates, A.eigenvalues, A.shape)
    assert (same != A).nnz == 0
    small = qv.encode(np.arange(6.0).reshape(2, 3))
    assert np.array_equal(small.decode(), small.todense())
    assert qv.asarray(np.ones((2, 2))).coordinates.tolist() == [[0, 0, 1, 1], [0, 1, 0, 1]]
    assert qv.zeros((0, 3)).density == 0


def test_coordinates_of_other_bases_and_values_of_any():
    wave = qv.from_eigenvalues([1.0], [3], 64, basis="cosine")
    with pytest.raises(AttributeError, match=r"cosine basis is stored: ask x.to_basis"):
        _ = wave.coordinates
    with pytest.raises(AttributeError, match=r"x.eigenvalues .* x.to_numpy\(\)"):
        _ = A.values
    with pytest.raises(AttributeError, match=r"x.coordinates"):
        _ = A.coords


@pytest.mark.parametrize("given", [np.ones(3), [1, 2], 7.0])
def test_the_type_is_no_constructor(given):
    with pytest.raises(TypeError, match=f"not {type(given).__name__}: qvarray.asarray, array"):
        qv.VirtualQArray(given)


@pytest.mark.parametrize(
    ("word", "meant"),
    [("dct", "cosine"), ("Cosine", "cosine"), ("fuorier", "fourier"), ("hadamard", "walsh")],
)
def test_unknown_bases(word, meant):
    with pytest.raises(qv.UnknownBasisError, match=f"{word}'; did you mean '{meant}'\\? there are"):
        qv.encode(np.ones(8), basis=word)
    with pytest.raises(qv.UnknownBasisError, match="basis 'xyz'; there are"):
        qv.encode(np.ones(8), basis="xyz")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x, p: np.save(p / "a.npy", x), r"qvarray.save\(file, x\)"),
        (lambda x, p: np.savez(p / "a.npz", x), r"qvarray.save\(file, x\)"),
        (
            lambda x, _: x / (np.arange(10**6) % 7)[:, None],
            r"divide by numpy.maximum\(divisor, tiny",
        ),
    ],
)
def test_hints(call, words, tmp_path):
    with (
        qv.options(memory_budget=2**26),
        np.errstate(all="ignore"),
        pytest.raises(qv.MaterializationError, match=words),
    ):
        call(A, tmp_path)


def test_libraries_are_told_what_they_take():
    sparse = pytest.importorskip("scipy.sparse")
    with pytest.raises(qv.MaterializationError, match=r"Instead: qvarray.to_scipy\(x\)"):
        sparse.coo_array(A)
    assert (sparse.eye_array(A.shape[0], format="csr") @ A).nnz == A.nnz


def test_spy_draws_what_is_stored():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    line = plt.spy(A)
    assert line.get_xdata().tolist() == [5, 7]
    assert line.get_ydata().tolist() == [0, 5]
    plt.close("all")
    for other in (A + 1, A[0], qv.asarray(np.ones((3, 3)))):
        assert not hasattr(other, "tocoo")


def test_of_a_diagonal_matrix():
    d = qv.operator([1.0, 2.0], [0, 5], 1000)
    assert d.coordinates.tolist() == [[0, 5], [0, 5]]
    assert (d.nnz, d.density) == (2, 2e-6)
    with pytest.raises(AttributeError, match="todense"):
        _ = qv.operator([1.0], [0], 8, basis="fourier").coordinates


@pytest.mark.parametrize("given", [0.5, -0.2, "half", None])
def test_a_budget_is_bytes(given):
    before = qv.options.memory_budget
    with pytest.raises(ValueError, match="memory_budget must be a number of bytes"):
        qv.options.memory_budget = given
    assert qv.options.memory_budget == before
