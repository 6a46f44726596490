"""A program that needs most kernels; it prints what it computes, a line each."""

import warnings

import numpy as np

import qvarray as qv


def show(name, value):
    """Print a number that tells other values apart."""
    dense = np.asarray(value)
    weights = np.cos(np.arange(dense.size)).reshape(dense.shape)
    print(name, dense.shape, dense.dtype, f"{complex((dense * weights).sum()):.6g}")


def sparse(seed, dtype, shape, k):
    """Return an array with some elements."""
    rng = np.random.default_rng(seed)
    coords = np.stack([rng.integers(0, n, k) for n in shape])
    return qv.from_coordinates(coords, rng.integers(1, 9, k).astype(dtype), shape)


def main():
    for dtype in ("bool", "int16", "float32", "float64", "complex128"):
        x, y = sparse(0, dtype, (60, 70), 900), sparse(1, dtype, (60, 70), 30)
        show("add", np.add(x, y))
        show("multiply", np.multiply(x, y))
        show("equal", np.equal(x, y))
        show("turned", x.T.reshape(-1)[::-3])
        show("joined", np.concatenate((x, y), axis=1))
        show("sum", np.sum(x, axis=0))
        show("sorted", np.sort(x, axis=1))
        show("unique", np.unique(x))
        show("kron", np.kron(y[:5], y[:3]))
        x[3, 4:60:2] = 1
        x[y != 0] = 0
        show("written", np.roll(x, 5))
        if dtype in ("float64", "complex128"):
            show("matmul", x @ y.T)
            show("matvec", x @ np.arange(70.0).astype(dtype))
            show("vecmat", np.arange(60.0).astype(dtype) @ x)
            show("matdense", x @ np.ones((70, 5), dtype))
            show("densemat", np.ones((5, 60), dtype) @ x)
            a, b = sparse(2, dtype, (3, 9, 8), 40), sparse(3, dtype, (3, 8, 7), 40)
            show("stack", np.matmul(a, b))
    for basis in ("walsh", "fourier", "cosine", "haar", "hartley"):
        for dtype in ("float32", "float64", "complex64"):
            x = qv.asarray((np.arange(32 * 24).reshape(32, 24) ** 2 % 7).astype(dtype))
            z = x.to_basis((basis, "standard"))
            show(basis, z)
            show(basis, z[3:20:2, 5])
            show(basis, z * z)
            show(basis, z @ x.T)
    wide = qv.asarray(np.cumsum(np.ones((4, 4096))) % 11).to_basis("walsh")
    show("wide", wide)
    for storage in ("int8", "int16"):
        waves = np.cos(np.arange(64)[:, None] / 9 + np.arange(64) / 7)
        packed = qv.encode(waves, tol=1e-2, storage=storage)
        show(storage, np.round(packed[10:20].todense(), 3))
        show(storage, np.round(np.var(packed), 3))
    circuit = qv.gates.Circuit(6)
    for p in range(6):
        circuit.h(p).cx(p, (p + 1) % 6).t(p).ry(0.3 * p, p)
    state = qv.gates.run(circuit)
    state = state[0] if isinstance(state, tuple) else state
    show("state", state)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    main()
