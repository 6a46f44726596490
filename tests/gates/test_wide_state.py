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
    x = g.run(ghz(n))
    assert x.nactive == 2
    assert set(g.to_dict(x)) == {"0" * n, "1" * n}
    np.testing.assert_allclose(g.expectation(x, {"Z" + "I" * 398 + "Z": 2.0, "X" * n: 1.0}), 3)
    drawn = g.sample(x, 500, 0)
    assert drawn.shape == (500, n)
    assert (drawn == drawn[:, :1]).all()
    assert 150 < drawn[:, 0].sum() < 350
    bits, after = g.measure(x, [7, 300], outcome="11")
    assert bits == "11"
    assert set(g.to_dict(after)) == {"1" * n}
    np.testing.assert_allclose(g.fidelity(x, after), 0.5)


def test_w_of_four_hundred():
    n = 400
    x = g.run(w_state(n))
    found = g.to_dict(x)
    assert all(text.count("1") == 1 for text in found)
    np.testing.assert_allclose(list(found.values()), n**-0.5)
    assert len(found) == x.nactive == n
    np.testing.assert_allclose(
        g.probabilities(x, [0, 399]), [[1 - 2 / n, 1 / n], [1 / n, 0]], atol=1e-12
    )
    np.testing.assert_allclose(
        g.amplitudes(x, ["0" * 399 + "1", "0" * n]), [n**-0.5, 0], atol=1e-12
    )
    np.testing.assert_allclose(
        g.entropy(x, range(10)), -(10 / n) * np.log2(10 / n) - (1 - 10 / n) * np.log2(1 - 10 / n)
    )
    assert g.sample(x, 50, 1).sum(axis=1).tolist() == [1] * 50


def test_sums_of_numbers_of_190_bits():
    r = np.random.default_rng(0)
    a, b = (int.from_bytes(r.bytes(23), "big") for _ in range(2))
    circuit, first = adder(190, a, b)
    x = g.run(circuit)
    ((text, amplitude),) = g.to_dict(x).items()
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
    assert (g.sample(g.run(circuit), 3, 0, range(n - 1)) == secret).all()


def test_fourier_transform_of_a_basis_state_of_160():
    n = 160
    circuit = g.Circuit(n)
    for q in range(n):
        circuit.h(q)
        for p in range(q + 1, min(n, q + 50)):
            circuit.cp(np.pi / 2 ** (p - q), p, q)
    x = g.run(circuit, g.x(g.zero_state(n), [3, 100]))
    assert x.nactive == 1
    back = g.run(circuit.inverse(), x)
    assert list(g.to_dict(back)) == ["".join("1" if q in (3, 100) else "0" for q in range(n))]


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
    x, y = g.run(wide), g.run(narrow)
    np.testing.assert_allclose(g.probabilities(x, where), g.probabilities(y, range(m)), atol=1e-12)
    np.testing.assert_allclose(
        g.density_matrix(x, where[:3]), g.density_matrix(y, range(3)), atol=1e-12
    )
    letters = "".join(r.choice(list("IXYZ"), m))
    text = ["I"] * n
    for q, letter in zip(where, letters, strict=True):
        text[q] = letter
    np.testing.assert_allclose(
        g.expectation(x, "".join(text)), g.expectation(y, letters), atol=1e-12
    )
    some = ["".join(map(str, r.integers(2, size=m))) for _ in range(4)]
    full = []
    for bits in some:
        line = ["0"] * n
        for q, bit in zip(where, bits, strict=True):
            line[q] = bit
        full.append("".join(line))
    np.testing.assert_allclose(g.amplitudes(x, full), g.amplitudes(y, some), atol=1e-12)
    assert len(g.to_dict(x)) == (np.abs(np.asarray(y)) > 1e-13).sum()
    (best,) = g.top(x, 1).values()
    np.testing.assert_allclose(abs(best), np.abs(np.asarray(y)).max())
    np.testing.assert_allclose(g.overlap(x, x), 1, atol=1e-12)
    found = np.bincount(g.sample(x, 4000, r, where), minlength=1 << m) / 4000
    np.testing.assert_allclose(found, g.probabilities(y, range(m)).ravel(), atol=0.05)


def test_classical_bits():
    n = 100
    circuit = g.Circuit(n, 2).h(0).cx(0, 99).measure([0, 99], [0, 1]).reset(99)
    circuit.x(50, condition=(0, 1))
    seen = set()
    for seed in range(8):
        x, bits = g.run_with_bits(circuit, rng=seed)
        seen.add(bits)
        one = int(bits[0])
        text = ["0"] * n
        text[0] = text[50] = str(one)
        assert list(g.to_dict(x)) == ["".join(text)]
    assert seen == {"00", "11"}


def test_bad_input():
    with pytest.raises(ValueError, match="1 to 4096"):
        g.WideState(0)
    with pytest.raises(ValueError, match="cutoff"):
        g.WideState(3, cutoff=2.0)
    x = g.zero_state(100)
    for circuit in (g.Circuit(3), g.Circuit(99)):
        with pytest.raises(ValueError, match="qubits on a state"):
            g.run(circuit, x)
    with pytest.raises(TypeError, match="no array"):
        np.asarray(x)
    with pytest.raises(ValueError, match="more than 62"):
        g.probabilities(x, range(70))
    with pytest.raises(ValueError, match="probability zero"):
        g.measure(x, 0, outcome="1")
    with pytest.raises(ValueError, match="random generator"):
        g.measure(x, 0)
    with pytest.raises(ValueError, match="IXYZ"):
        g.expectation(x, "0Q")
    with pytest.raises(ValueError, match="characters 0 and 1"):
        g.amplitudes(x, ["0Q"])
    with pytest.raises(ValueError, match="2 bits"):
        g.amplitudes(x, ["01"])
    for qubits in (100, -1, [1, 1], [0.5]):
        for call in (g.probabilities, g.density_matrix, g.entropy, g.partial_trace):
            with pytest.raises(ValueError, match=r"out of range|repeated|an integer"):
                call(x, qubits)
        with pytest.raises(ValueError, match=r"out of range|repeated|an integer"):
            g.cx(x, 3, qubits) if qubits != [1, 1] else g.cx(x, 1, 1)
        with pytest.raises(ValueError, match=r"out of range|repeated|an integer"):
            g.unitary(x, np.eye(4) if isinstance(qubits, list) else np.eye(2), qubits)
    with pytest.raises(ValueError, match="not unitary"):
        g.unitary(x, np.ones((2, 2)), 0)
    with pytest.raises(ValueError, match="finite"):
        g.rx(x, np.nan, 0)
    with pytest.raises(ValueError, match="value"):
        g.run(g.Circuit(100).rx(g.Parameter("a"), 0), x)
    for a, b in ((x, g.zero_state(99)), (x, g.zero_state(3)), (g.zero_state(3), x)):
        with pytest.raises(ValueError, match="states of"):
            g.overlap(a, b)
    with pytest.raises(ValueError, match="normalised"):
        g.expectation(g.from_dict({"0" * 100: 2.0}), "Z" * 100)
    with pytest.raises(ValueError, match="two amplitudes"):
        g.from_dict({"0" * 100: 1.0, (0,) * 100: 1.0})  # type: ignore[dict-item]
    dense = g.Circuit(100)
    for q in range(100):
        dense.ry(0.3, q)
    for q in range(99):
        dense.cz(q, q + 1).ry(0.3, q)
    for budget in (2**20, 2**30):
        with qv.options(memory_budget=budget), pytest.raises(qv.MaterializationError):
            g.run(dense, x)
    assert x.nactive == 1


@pytest.mark.parametrize("n", [5, 62, 63, 200])
def test_amplitudes_that_are_all_zero(n):
    x = g.from_dict({"0" * n: 0.0, "1" * n: 0})
    assert x.nactive == 0
    assert g.to_dict(x) == {}


@pytest.mark.parametrize("n", [3, 70])
@pytest.mark.parametrize("method", ["sparse", "product"])
def test_fidelity_is_no_more_than_one(n, method):
    for angle in np.linspace(0.1, 3, 40):
        x = g.run(g.Circuit(n).ry(angle, 0).cx(0, 1).rx(angle, 1).cx(1, 2), method=method)
        assert 1 - 1e-12 < g.fidelity(x, x) <= 1
    y = qv.apply_evolving_and_or(g.x(g.run(g.Circuit(n), method=method), [0, 1]), qubits=[0, 1])
    with pytest.raises(ValueError, match="normalised"):
        g.fidelity(y, y)


def test_what_is_missing_is_said_by_the_function():
    wide = g.zero_state(70)
    for x in (wide, g.ProductState.of(wide), g.zero_state(3)):
        with pytest.raises(TypeError, match=r"^sample\(\) missing 1 required"):
            g.sample(x, 3)  # type: ignore[call-arg]
        with pytest.raises(TypeError, match=r"^top\(\) got an unexpected"):
            g.top(x, 3, count=2)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="shots must be"):
        g.sample(wide, "a", 0)
