"""What the tests of the scalar printers share: every program, and all C++ in one library."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from spikex_lab import toolchain
from spikex_lab.catalog import Component, library
from spikex_lab.catalog.body import Selection
from spikex_lab.catalog.codegen import cpp, words
from spikex_lab.catalog.program import Program
from spikex_lab.conformance import reference, samples
from spikex_lab.conformance.reference import Run
from spikex_lab.conformance.samples import Drive

from .test_equations import leaky

TOLERANCE = 1e-9
STEPS = 200
FLAGS = [*(flag for flag in toolchain.FLAGS if flag != "-O2"), "-O1", *toolchain.STRICT]
"""The flags of every day, warnings too; -O1 rounds as -O2 does and compiles faster."""

_OUT = {"state": {}, "equations": [], "spike": None, "integrator": None}
_TWO = {"v": {"doc": "d"}, "w": {"doc": "d", "init": "tau/20"}}
FEATURES: dict[str, dict[str, Any]] = {
    "jumps": leaky(
        state=_TWO, equations=["dv/dt = (w - v)/tau", "dw/dt = -w/5"],
        jumps=["w += 0.3*I", "v -= 0.01*w"], integrator="exponential_euler",
    ),
    "coupled": leaky(
        state=_TWO, equations=["dv/dt = (w - v)/tau + I", "dw/dt = (0.2*v - w)/3"],
    ),
    "noise": leaky(
        noise={
            "xi": {"distribution": "normal", "doc": "d"},
            "eta": {"distribution": "uniform", "doc": "d"},
        },
        equations=["v[t] = 0.9*v[t-1] + I + 0.3*xi*eta"], integrator=None,
    ),
    "inputs": leaky(
        inputs={
            "I": {"doc": "d"}, "g": {"doc": "d", "default": 0.25},
            "h": {"doc": "d", "default": -1.5},
        },
        equations=["v[t] = 0.5*v[t-1] + I*g"], integrator=None,
    ),
    "held": leaky(
        state=_TWO, integrator="rk4", equations=["dv/dt = I - w*a", "dw/dt = (v - w)/tau"],
        let={"a": "v*abs(w)/(1 + v**2)"},
        spike={
            "when": "v >= 0.7", "reset": ["v = -0.1", "w += 0.05"],
            "refractory": {"duration": "3.4", "hold": ["v"]},
        },
    ),
    "late": leaky(
        equations=["dv/dt = I - v/tau"], integrator="euler", let={"unused": "2*v"},
        spike={"when": "v >= 1", "reset": "v -= 1", "timing": "next_step", "detach": False},
    ),
    "rising": leaky(
        state=_TWO, integrator="rk4", equations=["dv/dt = w", "dw/dt = -v/2 + I"],
        spike={"when": "v >= 0.2", "edge": "rising", "after": "w = w - 0.01*spike*v"},
    ),
    "choice": leaky(
        integrator="euler", let={"a": "1 if v > 0.5 and (I < 1 or not v < 0.7) else -(-v)"},
        equations=["dv/dt = (I - a*v)/tau"], spike={"when": "v >= 2"},
    ),
    "powers": leaky(
        **_OUT,
        output="I**2 + I**3 - 2/(1 + I**2) + (1 + I**2)**-1 + (2 + I)**-2 + (1 + abs(I))**0.5"
        " + (1 + abs(I))**-0.5 + 2**I + (1 + abs(I))**1.7 + I**4 - -I - -1*I + 0*tau",
    ),
    "whole": leaky(
        **_OUT, output="I//0.3 + 10*(I % 0.7) + 100*(I // -0.4) + I % -0.9 + 5 // I + 7 % I"
        " + round(4*I) + floor(I) - ceil(I) + 0*tau",
    ),
    "required": leaky(
        parameters={
            "tau": {"type": "number", "range": [1, None], "doc": "d"},
            "n": {"type": "integer", "value": 3, "doc": "d"},
        },
        equations=["dv/dt = (n*I - v)/tau"],
    ),
    "ties": leaky(**_OUT, output="round(round(4*I)/2) + 0*tau"),
    "bounds": leaky(
        **_OUT,
        output="clip(I, -0.5, tau) + min(I, 0.3) + max(0.1*I, -I) + relu(I) + sign(I) + 0*tau",
    ),
    "smooth": leaky(
        **_OUT,
        output="exp(I) + exprel(I) + exprel(I*1e-6) + log(abs(I) + 0.1) + sigmoid(-I) + tanh(I)"
        " + sin(I) + cos(I) + tan(I/2) + sinh(I) + cosh(I) + atan(3*I) + erf(I) + sqrt(abs(I))"
        " + step(I) + 0*tau",
    ),
    "literals": leaky(
        **_OUT,
        output="(0.1 if I > 0.2 else I) + pi/3*I + 7//2 + 2**-3*I + erf(0.5) + 0*tau",
    ),
}  # fmt: skip


@dataclass(eq=False, repr=False)
class Case:
    """One program of one component, what drives it, and the reference's answers."""

    component: Component
    selection: Selection
    ending: str
    params: dict[str, Any]
    drive: Drive
    truth: Run

    def __repr__(self) -> str:
        return f"{self.component.id}{self.ending}"

    @property
    def program(self) -> Program:
        return self.component.program(self.selection)

    @property
    def values(self) -> list[float]:
        return [float(self.params[name]) for name in self.program.parameters]


@cache
def components() -> list[Component]:
    """Every component with equations: the library's, then those of `FEATURES`."""
    found = [library().get(name) for name in library().ids()]
    found += [
        Component.of({**data, "id": f"neurons/test-{name}"}) for name, data in FEATURES.items()
    ]
    return [one for one in found if one.has_equations and one.kind != "surrogate"]


@cache
def cases() -> list[Case]:
    """Every program of every component, driven from rest, with the reference's float64 answers."""
    found: list[Case] = []
    for component in components():
        drive = samples.drive(component, STEPS)
        endings = [one.ending for one in words.variants(component)]
        for ending, (selection, params) in zip(endings, samples.variants(component), strict=True):
            truth = reference.run(component, selection, params, drive)
            found.append(Case(component, selection, ending, params, drive, truth))
    return found


def error(
    truth: Run, out: np.ndarray, states: Sequence[np.ndarray], tolerance: float = TOLERANCE
) -> float:
    """Return how far apart they are, up to the first spike nearer to its threshold than that."""
    near = np.flatnonzero(truth.margins < tolerance)
    end = int(near[0]) if len(near) else len(truth.output)
    worst = 0.0
    for a, b in zip([truth.output, *truth.states], [out, *states], strict=True):
        assert np.array_equal(np.isfinite(a[:end]), np.isfinite(b[:end]))
        a, b = np.nan_to_num(a[:end]), np.nan_to_num(b[:end])
        worst = max(worst, (np.abs(a - b) / np.maximum(1, np.abs(a))).max(initial=0.0))
    return worst


class Native:
    """All cases compiled into one library, in float64 and float32."""

    def __init__(self, found: Sequence[Case], folder: Path) -> None:
        files = {case.component.id: cpp.render(case.component) for case in found}
        loops = [_loop(case, f"case_{index}") for index, case in enumerate(found)]
        loaded = toolchain.library("\n".join([*files.values(), *loops]), flags=FLAGS, folder=folder)
        assert loaded is not None
        self.functions = {
            case: {n: getattr(loaded, f"case_{index}_{n}") for n in ("double", "float")}
            for index, case in enumerate(found)
        }

    def run(
        self, case: Case, number: str = "double", constants: Sequence[float] = ()
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Return what goes out and the states; `constants` replace those of the file."""
        out = np.zeros(STEPS)
        states = [np.zeros(STEPS) for _ in case.program.states]
        fixed = np.array(constants, dtype=float)
        values = np.array(case.values)
        self.functions[case][number](
            ctypes.c_double(case.drive.dt), _at(values), _at(fixed) if constants else None,
            _rows([*case.drive.inputs, *case.drive.noise]), ctypes.c_long(STEPS), _at(out),
            _rows(states),
        )  # fmt: skip
        return out, states


def _loop(case: Case, name: str) -> str:
    program, struct = case.program, cpp.name_of(case.component, case.ending)
    constants = [name for line in program.constants for name in line.targets]
    fed = [f"T(x[{i}][k])" for i in range(len(program.inputs) + len(program.noise))]
    given = "double dt, const double* p, const double* c, const double* const* x, long n,"
    given += "double* out, double* const* s"
    lines = [
        f"template <typename T> void {name}({given}) {{",
        f"(void)p; (void)c; (void)x; (void)s; {struct}<T> cell;",
        *(f"cell.p_{one} = T(p[{i}]);" for i, one in enumerate(program.parameters)),
        "cell.constants(T(dt)); cell.init();",
        *(f"if (c) cell.{one} = T(c[{i}]);" for i, one in enumerate(constants)),
        f"for (long k = 0; k < n; ++k) {{ out[k] = double(cell.step({', '.join(fed)}));",
        *(f"s[{i}][k] = double(cell.s_{one});" for i, one in enumerate(program.states)),
        "} }",
    ]
    for number in ("double", "float"):
        lines.append(f'extern "C" void {name}_{number}({given}) {{')
        lines.append(f"{name}<{number}>(dt, p, c, x, n, out, s); }}")
    return "\n".join(lines)


def _at(values: np.ndarray) -> ctypes.c_void_p:
    return ctypes.c_void_p(values.ctypes.data)


def _rows(values: Sequence[np.ndarray]) -> Any:
    return (ctypes.c_void_p * max(1, len(values)))(*(row.ctypes.data for row in values))
