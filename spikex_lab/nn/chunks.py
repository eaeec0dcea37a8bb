"""Time in stretches: what the way back needs is not kept, but computed once more.

A pass keeps of every step what its gradient needs. In stretches of k of T steps it keeps, of each
of the T/k stretches, only where the network stood at its beginning; the way back takes them last to
first and runs each again. So it needs the memory of k steps and of T/k beginnings: with k near √T,
that of √T steps, for the price of one more way there.

T. Chen, B. Xu, C. Zhang, C. Guestrin, "Training deep nets with sublinear memory cost",
arXiv:1604.06174; in time: A. Gruslys, R. Munos, I. Danihelka, M. Lanctot, A. Graves,
"Memory-efficient backpropagation through time", NeurIPS 2016, arXiv:1606.03401.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import TYPE_CHECKING, Any, Literal

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from spikex_lab.nn import kernels
from spikex_lab.nn.carry import Carry, Key, apart
from spikex_lab.nn.cell import Cell, Poll
from spikex_lab.nn.draws import Draws
from spikex_lab.nn.flow import Flow
from spikex_lab.nn.passing import Pass
from spikex_lab.nn.result import Result
from spikex_lab.nn.scripts import Layer
from spikex_lab.spec.model import INPUT

if TYPE_CHECKING:
    from spikex_lab.nn.network import Network


def obstacle(network: Network) -> str:
    """Return why `network` runs whole, whatever is asked for; empty where it need not."""
    for name in network.graph.nodes:
        module = network.node(name)
        if isinstance(module, Cell) and module.scanner is not None:
            return f"{name} learns by its spike times, over all steps at once"
        if isinstance(module, Layer) and module._buffers:
            return f"{name} keeps numbers of its own, which a second run would change again"
    return ""


def run(network: Network, x: Tensor, steps: int, draws: Draws, poll: Poll | None) -> Result:
    """Return what `network` makes of `x`, in stretches of its `chunk` steps."""
    size = network.chunk or steps
    made = network.entry.parts(x)  # the steps are made stretch by stretch
    came = Flow(x) if made else network.entry.flow(x, steps, draws.generator)
    still = network.still(came.static)
    once = Pass(network, steps, {}, draws, poll)
    once.flows[INPUT] = came
    for group in network.groups:
        if group.nodes[0] in still:
            once.run(group)
    fixed = {name: flow.value for name, flow in once.flows.items() if flow.static}
    entering = (
        [] if came.static else [x] * -(-steps // size) if made else torch.split(came.value, size)
    )
    stretch = Stretch(network, still, list(fixed), made, draws, poll)
    carry, outputs, activity = Carry(), [], dict(once.activity)
    series: dict[str, list[Tensor]] = {}
    for index in range(-(-steps // size)):
        count = min(size, steps - carry.steps)
        given = [*fixed.values(), *entering[index : index + 1]]
        leg = Leg(stretch, count, carry)
        output, *rest = leg.go([*given, *carry.tensors])
        outputs.append(output)
        for state, value in zip(leg.states, rest, strict=False):
            series.setdefault(state, []).append(value)
        carry = Carry.of(carry.steps + count, leg.keys, rest[len(leg.states) :])
        activity = activity | {n: activity.get(n, 0) + part for n, part in leg.activity.items()}
    network.keep_states(carry.states)
    output = torch.cat(outputs)
    states = {state: torch.cat(parts) for state, parts in series.items()}
    return Result(network.scores(output, states), output, states, activity)


class Stretch:
    """What all stretches of a pass have in common: the network, and what surrounds it."""

    def __init__(
        self,
        network: Network,
        still: set[str],
        fixed: Sequence[str],
        made: bool,
        draws: Draws,
        poll: Poll | None,
    ) -> None:
        self.network = network
        self.groups = [group for group in network.groups if group.nodes[0] not in still]
        self.fixed = fixed
        self.made = made
        self.draws = draws
        self.poll = poll
        self.kernels: Literal["fused", "reference"] = "fused" if kernels.fused() else "reference"
        self.device = next((p.device.type for p in network.parameters()), "cpu")
        self._cast = None
        if torch.amp.is_autocast_available(self.device):
            kind = self.device
            self._cast = torch.get_autocast_dtype(kind), torch.is_autocast_enabled(kind)

    def surroundings(self) -> ExitStack:
        """Return the context of the first run."""
        stack = ExitStack()
        stack.enter_context(kernels.use_kernels(self.kernels))
        stack.enter_context(self._autocast())
        return stack

    def _autocast(self) -> AbstractContextManager[Any]:
        if self._cast is None:
            return nullcontext()
        dtype, enabled = self._cast
        # without its cache: what was cast where no gradient is kept would serve where one is
        return torch.autocast(self.device, dtype=dtype, enabled=enabled, cache_enabled=False)


class Leg:
    """One stretch of `steps` steps after what `carry` tells, as a function of tensors.

    Attributes
    ----------
    states : names of the output node's states, whose series come out behind its output.
    keys : of the tensors that come out last: where the network stands then.
    activity : spikes by node.
    """

    def __init__(self, stretch: Stretch, steps: int, carry: Carry) -> None:
        self._stretch = stretch
        self._steps = steps
        self._before = carry.steps, carry.keys
        self._stand = stretch.draws.stand()
        self.states: list[str] = []
        self.keys: list[Key] = []
        self.activity: Mapping[str, Tensor] = {}

    def go(self, given: Sequence[Tensor]) -> Sequence[Tensor]:
        """Run for the first time."""
        if not torch.is_grad_enabled():
            return self.take(given, self._stretch.poll)
        weights = [p for p in self._stretch.network.parameters() if p.requires_grad]
        return _Twice.apply(self, len(given), *given, *weights)  # type: ignore[no-any-return, no-untyped-call]

    def again(self, given: Sequence[Tensor]) -> Sequence[Tensor]:
        """Run once more, to the same numbers, with gradients."""
        stretch = self._stretch
        # the way back of a GPU is another thread, where nobody may be polled
        poll = stretch.poll if stretch.device == "cpu" else None
        with torch.enable_grad(), stretch.draws.at(self._stand):
            results = self.take(given, poll)
        self.activity = {}  # the first run was counted; uncounted spikes would stay with the graph
        return results

    def take(self, given: Sequence[Tensor], poll: Poll | None) -> list[Tensor]:
        """Run; `given` is what does not change over time, what enters, and the carry."""
        stretch = self._stretch
        network, fixed = stretch.network, stretch.fixed
        start, keys = self._before
        carry = Carry.of(start, keys, given[len(given) - len(keys) :])
        passing = Pass(network, self._steps, {}, stretch.draws, poll, carry)
        with stretch.surroundings():
            for name, value in zip(fixed, given, strict=False):
                passing.flows[name] = Flow(value, static=True)
            if INPUT not in passing.flows:
                entering = given[len(fixed)]
                passing.flows[INPUT] = (
                    network.entry.flow(entering, self._steps, stretch.draws.generator)
                    if stretch.made
                    else Flow(entering)
                )
            for group in stretch.groups:
                passing.run(group)
            after = passing.after()
        self.states, self.keys = list(passing.states), after.keys
        self.activity = passing.activity
        output = passing.whole(network.graph.output)
        return [*map(apart, (output, *passing.states.values(), *after.tensors))]


class _Twice(torch.autograd.Function):
    """A leg that keeps only what it was given, and runs again on the way back."""

    @staticmethod
    def forward(ctx: Any, leg: Leg, count: int, *tensors: Tensor) -> tuple[Tensor, ...]:
        ctx.leg, ctx.count = leg, count
        ctx.save_for_backward(*tensors)
        ctx.set_materialize_grads(False)
        return tuple(leg.take(tensors[:count], leg._stretch.poll))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        tensors, wanted = ctx.saved_tensors, ctx.needs_input_grad[2:]
        given = [
            one.detach().requires_grad_(want)
            for one, want in zip(tensors[: ctx.count], wanted, strict=False)
        ]
        leaves = [*given, *tensors[ctx.count :]]
        results = ctx.leg.again(given)
        pairs = [
            (result, gradient)
            for result, gradient in zip(results, gradients, strict=True)
            if gradient is not None and result.requires_grad
        ]
        del results
        asked = [leaf for leaf, want in zip(leaves, wanted, strict=True) if want]
        found: Any = iter([None] * len(asked))
        if pairs:
            ends, slopes = zip(*pairs, strict=True)
            del pairs
            found = iter(torch.autograd.grad(ends, asked, slopes, allow_unused=True))
        return None, None, *(next(found) if want else None for want in wanted)
