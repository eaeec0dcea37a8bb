"""Operators of one's own, without torch's compiler where nobody uses it.

The first call of a custom operator loads the compiler (a second, 110 MB), only to be left alone by
it from then on.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any

from torch._library.custom_ops import CustomOpDef
from torch.library import custom_op

_MARK = "__dynamo_disable"
"""Where torch looks first for what it would ask the compiler for."""


def operator(name: str, function: Callable[..., Any]) -> CustomOpDef:
    """Return `function` as the operator `name`, which changes none of its arguments."""
    made = custom_op(name, function, mutates_args=())
    for guarded in getattr(made, "_backend_fns", {}).values():
        inner = getattr(guarded, "__wrapped__", None)
        if inspect.isfunction(inner):  # or this torch works in another way, and is left alone
            setattr(inner, _MARK, _unguarded(inner, guarded))
    return made


def _unguarded(inner: Callable[..., Any], guarded: Callable[..., Any]) -> Callable[..., Any]:
    """Return `inner`; once the compiler is there, `guarded` by it as torch has it."""

    def call(*args: Any, **kwargs: Any) -> Any:
        if "torch._dynamo" not in sys.modules:
            return inner(*args, **kwargs)
        if getattr(inner, _MARK, None) is call:
            delattr(inner, _MARK)
        return guarded(*args, **kwargs)

    return call
