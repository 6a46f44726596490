"""Compile functions that are called from kernels alone: once, with the kernels they are in.

Numba optimises each function and makes machine code of it, and then again of every kernel that it
is a part of. Here it is only lowered, and the rest is left to the kernels.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numba
from numba.core.compiler import Compiler, CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import register_pass
from numba.core.typed_passes import NativeLowering

# The first version of Numba whose steps are not known here. It compiles as it does by itself.
_UNKNOWN = (0, 70)


def _nothing() -> None:
    pass


@register_pass(mutates_CFG=True, analysis_only=False)
class _Lowering(NativeLowering):
    """Lower a function, and leave its optimisation and machine code to the kernels it is in."""

    _name = "lowering_of_inner"

    def run_pass(self, state: Any) -> bool:
        library = state.targetctx.codegen().create_library(state.func_id.func_qualname)
        library._optimize_final_module = _nothing
        library._finalize_final_module = partial(_left_as_it_is, library)
        state.library, state.flags.no_compile = library, True
        super().run_pass(state)
        result = state["cr"]
        # Callers find it by a function of its own, in the place of what is called from Python.
        key = list[None]().append
        state.targetctx.insert_user_function(key, result.fndesc, [library])
        state["cr"] = result._replace(cfunc=key)
        return True


def _left_as_it_is(library: Any) -> None:
    library._finalize_dynamic_globals()
    library._finalized = True


class _Inner(CompilerBase):
    """Numba's compiler, with that step in the place of its own."""

    def define_pipelines(self) -> list[Any]:
        builder = DefaultPassBuilder.define_nopython_pipeline(self.state)
        builder.passes = [
            (_Lowering if step is NativeLowering else step, about) for step, about in builder.passes
        ]
        builder.finalize()
        return [builder]


def compiler() -> type[CompilerBase]:
    """Return what compiles inner functions with the version of Numba that is here."""
    return _Inner if numba.version_info.short < _UNKNOWN else Compiler
