"""Record error bounds of results: of arrays, which carry them, and of scalars, which cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from ..core.error_bound import Uncertainty
from .propagation import ufunc_bound

T = TypeVar("T")

#: What a user called: a NumPy function, or a ufunc and the name of its method.
Called = Callable[..., Any] | tuple[np.ufunc, str]
Args = tuple[Any, ...]
Kwargs = dict[str, Any]

_INFINITE = float("inf")


class ErrorBounds:
    """The bounds of scalar results, in the order of the calls; see `error_bounds`.

    Attributes
    ----------
    all : list of float
        ``abs(result - exact result)`` is at most that, but for what NumPy would round as well.
        0.0 where all arrays were exact, infinite where no bound is known.
    estimates : list of float
        Statistical estimates beside them, no bounds: about one result in twenty is further off, if
        what encoding has rounded is like noise. The bound itself where nothing else is known.
    """

    def __init__(self) -> None:
        self.all: list[float] = []
        self.estimates: list[float] = []

    @property
    def last(self) -> float:
        """The bound of the last scalar; ValueError where there was none."""
        if not self.all:
            raise ValueError("no function has returned a scalar")
        return self.all[-1]

    @property
    def error_estimate(self) -> float:
        """The estimate, which is no bound, of the last scalar; ValueError where there was none."""
        if not self.estimates:
            raise ValueError("no function has returned a scalar")
        return self.estimates[-1]

    def taken(self, result: T, found: Uncertainty) -> T:
        """Record how far a scalar may be off, and return what the caller gets."""
        self.all.append(found.bound)
        self.estimates.append(found.estimate)
        return result

    def __repr__(self) -> str:
        return f"<qvarray error bounds: {self.all}>"


_current: ContextVar[ErrorBounds | None] = ContextVar("error_bounds", default=None)
#: Returns what takes the bounds of scalars here, None where nothing does.
recorder = _current.get


@contextmanager
def error_bounds() -> Iterator[ErrorBounds]:
    """Record a bound on the error of every scalar that a NumPy function returns.

    Yields
    ------
    ErrorBounds

    Notes
    -----
    A NumPy scalar has no room for a bound. Within a ``with`` block (of this thread or task) every
    call of a NumPy function on VirtualQArrays that returns a scalar adds one. With absolute L2
    bounds d on the errors of arrays x of n elements:

    * sum and mean: ``sqrt(n) * d`` and ``d / sqrt(n)``, by Cauchy and Schwarz;
    * inner products: ``norm(x) * dy + dx * norm(y) + dx * dy``;
    * norms: d for the L2, maximum and spectral norms, ``sqrt(n) * d`` for sums of magnitudes;
    * variance and standard deviation: from d, the bound of the distance to the mean;
    * extrema, median and quantiles: d, since they move no further than the elements;
    * the trace of a matrix: ``sqrt(rows) * d``.

    All others are infinite where an argument is not exact. O(k) for each call.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> samples = np.cumsum(np.random.default_rng(0).standard_normal(1024))
    >>> x = qv.encode(samples, tol=0.05)
    >>> with qv.error_bounds() as bounds:
    ...     mean = np.mean(x)
    >>> bool(abs(mean - np.mean(samples)) <= bounds.last)
    True
    """
    bounds = ErrorBounds()
    with recording_to(bounds):
        yield bounds


@contextmanager
def recording_to(bounds: ErrorBounds) -> Iterator[None]:
    """Let `bounds` take every scalar of this thread or task."""
    token = _current.set(bounds)
    try:
        yield
    finally:
        _current.reset(token)


def error_bound(x: object) -> float:
    """Bound the L2 norm of the difference of an array and what it stands for.

    Parameters
    ----------
    x : array_like

    Returns
    -------
    float
        0.0 for exact arrays, ndarrays among them; infinite where no bound is known. The attribute
        `recovery_error` of an array is the same relative to its norm.

    Notes
    -----
    O(1), or O(k) for an expression. Sums, differences, multiples, unitary transforms and
    selections carry the bound along, an operator multiplies it by its largest eigenvalue.

    Examples
    --------
    >>> import numpy as np, qvarray as qv
    >>> x = qv.encode(np.cumsum(np.random.default_rng(0).standard_normal(1024)), tol=0.05)
    >>> bool(np.isclose(qv.error_bound(3 * x - x), 4 * qv.error_bound(x)))
    True
    """
    source = getattr(x, "source", None)
    return 0.0 if source is None else float(source.absolute_error)


def recorded(function: Called, call: Callable[..., T], args: Args, kwargs: Kwargs) -> T:
    """Return what `call` returns, with the bound of a scalar recorded.

    Parameters
    ----------
    function : callable, or tuple of ufunc and str
        What the user called: a NumPy function, or a ufunc and the name of its method.
    """
    bounds = recorder()
    # What the rules call in turn is not the user's.
    token = _current.set(None)
    try:
        result = call(*args, **kwargs)
        if bounds is not None and (np.isscalar(result) or isinstance(result, np.generic)):
            found = _uncertainty(function, result, tuple(args), kwargs)
            result = bounds.taken(result, found)
    finally:
        _current.reset(token)
    return result


def _is_lossy(argument: object) -> bool:
    if isinstance(argument, (list, tuple)):
        return any(_is_lossy(item) for item in argument)
    return error_bound(argument) > 0.0


class Call(NamedTuple):
    """A call of a function on arrays that are not all exact, and what it returned."""

    result: Any
    args: Args
    kwargs: Kwargs

    def argument(self, position: int, *names: str, default: Any = None) -> Any:
        """Return the argument at that position, or by one of those names."""
        if position < len(self.args):
            return self.args[position]
        return next((self.kwargs[name] for name in names if name in self.kwargs), default)

    @property
    def x(self) -> Any:
        return self.argument(0, "a", "x", "array")

    @property
    def error(self) -> float:
        """The bound of the first argument; infinite where another one has an error."""
        rest = [value for value in self.kwargs.values() if value is not self.x]
        return _INFINITE if _is_lossy([*self.args[1:], *rest]) else error_bound(self.x)

    @property
    def size(self) -> float:
        return float(np.size(self.x))

    @property
    def is_masked(self) -> bool:
        return self.kwargs.get("where", True) is not True


def _uncertainty(function: Called, result: object, args: Args, kwargs: Kwargs) -> Uncertainty:
    if not _is_lossy([*args, *kwargs.values()]):
        return Uncertainty(0.0, 0.0)
    rule = _RULES.get(function)
    # A number that was rounded to an integer may be off by more.
    if np.asarray(result).dtype.kind not in "fc":
        return Uncertainty(_INFINITE, _INFINITE)
    if rule is None:
        bound = _of_ufunc(function, result, args, kwargs)
        return Uncertainty(bound, bound)
    call = Call(result, args, kwargs)
    bound = rule(call)
    bound = bound if bound == bound else _INFINITE
    known = _STATISTICS[function](call) if function in _STATISTICS else None
    if known is None:
        return Uncertainty(bound, bound)
    return Uncertainty(float(min(bound, known.bound)), float(min(bound, known.estimate)))


def _of_ufunc(function: Called, result: Any, args: Args, kwargs: Kwargs) -> float:
    """Bound the error of a ufunc of arrays without axes; infinite for what is none."""
    if not isinstance(function, tuple) or function[1] != "__call__":
        return _INFINITE
    operands = [getattr(x, "source", x) for x in args]
    bound = ufunc_bound(function[0], operands, [error_bound(x) for x in args], (), kwargs)
    return bound + 4.0 * float(np.finfo(result.dtype).eps) * abs(result)


def of_statistic(
    call: Call, statistic: str, factor: float = 1.0, other: object = None
) -> Uncertainty | None:
    """Return what the array knows of a sum of all of its elements, times a number."""
    if call.is_masked or call.kwargs.get("dtype") is not None:
        return None
    source = getattr(call.x, "source", None)
    if source is None or (other is not None and not hasattr(other, "source")):
        return None
    known = source.uncertainty(statistic, getattr(other, "source", None))
    if known is None:
        return None
    rounded = 4.0 * float(np.finfo(np.asarray(call.result).dtype).eps) * abs(call.result)
    if statistic != "total":
        rounded += _underflow(call, is_root=statistic == "norm")
    return Uncertainty(known.bound * factor + rounded, known.estimate * factor + rounded)


def _underflow(call: Call, is_root: bool = False) -> float:
    """Bound what a sum of products of small elements, or its root, loses by their underflow."""
    least = float(np.finfo(np.asarray(call.result).dtype).tiny) * call.size
    return least**0.5 if is_root else least


def _known_norm(call: Call) -> Uncertainty | None:
    order = call.argument(1, "ord")
    is_l2 = order is None or (order == "fro" and np.ndim(call.x) == 2)
    return of_statistic(call, "norm") if is_l2 or (order == 2 and np.ndim(call.x) == 1) else None


def _known_vector_norm(call: Call) -> Uncertainty | None:
    return of_statistic(call, "norm") if call.kwargs.get("ord", 2) == 2 else None


def _known_variance(call: Call) -> Uncertainty | None:
    freedom = _freedom(call)
    return of_statistic(call, "deviation", 1.0 / freedom) if freedom > 0 else None


def _known_deviation(call: Call) -> Uncertainty | None:
    known = _known_variance(call)
    if known is None:
        return None
    deviation = float(call.result)
    return Uncertainty(*(_root(deviation, off) for off in known))


def _root(deviation: float, off: float) -> float:
    """Bound how far the root of a number is off by how far the number is."""
    least = max(deviation * deviation - off, 0.0)
    # To the number below it, a root is further than to the one above.
    return off / (deviation + least**0.5) if deviation else off**0.5


def _known_inner(call: Call) -> Uncertainty | None:
    other = call.argument(1, "b", "x2", "y")
    return of_statistic(call, "inner", 1.0, other)


def _l2(x: ArrayLike) -> float:
    """Return the L2 norm."""
    return float(np.linalg.norm(np.ravel(x) if np.ndim(x) > 2 else x))


def _inner(call: Call) -> float:
    a, b = call.x, call.argument(1, "b", "x2")
    da, db = error_bound(a), error_bound(b)
    products = (_l2(a) * db if db else 0.0) + (da * _l2(b) if da else 0.0) + da * db
    return products + _underflow(call)


def _sum(call: Call) -> float:
    return call.error * call.size**0.5


def _mean(call: Call) -> float:
    return _INFINITE if call.is_masked else call.error / call.size**0.5


def _same(call: Call) -> float:
    return call.error


def _range(call: Call) -> float:
    # The difference of two elements.
    return call.error * 2.0**0.5


def _freedom(call: Call) -> float:
    """Return what a variance is divided by; 0 where the mean is not that of all elements."""
    ddof = call.argument(4, "ddof", "correction", default=0)
    is_plain = not call.is_masked and call.kwargs.get("mean") is None
    return call.size - float(ddof) if is_plain else 0.0


def _deviation(call: Call) -> float:
    freedom = _freedom(call)
    if freedom <= 0:
        return _INFINITE
    return (call.error + _underflow(call, is_root=True)) / freedom**0.5


def _variance(call: Call) -> float:
    error, freedom = call.error, _freedom(call)
    if freedom <= 0:
        return _INFINITE
    distance = (float(call.result) * freedom) ** 0.5
    return ((2.0 * distance + error) * error + _underflow(call)) / freedom


def _of_vector(call: Call, order: float | str | None) -> float:
    if order in (None, 2, "fro"):
        return call.error + _underflow(call, is_root=True)
    if order in (np.inf, -np.inf):
        return call.error
    return call.error * call.size**0.5 if order == 1 else _INFINITE


def _of_matrix(call: Call, order: float | str | None) -> float:
    if order in (None, "fro"):
        return call.error + _underflow(call, is_root=True)
    if order in (2, -2):
        return call.error
    if order == "nuc":
        return call.error * float(min(call.x.shape)) ** 0.5
    # Sums along rows or columns, the largest or least of them.
    sides = {1: 0, -1: 0, np.inf: 1, -np.inf: 1}
    return call.error * float(call.x.shape[sides[order]]) ** 0.5 if order in sides else _INFINITE


def _norm(call: Call) -> float:
    order = call.argument(1, "ord")
    return _of_matrix(call, order) if np.ndim(call.x) == 2 else _of_vector(call, order)


def _vector_norm(call: Call) -> float:
    return _of_vector(call, call.kwargs.get("ord", 2))


def _matrix_norm(call: Call) -> float:
    return _of_matrix(call, call.kwargs.get("ord", "fro"))


def _trace(call: Call) -> float:
    return call.error * float(min(call.x.shape)) ** 0.5


def _average(call: Call) -> float:
    weights = call.argument(2, "weights")
    if weights is None:
        return _mean(call)
    return call.error * _l2(weights) / abs(float(np.sum(weights)))


#: What arrays that are quantised know better than by the norm of their error.
_STATISTICS: dict[Any, Callable[[Call], Uncertainty | None]] = {
    np.sum: lambda call: of_statistic(call, "total"),
    (np.add, "reduce"): lambda call: of_statistic(call, "total"),
    np.mean: lambda call: of_statistic(call, "total", 1.0 / call.size),
    np.var: _known_variance,
    np.std: _known_deviation,
    np.linalg.norm: _known_norm,
    np.linalg.vector_norm: _known_vector_norm,
    **dict.fromkeys((np.dot, np.vdot, np.inner, np.linalg.vecdot), _known_inner),
    **dict.fromkeys([(ufunc, "__call__") for ufunc in (np.vecdot, np.matmul)], _known_inner),
}

_RULES: dict[Any, Callable[[Call], float]] = {
    np.sum: _sum,
    (np.add, "reduce"): _sum,
    np.mean: _mean,
    np.average: _average,
    np.var: _variance,
    np.std: _deviation,
    np.ptp: _range,
    np.trace: _trace,
    np.linalg.trace: _trace,
    np.linalg.norm: _norm,
    np.linalg.vector_norm: _vector_norm,
    np.linalg.matrix_norm: _matrix_norm,
    **dict.fromkeys((np.dot, np.vdot, np.inner, np.linalg.vecdot), _inner),
    **dict.fromkeys([(ufunc, "__call__") for ufunc in (np.vecdot, np.matmul)], _inner),
    **dict.fromkeys((np.max, np.min, np.amax, np.amin, np.median), _same),
    **dict.fromkeys([(ufunc, "reduce") for ufunc in (np.maximum, np.minimum)], _same),
    **dict.fromkeys((np.quantile, np.percentile), _same),
}


def records(
    function: Called,
    bound: Callable[[Call], float],
    known: Callable[[Call], Uncertainty | None],
) -> None:
    """Register how far the scalars of a function may be off, where arrays are not exact."""
    _RULES[function] = bound
    _STATISTICS[function] = known
