"""Dimensional analysis: do the units of a component's equations add up?

Both sides of an equation must agree exactly as written, in dimension and in magnitude: ``nS*mV`` is
``pA``; ``pA*ms/pF`` is ``mV``; ``uA`` is not ``nA``. A bare number has no unit, zero fits any.
Time is in ms. Where nothing at all has a unit the equations are meant without (as Izhikevich
printed his): then time is counted in ms, and there is nothing to add up.
"""

from __future__ import annotations

from typing import Any

from spikex_lab.catalog import body as bodies
from spikex_lab.catalog.codegen.text import label
from spikex_lab.catalog.expr import Binary, Compare, Expr, Name, names
from spikex_lab.catalog.inference import clash, infer, named, unknown
from spikex_lab.catalog.parser import parse, parse_test
from spikex_lab.catalog.parts import BodyParts, SpikeSpec
from spikex_lab.catalog.schema import ComponentSpec
from spikex_lab.catalog.statements import Statement, statement
from spikex_lab.catalog.units import ONE, Unit
from spikex_lab.errors import InvalidError, Problem

_MS = Unit.read("ms")
_WORDS = {"dt": _MS, "pi": ONE, "spike": ONE, "spiked": ONE}


def check(spec: ComponentSpec) -> None:
    """Refuse a component whose units do not add up, in any of its variants and presets.

    Raises
    ------
    InvalidError : says file and key, the two units, and how to mend it; `problems` holds all.

    Examples
    --------
    >>> from spikex_lab.catalog import library
    >>> check(library().get("neurons/lif").spec)
    """
    found: dict[str, InvalidError] = {}
    for chosen in bodies.selections(spec) if _with_units(spec) else []:
        ending = f" ({label(chosen)})" if chosen else ""
        units = _Units(spec, bodies.select(spec, chosen))
        for error in units.errors:
            key = f"{error.where}: {error.what}"
            if key not in found:
                where = f"{error.where}{ending if _varies(error.where) else ''}"
                found[key] = InvalidError(error.what, where=where, hint=error.hint)
    errors = list(found.values())
    if errors:
        first = errors[0]
        more = f"; {len(errors) - 1} more" if len(errors) > 1 else ""
        raise InvalidError(
            first.what,
            where=first.where,
            hint=first.hint + more,
            problems=[Problem(_pointer(spec, error.where), str(error)) for error in errors],
        )


def _with_units(spec: ComponentSpec) -> bool:
    """Say whether anything in `spec` has a unit."""
    groups: list[Any] = [spec.parameters, spec.inputs, spec.weights]
    parts: list[Any] = [spec, *spec.variants, *spec.presets.values()]
    for part in parts:
        groups += [part.state or {}, part.let or {}]
    return any(given.unit not in (None, "1") for group in groups for given in group.values())


def units(spec: ComponentSpec, chosen: bodies.Selection | None = None) -> dict[str, Unit]:
    """Return the unit of each name in the equations `chosen`, and of ``output``.

    Raises
    ------
    InvalidError : as `check`, for these equations.
    """
    key = bodies.selections(spec)[0] if chosen is None else chosen
    found = _Units(spec, bodies.select(spec, key))
    if found.errors:
        raise found.errors[0]
    return {name: unit for name, unit in found.names.items() if name not in _WORDS}


def _varies(where: str) -> bool:
    """Whether `where` is a key that variants may replace as a whole."""
    return any(f"/{part}" in where for part in ("equations", "jumps", "spike", "output"))


def _pointer(spec: ComponentSpec, where: str) -> str:
    return where.removeprefix(spec.id).split(" (")[0]


class _Units:
    """The units of one body. `errors` says what does not add up; `names` what each name has."""

    def __init__(self, spec: ComponentSpec, body: BodyParts) -> None:
        self.spec = spec
        self.body = body
        self.errors: list[InvalidError] = []
        self.names: dict[str, Unit] = dict(_WORDS)
        for group in (spec.parameters, spec.inputs, body.state or {}):
            self.names |= {name: Unit.read(given.unit) for name, given in group.items()}
        self.names |= dict.fromkeys(spec.noise, ONE)
        self._lets()
        self._states()
        self._lines("equations", body.equations or [])
        self._lines("jumps", body.jumps or [])
        if isinstance(body.spike, SpikeSpec):
            self._spike(body.spike)
        for key in ("output", "derivative", "antiderivative"):
            text = body.output if key == "output" else getattr(spec, key)
            if text is not None:
                found = self._of(parse(text, where=""), self._at(key))
                if found is not None:
                    self.names[key] = found
        self._recurrence()

    def _at(self, key: str) -> str:
        return f"{self.spec.id}/{key}"

    def _of(self, tree: Expr, where: str) -> Unit | None:
        """Return the unit of `tree`; None where any would do, or where there is an error."""
        try:
            return infer(tree, self.names, where)
        except InvalidError as error:
            self.errors.append(error)
            return None

    def _fits(self, tree: Expr, unit: Unit, where: str, what: str) -> None:
        """Record an error unless `tree` has `unit`."""
        found = self._of(tree, where)
        if found is not None and not found.agrees(unit):
            self.errors.append(clash(f"{what} {named(unit)}", tree, found, unit, where))

    def _lets(self) -> None:
        for name, let in (self.body.let or {}).items():
            where = self._at(f"let/{name}")
            tree = parse(str(let.value), where=where)
            given = None if let.unit is None else Unit.read(let.unit)
            if given is not None and not _plain(tree):
                self._fits(tree, given, where, name)
            found = given if given is not None else self._of(tree, where)
            self.names[name] = found or ONE

    def _states(self) -> None:
        for name, state in (self.body.state or {}).items():
            where = self._at(f"state/{name}/init")
            tree = parse(str(state.init), where=where)
            if not _plain(tree):
                self._fits(tree, self.names[name], where, name)

    def _lines(self, key: str, texts: list[str]) -> None:
        for index, text in enumerate(texts):
            self._line(statement(text, where=self._at(f"{key}/{index}")))

    def _line(self, line: Statement) -> None:
        target = self.names.get(line.target)
        if target is None:
            self.errors.append(unknown(line.target, line.where))
            return
        slope = line.form == "ode"
        what = f"d{line.target}/dt" if slope else line.target
        self._fits(line.value, target / _MS if slope else target, line.where, what)

    def _spike(self, spike: SpikeSpec) -> None:
        where = self._at("spike/when")
        test = parse_test(spike.when, where=where)
        self._of(test, where)
        if spike.scale is not None and isinstance(test, Compare):
            margin = _first(self._quiet(test.left), self._quiet(test.right))
            if margin is not None:
                where = self._at("spike/scale")
                self._fits(parse(spike.scale, where=where), margin, where, "the threshold")
        self._lines("spike/reset", spike.reset)
        self._lines("spike/after", spike.after)
        if spike.refractory is not None:
            where = self._at("spike/refractory")
            tree = parse(spike.refractory.duration, where=where)
            if not _plain(tree):
                self._fits(tree, _MS, where, "a duration")

    def _recurrence(self) -> None:
        back = self.spec.recurrence
        if back is None or back.state not in self.names:
            return
        product = Unit.read(self.spec.weights[back.weight].unit) * self.names[back.state]
        tree = Binary("*", Name(back.weight), Name(back.state))
        wanted = self.names[back.input]
        if not product.agrees(wanted):
            self.errors.append(
                clash(
                    f"{back.input} {named(wanted)}",
                    tree,
                    product,
                    wanted,
                    self._at("recurrence"),
                )
            )

    def _quiet(self, tree: Expr) -> Unit | None:
        try:
            return infer(tree, self.names, "")
        except InvalidError:
            return None  # said already, where the test as a whole was looked at


def _plain(tree: Expr) -> bool:
    """Whether `tree` is a number: it then is in the unit of what it is the value of."""
    return names(tree) <= {"pi"}


def _first(*found: Unit | None) -> Unit | None:
    return next((unit for unit in found if unit is not None), None)
