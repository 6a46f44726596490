"""Operations of libraries with few of them: each library is imported where it is called."""

import tempfile
from importlib import import_module as load
from pathlib import Path

import numpy as np
from numba import njit

import qvarray as qv

from . import Of

__all__ = [
    "BYTES",
    "DENSE",
    "EINOPS",
    "JAX",
    "NETWORKX",
    "NUMBA",
    "OPT_EINSUM",
    "PILLOW",
    "SINGLE",
    "SPARSE",
    "ZARR",
]

RNG = np.random.default_rng(0)
DENSE = RNG.random((512, 512)) * (RNG.random((512, 512)) < 0.002)
#: What images are made of, and what JAX computes with.
BYTES, SINGLE = (DENSE * 255).astype(np.uint8), DENSE.astype("f4")
#: Bytes of a row.
ROW = DENSE[0].nbytes


def _einops(name, *args, **kwargs):
    module = load("einops")
    qv.interop.einops.register()
    return getattr(module, name)(*args, **kwargs)


EINOPS = {
    "rearrange: transpose": lambda x: _einops("rearrange", x, "i j -> j i"),
    "rearrange: split": lambda x: _einops("rearrange", x, "(a b) j -> a b j", a=8),
    "rearrange: merge": lambda x: _einops("rearrange", x, "i j -> (i j)"),
    "rearrange: blocks": lambda x: _einops("rearrange", x, "(a b) (c d) -> a c b d", a=8, c=8),
    "rearrange of a list": lambda x: _einops("rearrange", [x, x], "b i j -> i b j"),
    "reduce: sum": lambda x: _einops("reduce", x, "i j -> i", "sum"),
    "reduce: mean": lambda x: _einops("reduce", x, "(a b) j -> a j", "mean", b=4),
    "reduce: max": lambda x: _einops("reduce", x, "i j -> j", "max"),
    "reduce: prod": lambda x: _einops("reduce", x, "i j -> j", "prod"),
    "repeat": lambda x: _einops("repeat", x, "i j -> i j k", k=2),
    "repeat along": lambda x: _einops("repeat", x, "i j -> i (j k)", k=2),
    "einsum": lambda x: _einops("einsum", x, x, "i j, k j -> i k"),
    "pack": lambda x: _einops("pack", [x, x], "i *")[0],
    "unpack": lambda x: _einops("unpack", x, [(8,), (504,)], "i *"),
    "parse_shape": lambda x: list(_einops("parse_shape", x, "i j").values()),
    "asnumpy": lambda x: _einops("asnumpy", x),
}


def _contract(*args, **kwargs):
    return load("opt_einsum").contract(*args, **kwargs)


OPT_EINSUM = {
    "ij,jk->ik": lambda x: _contract("ij,jk->ik", x, x),
    "ij,jk,kl->il": lambda x: _contract("ij,jk,kl->il", x, x, x),
    "ij,ij->": lambda x: _contract("ij,ij->", x, x),
    "ij->j": lambda x: _contract("ij->j", x),
    "ij->ji": lambda x: _contract("ij->ji", x),
    "ii->i": lambda x: _contract("ii->i", x),
    "ij,jk,ki->": lambda x: _contract("ij,jk,ki->", x, x, x),
    "i,j->ij": Of(ROW, lambda x: _contract("i,j->ij", x[0], x[1])),
    "with an ndarray": lambda x: _contract("ij,j->i", x, np.ones(512)),
    "contract_path": lambda x: load("opt_einsum").contract_path("ij,jk->ik", x, x)[0],
    "contract_expression": lambda x: load("opt_einsum").contract_expression(
        "ij,jk->ik", (512, 512), (512, 512)
    )(x, x),
}


def _graph(x):
    return load("networkx").from_numpy_array(x)


def _sparse_graph(x):
    return load("networkx").from_scipy_sparse_array(qv.to_scipy(x))


NETWORKX = {
    "from_numpy_array(x)": lambda x: _graph(x).number_of_edges(),
    "from_numpy_array: weights": lambda x: _graph(x).size("weight"),
    "DiGraph": lambda x: (
        load("networkx").from_numpy_array(x, create_using=load("networkx").DiGraph).size("weight")
    ),
    "from_scipy_sparse_array(qv.to_scipy(x))": lambda x: _sparse_graph(x).size("weight"),
    "pagerank": lambda x: list(load("networkx").pagerank(_sparse_graph(x)).values()),
    "connected_components": lambda x: load("networkx").number_connected_components(
        _sparse_graph(x)
    ),
    "qv.asarray(to_scipy_sparse_array)": lambda x: qv.asarray(
        load("networkx").to_scipy_sparse_array(_sparse_graph(x))
    ),
}


def _image(x):
    return load("PIL.Image").fromarray(x)


PILLOW = {
    "fromarray(x)": lambda x: _image(x),
    "fromarray of float32": lambda x: _image(x.astype("f4")),
    "fromarray of a part": Of(BYTES.size // 4, lambda x: _image(x[:256, ::2])),
    "fromarray(np.asarray(x))": lambda x: load("PIL.Image").fromarray(np.asarray(x)),
    "resize": lambda x: _image(x).resize((16, 16)),
    "qv.asarray(image)": lambda x: qv.asarray(_image(BYTES)),
}


@njit
def _total(x):
    return x.sum()


NUMBA = {
    "njit(f)(x)": lambda x: _total(x),
    "njit(f)(np.asarray(x))": lambda x: _total(np.asarray(x)),
    "njit(f)(x.eigenvalues)": lambda x: _total(getattr(x, "eigenvalues", x)),
}


def _jnp(name, *args, **kwargs):
    return getattr(load("jax.numpy"), name)(*args, **kwargs)


JAX = {
    "jnp.asarray(x)": lambda x: _jnp("asarray", x),
    "jnp.asarray(np.asarray(x))": lambda x: _jnp("asarray", np.asarray(x)),
    "jnp.sum(jnp.asarray(x))": lambda x: _jnp("sum", _jnp("asarray", x)),
    "jnp.sum(x)": lambda x: _jnp("sum", x),
    "jnp + x": lambda x: _jnp("zeros", (512, 512)) + x,
    "x + jnp": lambda x: x + _jnp("zeros", (512, 512)),
    "jnp @ x": lambda x: _jnp("ones", (512, 512)) @ x,
    "jit(f)(x)": lambda x: load("jax").jit(lambda a: a * 2)(x),
    "qv.asarray(jnp)": lambda x: qv.asarray(_jnp("asarray", SINGLE)),
    "np.add(x, jnp)": lambda x: np.add(x, _jnp("zeros", (512, 512))),
}


def _coo():
    return load("sparse").COO.from_numpy(np.roll(DENSE, 3, 0))


SPARSE = {
    "x + coo": lambda x: x + _coo(),
    "coo + x": lambda x: _coo() + x,
    "x * coo": lambda x: x * _coo(),
    "x @ coo": lambda x: x @ _coo(),
    "coo @ x": lambda x: _coo() @ x,
    "x == coo": lambda x: x == _coo(),
    "np.maximum(x, coo)": lambda x: np.maximum(x, _coo()),
    "np.tensordot": lambda x: np.tensordot(x, _coo(), 1),
    "sparse.COO(x)": lambda x: load("sparse").COO(x),
    "sparse.asarray(x)": lambda x: load("sparse").asarray(x),
    "qv.to_sparse(x)": lambda x: qv.to_sparse(x),
    "qv.asarray(coo)": lambda x: qv.asarray(_coo()),
    "fill values": lambda x: qv.asarray(_coo() + 1.5) + x,
}


def _stored(x, **kwargs):
    return load("zarr").array(x, chunks=(128, 128), **kwargs)


def _filled(x):
    out = load("zarr").zeros(shape=x.shape, chunks=(128, 128), dtype=x.dtype)
    out[:] = x
    return out[:]


def _saved(x):
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "x.zarr"))
        load("zarr").save(path, x)
        return load("zarr").load(path)


def _from_dask(x):
    da = load("dask.array")
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "x.zarr"))
        da.from_array(x, chunks=(128, 128)).to_zarr(path)
        return da.from_zarr(path).compute(scheduler="synchronous")


ZARR = {
    "zarr.array(x)": lambda x: _stored(x)[:],
    "zarr.array(x): a part": lambda x: _stored(x)[3:20, ::2],
    "z[:] = x": lambda x: _filled(x),
    "zarr.save": lambda x: _saved(x),
    "dask.array.to_zarr": lambda x: _from_dask(x),
    "qv.asarray(z[:8])": lambda x: qv.asarray(_stored(x)[:8]),
    "qv.asarray(z)": lambda x: qv.asarray(_stored(x)),
    "z[...] * x": lambda x: _stored(x)[...] * x,
}
