"""The threshold, the reset and the refractory period as assignments."""

from __future__ import annotations

from collections.abc import Mapping

from spikex_lab.catalog.expr import Binary, Call, Choose, Compare, Expr, Name, Num
from spikex_lab.catalog.parser import parse, parse_test
from spikex_lab.catalog.program import Assign
from spikex_lab.catalog.schema import SpikeSpec
from spikex_lab.catalog.scope import Scope
from spikex_lab.errors import InvalidError

SPIKE, SPIKED, COUNT = Name("spike"), Name("spiked"), Name("s_refractory")
RESTING = Compare(">", COUNT, Num(0))


class Firing:
    """What a component's ``spike:`` says, lowered. `old` and `new` name the states' variables."""

    def __init__(self, spike: SpikeSpec, scope: Scope) -> None:
        self.spike = spike
        self.scope = scope
        self.where = f"{scope.where}/spike"
        self.old = {name: f"s_{name}" for name in scope.states}
        self.new = {name: f"n_{name}" for name in scope.states}
        test = parse_test(spike.when, where=f"{self.where}/when")
        if not isinstance(test, Compare) or test.op not in (">", ">="):
            raise InvalidError("a spike is a test a > b or a >= b", where=f"{self.where}/when")
        self.test = test

    @property
    def strict(self) -> bool:
        """Whether the test is ``>``."""
        return self.test.op == ">"

    @property
    def late(self) -> bool:
        """Whether the reset waits for the next step."""
        return bool(self.spike.reset) and self.spike.timing == "next_step"

    def before(self) -> list[Assign]:
        """Return ``spiked``, and a reset that has waited for this step."""
        margin = self._margin(self.old)
        test = Call("hit", (margin,)) if self.spike.detach else self._fire(margin)
        lines = [Assign("spiked", test, "the test on the state as the last step left it")]
        return lines + (self._reset(self.old, SPIKED) if self.late else [])

    def after(self) -> tuple[list[Assign], list[Assign]]:
        """Return (constants, body): refractory states held, ``spike``, reset, what comes after."""
        constants: list[Assign] = []
        lines: list[Assign] = []
        spike, refractory = self.spike, self.spike.refractory
        if refractory is not None:
            lines += [
                Assign(
                    self.new[name],
                    Choose(RESTING, Name(self.old[name]), Name(self.new[name])),
                    "stands still while refractory",
                )
                for name in self._held()
            ]
        fired = self._fire(self._margin(self.new))
        if spike.edge == "rising":
            below = Binary("-", Num(1), Call("hit", (self._margin(self.old),)))
            fired = Binary("*", fired, below)
        if refractory is not None:
            fired = Choose(RESTING, Num(0), fired)
        lines.append(Assign("spike", fired, spike.when))
        if spike.reset and not self.late:
            lines += self._reset(self.new, SPIKE)
        if refractory is not None:
            where = f"{self.where}/refractory"
            span = self.scope.constant(parse(refractory.duration, where=where), where)
            steps = Call("round", (Binary("/", span, Name("dt")),))
            constants.append(Assign("c_refractory", steps, "refractory period in steps"))
            left = Call("max", (Binary("-", COUNT, Num(1)), Num(0)))
            fresh = Choose(Compare(">", SPIKE, Num(0)), Name("c_refractory"), left)
            lines.append(Assign("n_refractory", fresh, "steps left to stand still"))
        return constants, lines + self._then()

    def _margin(self, states: Mapping[str, str]) -> Expr:
        """Return how far above threshold: ``a - b`` of the test ``a > b``."""
        test = self.test
        margin = test.left if test.right == Num(0) else Binary("-", test.left, test.right)
        return self.scope.resolve(margin, f"{self.where}/when", states, words=())

    def _fire(self, margin: Expr) -> Expr:
        if self.spike.scale is None:
            return Call("fire", (margin,))
        where = f"{self.where}/scale"
        return Call(
            "fire", (margin, self.scope.constant(parse(self.spike.scale, where=where), where))
        )

    def _then(self) -> list[Assign]:
        lines = []
        for index, text in enumerate(self.spike.after):
            line = self.scope.assignment(text, f"{self.where}/after/{index}")
            value = self.scope.resolve(line.value, line.where, self.new, words=("spike", "spiked"))
            target = self.new[line.target]
            if line.form != "=":
                value = Binary(line.form[0], Name(target), value)
            lines.append(Assign(target, value, line.text))
        return lines

    def _held(self) -> list[str]:
        refractory = self.spike.refractory
        if refractory is not None and refractory.hold is not None:
            for name in refractory.hold:
                if name not in self.scope.states:
                    raise self.scope.no_state(name, f"{self.where}/refractory/hold")
            return refractory.hold
        lines = [self.scope.assignment(text, f"{self.where}/reset") for text in self.spike.reset]
        return [line.target for line in lines if line.form == "="]

    def _reset(self, variables: Mapping[str, str], mask: Name) -> list[Assign]:
        """Return the reset statements, acting where `mask` is 1."""
        lines: list[Assign] = []
        for index, text in enumerate(self.spike.reset):
            line = self.scope.assignment(text, f"{self.where}/reset/{index}")
            value = self.scope.resolve(line.value, line.where, variables, words=())
            state = Name(variables[line.target])
            factor: Expr = Call("detach", (mask,)) if self.spike.detach and mask == SPIKE else mask
            result: Expr
            if line.form != "=":
                result = Binary(line.form[0], state, Binary("*", factor, value))
            elif self.spike.detach:
                result = Choose(Compare(">", mask, Num(0)), value, state)
            else:
                kept = Binary("*", Binary("-", Num(1), mask), state)
                result = Binary("+", kept, Binary("*", mask, value))
            lines.append(Assign(state.id, result, f"where it fired: {line.text}"))
        return lines
