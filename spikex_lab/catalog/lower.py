"""A component's equations → the program of one step. Checks what the form alone cannot say."""

from __future__ import annotations

from collections.abc import Mapping

from spikex_lab.catalog import integrate
from spikex_lab.catalog.expr import Expr, Name, Num, names, rename, walk
from spikex_lab.catalog.fields import Integrator
from spikex_lab.catalog.firing import Firing
from spikex_lab.catalog.parser import parse
from spikex_lab.catalog.parts import BodyParts, SpikeSpec
from spikex_lab.catalog.program import Assign, Program, Propagator
from spikex_lab.catalog.schema import ComponentSpec
from spikex_lab.catalog.scope import Scope
from spikex_lab.catalog.statements import Statement, statement
from spikex_lab.errors import InvalidError, nearest

MAX_INLINED = 5_000
"""Largest equation, in parts, once the lets that the linear integrators look through are put in."""


def lower(spec: ComponentSpec, body: BodyParts, *, where: str) -> Program:
    """Return the program of one step of `body`, a selection of `spec`'s equations.

    Raises
    ------
    InvalidError : an unknown name, a state without an equation, an equation for an unknown state,
        a name that some language keeps for itself, or equations that grow beyond all measure.
    """
    scope = Scope(spec, body, where)
    firing = Firing(body.spike, scope) if isinstance(body.spike, SpikeSpec) else None
    constants: list[Assign | Propagator] = [
        Assign(f"k_{name}", tree, scope.lets[name].doc) for name, tree in scope.fixed.items()
    ]
    lines = [
        statement(text, where=f"{where}/equations/{index}")
        for index, text in enumerate(body.equations or [])
    ]
    more, equations = _equations(scope, lines, body.integrator)
    constants += more
    held = {name: f"n_{name}" for name in scope.states}
    for index, text in enumerate(body.jumps or []):
        equations += scope.change(text, f"{where}/jumps/{index}", held, ("spiked",))
    before: list[Assign] = []
    rest: list[Assign] = []
    if firing is not None:
        fixed, rest = firing.after()
        constants += fixed
        if firing.late or any("spiked" in names(line.value) for line in [*equations, *rest]):
            before = firing.before()
    if body.output is not None:
        at = f"{where}/output"
        tree = parse(body.output, where=at)
        words = () if firing is None else ("spike",)
        rest += scope.refresh(tree, held)
        rest.append(Assign("out", scope.resolve(tree, at, held, words=words), body.output))
    elif firing is None:
        raise InvalidError("nothing goes out: neither spike nor output", where=where)
    initial = _initial(scope)
    if firing is not None and firing.spike.refractory is not None:
        initial["refractory"] = Num(0)
    steps = [*before, *equations, *rest]
    trees = [tree for line in [*constants, *steps] for tree in line.trees]
    used = {name for tree in [*trees, *initial.values()] for name in names(tree)}
    return Program(
        parameters=tuple(name for name in scope.parameters if f"p_{name}" in used),
        inputs=tuple(scope.inputs),
        noise=tuple(scope.noise),
        states=tuple(initial),
        initial=initial,
        constants=tuple(constants),
        body=tuple(steps),
        output="spike" if body.output is None else "out",
        strict=firing is not None and firing.strict,
    )


def _initial(scope: Scope) -> dict[str, Expr]:
    result: dict[str, Expr] = {}
    for name, state in scope.states.items():
        where = f"{scope.where}/state/{name}/init"
        result[name] = scope.constant(parse(str(state.init), where=where), where)
    return result


def _equations(
    scope: Scope, lines: list[Statement], integrator: Integrator | None
) -> tuple[list[Assign | Propagator], list[Assign]]:
    """Return (constants, body) of the equations, after checking that each state has one."""
    given = [line.target for line in lines]
    for line in lines:
        if line.target not in scope.states:
            raise InvalidError(
                f'an equation for "{line.target}", which is no state',
                where=line.where,
                hint=nearest(line.target, list(scope.states)),
            )
        if given.count(line.target) > 1:
            raise InvalidError(f"two equations for {line.target}", where=line.where)
    for name in scope.states:
        if name not in given:
            raise InvalidError(f"{name} has no equation", where=f"{scope.where}/state/{name}")
    forms = {line.form for line in lines}
    if forms <= {"map"}:
        if integrator is not None:
            raise InvalidError("a map needs no integrator", where=f"{scope.where}/integrator")
        return [], _map(scope, lines) if lines else []
    if forms != {"ode"}:
        raise InvalidError(
            "equations are all dx/dt = … or all x[t] = …",
            where=f"{scope.where}/equations",
            hint="what happens at a spike goes to spike: reset:",
        )
    if integrator is None:
        raise InvalidError(
            "differential equations need an integrator",
            where=scope.where,
            hint="exact, exponential_euler, euler or rk4",
        )
    return _ode(scope, lines, integrator)


def _map(scope: Scope, lines: list[Statement]) -> list[Assign]:
    old = {name: f"s_{name}" for name in scope.states}
    known: dict[str, str] = {}
    body = []
    for name, tree in scope.moving.items():
        value = scope.resolve(tree, f"{scope.where}/let/{name}", known, old)
        body.append(Assign(f"l_{name}", value, scope.lets[name].doc))
    for line in lines:
        value = scope.resolve(line.value, line.where, known, old)
        body.append(Assign(f"n_{line.target}", value, line.text))
        known[line.target] = f"n_{line.target}"
    return body


def _ode(
    scope: Scope, lines: list[Statement], integrator: Integrator
) -> tuple[list[Assign | Propagator], list[Assign]]:
    where = {line.target: line.where for line in lines}
    states = list(where)

    def slopes(variables: Mapping[str, str], prefix: str) -> list[Assign]:
        found = [
            Assign(f"l_{name}", scope.resolve(tree, f"{scope.where}/let/{name}", variables))
            for name, tree in scope.moving.items()
        ]
        for line in lines:
            value = scope.resolve(line.value, line.where, variables)
            found.append(Assign(f"{prefix}_{line.target}", value, line.text))
        return found

    if integrator == "euler":
        return [], integrate.euler(states, slopes)
    if integrator == "rk4":
        return [], integrate.rk4(states, slopes)
    old = {name: f"s_{name}" for name in states}
    parts = slopes(old, "d1")
    right, lets = _written_out(scope, parts[: -len(lines)], parts[-len(lines) :], integrator)
    constants: list[Assign | Propagator] = []
    if integrator == "exact":
        constants, body = integrate.exact(right, where)
    else:
        body = integrate.exponential_euler(right, where)
    notes = {f"n_{line.target}": line.text for line in lines}
    return constants, [
        *lets,
        *(Assign(a.target, a.value, notes.get(a.target, a.note)) for a in body),
    ]


def _written_out(
    scope: Scope, lets: list[Assign], slopes: list[Assign], integrator: Integrator
) -> tuple[dict[str, Expr], list[Assign]]:
    """Return the slope of each state, and the lets that stay names in them.

    The linear integrators look at how a slope depends on its own state (exact: on any state), so
    the lets that depend on it are put in; the others are computed once, before.
    """
    feels: dict[str, set[str]] = {}
    for let in lets:
        used = names(let.value)
        feels[let.target] = {name for name in used if name.startswith("s_")}.union(
            *(feels[name] for name in used if name in feels)
        )
    right: dict[str, Expr] = {}
    for slope in slopes:
        state = slope.target.removeprefix("d1_")
        looked_at = (
            {f"s_{state}"}
            if integrator == "exponential_euler"
            else {f"s_{name}" for name in scope.states}
        )
        right[state] = _put_in(
            slope.value, [let for let in lets if feels[let.target] & looked_at], scope.where
        )
    wanted = {name for tree in right.values() for name in names(tree)}
    for let in reversed(lets):
        if let.target in wanted:
            wanted |= names(let.value)
    return right, [let for let in lets if let.target in wanted]


def _put_in(tree: Expr, lets: list[Assign], where: str) -> Expr:
    """Return `tree` with the values of `lets` (each of which may use those before it) put in."""
    values: dict[str, Expr] = {}
    sizes: dict[str, int] = {}
    for let in [*lets, Assign("", tree)]:
        parts = walk(let.value)
        size = sum(sizes.get(part.id, 1) if isinstance(part, Name) else 1 for part in parts)
        if size > MAX_INLINED:
            raise InvalidError(
                f"equations of more than {MAX_INLINED} parts, all named parts written out",
                where=f"{where}/equations",
                hint="use integrator: rk4, which computes each part once",
            )
        sizes[let.target] = size
        values[let.target] = rename(let.value, lambda part: values.get(part.id, part))
    return values[""]
