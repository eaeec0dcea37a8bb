"""One step run backwards: from the gradients of what a step gives to those of what it takes.

Reverse accumulation over the elementary lines of a program, with torch's own rules at every
operation (a maximum of equals shares its gradient, a clamp passes it at its bounds, ``detach`` and
tests pass none), and the surrogate's slope where the program fires. So the gradients are those that
autograd finds of the reference.

A. Griewank, A. Walther, "Evaluating Derivatives", 2nd ed., SIAM, 2008, doi:10.1137/1.9780898717761.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from spikex_lab.catalog.codegen.flat import Atom, Fire, Flat, needed
from spikex_lab.catalog.expr import (
    ONE,
    ZERO,
    Binary,
    Call,
    Choose,
    Compare,
    Expr,
    Logic,
    Name,
    Neg,
    Num,
    add,
    div,
    mul,
    names,
    neg,
    rename,
)
from spikex_lab.catalog.program import Assign, Program

TWO = Num(2)
OUT = "g_out"
"""Gradient of what goes out; that of a new state is called ``g_n_<state>``."""


@dataclass(frozen=True)
class Step:
    """One step in elementary lines, forwards and backwards.

    Attributes
    ----------
    forward : what the step computes.
    out, states : the names of what goes out and of the new states, in the program's order.
    again : the lines of `forward` whose values the way back needs.
    rest, known : the same for who kept the new states (they are those before the next step): the
        lines left, and the places of the new states that are needed.
    backward : from ``g_out`` and ``g_n_<state>`` (of the new states) to `gradients`.
    gradients : by ``s_<state>``, ``x_<input>`` or fixed name: the name of its gradient, or a
        number where it is one.
    """

    forward: tuple[Assign, ...]
    out: Atom
    states: tuple[Atom, ...]
    again: tuple[Assign, ...]
    rest: tuple[Assign, ...]
    known: tuple[int, ...]
    backward: tuple[Assign, ...]
    gradients: dict[str, Atom]


def step(program: Program, surrogate: Program | None, fixed: Iterable[str] = ()) -> Step:
    """Return `program`'s step in both directions.

    Parameters
    ----------
    surrogate : the derivative of the threshold as a program of ``x_u``; its parameters are called
        ``r_<name>`` in the result. None where nothing fires.
    fixed : parameters and constants whose gradients are wanted besides those of states and inputs.

    Examples
    --------
    >>> from spikex_lab.catalog import library
    >>> leaky = library().get("neurons/leaky")
    >>> made = step(leaky.program(leaky.default), library().get("surrogates/atan").surrogate())
    >>> sorted(made.gradients)
    ['s_mem', 'x_I']
    """
    flat = Flat("e", program.strict)
    flat.run(program.body)
    leaves = [
        *(f"s_{name}" for name in program.states),
        *(f"x_{name}" for name in program.inputs),
        *fixed,
    ]
    states = tuple(flat.now[f"n_{name}"] for name in program.states)
    out = flat.now[program.output]
    back = _Back(flat, surrogate, leaves)
    back.add(out, Name(OUT))
    for name, state in zip(program.states, states, strict=True):
        back.add(state, Name(f"g_n_{name}"))
    back.run()
    gradients = {leaf: back.total(leaf) for leaf in leaves}
    results = [atom.id for atom in (out, *states, *gradients.values()) if isinstance(atom, Name)]
    backward = needed(back.lines, results)
    used = {name for line in backward for name in names(line.value)}
    places: dict[str, int] = {}
    for place, state in enumerate(states):
        if isinstance(state, Name) and state.id.startswith("e_"):
            places.setdefault(state.id, place)
    rest = needed(flat.lines, used, places)
    read = used | {name for line in rest for name in names(line.value)}
    return Step(
        forward=tuple(needed(flat.lines, results)),
        out=out,
        states=states,
        again=tuple(needed(flat.lines, used)),
        rest=tuple(rest),
        known=tuple(place for name, place in places.items() if name in read),
        backward=tuple(backward),
        gradients=gradients,
    )


def derivative(surrogate: Program, u: Atom, place: Flat) -> Atom:
    """Return the slope that `surrogate` has at `u`, after the lines in `place` that work it out.

    Its parameters are called ``r_<name>``.
    """
    given = {f"x_{surrogate.inputs[0]}": u}

    def known(part: Name) -> Expr:
        return given.get(part.id, Name(f"r_{part.id[2:]}" if part.id[:2] == "p_" else part.id))

    body = [*surrogate.constants, *surrogate.body]
    place.run(Assign(a.target, rename(a.value, known)) for a in body if isinstance(a, Assign))
    return place.now["out"]


class _Back:
    """Collects what each name's gradient is the sum of; `run` goes through the lines backwards."""

    def __init__(self, flat: Flat, surrogate: Program | None, leaves: Iterable[str]) -> None:
        self._flat = flat
        self._surrogate = surrogate
        self._parts: dict[str, list[Expr]] = {}
        self.lines: list[Assign] = []
        self._active = set(leaves)
        for line in flat.lines:
            if line.target not in flat.detached and self._feels(line):
                self._active.add(line.target)

    def _feels(self, line: Assign) -> bool:
        fire = self._flat.fires.get(line.target)
        if fire is not None:
            return isinstance(fire.margin, Name) and fire.margin.id in self._active
        value = line.value
        inside = [value.then, value.other] if isinstance(value, Choose) else [value]
        return any(name in self._active for part in inside for name in names(part))

    def add(self, atom: Atom, part: Expr) -> None:
        """Add `part` to the gradient of `atom`, where it has one."""
        if isinstance(atom, Name) and atom.id in self._active and part != ZERO:
            self._parts.setdefault(atom.id, []).append(part)

    def total(self, name: str) -> Atom:
        """Return the gradient of `name`, once all that it is the sum of is known."""
        parts = self._parts.get(name, [])
        total: Expr = ZERO
        for part in parts:
            total = add(total, part)
        if isinstance(total, (Name, Num)):
            return total
        target = f"g_{name}"
        self.lines.append(Assign(target, total))
        return Name(target)

    def run(self) -> None:
        for line in reversed(self._flat.lines):
            if line.target not in self._active or line.target not in self._parts:
                continue
            gradient = self.total(line.target)
            fire = self._flat.fires.get(line.target)
            if fire is not None:
                self.add(fire.margin, mul(self._slope(fire), gradient))
            else:
                for atom, part in _rules(Name(line.target), line.value, gradient):
                    self.add(atom, part)

    def _slope(self, fire: Fire) -> Expr:
        """Return the surrogate's slope at a test, after the lines that work it out."""
        assert self._surrogate is not None  # noqa: S101 (whoever fires has one)
        place = Flat(f"g_{fire.spike}", strict=True)
        u = fire.margin
        if fire.scale is not None:
            u = place.atom(Binary("/", u, fire.scale))
        slope = derivative(self._surrogate, u, place)
        self.lines += place.lines
        return slope if fire.scale is None else div(slope, fire.scale)


def _rules(result: Name, value: Expr, g: Atom) -> list[tuple[Atom, Expr]]:
    """Return what `value`'s operands get of the gradient `g` of its `result`."""
    match value:
        case Name() | Num():
            return [(value, g)]
        case Neg(arg):
            return [(_atom(arg), neg(g))]
        case Binary(op, left, right):
            return _binary(op, _atom(left), _atom(right), result, g)
        case Choose(test, then, other):
            return [
                (_atom(then), _where(test, g, ZERO)),
                (_atom(other), _where(test, ZERO, g)),
            ]
        case Call(function, args):
            return _call(function, [_atom(arg) for arg in args], result, g)
    raise AssertionError(value)


def _binary(op: str, left: Atom, right: Atom, result: Name, g: Atom) -> list[tuple[Atom, Expr]]:
    match op:
        case "+":
            return [(left, g), (right, g)]
        case "-":
            return [(left, g), (right, neg(g))]
        case "*":
            return [(left, mul(g, right)), (right, mul(g, left))]
        case "/":
            # written out: `div` would look for a simpler form of another rounding
            return [(left, Binary("/", g, right)), (right, neg(mul(g, Binary("/", result, right))))]
    raise AssertionError(op)


def _call(function: str, args: list[Atom], result: Name, g: Atom) -> list[tuple[Atom, Expr]]:
    if function in ("max", "min"):
        return _bound(function, args[0], args[1], g)
    if function == "pow":
        return _power(args[0], args[1], result, g)
    if function == "remainder":
        quotient = Call("floor", (Binary("/", args[0], args[1]),))
        return [(args[0], g), (args[1], neg(mul(g, quotient)))]
    if function == "clip":
        x, low, high = args
        inside = Logic("and", (Compare(">=", x, low), Compare("<=", x, high)))
        return [(x, _where(inside, g, ZERO))]
    if function == "relu":
        return [(args[0], _where(Compare("<=", result, ZERO), ZERO, g))]
    slope = _SLOPES[function](args[0], result)
    return [(args[0], mul(g, slope))]


def _bound(function: str, one: Atom, other: Atom, g: Atom) -> list[tuple[Atom, Expr]]:
    if isinstance(one, Num):
        one, other = other, one
    if isinstance(other, Num):  # torch clamps by a literal: the gradient passes at the bound
        inside = Compare(">=" if function == "max" else "<=", one, other)
        return [(one, _where(inside, g, ZERO))]
    half = Binary("/", g, TWO)
    beaten = "<" if function == "max" else ">"

    def share(mine: Atom, yours: Atom) -> Expr:
        equal = _where(Compare("==", mine, yours), half, g)
        return _where(Compare(beaten, mine, yours), ZERO, equal)

    return [(one, share(one, other)), (other, share(other, one))]


def _power(base: Atom, exponent: Atom, result: Name, g: Atom) -> list[tuple[Atom, Expr]]:
    lower = Num(exponent.value - 1) if isinstance(exponent, Num) else Binary("-", exponent, ONE)
    slope = mul(exponent, Call("pow", (base, lower)))
    return [(base, mul(g, slope)), (exponent, mul(g, mul(result, Call("log", (base,)))))]


def _where(test: Expr, then: Expr, other: Expr) -> Expr:
    return then if then == other else Choose(test, then, other)


def _exprel(x: Atom, r: Name) -> Expr:
    small = Compare("<", Call("abs", (x,)), Num(1e-5))
    near = add(Num(0.5), div(x, Num(3)))
    return Choose(small, near, Binary("/", Binary("-", Call("exp", (x,)), r), x))


_Slope = Callable[[Atom, Name], Expr]
_SLOPES: Mapping[str, _Slope] = {
    "abs": lambda x, r: Call("sign", (x,)),
    "atan": lambda x, r: Binary("/", ONE, add(mul(x, x), ONE)),
    "ceil": lambda x, r: ZERO,
    "cos": lambda x, r: neg(Call("sin", (x,))),
    "cosh": lambda x, r: Call("sinh", (x,)),
    "cube": lambda x, r: mul(Num(3), mul(x, x)),
    "erf": lambda x, r: mul(Num(2 / math.sqrt(math.pi)), Call("exp", (neg(mul(x, x)),))),
    "exp": lambda x, r: r,
    "exprel": _exprel,
    "floor": lambda x, r: ZERO,
    "floor_divide": lambda x, r: ZERO,
    "log": lambda x, r: Binary("/", ONE, x),
    "round": lambda x, r: ZERO,
    "sigmoid": lambda x, r: mul(Binary("-", ONE, r), r),
    "sign": lambda x, r: ZERO,
    "sin": lambda x, r: Call("cos", (x,)),
    "sinh": lambda x, r: Call("cosh", (x,)),
    "sqrt": lambda x, r: Binary("/", ONE, mul(TWO, r)),
    "square": lambda x, r: mul(TWO, x),
    "step": lambda x, r: ZERO,
    "tan": lambda x, r: add(ONE, mul(r, r)),
    "tanh": lambda x, r: Binary("-", ONE, mul(r, r)),
}
"""Derivative of a function at `x`, where it is `r`."""


def _atom(node: Expr) -> Atom:
    assert isinstance(node, (Name, Num))  # noqa: S101 (lines are elementary)
    return node
