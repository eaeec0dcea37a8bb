"""A component's C++ with a loop over time around it, compiled once, driven with arrays."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from spikex_lab import toolchain
from spikex_lab.catalog import Component
from spikex_lab.catalog.body import Selection
from spikex_lab.catalog.codegen import cpp, words
from spikex_lab.catalog.program import Program
from spikex_lab.conformance.trace import Series

_DOUBLES = ctypes.POINTER(ctypes.c_double)


class Driver:
    """One program as machine code, in float64 and in float32."""

    def __init__(self, program: Program, library: ctypes.CDLL, index: int) -> None:
        self._program = program
        self._double = getattr(library, f"drive_double_{index}")
        self._float = getattr(library, f"drive_float_{index}")

    def run(
        self,
        dt: float,
        params: Sequence[float],
        inputs: Sequence[Series],
        noise: Sequence[Series],
        *,
        single: bool = False,
        constants: Sequence[float] | None = None,
    ) -> tuple[Series, list[Series]]:
        """Step over `inputs` from rest; return what goes out and the states, [T] each.

        Parameters
        ----------
        params : values of the program's parameters, in its order.
        inputs, noise : one array [T] each, in the program's order.
        single : compute in float32.
        constants : take these for what does not change from step to step, in the program's order.
        """
        function = self._float if single else self._double
        function.restype = None
        count = len(inputs[0])
        out = np.empty(count)
        states = [np.empty(count) for _ in self._program.states]
        given = np.array(params, dtype=np.float64)
        fixed = None if constants is None else np.array(constants, dtype=np.float64)
        function(
            ctypes.c_double(dt),
            given.ctypes.data_as(_DOUBLES),
            None if fixed is None else fixed.ctypes.data_as(_DOUBLES),
            _rows([*inputs, *noise]),
            ctypes.c_long(count),
            out.ctypes.data_as(_DOUBLES),
            _rows(states),
        )
        return out, states


def driver(component: Component, selection: Selection) -> Driver | None:
    """Return the compiled program of `component` for `selection`; None without a compiler.

    All variants of a component are compiled together; an integrator of the user's choice is not
    among them and is compiled by itself.
    """
    for index, variant in enumerate(words.variants(component)):
        if selection in variant.chosen:
            return _driver(component, None, index)
    return _driver(component, selection, 0)


@lru_cache(maxsize=512)
def _driver(component: Component, selection: Selection | None, index: int) -> Driver | None:
    library = _library(component, selection)
    if library is None:
        return None
    if selection is None:
        return Driver(words.variants(component)[index].program, library, index)
    return Driver(component.program(selection), library, index)


@lru_cache(maxsize=256)
def _library(component: Component, selection: Selection | None) -> ctypes.CDLL | None:
    return toolchain.library(source(component, selection))


def source(component: Component, selection: Selection | None = None) -> str:
    """Return C++ with ``drive_double_<n>`` and ``drive_float_<n>``, which take arrays over time.

    Parameters
    ----------
    selection : one choice of the equations; None: all variants, numbered in the printer's order.
    """
    if selection is not None:
        lines = _drive(component, component.program(selection), "", 0)
        return "\n".join([cpp.source(component, selection), *lines]) + "\n"
    lines = [cpp.render(component)]
    for index, variant in enumerate(words.variants(component)):
        lines += _drive(component, variant.program, variant.ending, index)
    return "\n".join(lines) + "\n"


def _drive(component: Component, program: Program, ending: str, index: int) -> list[str]:
    """Return the loop over time around the struct of one variant."""
    step = cpp.name_of(component, ending)
    space = step.split("::")[0]
    constants = [name for line in program.constants for name in line.targets]
    signals = [*program.inputs, *program.noise]
    given = ", ".join(f"T(x[{place}][k])" for place, _ in enumerate(signals))
    lines = [
        "namespace {",
        "template <typename T>",
        f"void drive_{index}([[maybe_unused]] double dt, [[maybe_unused]] const double* p,",
        "             [[maybe_unused]] const double* c, [[maybe_unused]] const double* const* x,",
        "             long count, double* out, [[maybe_unused]] double* const* states) {",
        f"    {space}::Parameters<T> given;",
        *(f"    given.p_{name} = T(p[{i}]);" for i, name in enumerate(program.parameters)),
        f"    {step}<T> element(given, T(dt));",
        "    if (c != nullptr) {",
        *(f"        element.{name} = T(c[{i}]);" for i, name in enumerate(constants)),
        "    }",
        "    for (long k = 0; k < count; ++k) {",
        f"        out[k] = double(element.step({given}));",
        *(
            f"        states[{place}][k] = double(element.s_{name});"
            for place, name in enumerate(program.states)
        ),
        "    }",
        "}",
        "}  // namespace",
    ]
    for number in ("double", "float"):
        lines += [
            f'extern "C" void drive_{number}_{index}(double dt, const double* p, const double* c, '
            "const double* const* x, long count, double* out, double* const* states) {",
            f"    drive_{index}<{number}>(dt, p, c, x, count, out, states);",
            "}",
        ]
    return lines


def _rows(arrays: Sequence[Series]) -> Any:
    pointers = (array.ctypes.data_as(_DOUBLES) for array in arrays)
    return (_DOUBLES * max(1, len(arrays)))(*pointers)
