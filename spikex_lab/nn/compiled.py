"""Rendered source → functions. The only place that turns generated text into code.

What is compiled comes from our own printer, holds prefixed names only and was checked to
(`spikex_lab.catalog.codegen.torch.check`); it sees torch and hardly any builtins.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import torch

from spikex_lab.catalog import Component
from spikex_lab.catalog.body import Selection
from spikex_lab.catalog.codegen.torch import (
    Printer,
    arguments,
    program_source,
    surrogate_source,
)
from spikex_lab.catalog.program import Program


@dataclass(frozen=True)
class Step:
    """A component as functions: ``constants(dt, *p)``, ``step(fire, *fixed, *states, *inputs)``."""

    program: Program
    constants: Callable[..., list[Any]]
    step: Callable[..., Any]
    fixed: tuple[str, ...]
    """Names of the arguments between ``fire`` and the states."""


@lru_cache(maxsize=1024)
def step(component: Component, selection: Selection) -> Step:
    """Return the compiled step of `component` for one selection of its variants."""
    return compile_program(component.program(selection), component.id)


def compile_program(program: Program, name: str, by: type[Printer] = Printer) -> Step:
    """Return the functions of `program`, printed `by`; `name` says in tracebacks whose it is."""
    space = load(program_source(program, by), name, _torch())
    moving = len(program.states) + len(program.inputs) + len(program.noise)
    names = arguments(program)
    plain = space["constants"]

    def constants(dt: torch.Tensor, *params: torch.Tensor) -> list[torch.Tensor]:
        # a let such as `E: -65` is a bare number in the text; torch.maximum takes tensors only
        return [
            torch.as_tensor(one, dtype=dt.dtype, device=dt.device) for one in plain(dt, *params)
        ]

    return Step(program, constants, space["step"], tuple(names[: len(names) - moving]))


@lru_cache(maxsize=256)
def derivative(
    component: Component, part: Literal["derivative", "antiderivative"] = "derivative"
) -> tuple[Program, Callable[..., torch.Tensor]]:
    """Return a surrogate's program and its function of ``(u, *p)``: its slope, or its `part`."""
    program = component.surrogate(part)
    return program, load(surrogate_source(program), component.id, _torch())["derivative"]


def _torch() -> dict[str, Any]:
    # torch's own C code looks for __import__ among the caller's builtins; nothing else is there
    return {"torch": torch, "__builtins__": {"__import__": __import__}}


def load(source: str, name: str, space: dict[str, Any]) -> dict[str, Any]:
    """Run our own printer's text, which it has checked, and return what it has defined.

    Parameters
    ----------
    name : whose it is, in tracebacks.
    space : all that the text sees.
    """
    file = f"<spikex {name} #{len(linecache.cache)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), space)  # noqa: S102 (our own printer's text, checked)
    return space
