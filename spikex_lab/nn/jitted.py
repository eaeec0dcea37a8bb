"""Fused scans by Numba, where that is installed: slower than compiled C++, much faster than none.

Numba is no dependency. It is asked only where neither the kernel pack nor a compiler has a kernel.
"""

from __future__ import annotations

import ctypes
import linecache
import logging
import math
from functools import cache
from typing import Any

import numpy as np

from spikex_lab.catalog.codegen.kernel import CALL, Kernel
from spikex_lab.catalog.codegen.numba import source

_log = logging.getLogger(__name__)
_kept: list[Any] = []
"""Machine code lives as long as what Numba made it of."""


def functions(kernel: Kernel) -> tuple[Any, Any] | None:
    """Return the way there and the way back of `kernel`, each a function of the address of a
    ``Call``; None where there is no Numba, and for neurons that hear each other or samples with
    lengths of their own."""
    tools = None if kernel.recurrence or kernel.masked else _tools()
    if tools is None:
        return None
    text = source(kernel)
    file = f"<spikex kernel #{len(linecache.cache)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    space: dict[str, Any] = {"np": np, "math": math, **tools}
    exec(compile(text, file, "exec"), space)  # noqa: S102 (our own printer's text, checked)
    return _entry(space["forward"]), _entry(space["backward"])


def _entry(function: Any) -> Any:
    from numba import carray, cfunc, types

    length = len(CALL)

    def entry(call: Any) -> None:
        function(carray(call, length))

    made = cfunc(types.void(types.CPointer(types.int64)))(entry)
    _kept.append(made)
    return ctypes.CFUNCTYPE(None)(made.address)


@cache
def _tools() -> dict[str, Any] | None:
    """Return what the text of a kernel stands on; None where there is no Numba."""
    if ctypes.sizeof(ctypes.c_long) != 8:  # the text takes every member of a call for 8 bytes
        return None
    try:
        from numba import carray, njit, types
        from numba.extending import intrinsic
    except ImportError:
        return None
    _log.info("Numba compiles what the kernel pack lacks: there is no C++ compiler")

    @intrinsic
    def pointer(_: Any, address: Any) -> Any:
        def convert(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return builder.inttoptr(values[0], context.get_value_type(signature.return_type))

        return types.voidptr(address), convert

    return {"carray": carray, "pointer": pointer, "jit": njit(error_model="numpy")}
