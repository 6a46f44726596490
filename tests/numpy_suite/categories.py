"""Why a test of NumPy's does not pass with virtual arrays: from what it stumbled over."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["CATEGORIES", "category"]

#: Files about what no array of ours has: elements of text, of records and dates; memory; C.
OUTSIDE = (
    "api", "argparse", "array_interface", "arraymethod", "arrayobject", "casting_unittests",
    "cpu_dispatcher", "cpu_features", "custom_dtypes", "cython", "datetime", "defchararray",
    "dlpack", "dtype", "extint128", "half", "hashtable", "limited_api", "mem_overlap", "mem_policy",
    "memmap", "multiprocessing", "multithreading", "nditer", "overrides", "records", "scalarbuffer",
    "simd", "simd_module", "stringdtype", "strings", "unicode", "_datasource", "_iotools",
    "_version", "loadtxt", "recfunctions", "arrayprint",
)  # fmt: skip

#: The categories, each with what tests of it stumble over: of the error, or of the line.
CATEGORIES = {
    "text, dates or objects": (
        r"must be numbers", r"StringDiscovery|\[bytes\]|\[unicode\]|\[str-to-|\[int-to-",
        r"datetime|timedelta|np\.m8|M8", r"dtype\('[OSUVmM]",
        r"astype\(.?(object|O|str|S)", r"Fraction|Decimal", r"subarray|structured|void|recarray",
    ),
    "an ndarray itself": (
        r"isinstance|issubclass|np\.ndarray|is np\.array|\btype\(", r"bytes-like|buffer|memoryview",
        r"flags|contiguous|F_CONT|\border=|shares_memory|may_share|\.base\b|owndata|strides",
        r"__array_interface__|__array_struct__|ctypes|\.data\b|refcount|refcheck|resize",
        r"__array_wrap__|__array_finalize__|subclass|ArrayWrap|matrix|\.mat\b|masked|MaskedArray",
        r"Expected an array|must be NumPy arrays|NumPy array|__array__ method|read-only",
        r"pickle|VirtualQArray shape=|unaligned|align|Flags|setter|flatiter|\.flat\b",
        r"array_indexing|subscript, |_multiarray|lapack|np_?array\.sort|out=\(?\.\.\.",
        r"__array_namespace__",
    ),
    "byte order": (
        r"byteorder|newbyteorder|byteswap|'>[a-zA-Z]|nonnative|isnative|swapped|cast_safety",
    ),
    "time": (r"TimeoutError",),
}  # fmt: skip

#: Tests, and classes of them, whose errors do not tell.
NAMED = {
    **dict.fromkeys(
        (
            # Elements that are text, records, or Python integers of any length.
            "TestStringDiscovery", "test_scalar_coercion_same_as_cast_and_assignment",
            "test_floatingpoint_errors_casting", "test_append_fields_dtype_list",
            "test_recarray_single_element", "test_void_via_length", "test_alignment_update",
            "test_nonempty_string_flat_index_on_flatiter",
        ),
        "text, dates or objects",
    ),
    **dict.fromkeys(
        (
            "TestMultiIndexingAutomated", "TestDeprecatedArrayWrap",
            "test_zero_sized_array_indexing", "test_lapack_endian", "test_random_shuffle",
            "test_dtype_identity",
            # Memory: its size, its owner, who else refers to it, what else looks at it.
            "TestSizeOf", "TestWritebackIfCopy", "TestArrayInterface", "test_check_reference_2",
            "test_array_copy_false", "test_array_copy_if_needed", "test_memmap_takes_fast_route",
            "test_largish_file", "test_large_zip", "test_getfield", "test_dot_3args_errors",
            "test_writeable",
            # NumPy's own functions, or what C alone can do: 32 axes, `concat`, signatures.
            "test__nan_mask", "test__replace_nan", "TestLerp", "test_operand_flags",
            "test_maxdims", "test_dimension_and_args_limit", "test_operator_concat",
            "test_flat_element_deletion", "TestTextSignatures", "test__array_namespace__",
            # What takes a dtype, or an array by its class.
            "test_array_instance",
            # What stands for ``np.array`` here.
            "test_array_as_keyword", "test_array_signature",
            # ``np.array`` reads what is in a list by ``float``, but for ndarrays.
            "test_longdouble_assignment",
            # Methods of operators called by name, ``x.__add__(y)``: Python asks subclasses of
            # ndarray first, and others after an ndarray, where an array of ours asks them itself.
            "test_ufunc_binop_interaction",
        ),
        "an ndarray itself",
    ),
}  # fmt: skip


def category(
    result: dict[str, str],
    kinds: Mapping[str, tuple[str, ...]] = CATEGORIES,
    named: Mapping[str, str] = NAMED,
) -> str:
    """Return the category of a test that failed: ``"ours"`` where nothing else explains it.

    Parameters
    ----------
    result : dict
        ``test``, ``error`` and ``where``, as the plugin writes them.
    kinds : mapping
        Patterns of each category, searched for in the error and in the line.
    named : mapping
        The categories of single tests, or of classes of them, where neither tells.
    """
    for name in result["test"].partition("[")[0].split("::"):
        if name in named:
            return named[name]
    texts = (result.get("error", ""), result.get("where", ""))
    for kind, patterns in kinds.items():
        if any(re.search(pattern, text) for pattern in patterns for text in texts):
            return kind
    return "ours"
