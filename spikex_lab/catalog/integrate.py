"""ODE → one step of it: exact propagator, exponential Euler, Euler, classical Runge-Kutta.

Exact integration of linear equations: S. Rotter, M. Diesmann, "Exact digital simulation of
time-invariant linear systems with applications to neuronal modeling", Biol. Cybern. 81, 381-402,
1999, doi:10.1007/s004220050570. The input is held constant during a step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from spikex_lab.catalog.expr import Binary, Call, Expr, Name, Num, affine, div, mul, names, neg
from spikex_lab.catalog.program import Assign
from spikex_lab.errors import InvalidError

Slopes = Callable[[Mapping[str, str], str], list[Assign]]
"""From each state's variable and a prefix: assignments ending in ``<prefix>_<state>``."""

DT = Name("dt")


def exact(
    slopes: Mapping[str, Expr], where: Mapping[str, str]
) -> tuple[list[Assign], list[Assign]]:
    """Return (constants, body) of the exact step of equations linear in their own state.

    `slopes` are the right sides with states as ``s_<name>``.

    Raises
    ------
    InvalidError : an equation that is not linear, whose rate changes in time, or that another
        state drives.
    """
    constants: list[Assign] = []
    body: list[Assign] = []
    for state, slope in slopes.items():
        rate, drive = _linear(state, slope, where[state], "exact")
        if any(
            not name.startswith(("p_", "k_")) and name not in ("dt", "pi") for name in names(rate)
        ):
            raise InvalidError(
                f"the rate of {state} changes in time",
                where=where[state],
                hint="use integrator: exponential_euler",
            )
        others = sorted(name[2:] for name in names(drive) if name.startswith("s_"))
        if others:
            raise InvalidError(
                f"{state} is driven by {', '.join(others)}; the exact "
                "propagator of coupled states is not served yet",
                where=where[state],
                hint="use integrator: exponential_euler or rk4",
            )
        old, new = Name(f"s_{state}"), f"n_{state}"
        if rate == Num(0):
            body.append(Assign(new, Binary("+", old, Binary("*", DT, drive))))
            continue
        decay, rest = Name(f"c_decay_{state}"), Name(f"t_rest_{state}")
        constants.append(
            Assign(
                decay.id,
                Call("exp", (mul(rate, DT),)),
                f"how much of {state} is left after one step",
            )
        )
        body += _relax(state, old, decay, rest, div(neg(drive), rate))
    return constants, body


def exponential_euler(slopes: Mapping[str, Expr], where: Mapping[str, str]) -> list[Assign]:
    """Return one exponential Euler step: each state relaxes as if the others stood still."""
    body: list[Assign] = []
    for state, slope in slopes.items():
        rate, drive = _linear(state, slope, where[state], "exponential_euler")
        old = Name(f"s_{state}")
        if rate == Num(0):
            body.append(Assign(f"n_{state}", Binary("+", old, Binary("*", DT, drive))))
            continue
        decay, rest = Name(f"t_decay_{state}"), Name(f"t_rest_{state}")
        body.append(Assign(decay.id, Call("exp", (mul(rate, DT),))))
        body += _relax(state, old, decay, rest, div(neg(drive), rate))
    return body


def euler(states: list[str], slopes: Slopes) -> list[Assign]:
    """Return the body of one forward Euler step."""
    body = slopes({state: f"s_{state}" for state in states}, "d1")
    return body + [
        Assign(f"n_{state}", Binary("+", Name(f"s_{state}"), Binary("*", DT, Name(f"d1_{state}"))))
        for state in states
    ]


def rk4(states: list[str], slopes: Slopes) -> list[Assign]:
    """Return the body of one step of the classical fourth-order Runge-Kutta method."""
    body = slopes({state: f"s_{state}" for state in states}, "d1")
    for stage, share in ((2, Binary("/", DT, Num(2))), (3, Binary("/", DT, Num(2))), (4, DT)):
        body += [
            Assign(
                f"y{stage}_{state}",
                Binary("+", Name(f"s_{state}"), Binary("*", share, Name(f"d{stage - 1}_{state}"))),
            )
            for state in states
        ]
        body += slopes({state: f"y{stage}_{state}" for state in states}, f"d{stage}")
    for state in states:
        total: Expr = Name(f"d1_{state}")
        for stage, weight in ((2, 2), (3, 2), (4, 1)):
            slope = Name(f"d{stage}_{state}")
            total = Binary("+", total, Binary("*", Num(2), slope) if weight == 2 else slope)
        step = Binary("*", Binary("/", DT, Num(6)), total)
        body.append(Assign(f"n_{state}", Binary("+", Name(f"s_{state}"), step)))
    return body


def _linear(state: str, slope: Expr, where: str, integrator: str) -> tuple[Expr, Expr]:
    parts = affine(slope, f"s_{state}")
    if parts is None:
        raise InvalidError(
            f"the equation of {state} is not linear in {state}, as integrator: {integrator} needs",
            where=where,
            hint="use integrator: rk4",
        )
    return parts


def _relax(state: str, old: Name, decay: Name, rest: Name, target: Expr) -> list[Assign]:
    return [
        Assign(rest.id, target, f"where {state} is heading"),
        Assign(f"n_{state}", Binary("+", rest, Binary("*", Binary("-", old, rest), decay))),
    ]
