"""Learning by local rules: each synapse changes by what it and its neuron do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spikex_lab.engine import environment
from spikex_lab.engine.algorithms.base import Algorithm, Learned, Setting
from spikex_lab.engine.algorithms.labels import Labels
from spikex_lab.engine.algorithms.plastic import Plastic, planned
from spikex_lab.errors import InvalidError

if TYPE_CHECKING:
    import torch

    from spikex_lab.engine.protocols import NetworkResult


class Local(Algorithm):
    """Runs the network on a batch as it is, then its rules over what every synapse saw.

    Within a batch the network keeps its weights; those the rules work out act from the next one
    on, all samples having changed them by their mean. Rules that hear a ``reward`` get 1 at the
    last step of a sample that the network got right, -1 of one it got wrong; rules that hear a
    ``target`` get 1 for the neuron of the sample's class, else 0.
    """

    change = "the change of the weights"
    remedy = "lower the rate of the rule (training.rules, params), or give it bounds or a norm"
    unused = ("lr", "optimizer", "weight_decay", "clip", "memory")

    def __init__(self, setting: Setting) -> None:
        from spikex_lab.catalog import registry
        from spikex_lab.nn.network import Network
        from spikex_lab.nn.plasticity import Rule

        super().__init__(setting)
        network, training = setting.network, setting.training
        if not isinstance(network, Network):
            raise InvalidError(
                f'"{training.algorithm}" trains networks of nodes on the backend "spikex" only',
                where="training/algorithm",
            )
        self.rate = 1.0
        graph = network.graph
        self._plan = planned(training, graph, registry(network.spec))
        self._rules = [Rule(one.component, one.params, graph.dt) for one in self._plan]
        self._weights = dict(network.named_parameters())
        self._kept: dict[str, dict[str, torch.Tensor]] = {}
        self._record: dict[str, list[str]] = {}
        for one in self._plan:
            self._note(one.node, "input")
            self._note(one.post, "output")
            for name in one.weights:
                self._begin(one, self._weights[f"{one.node}.{name}"])
        self._voting = training.labels.node if training.labels else None
        self._labels: Labels | None = None
        if training.labels is not None:
            self._note(training.labels.node, "input")
            weight = self._weights[f"{training.labels.node}.weight"]
            self._labels = Labels(weight, training.labels.memory)
        self._prepared: _Change | None = None

    def prepare(self, x: torch.Tensor, y: torch.Tensor, generator: torch.Generator) -> Learned:
        """Run the network, then every rule."""
        import torch

        setting = self.setting
        with torch.no_grad():
            with environment.autocast(setting.training.precision, setting.place.device):
                result = setting.network.run(  # type: ignore[operator]
                    x, generator=generator, record=self._record, poll=setting.poll
                )
                loss = setting.loss(result, y)
            change = _Change()
            for index in range(len(self._plan)):
                self._learn(index, result, y, change)
            if self._voting is not None:
                change.answers = result.recorded[self._voting]["input"].sum(dim=0), y
            moved = [(new - self._weights[name]).square().sum() for name, new in change.new.items()]
            norm = torch.stack(moved).sum().sqrt()
        self._prepared = change
        return Learned(loss, result.scores, dict(result.activity), norm)

    def apply(self, rate: float) -> None:
        """Put the new weights in place, moved by `rate` of the way, within their bounds."""
        import torch

        change, self._prepared = self._prepared, None
        assert change is not None  # noqa: S101 (the stepper prepares first)
        with torch.no_grad():
            for name, new in change.new.items():
                old = self._weights[name]
                old.copy_(new if rate == 1.0 else old + rate * (new - old))
            self._kept.update(change.kept)
            for one in self._plan:
                for name in one.weights:
                    _bound(one, self._weights[f"{one.node}.{name}"])
        if self._labels is not None and change.answers is not None:
            self._labels.add(*change.answers)

    def discard(self) -> None:
        """Drop what was worked out."""
        self._prepared = None

    def state(self) -> dict[str, Any]:
        """Return what the rules keep, and the answers behind the labels."""
        kept = {key: dict(states) for key, states in self._kept.items()}
        return {"kept": kept} | ({"labels": self._labels.state()} if self._labels else {})

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what the rules kept."""
        device = self.setting.place.device
        self._kept = {
            key: {name: value.to(device) for name, value in states.items()}
            for key, states in state["kept"].items()
        }
        if self._labels is not None:
            self._labels.restore(state["labels"])

    # -- one rule --------------------------------------------------------------------------------

    def _learn(self, index: int, result: NetworkResult, y: torch.Tensor, change: _Change) -> None:
        """Work out one rule's new weights, from those that the rules before it left."""
        one, rule = self._plan[index], self._rules[index]
        pre = result.recorded[one.node]["input"]
        post = result.recorded[one.post]["output"]
        signals = {"pre": pre, "post": post}
        if "reward" in rule.inputs:
            signals["reward"] = _reward(result, y, len(pre), pre)
        if "target" in rule.inputs:
            signals["target"] = _target(y, post)
        for name in one.weights:
            key = f"{one.node}.{name}"
            weight = change.new.get(key, self._weights[key].detach())
            heard = dict(signals)
            if name == "bias":
                heard["pre"] = pre.new_ones(*pre.shape[:2], 1)
            shape = weight.shape
            place = f"{index}/{key}"
            after, kept = rule.run(
                weight.reshape(shape[0], -1), heard, self._kept.get(place), poll=self.setting.poll
            )
            change.new[key] = after.reshape(shape)
            change.kept[place] = kept

    def _note(self, node: str, quantity: str) -> None:
        wanted = self._record.setdefault(node, [])
        if quantity not in wanted:
            wanted.append(quantity)

    def _begin(self, one: Plastic, weight: torch.Tensor) -> None:
        """Bring first weights within the bounds: those below are mirrored into them."""
        import torch

        with torch.no_grad():
            if one.spec.bounds is not None:
                low = one.spec.bounds[0]
                weight.copy_(low + (weight - low).abs())
            _bound(one, weight)


class _Change:
    """What a batch would change."""

    def __init__(self) -> None:
        self.new: dict[str, torch.Tensor] = {}
        self.kept: dict[str, dict[str, torch.Tensor]] = {}
        self.answers: tuple[torch.Tensor, torch.Tensor] | None = None


def _bound(one: Plastic, weight: torch.Tensor) -> None:
    """Keep weights within the rule's bounds, and those into each neuron at its norm."""
    if one.spec.bounds is not None:
        weight.clamp_(*one.spec.bounds)
    if one.spec.norm is not None and weight.dim() == 2:
        size = weight.abs().sum(dim=1, keepdim=True)
        weight.mul_((one.spec.norm / size).where(size > 0, size))


def _reward(result: NetworkResult, y: torch.Tensor, steps: int, like: torch.Tensor) -> torch.Tensor:
    """Return ``[T, B]``: at the last step 1 where the answer was right, -1 where it was wrong."""
    right = (result.scores.argmax(dim=1) == y).to(like.dtype)
    reward = like.new_zeros(steps, len(y))
    reward[-1] = 2 * right - 1
    return reward


def _target(y: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """Return ``[T, B, N]``: 1 for the neuron of the sample's class."""
    from spikex_lab.nn.readout import one_hot

    return one_hot(y, like.shape[-1], like).expand(len(like), -1, -1)
