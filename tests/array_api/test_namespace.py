"""`qvarray` as a namespace of the Python array API standard, 2024.12."""

import builtins
import importlib
import inspect
import pickle
import pkgutil
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qvarray as qv
from qvarray import array_api
from qvarray.array_api import elementwise
from qvarray.array_api.wrapping import as_arrays
from tests.array_api.standard import CONSTANTS, FUNCTIONS, NAMES
from tests.twin import DTYPES, assert_same, twins

#: The modules of the namespace.
CHAPTERS = [
    importlib.import_module(f"qvarray.array_api.{found.name}")
    for found in pkgutil.iter_modules(array_api.__path__)
    if found.name not in ("named_tuples", "numpy_names", "wrapping")
]


def public(chapter):
    """Names that a chapter lists, or else those that it defines."""
    homes = ("qvarray", chapter.__name__)
    defined = {name for name, it in vars(chapter).items() if getattr(it, "__module__", "") in homes}
    return set(getattr(chapter, "__all__", {name for name in defined if name[0] != "_"}))


def signature_of(line):
    scope: dict[str, Any] = {}
    exec(f"def function{line[line.index('(') :]}: ...", scope)
    return inspect.signature(scope["function"]).parameters.values()


def found(path, namespace=qv):
    for name in path.split("."):
        namespace = getattr(namespace, name)
    return namespace


@pytest.mark.parametrize("line", FUNCTIONS)
def test_parameters_of_the_standard(line):
    path = line[: line.index("(")]
    function = found(path)
    assert function.__doc__
    try:
        ours = list(inspect.signature(function).parameters.values())
    except ValueError:
        pytest.skip("NumPy tells the parameters of its functions in C from 2.4 on")
    takes_all = {one.kind for one in ours}
    for i, wanted in enumerate(signature_of(line)):
        if wanted.kind in (wanted.POSITIONAL_ONLY, wanted.POSITIONAL_OR_KEYWORD):
            assert inspect.Parameter.VAR_POSITIONAL in takes_all or ours[i].kind in (
                wanted.POSITIONAL_ONLY,
                wanted.POSITIONAL_OR_KEYWORD,
            )
        if wanted.kind is wanted.VAR_POSITIONAL:
            assert wanted.kind in takes_all
        if wanted.kind in (wanted.KEYWORD_ONLY, wanted.POSITIONAL_OR_KEYWORD):
            matching = {one.name: one for one in ours if one.kind is not one.POSITIONAL_ONLY}
            assert wanted.name in matching, (function, wanted)
            own = matching[wanted.name]
            if wanted.default is not wanted.empty:
                assert own.default is not own.empty
                assert own.default in (wanted.default, None, np._NoValue)


def test_nothing_else_is_in_the_namespace():
    functions = {line[: line.index("(")] for line in FUNCTIONS}
    top = {path for path in functions if "." not in path}
    namespace = set[str]().union(*map(public, CHAPTERS))
    assert namespace == {
        *top,
        *CONSTANTS,
        *NAMES,
        "__array_api_version__",
        "broadcast_shapes",
    }
    # Matrix functions, and those of NumPy that are not in the standard.
    more = {"expm", "funm", "logm", "sqrtm", "cond", "eig", "eigvals", "lstsq", "multi_dot"}
    more |= {"norm", "tensorinv", "tensorsolve"}
    assert {f"linalg.{name}" for name in set(qv.linalg.__all__) - more} < functions
    assert more < set(qv.linalg.__all__)
    assert {f"fft.{name}" for name in set(qv.fft.__all__) - {"backend"}} < functions
    assert namespace < set(qv.__all__)
    assert all(hasattr(qv, name) for name in qv.__all__)


@pytest.mark.parametrize("module", [qv.fft, qv.linalg, qv.plot, qv.gates])
def test_dir_shows_what_is_public(module):
    assert dir(module) == sorted(module.__all__)


def test_constants_and_dtypes():
    assert qv.__array_api_version__ == "2024.12"
    for name in (*CONSTANTS, *NAMES):
        assert getattr(qv, name) is getattr(np, name)


@pytest.mark.skipif(np.lib.NumpyVersion(np.__version__) < "2.4.0", reason="some took less")
def test_signatures_are_those_of_numpy():
    for line in FUNCTIONS:
        path = line[: line.index("(")]
        function = found(path)
        is_made = function.__module__.startswith("qvarray") and hasattr(function, "__wrapped__")
        if not is_made or not has_signature(found(path, np)):
            continue
        ours = inspect.signature(function).parameters
        theirs = inspect.signature(found(path, np)).parameters
        assert list(ours) == [name for name in theirs if name in ours], path
        # What a later NumPy takes besides is passed on.
        assert all(
            theirs[name].default is not inspect.Parameter.empty for name in theirs - ours.keys()
        )
        for name, own in ours.items():
            assert own.kind == theirs[name].kind, (path, name)
            assert own.default in (theirs[name].default, None), (path, name)
            assert own.annotation is not inspect.Parameter.empty, (path, name)


def has_signature(function):
    """Whether this NumPy tells it."""
    try:
        return inspect.signature(function) is not None
    except ValueError:
        return False


def test_builtins_are_not_shadowed():
    # Doctests leave the last result there, as "_".
    names = {name for name in dir(builtins) if not name.startswith("_")}
    for name, module in list(sys.modules.items()):
        if name.startswith("qvarray.") and not name.startswith("qvarray.array_api"):
            assert not names & set(vars(module)), name


def test_functions_can_be_pickled():
    for path in ("abs", "sum", "linalg.det", "fft.rfft", "asarray", "sort"):
        function = found(path)
        assert pickle.loads(pickle.dumps(function)) is function
        assert function.__name__ == path.split(".")[-1]


def test_documentation_is_that_of_numpy_without_its_examples():
    for line in FUNCTIONS:
        path = line[: line.index("(")]
        function = found(path)
        if function.__module__.startswith("qvarray") and hasattr(function, "__wrapped__"):
            assert found(path, np).__doc__.startswith(function.__doc__)
            assert ">>>" not in function.__doc__
            assert len(function.__doc__) > 50


def test_import_is_light():
    heavy = ("numba", "scipy.fft", "scipy.sparse", "qvarray.tools.bench", "qvarray.tools.report")
    code = f"import sys, qvarray; print([m for m in {heavy} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_inspection():
    info = qv.__array_namespace_info__()
    limits: dict[str, Any] = dict(info.capabilities())
    assert limits["boolean indexing"] is True
    assert limits["data-dependent shapes"] is True
    most = limits.get("max dimensions", 64)  # NumPy tells from 2.3 on
    assert qv.zeros((1,) * most).ndim == most
    assert list(info.devices()) == ["cpu"]
    assert info.default_device() == "cpu"
    defaults = info.default_dtypes()
    assert defaults["real floating"] == qv.zeros(1).dtype == qv.asarray(1.0).dtype
    assert defaults["complex floating"] == qv.asarray(1j).dtype
    assert defaults["integral"] == qv.asarray(1).dtype == qv.arange(3).dtype
    assert defaults["indexing"] == qv.argmax(qv.asarray([1])).dtype
    assert set(info.dtypes()) == set(NAMES)
    assert set(info.dtypes(kind="unsigned integer")) == {f"uint{n}" for n in (8, 16, 32, 64)}
    assert qv.isdtype(qv.asarray([1.0]).dtype, "real floating")
    assert not qv.isdtype(qv.int8, ("bool", "unsigned integer"))


def test_limits():
    x = qv.asarray([1.0], dtype=qv.float32)
    assert qv.finfo(x).eps == qv.finfo(qv.float32).eps == np.finfo(np.float32).eps
    assert qv.iinfo(qv.asarray([1], dtype=qv.int8)).max == qv.iinfo(np.int8).max == 127
    assert qv.result_type(x, 1.0) == np.float32
    assert qv.result_type(x, qv.int32) == np.float64
    assert qv.can_cast(x, qv.float64)
    assert not qv.can_cast(x, qv.int64)


class Numbers:
    """Example arrays, in either namespace."""

    def __init__(self, xp):
        self.xp = xp
        rng = np.random.default_rng(0)
        self.x = self(np.where(rng.random((3, 4)) < 0.5, rng.integers(1, 5, (3, 4)), 0.0))
        self.a = self([[2.0, 1.0, 0.0], [1.0, 3.0, 0.0], [0.0, 0.0, 1.0]])
        self.i = self([3, 0, 2, 0])
        self.b = self([True, False, True])
        self.z = self([1 + 2j, 0j, 3.0])

    def __call__(self, obj):
        return self.xp.asarray(obj)


CALLS = [
    lambda xp, n: xp.all(n.b),
    lambda xp, n: xp.any(n.x, axis=1, keepdims=True),
    lambda xp, n: xp.argmax(n.x),
    lambda xp, n: xp.argmin(n.x, axis=1, keepdims=True),
    lambda xp, n: xp.argsort(n.i, stable=True),
    lambda xp, n: xp.sort(n.x, axis=0),
    lambda xp, n: xp.astype(n.x, xp.int8, copy=False),
    lambda xp, n: xp.broadcast_arrays(n.x, n.i),
    lambda xp, n: xp.broadcast_to(n.i, (2, 4)),
    lambda xp, n: xp.clip(n.x, 1.0, n.i),
    lambda xp, n: xp.clip(n.x, max=2.0),
    lambda xp, n: xp.clip(n.x, min=2.0),
    lambda xp, n: xp.concat([n.x, n.x], axis=1),
    lambda xp, n: xp.concat((n.x, n.i), axis=None),
    lambda xp, n: xp.count_nonzero(n.x),
    lambda xp, n: xp.count_nonzero(n.x, axis=0, keepdims=True),
    lambda xp, n: xp.cumulative_sum(n.i, include_initial=True),
    lambda xp, n: xp.cumulative_prod(n.x, axis=1, dtype=xp.float32),
    lambda xp, n: xp.diff(n.x, n=2),
    lambda xp, n: xp.diff(n.i, prepend=n.i[:1], append=n.i),
    lambda xp, n: xp.expand_dims(n.i, axis=1),
    lambda xp, n: xp.eye(3, 4, k=-1, dtype=xp.int16),
    lambda xp, n: xp.eye(3),
    lambda xp, n: xp.flip(n.x, axis=0),
    lambda xp, n: xp.from_dlpack(np.arange(3)),
    lambda xp, n: xp.isin(n.i, n.i[:1], invert=True),
    lambda xp, n: xp.linspace(0, 1, 5, endpoint=False),
    lambda xp, n: xp.linspace(1j, 2.0, num=3),
    lambda xp, n: xp.linspace(0, 9, num=4, dtype=xp.float32),
    lambda xp, n: xp.matmul(n.a, n.x),
    lambda xp, n: xp.matrix_transpose(n.x),
    lambda xp, n: xp.max(n.x, axis=1),
    lambda xp, n: xp.mean(n.x),
    lambda xp, n: xp.meshgrid(n.i, n.b, indexing="ij"),
    lambda xp, n: xp.min(n.x),
    lambda xp, n: xp.moveaxis(n.x, 0, -1),
    lambda xp, n: xp.nonzero(n.x),
    lambda xp, n: xp.permute_dims(n.x, (1, 0)),
    lambda xp, n: xp.prod(n.i, dtype=xp.float32),
    lambda xp, n: xp.repeat(n.i, n.i),
    lambda xp, n: xp.repeat(n.x, 2, axis=1),
    lambda xp, n: xp.reshape(n.x, (2, -1)),
    lambda xp, n: xp.roll(n.x, (1, 2), axis=(0, 1)),
    lambda xp, n: xp.searchsorted(n.i, n.i, side="right", sorter=xp.argsort(n.i)),
    lambda xp, n: xp.squeeze(n.x[:1], 0),
    lambda xp, n: xp.stack([n.i, n.i], axis=-1),
    lambda xp, n: xp.std(n.x, correction=1.0),
    lambda xp, n: xp.sum(n.x, axis=(0, 1)),
    lambda xp, n: xp.sum(n.b),
    lambda xp, n: xp.take(n.x, n.i[1:3], axis=1),
    lambda xp, n: xp.take_along_axis(n.x, xp.argsort(n.x, axis=0, stable=True), axis=0),
    lambda xp, n: xp.tensordot(n.a, n.x, axes=1),
    lambda xp, n: xp.tensordot(n.x, n.x, axes=((0, 1), (0, 1))),
    lambda xp, n: xp.tile(n.i, (2, 2)),
    lambda xp, n: xp.tril(n.x, k=1),
    lambda xp, n: xp.triu(n.x, k=-1),
    lambda xp, n: xp.unique_all(n.x),
    lambda xp, n: xp.unique_counts(n.i),
    lambda xp, n: xp.unique_inverse(n.x),
    lambda xp, n: xp.unique_values(n.b),
    lambda xp, n: xp.unstack(n.x, axis=1),
    lambda xp, n: xp.var(n.x, axis=0, keepdims=True),
    lambda xp, n: xp.vecdot(n.z, n.z),
    lambda xp, n: xp.vecdot(n.a, n.a, axis=0),
    lambda xp, n: xp.where(n.b, n.z, 0.0),
    lambda xp, n: xp.where(n.b, 1.0, n.z),
    lambda xp, n: xp.full_like(n.x, 3, dtype=xp.int8),
    lambda xp, n: xp.zeros_like(n.x),
    lambda xp, n: xp.ones_like(n.b),
    lambda xp, n: xp.linalg.cholesky(n.a, upper=True),
    lambda xp, n: xp.linalg.cross(n.a, n.a[:1], axis=1),
    lambda xp, n: xp.linalg.det(n.a),
    lambda xp, n: xp.linalg.diagonal(n.a, offset=1),
    lambda xp, n: xp.linalg.eigh(n.a),
    lambda xp, n: xp.linalg.eigvalsh(n.a),
    lambda xp, n: xp.linalg.inv(n.a),
    lambda xp, n: xp.linalg.matmul(n.a, n.a),
    lambda xp, n: xp.linalg.matrix_norm(n.a, ord="fro", keepdims=True),
    lambda xp, n: xp.linalg.matrix_norm(n.a),
    lambda xp, n: xp.linalg.matrix_power(n.a, 3),
    lambda xp, n: xp.linalg.matrix_rank(n.a, rtol=0.1),
    lambda xp, n: xp.linalg.matrix_transpose(n.x),
    lambda xp, n: xp.linalg.outer(n.i, n.i),
    lambda xp, n: xp.linalg.pinv(n.a, rtol=1e-9),
    lambda xp, n: xp.linalg.qr(n.a, mode="complete"),
    lambda xp, n: xp.linalg.slogdet(n.a),
    lambda xp, n: xp.linalg.solve(n.a, n.x),
    lambda xp, n: xp.linalg.svd(n.x, full_matrices=False),
    lambda xp, n: xp.linalg.svdvals(n.x),
    lambda xp, n: xp.linalg.tensordot(n.a, n.x, axes=1),
    lambda xp, n: xp.linalg.trace(n.a, offset=1, dtype=xp.float32),
    lambda xp, n: xp.linalg.vecdot(n.a, n.a),
    lambda xp, n: xp.linalg.vector_norm(n.x, axis=1, ord=1),
    lambda xp, n: xp.linalg.vector_norm(n.x),
    lambda xp, n: xp.fft.fft(n.x, n=5, axis=0, norm="ortho"),
    lambda xp, n: xp.fft.ifft(n.z),
    lambda xp, n: xp.fft.fftn(n.x, axes=(0, 1), norm="forward"),
    lambda xp, n: xp.fft.ifftn(n.x, s=(2, 2), axes=(0, 1)),
    lambda xp, n: xp.fft.rfft(n.x, n=3),
    lambda xp, n: xp.fft.irfft(n.z),
    lambda xp, n: xp.fft.rfftn(n.x),
    lambda xp, n: xp.fft.irfftn(n.x),
    lambda xp, n: xp.fft.hfft(n.z),
    lambda xp, n: xp.fft.ihfft(n.x),
    lambda xp, n: xp.fft.fftfreq(5, d=0.5),
    lambda xp, n: xp.fft.rfftfreq(5),
    lambda xp, n: xp.fft.fftshift(n.x, axes=1),
    lambda xp, n: xp.fft.ifftshift(n.x),
]


def compare(expected, got, **loose):
    """Where NumPy returns scalars, the namespace returns arrays of no dimensions."""
    if isinstance(expected, (tuple, list)):
        assert isinstance(got, (tuple, list))
        assert getattr(expected, "_fields", ()) == getattr(got, "_fields", ())
        assert len(expected) == len(got)
        for one, other in zip(expected, got, strict=True):
            compare(one, other, **loose)
        return
    assert type(got) is qv.VirtualQArray
    assert_same(np.asarray(expected), got, **loose)


def source(call):
    return inspect.getsource(call).strip().removeprefix("lambda xp, n: ").rstrip(",")


@pytest.mark.parametrize("call", CALLS, ids=source)
def test_as_numpy(call):
    expected = call(np, Numbers(np))
    # Sums may be added up in another order.
    loose = {"rounding": 1e2} if "linalg" in source(call) or "fft" in source(call) else {}
    if any(name in source(call) for name in ("mean", "std", "var", "matmul", "dot")):
        loose = {"rounding": 1e2}
    compare(expected, call(qv, Numbers(qv)), **loose)
    # Where nothing is virtual yet.
    mixed = Numbers(np)
    mixed.xp = qv
    compare(expected, call(qv, mixed), **loose)


ELEMENTWISE = [line for line in FUNCTIONS if hasattr(elementwise, line[: line.index("(")])]
UNARY = [line[: line.index("(")] for line in ELEMENTWISE if "(x, /)" in line]
BINARY = [line[: line.index("(")] for line in ELEMENTWISE if "(x1, x2, /)" in line]


def test_elementwise_functions_are_all_there():
    assert len(UNARY) + len(BINARY) + 1 == len(public(elementwise) - {"where"})


def both(name, args, others):
    try:
        with np.errstate(all="ignore"):
            expected = getattr(np, name)(*args)
    except Exception as error:
        with pytest.raises(type(error)):
            getattr(qv, name)(*others)
        return
    with np.errstate(all="ignore"):
        compare(expected, getattr(qv, name)(*others))


@given(twins(), st.sampled_from([1, 0.5, True]))
@pytest.mark.filterwarnings("ignore")
def test_elementwise_functions_of_one(pair, scalar):
    x, y = pair
    for name in UNARY:
        if name == "expm1" and x.dtype.kind == "c" and not np.isfinite(x).all():
            continue  # not as NumPy has it
        both(name, (x,), (y,))
        both(name, (scalar,), (scalar,))
    both("round", (x.tolist(),), (x.tolist(),))


@given(st.sampled_from(DTYPES), st.sampled_from(DTYPES), st.sampled_from([2, 0.5, True]), st.data())
@pytest.mark.filterwarnings("ignore")
def test_elementwise_functions_of_two(one, other, scalar, data):
    x, a = data.draw(twins([one], st.sampled_from([(), (3,), (2, 3)])))
    y, b = data.draw(twins([other], st.sampled_from([(), (3,)])))
    for name in BINARY:
        if name == "floor_divide" and x.dtype.kind == "f" and np.isinf(x).any():
            continue  # not as NumPy has it
        both(name, (x, y), (a, b))
        both(name, (x, y), (a, y))
        both(name, (x, y), (x, y))
        # Python's scalars do not say which dtype.
        both(name, (scalar, y), (scalar, y))
        both(name, (scalar, y), (scalar, b))
        both(name, (x, scalar), (x, scalar))


ORDERED = [dtype for dtype in DTYPES if dtype.kind != "c"]


@given(twins(ORDERED, st.sampled_from([(5,), (3, 4), (1, 3)])), st.integers(-1, 0))
def test_descending_order(pair, axis):
    x, y = pair
    order = qv.argsort(y, axis=axis, descending=True)
    # Python's sort keeps the order of equal elements when it is told to reverse; NaN is largest.
    lines = np.moveaxis(x, axis, -1).reshape(-1, x.shape[axis])
    keys = np.where(np.isnan(lines), np.inf, lines.astype(np.longdouble))
    ranks = [
        sorted(range(key.size), key=lambda i, k=key, n=nan: (n[i], k[i]), reverse=True)
        for key, nan in zip(keys, np.isnan(lines), strict=True)
    ]
    expected = np.array(ranks, np.intp).reshape(np.moveaxis(x, axis, -1).shape)
    compare(np.moveaxis(expected, -1, axis), order)
    compare(
        np.take_along_axis(x, np.moveaxis(expected, -1, axis), axis),
        qv.sort(y, axis=axis, descending=True),
    )
    compare(np.sort(x, axis=axis, stable=True), qv.sort(y, axis=axis))
    compare(np.argsort(x, axis=axis, stable=True), qv.argsort(x, axis=axis))


@pytest.mark.parametrize("shape", [2**60, (2**20, 2**40), (2**62, 0)])
def test_creation_that_cannot_be_materialised(shape):
    at = 3 if isinstance(shape, int) else (3, 2**30)
    for x, value, dtype in (
        (qv.zeros(shape), 0, float),
        (qv.ones(shape, dtype=qv.int8), 1, np.int8),
        (qv.full(shape, 2.5, dtype=qv.complex64), 2.5, np.complex64),
        (qv.full(shape, True), True, bool),
        (qv.empty(shape, dtype=qv.uint64, device="cpu"), 0, np.uint64),
        (qv.ones_like(qv.zeros(shape)), 1, float),
    ):
        x.spectrum.check()
        assert x.nbytes == 0
        assert x.dtype == dtype
        if x.size:
            assert x[at] == value


def test_sums_of_what_cannot_be_materialised():
    x = qv.full((2**30, 2**30), 3)
    assert_same(np.asarray(3 * 2**60), qv.sum(x))
    assert_same(np.asarray(3.0), qv.mean(x))
    assert_same(np.asarray(2**60), qv.count_nonzero(x))
    y = qv.eye(1000, 2**50, k=7)
    assert_same(np.asarray(1000.0), qv.sum(y))
    assert qv.sum(y, axis=0, keepdims=True).nactive == 1000


@pytest.mark.parametrize(
    "make",
    [
        lambda xp, **device: xp.zeros((2, 3), dtype=xp.int16, **device),
        lambda xp, **device: xp.ones(shape=4, **device),
        lambda xp, **device: xp.full((2,), 7, **device),
        lambda xp, **device: xp.full((), 7.5, dtype=xp.float32, **device),
        lambda xp, **device: xp.arange(5, **device),
        lambda xp, **device: xp.arange(5, 1, -1.5, **device),
        lambda xp, **device: xp.arange(1, stop=4, step=2, dtype=xp.int8, **device),
        lambda xp, **device: xp.linspace(1, 2, 3, **device),
        lambda xp, **device: xp.eye(2, **device),
        lambda xp, **device: xp.asarray([1, 2], dtype=xp.float32, **device),
        lambda xp, **device: xp.from_dlpack(np.ones(2), **device),
        lambda xp, **device: xp.ones_like(xp.asarray([1, 2]), **device),
        lambda xp, **device: xp.astype(xp.asarray([1, 2]), xp.float32, **device),
        lambda xp, **device: xp.fft.fftfreq(4, **device),
    ],
)
def test_devices(make):
    for device in ({}, {"device": "cpu"}, {"device": None}):
        compare(make(np, **device), make(qv, **device))
    with pytest.raises(ValueError, match=r"(?i)device"):
        make(qv, device="gpu")


def test_sequences_over_the_budget():
    with qv.options(memory_budget=10**6):
        for call in (
            lambda: qv.arange(10**9),
            lambda: qv.linspace(0, 1, 10**9),
            lambda: qv.fft.fftfreq(10**9),
            lambda: qv.eye(10**6),
        ):
            with pytest.raises(qv.MaterializationError):
                call()
    frequencies = qv.fft.rfftfreq(6, d=2.0, dtype=qv.float32)
    assert_same(np.fft.rfftfreq(6, 2.0).astype(np.float32), frequencies)


def test_asarray():
    x = qv.asarray([1.0, 0.0, 0.0])
    assert qv.asarray(x) is x
    assert qv.asarray(x, copy=False, dtype=qv.float64) is x
    copy = qv.asarray(x, copy=True)
    assert copy is not x
    assert_same(x.todense(), copy)
    assert qv.asarray(x, dtype=qv.float32, copy=True).dtype == qv.float32
    for refused in (
        lambda: qv.asarray([1.0], copy=False),
        lambda: qv.asarray(x, qv.int8, copy=False),
    ):
        with pytest.raises(ValueError, match="copy"):
            refused()
    assert qv.asarray(np.ones(100), fill_value=1).nbytes == 0
    assert qv.from_dlpack(x) is x


def test_what_numpy_returns_is_made_arrays_of():
    for number in (True, 3, 2.5, 1j, np.float32(1), np.bool(True)):
        compare(number, as_arrays(number))
    assert as_arrays("text") == "text"
    assert isinstance(as_arrays([1.0])[0], qv.VirtualQArray)
    # NumPy's own functions go on returning scalars.
    assert type(np.sum(qv.asarray([1.0]))) is np.float64
