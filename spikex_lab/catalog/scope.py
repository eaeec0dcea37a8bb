"""What the names in a component's equations mean, and under which prefix they go on."""

from __future__ import annotations

from collections.abc import Mapping

from spikex_lab.catalog.expr import Binary, Expr, Name, names, rename
from spikex_lab.catalog.names import RESERVED, check_name
from spikex_lab.catalog.parser import parse
from spikex_lab.catalog.parts import BodyParts, LetSpec, StateSpec
from spikex_lab.catalog.program import Assign
from spikex_lab.catalog.schema import ComponentSpec
from spikex_lab.catalog.statements import Statement, statement
from spikex_lab.errors import InvalidError, nearest


class Scope:
    """The names of one body of equations.

    Attributes
    ----------
    parameters : those that are numbers.
    fixed : lets that depend on parameters and ``dt`` alone, resolved.
    moving : lets that change with state or input, as written.
    ode : no maps: states are written without ``[t]``.

    Raises
    ------
    InvalidError : a bad or doubled name, an unknown one in a let, an input that nothing feeds.
    """

    def __init__(self, spec: ComponentSpec, body: BodyParts, where: str) -> None:
        self.spec = spec
        self.where = where
        self.states: dict[str, StateSpec] = dict(body.state or {})
        self.inputs = list(spec.inputs)
        self.noise = list(spec.noise)
        self.lets: dict[str, LetSpec] = dict(body.let or {})
        self.parameters = [
            name for name, given in spec.parameters.items() if given.sort in ("number", "integer")
        ]
        self.fixed: dict[str, Expr] = {}
        self.moving: dict[str, Expr] = {}
        self.ode = not any("[" in text.split("=")[0] for text in body.equations or [])
        self._check_signals()
        self._check_names()
        self._sort_lets()

    def _check_signals(self) -> None:
        if self.spec.kind == "learning":
            return
        kinds = {name: state.per for name, state in self.states.items()}
        kinds |= {name: signal.per for name, signal in self.spec.inputs.items()}
        for name, per in kinds.items():
            if per != "neuron":
                raise InvalidError(
                    f'{name}: only a learning rule has quantities per "{per}"', where=self.where
                )
        for name in self.inputs[1:]:
            if self.spec.inputs[name].default is None:
                raise InvalidError(
                    f"{name}: an edge feeds the first input; every other input needs a default",
                    where=f"{self.where}/inputs/{name}",
                )

    def _check_names(self) -> None:
        seen: set[str] = set()
        groups = {
            "parameters": list(self.spec.parameters),
            "let": list(self.lets),
            "state": list(self.states),
            "inputs": self.inputs,
            "noise": self.noise,
        }
        for group, members in groups.items():
            for name in members:
                check_name(name, where=f"{self.where}/{group}")
                if name in seen:
                    raise InvalidError(f'"{name}" is said twice', where=f"{self.where}/{group}")
                seen.add(name)

    def _sort_lets(self) -> None:
        for name, let in self.lets.items():
            where = f"{self.where}/let/{name}"
            tree = parse(str(let.value), where=where)
            earlier = {"dt", "pi", *self.parameters, *self.fixed}
            if names(tree) <= earlier:
                self.fixed[name] = self.constant(tree, where)
                continue
            known = {*earlier, *self.moving, *self.states, *self.inputs, *self.noise, "spiked"}
            for unknown in sorted(names(tree) - known):
                raise self.unknown(unknown, where)
            self.moving[name] = tree

    def unknown(self, name: str, where: str) -> InvalidError:
        """Return the error that says why `name` means nothing here."""
        if name in self.spec.parameters:
            return InvalidError(
                f'"{name}" is no number', where=where, hint="use it in variants: when:"
            )
        if name in self.lets:
            hint = "a part uses those above it only"
            return InvalidError(f'"{name}" has no value yet', where=where, hint=hint)
        if name in RESERVED:
            return InvalidError(f'"{name}" has no value here', where=where)
        known = [*self.parameters, *self.lets, *self.states, *self.inputs, *self.noise]
        return InvalidError(f'unknown name "{name}"', where=where, hint=nearest(name, known))

    def no_state(self, name: str, where: str) -> InvalidError:
        """Return the error that says `name` is no state."""
        hint = nearest(name, list(self.states))
        return InvalidError(f'"{name}" is no state', where=where, hint=hint)

    def constant(self, tree: Expr, where: str) -> Expr:
        """Return `tree` resolved; it may use parameters, constants, ``dt`` and ``pi`` only."""
        return rename(tree, lambda part: self._constant(part, where))

    def _constant(self, part: Name, where: str) -> Expr:
        if part.lag is None:
            if part.id in ("dt", "pi"):
                return part
            if part.id in self.parameters:
                return Name(f"p_{part.id}")
            if part.id in self.fixed:
                return Name(f"k_{part.id}")
        raise self.unknown(part.id, where)

    def resolve(
        self,
        tree: Expr,
        where: str,
        states: Mapping[str, str],
        old: Mapping[str, str] | None = None,
        *,
        words: tuple[str, ...] = ("spiked",),
    ) -> Expr:
        """Return `tree` with every name under its prefix.

        Parameters
        ----------
        states : the variable that holds each state written bare, or ``[t]`` in a map.
        old : in a map, the variable of each state written ``[t-1]``.
        words : reserved words that have a value here.
        """

        def new(part: Name) -> Expr:
            name = part.id
            if name in self.states:
                return Name(self._state(part, where, states, old))
            if name in self.inputs and part.lag in (None, 0):
                return Name(f"x_{name}")
            if name in self.noise and part.lag in (None, 0):
                return Name(f"z_{name}")
            if part.lag is None and name in self.moving:
                return Name(f"l_{name}")
            if part.lag is None and name in words:
                return part
            return self._constant(part, where)

        return rename(tree, new)

    def _state(
        self, part: Name, where: str, states: Mapping[str, str], old: Mapping[str, str] | None
    ) -> str:
        name = part.id
        if old is not None:
            if part.lag is None:
                raise InvalidError(
                    f"which {name}?", where=where, hint=f"write {name}[t] or {name}[t-1]"
                )
            if part.lag == 1:
                return old[name]
        elif part.lag is not None:
            raise InvalidError(f"{name} is written without [t] here", where=where)
        if name not in states:
            raise InvalidError(
                f"{name}[t] has no value yet", where=where, hint="its equation comes first"
            )
        return states[name]

    def refresh(
        self, tree: Expr, variables: Mapping[str, str], *, words: tuple[str, ...] = ("spiked",)
    ) -> list[Assign]:
        """Return the moving lets that `tree` uses, computed from the states in `variables`.

        Those of a map are computed once, at the beginning of its step.
        """
        if not self.ode:
            return []
        wanted = names(tree)
        for name in reversed(self.moving):
            if name in wanted:
                wanted |= names(self.moving[name])
        return [
            Assign(
                f"l_{name}",
                self.resolve(tree, f"{self.where}/let/{name}", variables, words=words),
                self.lets[name].doc,
            )
            for name, tree in self.moving.items()
            if name in wanted
        ]

    def act(
        self, text: str, where: str, variables: Mapping[str, str], words: tuple[str, ...]
    ) -> tuple[list[Assign], Statement, Expr]:
        """Read a statement on a state: what it needs first, the statement, its value resolved."""
        line = self.assignment(text, where)
        first = self.refresh(line.value, variables)
        return first, line, self.resolve(line.value, line.where, variables, words=words)

    def change(
        self, text: str, where: str, variables: Mapping[str, str], words: tuple[str, ...] = ()
    ) -> list[Assign]:
        """Return the assignments of a statement that acts at every step."""
        first, line, value = self.act(text, where, variables, words)
        target = variables[line.target]
        if line.form != "=":
            value = Binary(line.form[0], Name(target), value)
        return [*first, Assign(target, value, line.text)]

    def assignment(self, text: str, where: str) -> Statement:
        """Return the statement ``v = …``, ``v += …`` or ``v -= …`` on a state."""
        line = statement(text, where=where)
        if line.form in ("ode", "map"):
            raise InvalidError("what a spike does is written v = …, v += … or v -= …", where=where)
        if line.target not in self.states:
            raise self.no_state(line.target, where)
        return line
