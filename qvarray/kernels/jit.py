"""Compile kernels with Numba, and cache them where a folder for that can be written to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from importlib import import_module
from typing import Any

import numba
import numba.extending
import numpy as np
from numba.core.caching import FunctionCache, IndexDataCacheFile
from numba.core.runtime.nrt import rtsys

_NO_FOLDER = "no folder for it can be written to; NUMBA_CACHE_DIR may name one"

_problems: list[str] = []


def problem() -> str | None:
    """Return what has kept a kernel from being cached, None if nothing has."""
    return _problems[-1] if _problems else None


def is_interpreted() -> bool:
    """Tell whether kernels are left to the interpreter: ``NUMBA_DISABLE_JIT`` is 1."""
    return bool(numba.config.DISABLE_JIT)  # type: ignore[attr-defined]


class _Files(IndexDataCacheFile):
    """Files that no two processes mix up which compile one kernel at once, each for other dtypes.

    Numba numbers the files of a kernel. Both would take the same number, and one of them would
    later load what the other compiled.
    """

    def save(self, key: object, data: object) -> None:
        what = repr((key, self._source_stamp)).encode()
        base = self._index_name.removesuffix(".nbi")
        self._data_name_pattern = f"{base}.{sha256(what).hexdigest()[:16]}.{{number:d}}.nbc"
        super().save(key, data)


class _Cache(FunctionCache):
    """A cache of compiled kernels that goes without where files cannot be read or written."""

    def __init__(self, kernel: Callable[..., Any]) -> None:
        super().__init__(kernel)
        locator = self._impl.locator
        self._cache_file = _Files(
            self._cache_path, self._impl.filename_base, locator.get_source_stamp()
        )

    def load_overload(self, sig: object, target_context: object) -> object:
        # Numba's own imports first all that can be compiled, SciPy's linear algebra among it, which
        # takes twice the time of its import. What is compiled needs the runtime alone; the compiler
        # asks for the rest itself.
        rtsys.initialize(target_context)
        try:
            return self._load_overload(sig, target_context)
        except OSError as error:
            _problems.append(str(error))
            return None

    def save_overload(self, sig: object, data: object) -> None:
        try:
            super().save_overload(sig, data)
        except OSError as error:
            _problems.append(str(error))


def _nothing() -> None:
    pass


def njit(cache: bool = False, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator like `numba.njit`, without its cache where no folder can be written to.

    Kernels are then compiled anew in every process.

    Parameters
    ----------
    cache : bool
        Keep what is compiled. For kernels that are called from Python: each has files of its own.
    **options
        Those of `numba.njit`.
    """

    def decorated(kernel: Callable[..., Any]) -> Any:
        if is_interpreted():
            return _interpreted(kernel)
        # Else a kernel that makes arrays takes from an inner function that calls it that none are.
        dispatcher = numba.njit(**{"_nrt": True, **options})(kernel)
        # It imports what other packages add to Numba, which our kernels do not use.
        dispatcher._compilation_chain_init_hook = _nothing
        if cache:
            try:
                dispatcher._cache = _Cache(kernel)
            except RuntimeError as error:
                if "no locator available" not in str(error):
                    raise
                _problems.append(_NO_FOLDER)
        return dispatcher

    return decorated


def _interpreted(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """Return a kernel that debuggers and coverage can follow; integers wrap as if compiled."""

    @wraps(kernel)
    def run(*args: Any) -> Any:
        with np.errstate(all="ignore"):
            return kernel(*args)

    return run


def intrinsic(
    interpreted: Callable[..., Any],
) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator like `numba.extending.intrinsic`.

    Parameters
    ----------
    interpreted : callable
        What does the same without the compiler, under ``NUMBA_DISABLE_JIT``.
    """
    return lambda define: interpreted if is_interpreted() else numba.extending.intrinsic(define)


def _compiler(*args: Any) -> Any:
    """Return a compiler of inner functions. Numba's is imported when something is compiled."""
    return import_module(f"{__package__}.inner_compiler").compiler()(*args)


#: Decorator of what is called from kernels alone: it is compiled into those and cached with them.
#: It makes no arrays and returns none, so that nobody counts who has those that it is given: with
#: many of them, that takes longer than all else.
inner = njit(
    nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, pipeline_class=_compiler, _nrt=False
)
