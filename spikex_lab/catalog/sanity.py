"""Does a number come out? One step of the equations with the values that a component starts from.

What is found here would be NaN or infinite at the first step of every run: ``tau = 0``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spikex_lab.catalog import body
from spikex_lab.catalog.codegen.python import propagator
from spikex_lab.catalog.component import Component
from spikex_lab.catalog.evaluate import evaluate
from spikex_lab.catalog.expr import (
    Binary,
    Call,
    Choose,
    Compare,
    Expr,
    Logic,
    Name,
    Neg,
    Num,
    names,
    walk,
)
from spikex_lab.catalog.program import Propagator
from spikex_lab.errors import InvalidError


def check(component: Component) -> None:
    """Refuse a component whose first step gives no number, with its own values or a preset's.

    Raises
    ------
    InvalidError : names the parameter that is 0, or the line.
    """
    if not component.has_equations:
        return
    placeholders = component.placeholders()
    sets: list[dict[str, Any]] = [placeholders]
    sets += [{**placeholders, "preset": name} for name in component.spec.presets]
    for params in sets:
        resolved = component.resolve(params)
        for signal in (0.0, component.spec.bench.input):
            first_step(component, resolved, signal, dt=component.spec.bench.dt)


def first_step(
    component: Component, params: Mapping[str, Any], signal: float = 0.0, *, dt: float = 1.0
) -> dict[str, float]:
    """Return every value of the first step, from the initial state, with `signal` coming in.

    Parameters
    ----------
    params : resolved (`Component.resolve`).
    signal : value of the first input; the others have their defaults.

    Raises
    ------
    InvalidError : no number comes out; names the parameter that is 0, or the line.
    """
    chosen = component.selection(params)
    program = component.program(chosen)
    values: dict[str, float] = {"dt": dt, "spiked": 0, "spike": 0}
    values |= {f"p_{name}": params[name] for name in program.parameters}
    for index, name in enumerate(program.inputs):
        default = component.spec.inputs[name].default
        values[f"x_{name}"] = signal if index == 0 or default is None else default
    values |= {f"z_{name}": 0.0 for name in program.noise}
    lines = _written(component, chosen)

    def number(tree: Expr, note: str, into: str) -> float:
        try:
            return evaluate(_plain(tree, strict=program.strict), values)
        except InvalidError as error:
            raise _refused(component, tree, values, error, lines.get(note, into)) from None

    for line in program.constants:
        if isinstance(line, Propagator):
            rates = [[number(rate, line.note, "equations") for rate in row] for row in line.rates]
            matrix = propagator(rates, dt)
            values |= {name: matrix[row][column] for name, row, column in line.elements}
        else:
            values[line.target] = number(line.value, line.note, "equations")
    for name, tree in program.initial.items():
        values[f"s_{name}"] = number(tree, "", f"state/{name}/init")
    for line in program.body:
        values[line.target] = number(line.value, line.note, "equations")
    return values


def _written(component: Component, chosen: body.Selection) -> dict[str, str]:
    """Return where each line stands that a program's notes quote."""
    selected = body.select(component.spec, chosen)
    found = {
        text.strip(): f"{key}/{index}"
        for key in ("equations", "jumps")
        for index, text in enumerate(getattr(selected, key) or [])
    }
    found |= {let.doc: f"let/{name}" for name, let in (selected.let or {}).items() if let.doc}
    if selected.spike is not None and selected.spike.when:
        found[selected.spike.when] = "spike/when"
    if selected.output is not None:
        found[selected.output] = "output"
    return found


def _refused(
    component: Component,
    tree: Expr,
    values: Mapping[str, float],
    error: InvalidError,
    place: str,
) -> InvalidError:
    """Return the error that names the parameter which is 0 below a fraction's line."""
    for part in walk(tree):
        if not isinstance(part, Binary) or part.op not in ("/", "//", "%"):
            continue
        zero = [n for n in sorted(names(part.right)) if n[:2] == "p_" and values.get(n) == 0]
        if zero:
            name = zero[0].removeprefix("p_")
            at = name if name in component.spec.parameters else ""
            return InvalidError(
                f"{name} = 0, and the equations divide by it",
                where=f"{component.id}/parameters/{at}",
                hint=f"give {name} another value, and a range with exclusive: true",
            )
    return InvalidError(
        f"the first step gives no number: {error.what.partition(': ')[2]}",
        where=f"{component.id}/{place}",
        hint="look at the values that the parameters and states begin with",
    )


def _plain(node: Expr, *, strict: bool) -> Expr:
    """Return `node` with the threshold as a choice: `evaluate` knows no ``fire``."""

    def again(part: Expr) -> Expr:
        return _plain(part, strict=strict)

    match node:
        case Call("fire" | "hit", (margin, *scale)):
            far = Binary("/", again(margin), again(scale[0])) if scale else again(margin)
            return Choose(Compare(">" if strict else ">=", far, Num(0)), Num(1), Num(0))
        case Call(function, args):
            return Call(function, tuple(map(again, args)))
        case Neg(arg):
            return Neg(again(arg))
        case Binary(op, left, right):
            return Binary(op, again(left), again(right))
        case Compare(op, left, right):
            return Compare(op, again(left), again(right))
        case Logic(op, args):
            return Logic(op, tuple(map(again, args)))
        case Choose(test, then, other):
            return Choose(again(test), again(then), again(other))
        case Name() | Num():
            return node
