"""Files that versions of qvarray wrote, kept in ``data`` so that later ones go on to read them.

``python -m tests.io.golden`` writes those that are not there yet, with what they stand for beside
them, in ``data/expected.json``. A file that is there is never written again: it is what a version
wrote that is in use. A new kind of array gets a line in `ARRAYS`, and so a file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import scipy

import qvarray as qv

__all__ = ["DATA", "described", "expected"]

DATA = Path(__file__).parent / "data"
_EXPECTED = DATA / "expected.json"
#: Elements of larger arrays are looked at here and there.
_ALL = 200

_DTYPES = "?bhiqBHIQefdFD"


def _smooth() -> np.ndarray:
    t = np.linspace(0.0, 1.0, 48)
    return np.sin(5 * t)[:, None] + np.cos(3 * t)[None, ::4] ** 2


def _spiky() -> np.ndarray:
    """Mostly small numbers, and some that escape from few bits."""
    out = np.full(512, 0.25)
    out[::3] = -0.5
    out[[5, 300]] = 1e4, -2e3
    return out


def _wide() -> np.ndarray:
    """So many coefficients in a block that they are not sorted in memory."""
    x = np.linspace(0.0, 9.0, 160)
    return np.sin(np.add.outer(x, x * x / 9))


def _sparse(size: int, step: int) -> np.ndarray:
    out = np.zeros(size)
    out[3::step] = np.arange(1, 1 + len(out[3::step]))
    return out


def _u(n: int = 64) -> qv.VirtualQArray:
    return qv.from_eigenvalues([4.0, -2.0, 1.0], [0, 3, 9], n, basis="walsh")


def _spectra() -> Iterator[tuple[str, Callable[[], Any]]]:
    for char in _DTYPES:
        dtype = np.dtype(char)
        some = np.array([0, 1, 0, 0, 2, 0, 0, 0, 0, 0], dtype)
        yield f"standard_{dtype.name}", lambda x=some: x
    yield "dense", lambda: np.arange(12.0).reshape(3, 4)
    yield "fill", lambda: qv.from_coordinates([7], [np.nan], 2**40, fill_value=-0.0)
    yield "constant", lambda: np.full_like(qv.from_coordinates([[1], [1]], [1], (2**20, 2**20)), 7)
    yield "zero_dimensional", lambda: np.float32(2.5)
    yield "empty", lambda: np.zeros((0, 3))
    yield "many_axes", lambda: qv.from_coordinates([[1]] * 32, [2], (2,) * 32)
    yield (
        "past_2_53",
        lambda: qv.from_coordinates([5, 2**53 + 1, 2**62 + 3, 2**63 - 2], [1, 2, 3, 4], 2**63 - 1),
    )
    for basis in (
        "walsh",
        "fourier",
        "cosine",
        "haar",
        "hartley",
        "walsh(2)",
        "constant",
        "blocked(cosine, 4)",
        "kron(cosine, 3, haar, 2)",
    ):
        n = 6 if basis.startswith("kron") else 16
        yield f"basis_{basis}", lambda n=n, b=basis: qv.from_eigenvalues([1.5], [0], n, basis=b)
    yield (
        "bases",
        lambda: qv.from_eigenvalues(
            [1.5, 2.0], [1, 37], (8, 5, 4), basis=["walsh", "fourier", "standard"]
        ),
    )
    yield "lossy", lambda: qv.encode(_smooth(), "cosine", tol=1e-2)
    yield "half_spectrum", lambda: qv.asarray(_smooth()).to_basis(["cosine", "fourier"])
    yield "operator", lambda: qv.operator([3.0, 4.0], [0, 2**39], 2**40, basis="walsh")
    yield "operator_fourier", lambda: qv.operator([3.0, 4.0], [0, 2], 8, basis="fourier")


def _packed() -> Iterator[tuple[str, Callable[[], Any]]]:
    for storage in ("float32", "float16", "int16", "int8"):
        for basis in ("cosine", "fourier", "standard", "blocked(cosine, 8)"):
            yield (
                f"packed_{storage}_{basis}",
                lambda b=basis, s=storage: qv.encode(_smooth(), b, tol=1e-2, storage=s),
            )
    for storage in ("float32", "int8"):
        yield (
            f"packed_gaps_{storage}",
            lambda s=storage: qv.encode(_sparse(4096, 500), "standard", tol=1e-2, storage=s),
        )
        yield (
            f"packed_mask_{storage}",
            lambda s=storage: qv.encode(_sparse(512, 5), "standard", tol=1e-2, storage=s),
        )
    yield "packed_escapes", lambda: qv.encode(_spiky(), "standard", tol=1e-5, storage="int8")
    yield "packed_zeros", lambda: qv.encode(np.zeros(512), "standard", tol=1e-2, storage="int8")
    yield (
        "packed_sum",
        lambda: (
            qv.encode(_smooth(), "cosine", tol=1e-2, storage="int8")
            - qv.encode(_smooth() ** 2, "cosine", tol=1e-3, storage="int16")
            + 2.5
        ),
    )
    yield "packed_square", lambda: qv.encode(_smooth(), "cosine", tol=1e-2, storage="int8") ** 2
    yield (
        "packed_product",
        lambda: (
            qv.encode(_smooth(), "cosine", tol=1e-2, storage="int8")
            * (qv.encode(_smooth() ** 2, "cosine", tol=1e-3, storage="int16") + 2.5)
        ),
    )
    for basis in ("cosine", "fourier", "standard", "blocked(cosine, 8)"):
        yield (
            f"bands_{basis}",
            lambda b=basis: qv.encode(_smooth(), b, tol=1e-2, storage="int8"),
        )
    yield (
        "bands_listed",
        lambda: qv.encode(_sparse(4096, 500), "standard", tol=1e-2, storage="int8"),
    )
    yield "bands_escapes", lambda: qv.encode(_spiky(), "standard", tol=1e-5, storage="int8")
    yield "bands_sorted", lambda: qv.encode(_wide(), "cosine", tol=1e-3, storage="int16")
    yield "packed_lost", lambda: qv.encode(_wide(), "cosine", tol=1e-2, storage="int8")
    yield "packed_scaled", lambda: qv.encode(_smooth(), "cosine", tol=1e-2, storage="int8") * -3


def _expressions() -> Iterator[tuple[str, Callable[[], Any]]]:
    yield "expression", lambda: np.exp(-_u() * _u()) + np.float32(2)
    yield "expression_python", lambda: np.exp(_u()) * 2 + 0.5 > True
    yield "expression_mixed", lambda: np.hypot(_u(), np.arange(64.0)) * np.int8(3)
    yield "expression_huge", lambda: np.exp(_u(2**40) * 2.0**-20)
    yield "expression_second", lambda: np.frexp(_u(16))[1]


def _masked() -> Any:
    out = qv.array(_u())
    return np.exp(_u(), out=out, where=np.arange(64) % 3 == 0)


def _deep() -> Any:
    x = np.exp(_u())
    for _ in range(150):
        x = np.sqrt(x + 1)
    return x


def _shared() -> Any:
    x = np.exp(_u(16) / 8)
    for _ in range(8):
        x = x + np.sqrt(x * x)
    return x / 256


def _functions() -> Iterator[tuple[str, Callable[[], Any]]]:
    u = _u()
    yield "clip", lambda: np.clip(u, -0.25, 0.25)
    yield "where", lambda: np.where(u > 0, u, np.float32(2))
    yield "select", lambda: np.select([u > 0.5, u < 0], [u, 1.0], 7)
    yield "choose", lambda: np.choose((u > 0).astype(int), [u, np.arange(64.0)], mode="clip")
    yield "piecewise", lambda: np.piecewise(u, [u > 0, u < -0.5], [1, 2, 3])
    yield "round", lambda: np.round(u, 1)
    yield "nan_to_num", lambda: np.nan_to_num(1 / np.exp(u), nan=2.0, posinf=3)
    yield "angle", lambda: np.angle(u * 1j, deg=True)
    yield "sinc", lambda: np.sinc(u)
    yield "isreal", lambda: np.isreal(np.exp(u * 1j))
    yield "special", lambda: scipy.special.erf(u)
    yield "keywords", lambda: np.minimum(u, 0.5, dtype=np.float32, casting="same_kind")
    yield "complex_number", lambda: np.exp(u) * (1 - 2j)
    yield "masked", _masked
    yield "deep", _deep
    yield "shared", _shared
    ranks = qv.from_eigenvalues([3.0, -1.0, -2.0], [5, 2**20, 2**39], 2**40)
    yield "sorted", lambda: np.argsort(ranks, kind="stable")
    table = qv.from_eigenvalues([3.0, -1.0, -2.0, 0.5], [5, 70, 900, 2**21], (2**10, 2**12))
    yield "sorted_part", lambda: np.argsort(table, axis=0, kind="stable")[::-2, None, 3:2000]
    days = np.array(["2024-02-29", "2011-01-01"], "M8[D]")
    yield "dates", lambda: qv.from_coordinates([3, 2**39], days, 2**40, fill_value="NaT")
    yield "durations", lambda: np.array([5, -3, 0], "m8[15us]")
    yield "repeated", lambda: np.broadcast_to(qv.array(np.arange(50.0)), (2**30, 50))
    yield "permuted", lambda: np.transpose(qv.array(table.reshape(2**4, 2**6, 2**12)), (2, 0, 1))
    yield "samples", lambda: u[1:60:3]
    yield "samples_of_many", lambda: _u(2**40)[1 : 2**40 - 7 : 3]


def _operators() -> Iterator[tuple[str, Callable[[], Any]]]:
    yield "operator_of_integers", lambda: qv.operator([1, 2], [0, 1], 4)
    yield "operator_of_most", lambda: qv.identity(2**40, basis="walsh") * 2
    yield "toeplitz", lambda: qv.toeplitz([1.0, 2.0, 0.0, 5.0], [1.0, 7.0, 0.0])
    yield "circulant", lambda: qv.circulant(qv.from_coordinates([0, 1], [2.0, -1.0], 2**40))
    yield (
        "circulant_samples",
        lambda: qv.circulant(qv.from_eigenvalues([1.0, 0.5], [0, 3], 2**40, basis="fourier")),
    )
    yield "laplacian", lambda: qv.laplacian(2**40)
    yield "laplacian_inverse", lambda: np.linalg.inv(qv.laplacian(2**40) - qv.identity(2**40))
    yield "derivative", lambda: qv.derivative(2**40)
    yield "derivative_reflected", lambda: qv.derivative(2**40) + qv.derivative(2**40).T
    yield "haar_levels", lambda: qv.haar_filter(np.arange(1.0, 42.0), 2**40)
    yield "derivative_power", lambda: qv.linalg.expm(qv.derivative(2**40) * 2).T
    yield (
        "ordered",
        lambda: np.linalg.eigh(qv.operator([3.0, 4.0], [1, 2], 2**40, basis="walsh"))[1],
    )


def _states() -> Iterator[tuple[str, Callable[[], Any]]]:
    g = qv.gates

    def graph() -> Any:
        x = g.zero_state(60)
        for q in range(60):
            x = g.h(x, q)
        for q in range(59):
            x = g.cz(x, q, q + 1)
        return g.h(g.cx(g.h(x, 3), 3, 50), 50)

    def many() -> Any:
        x = g.zero_state(5)
        for q in range(5):
            x = g.cx(g.ry(g.t(x, q), 0.3 + q, q), q, (q + 1) % 5)
        return g.ccx(g.crx(x, 0.7, 1, 3), 0, 1, 2)

    yield "state_graph", graph
    yield "state_of_axes", lambda: g.h(g.cx(g.h(np.eye(1, 16).reshape((2,) * 4), 0), 0, 3), 2)
    yield "state_many", many
    yield "state_unitary", lambda: g.unitary(many(), np.eye(4)[[0, 2, 1, 3]], [0, 3])
    for mode in ("project", "residual", "unitary"):
        yield (
            f"evolved_{mode}",
            lambda m=mode: qv.apply_evolving_and_or(np.arange(70.0), mode=m, t=0.5),
        )
        yield (
            f"evolved_qubits_{mode}",
            lambda m=mode: qv.apply_evolving_and_or(many(), mode=m, t=0.5, qubits=[1, 2]),
        )


def _coded() -> Iterator[tuple[str, Callable[[], Any]]]:
    """What pcodec writes, in each of its modes."""
    rng = np.random.default_rng(5)
    waves = np.sin(np.arange(1100) / 7) * 40 + rng.standard_normal(1100)
    for char in _DTYPES:
        dtype = np.dtype(char)
        some = np.resize(np.abs(waves).round(), 8400 // dtype.itemsize).astype(dtype)
        yield f"coded_{dtype.name}", lambda x=some: x
    at = np.cumsum(rng.integers(1, 9, 1100))
    yield "coded_gaps", lambda: qv.from_coordinates(at, np.arange(1100) / 8, 2**40)
    yield "coded_decimals", lambda: np.round(rng.standard_normal(1100), 2)
    yield "coded_halves", lambda: rng.standard_normal(1100).astype(np.float16).astype(float)
    yield "coded_multiples", lambda: rng.integers(0, 10**4, 1100) * 4000
    yield "coded_repeats", lambda: np.tile(rng.integers(0, 2**60, 64), 40)
    yield "coded_dates", lambda: np.arange("2011-01-01", "2015-01-01", dtype="M8[D]")
    yield "coded_steps", lambda: np.cumsum(np.sin(np.arange(2200) / 50)).astype(np.float32)
    cosines = np.outer(np.arange(72.0), np.cos(np.arange(64.0)))
    yield "coded_integers", lambda: qv.encode(cosines, tol=1e-3, storage="int16")
    for code in ("deflate", "bzip2", "lzma", "none"):
        yield f"coded_by_{code}", lambda: np.arange(300) // 7


#: How files are compressed, other than by default.
_COMPRESSIONS = {f"coded_by_{code}": code for code in ("deflate", "bzip2", "lzma", "none")}

#: What makes each array, by the name of its file.
ARRAYS: dict[str, Callable[[], Any]] = {
    re.sub(r"\W+", "_", name).strip("_"): make
    for kind in (_spectra, _packed, _expressions, _functions, _operators, _states, _coded)
    for name, make in kind()
}


def _positions(x: Any) -> np.ndarray:
    if x.size <= _ALL:
        return np.arange(x.size)
    if x.size > 2**63 - 1:
        return np.zeros(0, np.int64)
    stored = x.source.stored
    some = [0, 1, x.size // 3, x.size - 1]
    if stored is not None and stored.is_standard:
        some += stored.indices()[:8].tolist()
    return np.array(sorted(set(some)), np.int64)


def _elements(x: Any, positions: np.ndarray) -> list[Any]:
    """Elements as numbers and text that JSON keeps: floats in hexadecimal."""
    source = qv.asarray(x).source
    if x.size > 2**63 - 1:
        # An operator is what it does.
        basis = source.bases[1].conjugate
        v = qv.from_eigenvalues([1.0, 2.0, 3.0], [0, 1, 6], x.shape[1], basis=basis)
        values = np.asarray((x @ v)[[0, 1, 5, x.shape[0] - 1]])
    else:
        values = source.at(positions)
    if values.dtype.kind in "mM":
        values = values.view(np.int64)
    if values.dtype.kind in "biu":
        return [int(value) for value in values]
    wide = values.astype(np.complex128)
    return [[float(value.real).hex(), float(value.imag).hex()] for value in wide]


def described(x: Any, positions: list[int] | None = None) -> dict[str, Any]:
    """What is to be the same when an array comes back."""
    where = _positions(x) if positions is None else np.array(positions, np.int64)
    return {
        "shape": list(x.shape),
        "dtype": x.dtype.name,
        "error": float(x.recovery_error).hex(),
        "positions": where.tolist(),
        "elements": _elements(x, where),
    }


def expected() -> dict[str, Any]:
    """What the files stand for, by their names."""
    return json.loads(_EXPECTED.read_text()) if _EXPECTED.exists() else {}


def main() -> None:
    """Write the files that are not there yet."""
    DATA.mkdir(exist_ok=True)
    known = expected()
    for name, make in ARRAYS.items():
        if name not in known:
            x = qv.asarray(make())
            known[name] = described(x)
            if not (DATA / f"{name}.qv").exists():
                compression = _COMPRESSIONS.get(name, "pcodec")
                qv.save(DATA / f"{name}.qv", x, compression=compression)
    lines = (f"{json.dumps(name)}: {json.dumps(known[name])}" for name in sorted(known))
    _EXPECTED.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
