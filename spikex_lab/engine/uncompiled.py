"""Optimizers without torch's compiler, which they load (a second) only to be left alone by it."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

_MARK = "__dynamo_disable"
"""Where ``torch._disable_dynamo`` looks first for what it would ask the compiler for."""
_METHODS = ("add_param_group", "state_dict", "load_state_dict")


@contextmanager
def uncompiled() -> Iterator[None]:
    """Let optimizers be made, kept and restored in the body without loading the compiler.

    Where it is loaded anyway, or this torch works in another way, nothing is changed.
    """
    import torch

    marked = []
    if "torch._dynamo" not in sys.modules:
        for name in _METHODS:
            inner = getattr(getattr(torch.optim.Optimizer, name), "__wrapped__", None)
            if inner is not None and not hasattr(inner, _MARK):
                setattr(inner, _MARK, inner)
                marked.append(inner)
    try:
        yield
    finally:
        for inner in marked:
            delattr(inner, _MARK)


def step(optimizer: torch.optim.Optimizer) -> None:
    """Take one step of `optimizer`: what lies inside torch's hooks for profilers and compilers."""
    import torch

    function: Any = inspect.unwrap(type(optimizer).step)
    with torch.no_grad():
        function(optimizer)
