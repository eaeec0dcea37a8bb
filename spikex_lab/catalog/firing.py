"""The threshold, the reset and the refractory period as assignments."""

from __future__ import annotations

from collections.abc import Mapping

from spikex_lab.catalog.expr import Binary, Call, Choose, Compare, Expr, Name, Num, names
from spikex_lab.catalog.parser import parse, parse_test
from spikex_lab.catalog.parts import SpikeSpec
from spikex_lab.catalog.program import Assign
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
        lines, margin = self._margin(self.old)
        test = Call("hit", (margin,)) if self.spike.detach else self._fire(margin)
        lines.append(Assign("spiked", test, "the test on the state as the last step left it"))
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
        if spike.edge == "rising":
            first, margin = self._margin(self.old)
            below = Binary("-", Num(1), Call("hit", (margin,)))
            lines += [*first, Assign("t_below", below, "1 where the last step left it below")]
        first, margin = self._margin(self.new)
        lines += first
        fired = self._fire(margin)
        if spike.edge == "rising":
            fired = Binary("*", fired, Name("t_below"))
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

    def _margin(self, states: Mapping[str, str]) -> tuple[list[Assign], Expr]:
        """Return how far above threshold, ``a - b`` of the test ``a > b``, and what it needs."""
        test, where = self.test, f"{self.where}/when"
        margin = test.left if test.right == Num(0) else Binary("-", test.left, test.right)
        moving = sorted(names(margin) & set(self.scope.moving))
        if moving and not self.scope.ode and states is self.old:
            raise InvalidError(
                f"the last step's {moving[0]} is no longer known", where=where, hint="write it out"
            )
        first = self.scope.refresh(margin, states, words=())
        return first, self.scope.resolve(margin, where, states, words=())

    def _fire(self, margin: Expr) -> Expr:
        if self.spike.scale is None:
            return Call("fire", (margin,))
        where = f"{self.where}/scale"
        return Call(
            "fire", (margin, self.scope.constant(parse(self.spike.scale, where=where), where))
        )

    def _then(self) -> list[Assign]:
        lines: list[Assign] = []
        for index, text in enumerate(self.spike.after):
            where = f"{self.where}/after/{index}"
            lines += self.scope.change(text, where, self.new, ("spike", "spiked"))
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
            first, line, value = self.scope.act(text, f"{self.where}/reset/{index}", variables, ())
            lines += first
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
