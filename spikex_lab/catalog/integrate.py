"""ODE → one step of it: exact propagator, exponential Euler, Euler, classical Runge-Kutta.

Exact integration of linear equations: S. Rotter, M. Diesmann, "Exact digital simulation of
time-invariant linear systems with applications to neuronal modeling", Biol. Cybern. 81, 381-402,
1999, doi:10.1007/s004220050570. The input is held constant during a step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from spikex_lab.catalog.expr import (
    ZERO,
    Binary,
    Call,
    Expr,
    Name,
    Num,
    add,
    affine,
    div,
    mul,
    names,
    neg,
)
from spikex_lab.catalog.program import Assign, Propagator
from spikex_lab.errors import InvalidError

Slopes = Callable[[Mapping[str, str], str], list[Assign]]
"""From each state's variable and a prefix: assignments ending in ``<prefix>_<state>``."""

DT = Name("dt")


def exact(
    slopes: Mapping[str, Expr], where: Mapping[str, str]
) -> tuple[list[Assign | Propagator], list[Assign]]:
    """Return (constants, body) of the exact step of linear equations.

    A state that no other drives relaxes by one factor; states that drive each other go together
    through a matrix exponential. `slopes` are the right sides with states as ``s_<name>``.

    Raises
    ------
    InvalidError : an equation that is not linear, or whose rates change in time.
    """
    states = list(slopes)
    rows = {state: _row(state, slope, states, where[state]) for state, slope in slopes.items()}
    constants: list[Assign | Propagator] = []
    body: list[Assign] = []
    for group in _coupled({state: row.rates for state, row in rows.items()}):
        if len(group) > 1:
            places = {state: index for index, state in enumerate(states) if state in group}
            propagator, lines = _propagate(places, rows)
            constants.append(propagator)
            body += lines
            continue
        [state] = group
        rate, drive = rows[state].rates.get(state, ZERO), rows[state].drive
        old, new = Name(f"s_{state}"), f"n_{state}"
        if rate == ZERO:
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


@dataclass(frozen=True)
class _Row:
    """One linear equation: its rates by state (zeros left out), and what else drives it."""

    rates: dict[str, Expr]
    drive: Expr


def _row(state: str, slope: Expr, states: list[str], where: str) -> _Row:
    rates: dict[str, Expr] = {}
    drive = slope
    for other in states:
        parts = affine(drive, f"s_{other}")
        if parts is None:
            raise InvalidError(
                f"the equation of {state} is not linear in {other}, as integrator: exact needs",
                where=where,
                hint="use integrator: rk4",
            )
        rate, drive = parts
        if rate == ZERO:
            continue
        if any(
            not name.startswith(("p_", "k_")) and name not in ("dt", "pi") for name in names(rate)
        ):
            raise InvalidError(
                f"the rate of {state} changes in time",
                where=where,
                hint="use integrator: exponential_euler",
            )
        rates[other] = rate
    return _Row(rates, drive)


def _coupled(rates: Mapping[str, Mapping[str, Expr]]) -> list[list[str]]:
    """Return the states in groups that drive each other, in the order of the file."""
    groups: list[list[str]] = []
    for state in rates:
        linked = [
            group
            for group in groups
            if any(other in rates[state] or state in rates[other] for other in group)
        ]
        merged = [name for group in linked for name in group] + [state]
        groups = [group for group in groups if group not in linked] + [merged]
    order = list(rates)
    return sorted(
        (sorted(group, key=order.index) for group in groups), key=lambda g: order.index(g[0])
    )


def _propagate(
    places: Mapping[str, int], rows: Mapping[str, _Row]
) -> tuple[Propagator, list[Assign]]:
    """Return the matrix exponential of the states in `places` (number of each), and their step."""
    states = list(places)
    size = len(states)
    reach = {state: _reach(state, rows) for state in states}
    elements: list[tuple[str, int, int]] = []
    body = [
        Assign(f"t_drive_{state}", rows[state].drive, f"what drives {state} besides the others")
        for state in states
        if rows[state].drive != ZERO
    ]
    for row, state in enumerate(states):
        total: Expr = ZERO
        for column, other in enumerate(states):
            if other in reach[state]:
                name = f"c_prop_{places[state]}_{places[other]}"
                elements.append((name, row, column))
                total = add(total, Binary("*", Name(name), Name(f"s_{other}")))
        for column, other in enumerate(states):
            if other in reach[state] and rows[other].drive != ZERO:
                name = f"c_drive_{places[state]}_{places[other]}"
                elements.append((name, row, size + column))
                total = add(total, Binary("*", Name(name), Name(f"t_drive_{other}")))
        body.append(Assign(f"n_{state}", total))
    rates = tuple(tuple(rows[state].rates.get(other, ZERO) for other in states) for state in states)
    note = f"the exact step of {', '.join(states)} together"
    return Propagator(tuple(elements), rates, note), body


def _reach(state: str, rows: Mapping[str, _Row]) -> set[str]:
    """Return the states that `state` feels within a step, itself among them."""
    found, stack = {state}, [state]
    while stack:
        for other in rows[stack.pop()].rates:
            if other not in found:
                found.add(other)
                stack.append(other)
    return found


def exponential_euler(slopes: Mapping[str, Expr], where: Mapping[str, str]) -> list[Assign]:
    """Return one exponential Euler step: each state relaxes as if the others stood still."""
    body: list[Assign] = []
    for state, slope in slopes.items():
        rate, drive = _linear(state, slope, where[state])
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


def _linear(state: str, slope: Expr, where: str) -> tuple[Expr, Expr]:
    parts = affine(slope, f"s_{state}")
    if parts is None:
        raise InvalidError(
            f"the equation of {state} is not linear in {state}, as exponential_euler needs",
            where=where,
            hint="use integrator: rk4",
        )
    return parts


def _relax(state: str, old: Name, decay: Name, rest: Name, target: Expr) -> list[Assign]:
    return [
        Assign(rest.id, target, f"where {state} is heading"),
        Assign(f"n_{state}", Binary("+", rest, Binary("*", Binary("-", old, rest), decay))),
    ]
