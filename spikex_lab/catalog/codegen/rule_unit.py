"""What one part of a learning rule does in a step at one place, as C++.

In the text ``t`` is the step, ``b`` the sample, ``i`` the first place of a vector, ``n + r`` the
row of a synapse; ``m`` are sums over the samples.
"""

from __future__ import annotations

from collections.abc import Iterable

from spikex_lab.catalog.codegen.factors import sampled
from spikex_lab.catalog.codegen.flat import Atom, needed
from spikex_lab.catalog.codegen.kernel import KernelPrinter
from spikex_lab.catalog.codegen.rule import Part, RuleKernel, part_of
from spikex_lab.catalog.codegen.scalar import indent
from spikex_lab.catalog.expr import Call, Name, names
from spikex_lab.catalog.program import Assign

ROOM = {"P": "wide", "N": "tall"}
"""How many places of a part lie side by side."""
COUNT = {"P": "inputs", "N": "neurons", "NP": "inputs"}
"""How many of them there are."""


class Unit:
    """Writes what `part` does in a step at one place.

    What the samples share is worked out between sweeps over them: a sweep takes every sum whose
    terms are known by then, and each sample's new state as soon as no later sweep needs the old.
    """

    def __init__(self, kernel: RuleKernel, part: Part) -> None:
        self.kernel, self.part = kernel, part
        self.print = KernelPrinter(kernel.program.strict)
        self.sums = [line for line in part.lines if _is_sum(line)]
        self.each = [line for line in part.lines if self.sampled(line.target)]
        self.level: dict[str, int] = {}
        """How many sweeps have to be over before a name has its value; 0 where not said."""
        for line in part.lines:
            before = max((self.level.get(name, 0) for name in names(line.value)), default=0)
            self.level[line.target] = before + _is_sum(line)
        self.when = self._when()
        """In which sweep each sample's states get their new values."""

    def sampled(self, name: str) -> bool:
        """Say whether each sample has a value of its own."""
        return sampled(self.kernel.known.get(name, frozenset()))

    def text(self) -> list[str]:
        """Return the lines."""
        part = self.part
        shared = [line for line in part.lines if not (line in self.each or line in self.sums)]
        found = self._loads(self._read(part.lines, [*part.gives, *self._news()]), own=False)
        for sweep in range(max([0, *self.level.values(), *self.when.values()]) + 1):
            found += [self.print.line(one) for one in shared if self.level[one.target] == sweep]
            found += self._sweep(sweep)
        found += [self._give(name) for name in part.gives if not self.sampled(name)]
        return found + [self._keep(name) for name in part.states if name not in self.when]

    # -- sweeps ------------------------------------------------------------------------------------

    def _news(self) -> list[str]:
        """Return the names that are new values of states."""
        new = (self.kernel.new[name] for name in self.part.states)
        return [atom.id for atom in new if isinstance(atom, Name)]

    def _at(self, atom: Atom) -> int:
        return self.level.get(atom.id, 0) if isinstance(atom, Name) else 0

    def _when(self) -> dict[str, int]:
        own = [name for name in self.part.states if self.sampled(f"s_{name}")]
        when = {name: self._at(self.kernel.new[name]) for name in own}
        while True:
            late = {
                name: sweep
                for sweep in sorted({*self.level.values(), *when.values()})
                for name in own
                if when[name] < sweep and f"s_{name}" in self._taken(sweep, when)
            }
            if not late:
                return when
            when |= late

    def _ends(self, sweep: int, when: dict[str, int]) -> list[str]:
        """Return the names whose values a sweep is there for."""
        found = [
            name
            for line in self.sums
            if self.level[line.target] == sweep + 1
            for name in names(line.value)
        ]
        found += self._given(sweep)
        new = (self.kernel.new[name] for name, mine in when.items() if mine == sweep)
        return found + [atom.id for atom in new if isinstance(atom, Name)]

    def _given(self, sweep: int) -> list[str]:
        """Return each sample's own hands that a sweep leaves."""
        own = filter(self.sampled, self.part.gives)
        return [name for name in own if self.level.get(name, 0) == sweep]

    def _taken(self, sweep: int, when: dict[str, int]) -> set[str]:
        """Return all names that a sweep reads."""
        ends = self._ends(sweep, when)
        return self._read(needed(self.each, ends), ends)

    def _read(self, lines: Iterable[Assign], ends: Iterable[str]) -> set[str]:
        return {name for line in lines for name in names(line.value)} | {*ends}

    def _sweep(self, sweep: int) -> list[str]:
        ends = self._ends(sweep, self.when)
        kind = "Vector" if self.part.name else "Real"
        before, row, after = [], self._loads(self._taken(sweep, self.when), own=True), []
        row += [self.print.line(line) for line in needed(self.each, ends)]
        for place, line in enumerate(self.sums):
            if self.level[line.target] == sweep + 1:
                assert isinstance(line.value, Call)  # noqa: S101 (see `_is_sum`)
                before.append(f"{kind} m{place}{{}};")
                row.append(f"m{place} += {'*'.join(map(self.print.show, line.value.args))};")
                mean = "/Real(samples)" if line.value.function == "mean" else ""
                after.append(f"const {kind} {line.target} = m{place}{mean};")
        row += [self._give(name) for name in self._given(sweep)]
        row += [self._keep(name) for name, mine in self.when.items() if mine == sweep]
        loop = ["for (long b = 0; b < samples; ++b) {", *indent(row, 4), "}"]
        return [*before, *loop, *after] if row else []

    # -- memory ------------------------------------------------------------------------------------

    def _loads(self, read: set[str], own: bool) -> list[str]:
        """Return what reads inputs, states and hands: each sample's `own`, or what they share."""
        given = [f"s_{name}" for name in self.part.states]
        given += [f"x_{name}" for name in self.kernel.program.inputs]
        given += self.part.reads
        return [
            self._load(name)
            for name in dict.fromkeys(given)
            if name in read and self.sampled(name) is own
        ]

    def _load(self, name: str) -> str:
        mine, part = part_of(self.kernel.known[name]), self.part.name
        program = self.kernel.program
        kind = "Vector" if "P" in mine or mine == part != "" else "Real"
        if mine != part:
            value = self.hand(name)
        elif name.startswith("s_"):
            value = self._state(name[2:])
        else:
            place = f", {'n + r' if part == 'NP' else '0'}, i, {COUNT[part]}" if part else ""
            value = f"heard(rule, {program.inputs.index(name[2:])}, t, b{place})"
            return f"const {kind} {name} = {value};"
        return f"const {kind} {name} = {f'get({value})' if kind == 'Vector' else f'*({value})'};"

    def hand(self, name: str, row: str = " + r") -> str:
        """Return where a hand lies that this part reads."""
        mine = part_of(self.kernel.known[name])
        place = {"": "", "P": "*wide + i", "N": f"*tall + n{row}"}[mine]
        return self._hand(name, place)

    def _hand(self, name: str, place: str) -> str:
        step = "(t*samples + b)" if self.sampled(name) else "t"
        return f"rule.hands[{self.kernel.hands.index(name)}] + {step}{place}"

    def _state(self, name: str) -> str:
        part = self.part.name
        if self.sampled(f"s_{name}"):
            rows = {"": "b", "P": "b*wide + i", "N": "b*tall + i"}
            row = rows.get(part, "((n + r)*samples + b)*wide + i")
        else:
            row = {"": "0", "NP": "(n + r)*wide + i"}.get(part, "i")
        return f"rule.states[{self.kernel.program.states.index(name)}] + {row}"

    def _give(self, name: str) -> str:
        part = self.part.name
        return self._put(self._hand(name, f"*{ROOM[part]} + i" if part else ""), Name(name))

    def _keep(self, name: str) -> str:
        return self._put(self._state(name), self.kernel.new[name])

    def _put(self, place: str, value: Atom) -> str:
        if self.part.name:
            return f"put({place}, {self.print.vector(value)});"
        return f"*({place}) = {self.print.scalar(value)};"


def _is_sum(line: Assign) -> bool:
    return isinstance(line.value, Call) and line.value.function in ("mean", "outer")
