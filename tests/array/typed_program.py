# ruff: noqa: F821  reveal_type is the type checker's
"""A program of a user's, with the type that a checker must find at the end of each line."""

import numpy as np

import qvarray as qv

# Creation.
x = qv.asarray(np.eye(4), dtype=qv.float64)
reveal_type(x)  # VirtualQArray
reveal_type(qv.zeros((2**30, 2**30)))  # VirtualQArray
reveal_type(qv.full(2**40, 7, dtype=qv.int64, device="cpu"))  # VirtualQArray
reveal_type(qv.ones_like(x))  # VirtualQArray
reveal_type(qv.meshgrid(x, x, indexing="ij"))  # list[VirtualQArray]
reveal_type(qv.from_coordinates([[0, 1]], [2.5], (2**20, 2**20)))  # VirtualQArray
reveal_type(qv.encode(np.ones(64), tol=1e-3))  # VirtualQArray

# Attributes.
reveal_type(x.shape)  # tuple[int, ...]
reveal_type(x.dtype)  # dtype
reveal_type(x.T)  # VirtualQArray
reveal_type(x.real)  # VirtualQArray
reveal_type(x.imag.mT)  # VirtualQArray
reveal_type(x.base)  # VirtualQArray | None
reveal_type(x.flat)  # FlatIterator[VirtualQArray]
reveal_type(x.flat[1:3])  # VirtualQArray
reveal_type(x.nbytes)  # int
reveal_type(x.recovery_error)  # float
reveal_type(x.todense())  # ndarray

# Operators.
reveal_type(x + 1)  # VirtualQArray
reveal_type(2.0 - x)  # VirtualQArray
reveal_type(-x * x / 3 // 1 % 2)  # VirtualQArray
reveal_type(x**2)  # VirtualQArray
reveal_type(x @ x.T)  # VirtualQArray | Any
reveal_type(x == 0)  # VirtualQArray
reveal_type((x < 1) & (x != 0) | ~(x > 0))  # VirtualQArray
reveal_type(divmod(x, 2))  # tuple[VirtualQArray, VirtualQArray]
x += 1

# Indexing.
reveal_type(x[1:])  # VirtualQArray
reveal_type(x[..., None])  # VirtualQArray
reveal_type(x[0, :])  # VirtualQArray
reveal_type(x[x > 0])  # VirtualQArray
reveal_type(x[[0, 2]])  # VirtualQArray
reveal_type(x[3])  # VirtualQArray | Any
reveal_type(x[1, 2])  # VirtualQArray | Any
x[0, :] = [1, 2, 3, 4]
x[x > 3] = 0

# Methods.
reveal_type(x.sum())  # number
reveal_type(x.mean() + 1)  # Any
reveal_type(x.all())  # bool
reveal_type(x.sum(axis=0, dtype=np.float32, keepdims=True))  # VirtualQArray | Any
reveal_type(x.cumsum(axis=1))  # VirtualQArray
reveal_type(x.reshape(2, -1).astype("float32").copy())  # VirtualQArray
reveal_type(x.nonzero())  # tuple[VirtualQArray, ...]
reveal_type(x.view(np.ndarray))  # ndarray
reveal_type(x.to_basis("fourier").bases)  # tuple[Basis, ...]

# Functions.
reveal_type(qv.sum(x, axis=0))  # VirtualQArray
reveal_type(qv.exp(x))  # VirtualQArray
reveal_type(qv.matmul(x, x))  # VirtualQArray
reveal_type(qv.where(x, x, 0))  # VirtualQArray
reveal_type(qv.unique_counts(x).counts)  # VirtualQArray
reveal_type(qv.isdtype(x.dtype, "bool"))  # bool
reveal_type(qv.linalg.eigh(x).eigenvalues)  # VirtualQArray
reveal_type(qv.linalg.svd(x, compute_uv=False))  # VirtualQArray
reveal_type(qv.linalg.vector_norm(x, axis=0, ord=1))  # VirtualQArray
reveal_type(qv.fft.rfft(x, n=8, axis=-1, norm="ortho"))  # VirtualQArray
reveal_type(qv.fft.fftfreq(8))  # VirtualQArray
reveal_type(qv.circulant([2.0, -1.0, 0.0, -1.0]))  # VirtualQArray
reveal_type(qv.load("x.qva"))  # VirtualQArray

# Quantum states.
reveal_type(qv.gates.cx(qv.gates.h(qv.gates.zero_state(2), 0), 0, 1))  # VirtualQArray
reveal_type(qv.gates.Circuit(2).h(0).cx(0, 1))  # Circuit
reveal_type(qv.gates.probabilities(qv.gates.zero_state(2), [0]))  # ndarray

# Settings.
with qv.options(memory_budget=2**30) as settings:
    reveal_type(settings.memory_budget)  # int

# Errors.
x.sum(axes=0)  # error: call-overload
x.reshape("wide")  # error: arg-type
qv.zeros(3, device="gpu")  # error: arg-type
qv.sine(x)  # error: attr-defined
