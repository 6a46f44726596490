"""Einstein summation: NumPy is the oracle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from tests.twin import check, spectral_twins

from .test_products import KINDS, compare, plain

SUBSCRIPTS = [
    "i,i", "i,i->i", "ij,jk", "ij,jk->ki", "ij,ij", "ij,ij->ij", "ij,ij->j", "ij,kj->ik", "ii",
    "ii->i", "iij->ij", "iij->ji", "ij->ji", "ij->j", "ij->", "i,j", "i,j->ji", "ij,jk,kl",
    "ij,jk,kl->li", "bij,bjk->bik", "bij,bjk->ikb", "bij,bjk", "bij,jk->bik", "ij,j,i", "ij,j,i->i",
    "i,i,i", "i,i,i->i", "ij,ik,il->jkl", "...i,...i->...", "...ij,...jk->...ik", "...ij,jk->i...k",
    "i...,i...", "i...->...", "ii...->...i", "ij,", ",ij", "i", "ij", "ba", "a,b,c", "aab,bcc->ac",
    "ab,ba", "aaa", "aaa->a", "ij,jj->i", "ij , jk -> ik",
    "", ",", "i->ij", "i,ij->k", "ij->iij", "i.j", "ij,jk->ii", "i..,j", "i->i->i", "1,2", "ijk,ij",
    "ij,jk,",
]  # fmt: skip


VIEWS = ["ij->ji", "ii->i", "ij", "ji", "ij->ij", "ij->i", "ii", "i...->...", "...->..."]


@st.composite
def calls(draw):
    """Subscripts, and shapes that mostly fit them."""
    text = draw(st.sampled_from(SUBSCRIPTS))
    lengths = {one: draw(st.integers(0, 4)) for one in sorted(set(text))}
    dots = tuple(draw(st.lists(st.sampled_from([1, 2, 2]), max_size=2)))
    shapes = []
    for part in text.partition("->")[0].replace(" ", "").split(","):
        shape = []
        for letter in part.replace("...", "@"):
            if letter == "@":
                shape += [n if draw(st.integers(0, 3)) else 1 for n in dots]
            else:
                shape.append(1 if draw(st.integers(0, 9)) == 0 else lengths[letter])
        if draw(st.integers(0, 30)) == 0:
            shape.append(2)
        shapes.append(tuple(shape))
    return text, shapes


@given(calls(), st.data())
def test_einsum(call, data):
    text, shapes = call
    optimize = data.draw(st.sampled_from([False, True, "greedy", "optimal"]))
    # Where NumPy adds up in steps, it may add up booleans and small integers before they are
    # promoted: we never do.
    kinds = KINDS if optimize is False else [data.draw(st.sampled_from(KINDS))]
    pairs = [data.draw(plain(shape, kinds)) for shape in shapes]
    compare(lambda *arrays: np.einsum(text, *arrays, optimize=optimize), *pairs)
    compare(lambda *arrays: np.einsum(text, *arrays), pairs[0], *[(x, x) for x, _ in pairs[1:]])


@given(calls(), st.data())
def test_paths(call, data):
    text, shapes = call
    pairs = [data.draw(plain(shape)) for shape in shapes]
    compare(lambda *arrays: np.einsum_path(text, *arrays)[0], *pairs)
    compare(lambda *arrays: np.einsum_path(text, *arrays, optimize="optimal")[0], *pairs)


@given(st.data())
def test_lists_of_axes(data):
    a, b = data.draw(plain((2, 3))), data.draw(plain((3, 4)))
    compare(lambda x, y: np.einsum(x, [0, 1], y, [1, 2]), a, b)
    compare(lambda x, y: np.einsum(x, [0, 1], y, [1, 2], [2, 0]), a, b)
    compare(lambda x, y: np.einsum(x, [5, Ellipsis], y, [Ellipsis, 30], [5, 30]), a, b)
    compare(lambda x: np.einsum(x, [0, 1], [1, 0]), a)
    compare(lambda x, y: np.einsum_path(x, [0, 1], y, [1, 2])[0], a, b)


@given(st.data(), st.sampled_from(["bool", "int8", "int64", "float32", "float64", "complex128"]))
def test_keywords(data, name):
    a, b = data.draw(plain((2, 3))), data.draw(plain((3, 2)))
    out = np.ones((2, 2), name)

    def into(x, y, z):
        z = z.copy()
        return np.einsum("ij,jk", x, y, out=z) is z, z

    compare(into, a, b, (out, qv.array(out)))
    compare(lambda x, y: into(x, y, out)[0], a, b)
    for kwargs in (
        {"dtype": name},
        {"dtype": name, "casting": "unsafe"},
        {"casting": "no"},
        {"casting": "nonsense"},
        {"order": "F"},
        {"order": "X"},
        {"optimize": ["einsum_path", (0, 1)]},
        {"optimize": "nonsense"},
        {"nonsense": 1},
        {"out": np.ones((2, 3), complex)},
    ):
        compare(lambda x, y, kwargs=kwargs: np.einsum("ij,jk", x, y, **kwargs), a, b)


@given(spectral_twins(), st.data())
def test_any_bases(pair, data):
    letters = "abc"[: pair[0].ndim]
    final = data.draw(st.permutations(letters))
    final = "".join(final[: data.draw(st.integers(0, len(final)))])
    compare(lambda x: np.einsum(f"{letters}->{final}", x), pair)
    compare(lambda x: np.einsum(f"{letters},{letters}->{final}", x, x), pair)


@pytest.mark.parametrize("text", VIEWS)
def test_views_of_one_operand_write_through(text):
    def write(x):
        x = x.copy()
        part = np.einsum(text, x)
        if np.ndim(part):
            part[1:] = 7
        return x, part

    x = np.arange(9.0).reshape(3, 3)
    compare(write, (x, qv.array(x)))


def test_traces_of_operators():
    n = 2**40
    A = qv.operator([2.0, 3.0], [5, n - 1], n, basis="walsh")
    assert np.einsum("ii", A) == 5.0
    x = qv.from_eigenvalues([1.0, 4.0], [5, 7], n, basis="walsh")
    assert np.einsum("i,i", x, x) == 17.0


def test_at_a_size_that_cannot_be_materialised():
    n, k = 2**20, 10_000
    rng = np.random.default_rng(0)
    sides = [np.sort(rng.choice(n, k, False)) for _ in range(3)]
    a = qv.from_coordinates([sides[0], sides[1]], np.arange(1, k + 1), (n, n))
    b = qv.from_coordinates([sides[1], sides[2]], np.arange(1, k + 1), (n, n))
    c = np.einsum("ij,jk->ik", a, b)
    assert np.array_equal(c.active_indices, (a @ b).active_indices)
    assert np.array_equal(np.einsum("ij,jk->ki", a, b).active_indices, c.T.active_indices)
    assert np.einsum("ij,ij", a, a) == (np.arange(1, k + 1) ** 2).sum()
    assert np.einsum("ij->i", a).nactive == k
    assert np.einsum("ii->i", a).nactive == np.count_nonzero(sides[0] == sides[1])
    assert np.einsum("ij,jk,kl->il", a, b, b.T).nactive == k
    cube = qv.from_coordinates([sides[0], sides[1], sides[2]], np.ones(k), (n, n, n))
    assert np.einsum("bij,bjk->bk", cube, cube).nactive == np.count_nonzero(sides[1] == sides[2])
    with pytest.raises(ValueError, match=r"do(es)? not match|size|broadcast|shape"):
        np.einsum("ij,jk", a, qv.from_coordinates([[0], [0]], [1.0], (n + 1, n)))


@pytest.mark.parametrize("label", [-1, 51, 52])
def test_labels_without_letters(label):
    x = np.eye(2)
    pair = x, qv.asarray(x)
    check(lambda a: np.einsum(a, [0, label], a, [label, 2], [0, 2]), pair)
    check(lambda a: np.einsum(a, [0, label], [label]), pair)
