"""A component's source form, line by line, as typeset mathematics.

First the component's own equations, then for each variant and each preset that changes them what it
puts in their place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from spikex_lab.catalog.codegen.mathtree import (
    THIN,
    WIDE,
    Cases,
    Frac,
    Function,
    Ident,
    Mark,
    Math,
    Number,
    Op,
    Over,
    Scripts,
    Words,
    brackets,
    indexed,
    joined,
    row,
)
from spikex_lab.catalog.codegen.symbols import by_name, field, unit_words
from spikex_lab.catalog.codegen.text import label
from spikex_lab.catalog.codegen.typeset import BEFORE, NOW, Typesetter
from spikex_lab.catalog.expr import Binary, Expr, Name, names
from spikex_lab.catalog.parser import parse, parse_test
from spikex_lab.catalog.parts import BodyParts, LetSpec, SpikeParts
from spikex_lab.catalog.schema import ComponentSpec
from spikex_lab.catalog.statements import Statement, statement

_D = Ident("d", "upright")
_TIME = row(_D, Ident("t"))
_IS, _BECOMES, _COLON = Op("="), Op("←"), row(Mark(":"), THIN)
_IN_A_LINE = 4
_SPIKE = re.compile(r"\bspiked?\b")
_MAP = re.compile(r"\[[ \t]*t[ \t]*\][ \t]*=")


@dataclass(frozen=True, slots=True)
class Line:
    """``left sign right``, aligned at the sign."""

    left: Math
    sign: Math
    right: Math


@dataclass(frozen=True, slots=True)
class Block:
    """Lines under a title; the component's own come first and have none."""

    title: str
    lines: tuple[Line, ...]


def blocks(spec: ComponentSpec) -> list[Block]:
    """Return everything that `spec` says in equations.

    Examples
    --------
    >>> from spikex_lab.catalog import library
    >>> [block.title for block in blocks(library().get("neurons/leaky").spec)][0]
    ''
    """
    found = [Block("", tuple(_Layout(spec, spec).lines()))]
    for variant in spec.variants:
        words = label(tuple(sorted(variant.when.items()))).replace("=", " = ")
        found.append(Block(f"where {words}", tuple(_Layout(spec, variant).lines())))
    for name, preset in spec.presets.items():
        if any(getattr(preset, key) is not None for key in BodyParts.model_fields):
            found.append(Block(f"preset {name}", tuple(_Layout(spec, preset).lines())))
    return [block for block in found if block.lines]


def symbols(spec: ComponentSpec) -> dict[str, Math]:
    """Return how each name of `spec`, its variants and presets is typeset."""
    found: dict[str, Math] = {}
    layers: list[ComponentSpec | BodyParts] = [spec, *spec.variants, *spec.presets.values()]
    groups: list[Mapping[str, object]] = [spec.parameters, spec.inputs, spec.noise]
    groups += [dict(getattr(layer, key) or {}) for layer in layers for key in ("state", "let")]
    for group in groups:
        for name, given in group.items():
            latex = getattr(given, "latex", None)
            if name not in found:
                found[name] = by_name(name) if latex is None else field(latex)
    taken = list(found.values())
    found["pi"], found["dt"] = Ident("π"), row(Ident("Δ"), Ident("t"))
    found["spike"] = found["spiked"] = _free(taken, "S", "Z", "spike")
    found["output"] = _free(taken, "y", "o", "output")
    return found


def _constant(let: LetSpec) -> bool:
    return not names(parse(str(let.value), where=""))


def _texts(part: Any) -> list[str]:
    """Return the formulas of a body, its threshold test excepted."""
    found = [*(part.equations or []), *(part.jumps or []), part.output or ""]
    found += [str(let.value) for let in (part.let or {}).values()]
    return found + list((part.spike.after or []) if part.spike is not None else [])


class _Layout:
    """The lines of one body: the component's own, or what a variant or preset changes."""

    def __init__(self, spec: ComponentSpec, part: ComponentSpec | BodyParts) -> None:
        self.spec = spec
        self.part = part
        looks = symbols(spec)
        layers: list[Any] = [spec, *spec.variants, *spec.presets.values()]
        equations = spec.equations if part.equations is None else part.equations
        self.maps = any(_MAP.search(line) for line in equations)
        self.counted = self.maps or any(
            _SPIKE.search(text) for layer in layers for text in _texts(layer)
        )
        """Whether the spike itself has a symbol, so that lines can use it."""
        moving = {*spec.inputs, *spec.noise}.union(*(layer.state or {} for layer in layers))
        signal = looks["spike"]
        self.spike, self.spiked = indexed(signal, NOW), indexed(signal, BEFORE)
        looks |= {"spike": self.spike, "spiked": self.spiked}
        self.write = Typesetter(looks, frozenset(moving) if self.maps else frozenset())

    def lines(self) -> list[Line]:
        own = self.part is self.spec
        found = self._lets()
        found += self._noise() if own else []
        found += [self._line(text) for text in self.part.equations or []]
        found += self._recurrence() if own else []
        found += [self._line(text, each=not self.maps) for text in self.part.jumps or []]
        if self.part.spike is not None:
            found += self._firing(self.part.spike)
        if self.part.output is not None:
            out = self.write.symbols["output"]
            found.append(
                Line(indexed(out, NOW) if self.maps else out, _IS, self._of(self.part.output))
            )
        found += self._surrogate() if own else []
        return found + self._constants()

    def _of(self, text: str) -> Math:
        return self.write.show(parse(text, where=""))

    def _lets(self) -> list[Line]:
        return [
            Line(self.write.name(name), _IS, self._of(str(let.value)))
            for name, let in (self.part.let or {}).items()
            if not _constant(let)
        ]

    def _constants(self) -> list[Line]:
        """Return the lets that are plain numbers, a few in a line, and functions few know."""
        given = []
        for name, let in (self.part.let or {}).items():
            if _constant(let):
                value = row(self.write.name(name), _IS, self._of(str(let.value)))
                unit = () if let.unit in (None, "1") else (THIN, unit_words(str(let.unit)))
                given.append(row(value, *unit))
        found = [joined(given[at : at + _IN_A_LINE]) for at in range(0, len(given), _IN_A_LINE)]
        if any("exprel" in text for text in _texts(self.part)):
            x, one = Ident("x"), Number("1")
            power = Scripts(Ident("e", "upright"), None, x)
            quotient = Frac(row(power, Op("−"), one), x)
            found.append(row(Function("exprel"), brackets(x), _IS, quotient))
        return [Line(Words("with" if at == 0 else ""), THIN, one) for at, one in enumerate(found)]

    def _noise(self) -> list[Line]:
        found = []
        for name, noise in self.spec.noise.items():
            letter = "N" if noise.distribution == "normal" else "U"
            spread = brackets(joined([Number("0"), Number("1")]))
            law = row(Ident(letter, "script"), spread)
            found.append(Line(self.write.name(name), Op("∼"), law))
        return found

    def _line(self, text: str, *, each: bool = False) -> Line:
        line = statement(text, where="")
        target = self.write.symbols[line.target]
        if line.form == "ode":
            return Line(Frac(row(_D, target), _TIME), _IS, self.write.show(line.value))
        if line.form == "map":
            return Line(indexed(target, NOW), _IS, self.write.show(line.value))
        remark = (WIDE, Words("(at each step)")) if each else ()
        left, value = self._assigned(line)
        return Line(left, _BECOMES, row(value, *remark))

    def _assigned(self, line: Statement) -> tuple[Math, Math]:
        value: Expr = line.value
        if line.form in ("+=", "-="):
            value = Binary(line.form[0], Name(line.target), value)
        return self.write.name(line.target), self.write.show(value)

    def _firing(self, given: SpikeParts) -> list[Line]:
        """Return threshold, reset, refractory period and what comes after, as far as `given`."""
        base = self.spec.spike
        changed = {name: getattr(given, name) for name in given.model_fields_set}
        whole = {**(dict(base) if base is not None else {}), **changed}
        own = given is base
        found: list[Line] = []
        tested = own or {"when", "edge"} & changed.keys()
        reset = own or {"reset", "timing"} & changed.keys()
        fired: Math = row(Words("if "), self.write.show(parse_test(whole["when"], where="")))
        rising = (WIDE, Words("(on the way up only)")) if whole["edge"] == "rising" else ()
        if self.counted:
            if tested:
                first = row(fired, *rising)
                cases = Cases(((Number("1"), first), (Number("0"), Words("otherwise"))))
                found.append(Line(self.spike, _IS, cases))
            late = whole["timing"] == "next_step"
            fired = row(Words("if "), self.spiked if late else self.spike, _IS, Number("1"))
            if reset and whole["reset"]:
                found += self._resets(fired, whole, ())
        elif tested or reset:
            found += self._resets(fired, whole, rising)
        if whole["refractory"] is not None and (own or "refractory" in changed):
            found.append(self._refractory(whole))
        if whole["after"] and (own or "after" in changed):
            found += [self._line(text) for text in whole["after"]]
        return found

    def _resets(
        self, fired: Math, whole: Mapping[str, Any], remark: tuple[Math, ...]
    ) -> list[Line]:
        """Return what happens where it `fired`: up to two statements in one line."""
        done: list[Math] = []
        for text in whole["reset"]:
            left, value = self._assigned(statement(text, where=""))
            done.append(row(left, _BECOMES, value))
        if whole["timing"] == "next_step":
            remark = (*remark, WIDE, Words("(a step later)"))
        lines: list[Math] = done if len(done) > 2 else [joined(done)] if done else [Words("spike")]
        lines[0] = row(lines[0], *remark)
        first, *rest = lines
        return [Line(fired, _COLON, first), *(Line(Words(""), THIN, one) for one in rest)]

    def _refractory(self, whole: Mapping[str, Any]) -> Line:
        refractory = whole["refractory"]
        lines = [statement(text, where="") for text in whole["reset"]]
        held = refractory.hold or [line.target for line in lines if line.form == "="]
        tree = parse(refractory.duration, where="")
        span = self.write.show(tree)
        if not names(tree):
            span = row(span, THIN, Ident("ms", "upright"))
        states = [self.write.symbols[name] for name in dict.fromkeys(held)]
        still = row(joined(states), Words(" held for ")) if states else Words("rests for ")
        return Line(Words("after a spike"), _COLON, row(still, span))

    def _recurrence(self) -> list[Line]:
        back = self.spec.recurrence
        if back is None:
            return []
        state = indexed(self.write.symbols[back.state], BEFORE)
        value = row(by_name(back.weight), THIN, state)
        if back.bias is not None:
            value = row(value, Op("+"), by_name(back.bias))
        return [Line(self.write.name(back.input), _IS, value)]

    def _surrogate(self) -> list[Line]:
        found: list[Line] = []
        if self.spec.derivative is not None:
            first = self.write.symbols[next(iter(self.spec.inputs))]
            signal, partial = Ident("S"), Ident("∂")
            slope = Frac(row(partial, signal), row(partial, first))
            found.append(Line(slope, Op("≈"), self._of(self.spec.derivative)))
            if self.spec.antiderivative is not None:
                smooth = row(Over(signal, "~"), brackets(first))
                found.append(Line(smooth, _IS, self._of(self.spec.antiderivative)))
        return found


def _free(taken: Iterable[Math], *words: str) -> Math:
    known = list(taken)
    return next((Ident(word) for word in words if Ident(word) not in known), Ident(words[-1]))
