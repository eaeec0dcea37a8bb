"""What carries e-prop's errors from the readout back to the neurons."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

    from spikex_lab.nn.eprop import Feedback
    from spikex_lab.nn.eprop_plan import Layout
    from spikex_lab.nn.network import Network


class FeedbackWeights:
    """Matrices ``[K, N]`` from the readout to all other neurons, as `kind` wants them.

    Parameters
    ----------
    params : ``feedback`` and ``decay`` of ``learning/e-prop``.
    seed : keys random ones; they are as large as a dense layer's first weights.

    Raises
    ------
    InvalidError : symmetric ones where no weights lead from some neurons to the readout.
    """

    def __init__(
        self, network: Network, plan: Layout, params: Mapping[str, Any], seed: int
    ) -> None:
        self._network = network
        self._plan = plan
        self._kind = str(params["feedback"])
        self._decay = float(params["decay"])
        self._drawn: dict[str, torch.Tensor] = {}
        if self._kind == "symmetric":
            self.now()  # refuse now what could not run later
            return
        for taught in plan.hidden:
            for path in taught.paths or (None,):
                name = f"{taught.node}/{path.node if path else ''}"
                self._drawn[name] = _drawn(network, taught.node, name, seed)

    def now(self) -> Feedback:
        """Return them as `spikex_lab.nn.eprop.gradients` takes them."""
        from spikex_lab.nn import eprop

        if self._kind == "symmetric":
            return eprop.symmetric(self._network, self._plan)
        return {
            taught.node: [
                (self._drawn[f"{taught.node}/{path.node}"], path.delay) for path in taught.paths
            ]
            or [(self._drawn[f"{taught.node}/"], 0)]
            for taught in self._plan.hidden
        }

    @contextmanager
    def following(self) -> Iterator[None]:
        """Let adaptive feedback change as the weights to the readout do inside, and both decay."""
        import torch

        if self._kind != "adaptive":
            yield
            return
        weights = dict(self._network.named_parameters())
        pairs = [
            (weights[f"{path.node}.weight"], self._drawn[f"{taught.node}/{path.node}"])
            for taught in self._plan.hidden
            for path in taught.paths
        ]
        before = [weight.detach().clone() for weight, _ in pairs]
        yield
        with torch.no_grad():
            for (weight, back), old in zip(pairs, before, strict=True):
                back.add_(weight - old).mul_(1 - self._decay)
                weight.mul_(1 - self._decay)

    def state(self) -> dict[str, torch.Tensor]:
        """Return the drawn ones."""
        return {name: value.clone() for name, value in self._drawn.items()}

    def restore(self, state: Mapping[str, torch.Tensor]) -> None:
        """Take them up.

        Raises
        ------
        ValueError : they are another network's, or of another kind of feedback.
        """
        shapes = {name: value.shape for name, value in self._drawn.items()}
        if {name: value.shape for name, value in state.items()} != shapes:
            raise ValueError("feedback weights of another network")
        for name, value in self._drawn.items():
            value.copy_(state[name])


def _drawn(network: Network, node: str, name: str, seed: int) -> torch.Tensor:
    import torch

    from spikex_lab.nn import initial

    graph = network.graph
    count = math.prod(graph.nodes[node].shape_out)
    like = next(network.parameters())
    weights = torch.empty(math.prod(graph.nodes[graph.output].shape_out), count)
    initial.draw_(weights, "uniform", 1 / math.sqrt(count), seed=seed, key=f"feedback/{name}")
    return weights.to(like)
