"""States of more qubits than an index has bits: against what is known, and narrow states."""

import numpy as np
import pytest

import qvarray as qv
from qvarray import gates as g

from .test_algorithms import ghz, w_state


def adder(m, a, b):
    """Cuccaro's: the second register becomes the sum; a carry before, and one behind."""
    n = 2 * m + 2
    circuit = g.Circuit(n)
    first, second = list(range(1, n - 1, 2)), list(range(2, n, 2))
    for place in range(m):
        if a >> place & 1:
            circuit.x(second[place])
        if b >> place & 1:
            circuit.x(first[place])
    carries = [0, *second]
    for place in range(m):
        c, y, x = carries[place], first[place], second[place]
        circuit.cx(x, y).cx(x, c).ccx(c, y, x)
    circuit.cx(carries[m], n - 1)
    for place in reversed(range(m)):
        c, y, x = carries[place], first[place], second[place]
        circuit.ccx(c, y, x).cx(x, c).cx(c, y)
    return circuit, first


def test_ghz_of_four_hundred():
    n = 400
    x = g.WideState(n).run(ghz(n))
    assert x.nactive == 2
    assert set(x.to_dict()) == {"0" * n, "1" * n}
    np.testing.assert_allclose(x.expectation({"Z" + "I" * 398 + "Z": 2.0, "X" * n: 1.0}), 3)
    drawn = x.sample(500, 0)
    assert drawn.shape == (500, n)
    assert (drawn == drawn[:, :1]).all()
    assert 150 < drawn[:, 0].sum() < 350
    bits, after = x.measure([7, 300], outcome="11")
    assert bits == "11"
    assert set(after.to_dict()) == {"1" * n}
    np.testing.assert_allclose(x.fidelity(after), 0.5)


def test_w_of_four_hundred():
    n = 400
    x = g.WideState(n).run(w_state(n))
    found = x.to_dict()
    assert all(text.count("1") == 1 for text in found)
    np.testing.assert_allclose(list(found.values()), n**-0.5)
    assert len(found) == x.nactive == n
    np.testing.assert_allclose(
        x.probabilities([0, 399]), [[1 - 2 / n, 1 / n], [1 / n, 0]], atol=1e-12
    )
    np.testing.assert_allclose(x.amplitudes(["0" * 399 + "1", "0" * n]), [n**-0.5, 0], atol=1e-12)
    np.testing.assert_allclose(
        x.entropy(range(10)), -(10 / n) * np.log2(10 / n) - (1 - 10 / n) * np.log2(1 - 10 / n)
    )
    assert x.sample(50, 1).sum(axis=1).tolist() == [1] * 50


def test_sums_of_numbers_of_190_bits():
    r = np.random.default_rng(0)
    a, b = (int.from_bytes(r.bytes(23), "big") for _ in range(2))
    circuit, first = adder(190, a, b)
    x = g.WideState(circuit.n).run(circuit)
    ((text, amplitude),) = x.to_dict().items()
    assert abs(amplitude - 1) < 1e-12
    assert sum(int(text[q]) << place for place, q in enumerate(first)) == a + b


def test_bernstein_vazirani_of_280():
    n = 280
    secret = np.random.default_rng(1).integers(2, size=n - 1)
    circuit = g.Circuit(n).x(n - 1)
    circuit.h(range(n))
    for q in np.flatnonzero(secret):
        circuit.cx(int(q), n - 1)
    circuit.h(range(n - 1))
    assert (g.WideState(n).run(circuit).sample(3, 0, range(n - 1)) == secret).all()


def test_fourier_transform_of_a_basis_state_of_160():
    n = 160
    circuit = g.Circuit(n)
    for q in range(n):
        circuit.h(q)
        for p in range(q + 1, min(n, q + 50)):
            circuit.cp(np.pi / 2 ** (p - q), p, q)
    x = g.WideState(n).run(g.Circuit(n).x([3, 100])).run(circuit)
    assert x.nactive == 1
    back = x.run(circuit.inverse())
    assert list(back.to_dict()) == ["".join("1" if q in (3, 100) else "0" for q in range(n))]


@pytest.mark.parametrize("seed", range(5))
def test_what_a_narrow_state_says(seed):
    """Random gates on a few of 150 qubits, against an array of those."""
    r = np.random.default_rng(seed)
    n, m = 150, 6
    where = [int(q) for q in r.choice(n, m, replace=False)]
    wide, narrow = g.Circuit(n), g.Circuit(m)
    for _ in range(60):
        kind, (a, b) = r.integers(6), (int(q) for q in r.choice(m, 2, replace=False))
        angle = float(r.uniform(-3, 3))
        name, angles, qubits = (
            ("h", (), 1), ("cx", (), 2), ("rxx", (angle,), 2), ("swap", (), 2),
            ("u", (angle, 0.3, 0.2), 1), ("cp", (angle,), 2),
        )[kind]  # fmt: skip
        wide.append(name, *angles, *(where[a], where[b])[:qubits])
        narrow.append(name, *angles, *(a, b)[:qubits])
    x, y = g.WideState(n).run(wide), g.run(narrow)
    np.testing.assert_allclose(x.probabilities(where), g.probabilities(y, range(m)), atol=1e-12)
    np.testing.assert_allclose(
        x.density_matrix(where[:3]), g.density_matrix(y, range(3)), atol=1e-12
    )
    letters = "".join(r.choice(list("IXYZ"), m))
    text = ["I"] * n
    for q, letter in zip(where, letters, strict=True):
        text[q] = letter
    np.testing.assert_allclose(x.expectation("".join(text)), g.expectation(y, letters), atol=1e-12)
    some = ["".join(map(str, r.integers(2, size=m))) for _ in range(4)]
    full = []
    for bits in some:
        line = ["0"] * n
        for q, bit in zip(where, bits, strict=True):
            line[q] = bit
        full.append("".join(line))
    np.testing.assert_allclose(x.amplitudes(full), g.amplitudes(y, some), atol=1e-12)
    assert len(x.to_dict()) == (np.abs(np.asarray(y)) > 1e-13).sum()
    (best,) = x.top(1).values()
    np.testing.assert_allclose(abs(best), np.abs(np.asarray(y)).max())
    np.testing.assert_allclose(x.overlap(x), 1, atol=1e-12)
    drawn = x.sample(4000, r, where)
    found = np.bincount(drawn @ (1 << np.arange(m)[::-1]), minlength=1 << m) / 4000
    np.testing.assert_allclose(found, g.probabilities(y, range(m)).ravel(), atol=0.05)


def test_classical_bits():
    n = 100
    circuit = g.Circuit(n, 2).h(0).cx(0, 99).measure([0, 99], [0, 1]).reset(99)
    circuit.x(50, condition=(0, 1))
    seen = set()
    for seed in range(8):
        x, bits = g.WideState(n).run_with_bits(circuit, seed)
        seen.add(bits)
        one = int(bits[0])
        text = ["0"] * n
        text[0] = text[50] = str(one)
        assert list(x.to_dict()) == ["".join(text)]
    assert seen == {"00", "11"}


def test_bad_input():
    with pytest.raises(ValueError, match="1 to 4096"):
        g.WideState(0)
    with pytest.raises(ValueError, match="cutoff"):
        g.WideState(3, cutoff=2.0)
    x = g.WideState(100)
    with pytest.raises(ValueError, match="qubits on a state"):
        x.run(g.Circuit(3))
    with pytest.raises(TypeError, match="no array"):
        np.asarray(x)
    with pytest.raises(ValueError, match="more than 62"):
        x.probabilities(range(70))
    with pytest.raises(ValueError, match="probability zero"):
        x.measure(0, outcome="1")
    with pytest.raises(ValueError, match="random generator"):
        x.measure(0)
    with pytest.raises(ValueError, match="WideState"):
        g.run(g.Circuit(100).h(0))
    for call in (x.expectation, lambda text: x.amplitudes([text])):
        with pytest.raises(ValueError, match="characters"):
            call("0Q")
    dense = g.Circuit(100)
    for q in range(100):
        dense.ry(0.3, q)
    for q in range(99):
        dense.cz(q, q + 1).ry(0.3, q)
    with qv.options(memory_budget=2**20), pytest.raises(qv.MaterializationError):
        x.run(dense)
    assert x.nactive == 1
