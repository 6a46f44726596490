"""`VirtualQArray`: attributes, operators, and NumPy's protocols."""

from __future__ import annotations

import builtins
import math
import operator
import warnings
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from . import arithmetic, bounds, indexing, numpy_versions, printing, selection, writing
from .bases import Basis, as_bases
from .coverage import FUNCTIONS, UFUNCS
from .expression import Expression, expressed, part_of
from .flags import Flags
from .flat import FlatIterator
from .masked import is_masked
from .memory import Lens, Look, Memory, Step, View, settled
from .methods import Methods
from .packed import Packed
from .paging import require_budget
from .reshaping import reshape
from .spectrum import Array, Source, Spectrum, constant, numeric_dtype
from .structure import broadcast_to
from .transform import sparse, to_bases, to_dense
from .window import located, offset_of, window_of

__all__ = ["VirtualQArray", "plain_key"]


class VirtualQArray(Methods, NDArrayOperatorsMixin):
    """An array that stores only the coefficients that describe it.

    Make one with `asarray`, `array`, `from_coordinates`, `from_eigenvalues`, `encode` or
    `operator`. NumPy's functions take it and answer with another.

    Parameters
    ----------
    source : Spectrum or Source
        What the array is made of.

    Examples
    --------
    >>> import qvarray as qv
    >>> x = qv.from_eigenvalues([1.0, 0.5], [0, 3], 2**40, basis="walsh")
    >>> x
    <VirtualQArray shape=(1099511627776,), dtype=float64, basis=walsh, active=2, stored=32 B, \
virtual=8.0 TiB>
    >>> float(x[12345]) == 0.5 / 2**20
    True
    """

    __slots__ = ("__weakref__", "_source", "_state")

    def __init__(self, source: Source) -> None:
        self._source = source
        # What only arrays have that are written to, or that are views or have some.
        self._state: Memory | View | None = None

    # -- what it is made of -----------------------------------------------------------------

    @property
    def spectrum(self) -> Spectrum:
        """The coefficients and their basis, as the rules of NumPy's functions see them."""
        return self.source.settle()

    @property
    def source(self) -> Source:
        """What is stored: a Spectrum, or parameters that become one when elements are asked."""
        if self._state is not None:
            self._source = self._state.current(self._source)
        return self._source

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the axes; may be set where nothing has to be copied."""
        return self._source.shape

    @shape.setter
    def shape(self, value: Any) -> None:
        if numpy_versions.has(numpy_versions.Behaviour.SETTING_SHAPE_IS_DEPRECATED):
            warnings.warn(numpy_versions.SETTING_SHAPE, DeprecationWarning, stacklevel=2)
        try:
            out: Any = np.reshape(self, value, copy=False)
        except ValueError as error:
            if "copy" not in str(error):
                raise
            raise AttributeError(
                "Incompatible shape for in-place modification. Use `.reshape()` to make a copy "
                "with the desired shape."
            ) from None
        self._source = out.source
        if isinstance(self._state, View):
            self._state = out._state

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the elements."""
        return self._source.dtype

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self._source.shape)

    @property
    def size(self) -> int:
        """Number of elements; a Python int, which may pass 2**63 for operators."""
        size = 1
        for n in self._source.shape:
            size *= n
        return size

    @property
    def itemsize(self) -> int:
        """Bytes of an element."""
        return self._source.dtype.itemsize

    @property
    def eigenvalues(self) -> Array:
        """The coefficients, shape (k,), in the order of `active_indices`; read-only."""
        return _read_only(self.spectrum.eigenvalues)

    @property
    def active_indices(self) -> Array | None:
        """Where the eigenvalues sit, sorted, linearised in C order; None where all are active.

        An operator's are positions along its diagonal. Read-only.
        """
        indices = self.spectrum.active_indices
        return None if indices is None else _read_only(indices)

    @property
    def bases(self) -> tuple[Basis, ...]:
        """The orthonormal basis of each axis."""
        return self.spectrum.bases

    @property
    def fill_value(self) -> Any:
        """What elements, or eigenvalues of an operator, are where nothing is active: a scalar."""
        return self.spectrum.fill_value

    @property
    def nactive(self) -> int:
        """Number of eigenvalues stored."""
        return self.spectrum.nactive

    @property
    def nbytes(self) -> int:
        """Bytes stored."""
        return self.source.nbytes

    @property
    def virtual_nbytes(self) -> int:
        """Bytes that an ndarray of this shape and dtype takes."""
        return self.size * self.itemsize

    @property
    def recovery_error(self) -> float:
        """An upper bound on the relative L2 error; 0.0 for an exact array.

        Infinite where none is known, as after a function that is not linear.
        """
        error = self.source.error
        return 0.0 if error is None else error.relative

    @property
    def real(self) -> VirtualQArray:
        """The real part: a view. O(k)."""
        if self.dtype.kind != "c":
            return self
        return self.view_by(_real_part, _same_place, lens=_REAL)

    @real.setter
    def real(self, value: Any) -> None:
        self.real[...] = value

    @property
    def imag(self) -> VirtualQArray:
        """The imaginary part: a view; of a real array, zeros that cannot be written. O(k)."""
        if self.dtype.kind == "c":
            return self.view_by(_imaginary_part, _same_place, lens=_IMAG)
        out = VirtualQArray(arithmetic.imaginary_part(self.spectrum))
        out.flags.writeable = False
        return out

    @imag.setter
    def imag(self, value: Any) -> None:
        if self.dtype.kind != "c":
            raise TypeError("array does not have imaginary part to set")
        self.imag[...] = value

    # -- memory -----------------------------------------------------------------------------

    @property
    def state(self) -> Memory | View:
        """What this array shares with its views, or with the array that it is a view of."""
        if self._state is None:
            self._state = Memory(self._source.shape)
        return self._state

    @property
    def window(self) -> Array:
        """Where the elements are in the array that has them; see `qvarray.window`."""
        state = self._state
        return state.window if isinstance(state, View) else window_of(self.shape)

    @property
    def base(self) -> VirtualQArray | None:
        """The array that this is a view of; None where the elements are its own."""
        state = self._state
        return state.base if isinstance(state, View) else None  # type: ignore[return-value]

    @property
    def flags(self) -> Flags:
        """How the elements lie in memory, had they any, and whether they may be written."""
        return Flags(self)

    def setflags(self, write: Any = None, align: Any = None, uic: Any = None) -> None:
        """Let the elements be written, or not."""
        if uic:
            raise ValueError("cannot set WRITEBACKIFCOPY flag to True")
        if align is not None and not align:
            raise ValueError("the elements of a virtual array are aligned")
        if write is not None:
            self.flags.writeable = write

    @property
    def strides(self) -> tuple[int, ...]:
        """Bytes from one element to the next along each axis, of an ndarray like this."""
        owner = self if self.base is None else self.base
        return tuple(stride * owner.itemsize for stride in self.window.strides)

    @property
    def data(self) -> memoryview:
        """A copy of the elements that is read-only: nothing can write to what is not there."""
        dense: Any = _read_only(self.todense())
        return memoryview(dense)

    @property
    def device(self) -> str:
        """Where the array is, in the words of the array API standard."""
        return "cpu"

    def to_device(self, device: Any, /, *, stream: Any = None) -> VirtualQArray:
        """The array itself, if `device` is "cpu"."""
        if stream is not None:
            raise ValueError("The stream argument to to_device() is not supported")
        if device != "cpu":
            raise ValueError(f"Unsupported device: {device}.")
        return self

    def view_by(
        self, step: Step, look: Look, writeable: bool = True, lens: Lens | None = None
    ) -> VirtualQArray:
        """A view of this array, which writes through.

        Parameters
        ----------
        step : callable
            The elements of the view, a Source, from those of this array. Called again whenever
            they were written.
        look : callable
            The same view of an ndarray; it must not read elements.
        writeable : bool
        lens : Lens, optional
            Where only a part of every element is seen.
        """
        out = VirtualQArray(step(self.source))
        state = self.state
        if isinstance(state, View):
            out._state = state.further(step, look, writeable, lens)
        else:
            writeable = writeable and state.writeable
            out._state = View(self, state, (step,), (look,), writeable, lens)
        return out

    def replace_with(self, source: Source) -> None:
        """Write all elements, of the same shape and dtype: what an output is given.

        Raises
        ------
        ValueError
            For another shape or dtype, or where this array is read-only.
        """
        if source.shape != self.shape or source.dtype != self.dtype:
            raise ValueError(
                f"cannot put shape {source.shape}, dtype {source.dtype} in an array of shape "
                f"{self.shape}, dtype {self.dtype}"
            )
        state = self._state
        if state is None:
            self._source = source
            return
        if not state.writeable:
            raise ValueError("output array is read-only")
        if isinstance(state, Memory):
            self._own(source)
        else:
            self._write(self.window, settled(source))
            self._source, state.seen = source, state.memory.version

    def _own(self, source: Source) -> None:
        """Have other elements. Only for an array that is no view."""
        self._source = source
        if self._state is not None:
            assert isinstance(self._state, Memory)
            self._state.writes = {}
            self._state.version += 1

    def _write(self, window: Array, part: Spectrum) -> None:
        """Write the elements of a window on the array that has them."""
        state = self.state
        owner, memory = (state.base, state.memory) if isinstance(state, View) else (self, state)
        assert isinstance(owner, VirtualQArray)
        owner._own(memory.written(owner.source, window, part, state.lens))

    def put_elements(self, positions: Array, values: Any) -> None:
        """Write single elements.

        Parameters
        ----------
        positions : ndarray of int64, shape (m,)
            In C order; of several writes to one position the last one counts.
        values : array_like, shape (m,)

        Notes
        -----
        O(k + m).
        """
        self._require_writeable()
        state = self.state
        cells = np.empty(positions.size, self.dtype)
        cells[...] = values
        owner = state.base if isinstance(state, View) else self
        assert isinstance(owner, VirtualQArray)
        if isinstance(state, View):
            positions = located(self.window, positions)
        whole = settled(owner.source)
        if state.lens is not None:
            cells = state.lens.put(selection.at(whole, positions), cells)
        owner._own(writing.put_at(whole, positions, cells))

    def _require_writeable(self) -> None:
        if self._state is not None and not self._state.writeable:
            raise ValueError("assignment destination is read-only")

    def resize(self, *new_shape: Any, refcheck: bool = True) -> None:
        """Take another shape in place: elements are cut off, or zeros follow. O(k).

        Raises
        ------
        ValueError
            For a view, or an array that has views.
        """
        if not new_shape or new_shape == (None,):
            return
        wanted = new_shape[0] if len(new_shape) == 1 else new_shape
        shape = tuple(map(operator.index, wanted)) if np.iterable(wanted) else (wanted,)
        if any(n < 0 for n in shape):
            raise ValueError("negative dimensions not allowed")
        if isinstance(self._state, View):
            raise ValueError("cannot resize this array: it does not own its data")
        if self._state is not None and self._state.viewed and refcheck:
            raise ValueError(
                "cannot resize an array that references or is referenced\n"
                "by another array in this way."
            )
        self._require_writeable()
        size, whole = math.prod(shape), settled(self.source)
        kept = selection.select(reshape(whole, (self.size,)), [range(min(size, self.size))])
        assert isinstance(kept, Spectrum)
        zeros = constant(self.dtype.type(0), (size,))
        resized = writing.paste(zeros, window_of((size,))[: min(size, self.size)], kept)
        self._source, self._state = reshape(resized, shape), None

    def view(self, dtype: Any = None, type: Any = None) -> Any:
        """A view of all elements, or of their bytes as another dtype.

        Where the dtype is of another size, and for ``view(np.ndarray)``, the elements are copied,
        and the result is read-only.
        """
        is_class = isinstance(dtype, builtins.type) and issubclass(dtype, np.ndarray)
        wanted_class = dtype if is_class else type
        if wanted_class is not None and not issubclass(VirtualQArray, wanted_class):
            return _read_only(self.todense()).view(wanted_class)
        if dtype is None or np.dtype(dtype) == self.dtype:
            return self.view_by(_same_source, _same_place)
        wanted, own = numeric_dtype(dtype), self.dtype
        if wanted.itemsize != own.itemsize:
            out = VirtualQArray(sparse(self.todense().view(wanted)))
            out.flags.writeable = False
            return out

        def step(source: Source) -> Source:
            return writing.mapped(settled(source), lambda values: values.view(wanted))

        lens = Lens(lambda values: values.view(wanted), lambda old, new: new.view(old.dtype))
        return self.view_by(step, _same_place, lens=lens)

    def byteswap(self, inplace: bool = False) -> VirtualQArray:
        """The array with the bytes of every element in the other order. O(k)."""
        swapped = writing.mapped(settled(self.source), lambda values: values.byteswap())
        if not inplace:
            return VirtualQArray(swapped)
        self[...] = VirtualQArray(swapped)
        return self

    # -- conversion -------------------------------------------------------------------------

    def todense(self) -> Array:
        """Every element, as a new ndarray. O(N log N).

        Raises
        ------
        MaterializationError
            Where that takes more than ``qvarray.options.memory_budget``.
        """
        return to_dense(self.spectrum)

    def compute(self) -> VirtualQArray:
        """The array with all elements computed, in the standard basis; itself if it is stored.

        Raises
        ------
        MaterializationError
            Where that takes more than the memory budget.

        Notes
        -----
        O(N) for an expression, page by page.

        Examples
        --------
        >>> import qvarray as qv
        >>> x = qv.from_eigenvalues([8.0], [0], 64, basis="walsh")
        >>> y = np.exp(x * x)
        >>> y.nbytes, y.compute().nbytes
        (12, 512)
        """
        source = self.source
        return self if isinstance(source, Spectrum) else VirtualQArray(source.settle())

    def to_basis(self, basis: str | Basis | Sequence[str | Basis]) -> VirtualQArray:
        """The same array in another basis.

        Parameters
        ----------
        basis : str or Basis, or a sequence of one for each axis

        Raises
        ------
        ValueError
            For an unknown basis, or a length that it cannot have.
        MaterializationError
            Where the lines along a changed axis that hold coefficients are over the memory budget.

        Notes
        -----
        O(n log n) for each such line. Integers become float64 in a basis other than standard.

        Examples
        --------
        >>> import numpy as np, qvarray as qv
        >>> x = qv.asarray(np.cos(np.arange(64) * np.pi / 8))
        >>> x.to_basis("fourier").bases
        (Fourier(sign=1),)
        """
        return VirtualQArray(to_bases(self.spectrum, as_bases(basis, self.ndim)))

    def astype(
        self,
        dtype: Any,
        order: Any = "K",
        casting: Any = "unsafe",
        subok: bool = True,
        copy: bool = True,
    ) -> VirtualQArray:
        """The array with elements of another dtype, as ``ndarray.astype``. O(k)."""
        cast = arithmetic.cast(self.spectrum, numeric_dtype(dtype), casting)
        return self if cast is self.source and not copy else VirtualQArray(cast)

    def copy(self, order: Any = "C") -> VirtualQArray:
        """A new array of the same elements. O(1): what is stored is immutable, and shared."""
        np.empty(0).copy(order)  # to find fault with the order
        return VirtualQArray(self.source)

    def __reduce__(self) -> tuple[Any, ...]:
        # A view is pickled without the rest of the array that it looks at.
        return VirtualQArray, (self.source,)

    def __copy__(self) -> VirtualQArray:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> VirtualQArray:
        return self.copy()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        spectrum = self.spectrum
        if copy is False:
            same = dtype is None or np.dtype(dtype) == spectrum.dtype
            if spectrum.is_standard and spectrum.active_indices is None and same:
                return _read_only(spectrum.eigenvalues.reshape(spectrum.shape))
            raise ValueError(
                "Unable to avoid copy while creating an array: the elements are virtual"
            )
        out = to_dense(spectrum)
        return out if dtype is None else out.astype(dtype, copy=False)

    # -- NumPy's protocols ------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        rule = UFUNCS.get(ufunc)
        call = (UFUNCS[None] if rule is None else rule)[0]
        if bounds.is_recording():
            return bounds.recorded(
                (ufunc, method),
                lambda *args, **named: call(ufunc, method, args, named),
                inputs,
                kwargs,
            )
        return call(ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if not all(issubclass(kind, (VirtualQArray, np.ndarray)) for kind in types):
            return NotImplemented
        for kind in types:
            if is_masked(kind):
                return NotImplemented
        rule = FUNCTIONS.get(func)
        if bounds.is_recording():
            call = partial(_answered, func) if rule is None else rule.call
            return bounds.recorded(func, call, args, kwargs)
        if rule is None:
            return FUNCTIONS[None].call(func, args, kwargs)
        return rule.call(*args, **kwargs)

    def __pow__(self, other: Any) -> Any:
        # For some exponents ndarray.__pow__ is not np.power, and rounds otherwise.
        source = self.source
        if type(other) in (int, float):
            if not source.shape:
                power = self.todense() ** other
                return VirtualQArray(sparse(power)) if isinstance(power, np.ndarray) else power
            if isinstance(source, Spectrum) and source.is_standard:
                if source.error is None:
                    return VirtualQArray(writing.mapped(source, lambda values: values**other))
            elif self.dtype.kind in "fc" and (type(other), other) in _POWERS:
                return _POWERS[type(other), other](self)
        return np.power(self, other)

    def __ipow__(self, other: Any) -> Any:
        if type(other) not in (int, float):
            return np.power(self, other, out=(_any(self),))
        if not self.shape:
            element = self.todense()
            element **= other
            self.replace_with(constant(element, ()))
            return self
        # Where the result is of another dtype, NumPy finds fault with that first.
        like: Any = np.power(np.ones(1, self.dtype), other if other >= 0 else 1)
        if like.dtype != self.dtype:
            return self._raised_as_it_is(other)
        self.replace_with((self**other).source)
        return self

    def _raised_as_it_is(self, other: Any) -> VirtualQArray:
        """The powers in place where they are of another dtype: squares, up to NumPy 2.2."""

        def raised(values: Array) -> Array:
            values = values.copy()
            values **= other
            return values

        raised(np.zeros(0, self.dtype))
        self.replace_with(writing.mapped(self.spectrum, raised))
        return self

    def __eq__(self, other: object) -> Any:
        try:
            return np.equal(self, other)  # type: ignore[call-overload]
        except TypeError:
            return self._compared(other, False)

    def __ne__(self, other: object) -> Any:
        try:
            return np.not_equal(self, other)  # type: ignore[call-overload]
        except TypeError:
            return self._compared(other, True)

    def _compared(self, other: object, answer: bool) -> Any:
        """What a comparison with what is no number gives."""
        shape = np.broadcast_shapes(self.shape, np.shape(_any(other)))
        return VirtualQArray(constant(np.bool_(answer), shape)) if shape else np.bool_(answer)

    # -- elements ---------------------------------------------------------------------------

    def __getitem__(self, key: Any) -> Any:
        shape = self._source.shape
        position = selection.element_position(key, shape)
        if position is not None:
            return self._element(position)
        key = plain_key(key)
        basic = selection.basic_key(key, shape)
        if basic is None:
            return self._picked(key)
        if all(isinstance(part, int) for part in basic) and not _has_dots(key):
            return self._element(selection.linear_position(basic, shape))
        look = tuple(selection.as_slice(p) if isinstance(p, range) else p for p in basic)
        return self.view_by(
            lambda source: _part_of(source, basic), lambda window: window[(*look, ...)]
        )

    def _element(self, position: int) -> Any:
        """An element by its C-order position, as a NumPy scalar."""
        state = self._state
        if state is not None and state.lens is None:
            if isinstance(state, Memory):
                if position in state.writes:
                    return state.writes[position]
                source = self._source
            elif state.memory.writes:
                base: Any = state.base
                return base._element(self._position_in_base(position))
            else:
                source = self.source
        else:
            source = self.source
        if isinstance(source, Spectrum):
            return selection.item_at(source, position)
        looked_up = getattr(source, "looked_up", None)
        if looked_up is not None:
            # Parameters that say what an element is, without the others.
            return looked_up(np.array([position]))[0]
        return _looked_at(source, list(selection.along_axes(position, source.shape)))

    def _position_in_base(self, position: int) -> int:
        at = offset_of(self.window)
        along = selection.along_axes(position, self.shape)
        for i, stride in zip(along, self.window.strides, strict=True):
            at += i * stride
        return at

    def _picked(self, key: Any) -> VirtualQArray:
        """What an advanced key names: a copy."""
        source = self.source
        if isinstance(key, Spectrum) and key.dtype.kind == "b" and isinstance(source, Spectrum):
            rest = indexing.without(source, key)
            if rest is not None:
                return VirtualQArray(rest)
        node = expressed(source)
        return VirtualQArray(indexing.picked(node, indexing.advanced_key(key, self.shape)))

    def __setitem__(self, key: Any, value: Any) -> None:
        self._require_writeable()
        state = self.state
        shape = self._source.shape
        position = selection.element_position(key, shape)
        if position is not None and state.lens is None:
            self._put(position, value._as_scalar() if isinstance(value, VirtualQArray) else value)
            return
        key = plain_key(key)
        basic = selection.basic_key(key, shape)
        if basic is not None:
            look = tuple(selection.as_slice(p) if isinstance(p, range) else p for p in basic)
            window = self.window[(*look, ...)]
            if isinstance(value, VirtualQArray) and self._is_there(value, window):
                return
            if basic == [range(n) for n in shape] and isinstance(state, Memory):
                self._own(self._cells(value, shape, any_basis=True))
            else:
                self._write(window, settled(self._cells(value, window.shape)))
        elif _is_mask(key, shape):
            self._put_where(key, value)
        else:
            self._put_picked(key, value)

    def __delitem__(self, key: Any) -> None:
        raise ValueError("cannot delete array elements")

    def _put_where(self, key: Any, value: Any) -> None:
        """Write the elements where a mask of this array's shape is true."""
        if np.ndim(value) > 1:
            raise TypeError(
                "NumPy boolean array indexing assignment requires a 0 or 1-dimensional input, "
                f"input has {np.ndim(value)} dimensions"
            )
        if isinstance(key, Spectrum) and np.size(value) == 1:
            cell = to_dense(settled(self._cells(value, np.shape(value)))).reshape(())
            whole = settled(self.source)
            out = writing.replaced(lambda old, on: np.where(on, cell, old), whole, key)
            self._write(self.window, out)
        else:
            self._put_picked(key, value)

    def _put_picked(self, key: Any, value: Any) -> None:
        advanced = indexing.advanced_key(key, self.shape)
        positions = indexing.positions_of(advanced, self.shape)
        cells = self._cells(value, positions.shape)
        self.put_elements(positions.reshape(-1), to_dense(settled(cells)).reshape(-1))

    def _put(self, position: int, value: Any) -> None:
        """Write one element: kept aside until the array is read. O(1)."""
        cell = np.empty(1, self._source.dtype)
        cell[0] = value
        state = self._state
        owner: Any = self
        if isinstance(state, View):
            owner = state.base
            position = self._position_in_base(position)
        memory: Memory = owner._state
        source = owner._source
        if not (isinstance(source, Spectrum) and source.is_standard):
            owner._source = settled(source)
        memory.writes[position] = cell[0]
        memory.version += 1

    def _is_there(self, value: VirtualQArray, window: Array) -> bool:
        """Whether `value` is the view that it is to be written to, as after ``x[key] += y``."""
        other = value._state
        if not isinstance(other, View) or other.lens is not None or self.state.lens is not None:
            return False
        if (self if self.base is None else self.base) is not other.base:
            return False
        same = (window.shape, window.strides) == (other.window.shape, other.window.strides)
        return same and offset_of(window) == offset_of(other.window)

    def _cells(self, value: Any, shape: tuple[int, ...], any_basis: bool = False) -> Spectrum:
        """A value to be written, as an array of that shape and of this array's dtype."""
        dtype = self.dtype
        if isinstance(value, VirtualQArray):
            spectrum = value.spectrum
            if not any_basis:
                spectrum = settled(spectrum)
            cells = arithmetic.cast(spectrum, dtype, "unsafe")
        else:
            # NumPy converts, and refuses what it cannot.
            given = np.asarray(value)
            dense = np.empty(given.shape, dtype)
            dense[...] = value
            cells = sparse(dense) if given.ndim else constant(dense, ())
        extra = len(cells.shape) - len(shape)
        if extra > 0 and all(n == 1 for n in cells.shape[:extra]):
            cells = reshape(cells, cells.shape[extra:])
        try:
            return broadcast_to(cells, shape)
        except ValueError:
            raise ValueError(
                f"could not broadcast input array from shape {cells.shape} into shape {shape}"
            ) from None

    @property
    def flat(self) -> FlatIterator:
        """The elements in C order, as ``ndarray.flat``."""
        return FlatIterator(self)

    @flat.setter
    def flat(self, value: Any) -> None:
        self.flat[:] = value

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        if not self.shape:
            raise TypeError("iteration over a 0-d array")
        # No loop over so many ends; a list of them, as some of NumPy's functions make, has no end.
        require_budget(self.shape[0] * _ROW_BYTES, "take slices, or raise the budget")
        return (self[i] for i in range(self.shape[0]))

    def __contains__(self, element: Any) -> bool:
        return bool(np.any(np.equal(self, element)))

    __hash__ = None  # type: ignore[assignment]

    def _as_scalar(self) -> Array:
        """A small ndarray that converts to a scalar, or refuses to, as this array should."""
        return self.todense() if self.size <= 1 else np.zeros(2, self.dtype)

    def __bool__(self) -> bool:
        return bool(self._as_scalar())

    def __int__(self) -> int:
        return int(self._as_scalar())

    def __float__(self) -> float:
        return float(self._as_scalar())

    def __complex__(self) -> complex:
        return complex(self._as_scalar())

    def __index__(self) -> int:
        return operator.index(self._as_scalar())

    def item(self, *args: Any) -> Any:
        """One element as a Python scalar, as ``ndarray.item``."""
        if self.size <= 1 or len(args) == 0:
            return self._as_scalar().item(*args)
        index = args[0] if len(args) == 1 else args
        if isinstance(index, tuple):
            return self[index].item()
        size = self.size
        index = operator.index(index)
        if not -size <= index < size:
            raise IndexError(f"index {index} is out of bounds for size {size}")
        return selection.at(self.spectrum, np.array([index % size])).item()

    # -- how it is shown --------------------------------------------------------------------

    def __repr__(self) -> str:
        return printing.summary(self.source)

    def __format__(self, spec: str) -> str:
        if not self.shape:
            return format(self.item(), spec)
        if spec:
            raise TypeError(f"unsupported format string passed to {type(self).__name__}.__format__")
        return str(self)

    def __str__(self) -> str:
        return printing.as_text(self.source, lambda: np.array_str(_any(self)))

    def _repr_html_(self) -> str:
        return printing.as_html(self.source)


# What a list takes for each row or element of an array, at least.
_ROW_BYTES = 32

#: What ndarray takes for these exponents, of its own accord.
_POWERS = {(int, 2): np.square, (int, -1): np.reciprocal, (float, 0.5): np.sqrt}


def _answered(func: Any, *args: Any, **kwargs: Any) -> Any:
    """What answers the functions that have no rule of their own."""
    return FUNCTIONS[None].call(func, args, kwargs)


def _any(obj: object) -> Any:
    """What NumPy's annotations do not know to be an array."""
    return obj


def _read_only(values: Array) -> Array:
    view = values.view()
    view.flags.writeable = False
    return view


def plain_key(key: Any) -> Any:
    """A key with the arrays in it that are ours as spectra; those without axes as scalars."""
    if isinstance(key, tuple):
        return tuple(_plain_part(part) for part in key)
    return _plain_part(key)


def _plain_part(part: Any) -> Any:
    if not isinstance(part, VirtualQArray):
        return part
    return part.spectrum if part.shape else part.todense()


def _is_mask(key: Any, shape: tuple[int, ...]) -> bool:
    is_array = isinstance(key, (np.ndarray, Spectrum))
    return is_array and key.dtype.kind == "b" and bool(shape) and key.shape == shape


def _has_dots(key: Any) -> bool:
    return key is Ellipsis or (isinstance(key, tuple) and any(part is Ellipsis for part in key))


def _part_of(source: Source, key: list[selection.Key]) -> Source:
    """What a basic key names, as an array even where no axis is left."""
    part = _looked_at(source, key)
    return part if isinstance(part, (Spectrum, Expression)) else constant(part, ())


def _looked_at(source: Source, key: Any) -> Any:
    """What a basic key names: nothing more is evaluated, and a scalar where no axis is left."""
    if isinstance(source, Packed):
        return source.part(key)
    return part_of(source if isinstance(source, Expression) else expressed(source), key)


def _real_part(source: Source) -> Source:
    return arithmetic.real_part(source.settle())


def _imaginary_part(source: Source) -> Source:
    return arithmetic.imaginary_part(source.settle())


def _same_place(window: Array) -> Array:
    return window


def _same_source(source: Source) -> Source:
    return source


def _put_real(old: Array, new: Array) -> Array:
    out = old.copy()
    out.real = new
    return out


def _put_imag(old: Array, new: Array) -> Array:
    out = old.copy()
    out.imag = new
    return out


_REAL = Lens(np.real, _put_real)
_IMAG = Lens(np.imag, _put_imag)
