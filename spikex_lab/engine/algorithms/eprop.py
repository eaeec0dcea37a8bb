"""e-prop as a training algorithm: gradients from traces, kept forwards in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from spikex_lab.engine import environment
from spikex_lab.engine.algorithms.base import Learned, Setting
from spikex_lab.engine.algorithms.feedback import FeedbackWeights
from spikex_lab.engine.algorithms.gradients import Gradients
from spikex_lab.engine.algorithms.own import own_parameters
from spikex_lab.errors import InvalidError

if TYPE_CHECKING:
    import torch

    from spikex_lab.engine.algorithms.plastic import Known
    from spikex_lab.spec import TrainingSpec
    from spikex_lab.spec.graph import Graph


class EProp(Gradients):
    """e-prop (``learning/e-prop``), followed by the optimizer as any other gradient.

    Its parameter `feedback` says what carries errors from the readout to the neurons: the readout's
    own weights (``symmetric``), fixed random ones (``random``), or random ones that change as the
    readout's do while both decay, so that they become alike (``adaptive``).

    Bellec et al., Nature Communications 11, 3625, 2020, doi:10.1038/s41467-020-17236-y.
    """

    def __init__(self, setting: Setting) -> None:
        from spikex_lab.catalog import registry
        from spikex_lab.nn.eprop_plan import layout
        from spikex_lab.nn.network import Network

        network = setting.network
        if not isinstance(network, Network):
            raise _not_nodes()
        super().__init__(setting)
        self._network = network
        self._plan = layout(network.graph, registry(network.spec).get)
        self._feedback = FeedbackWeights(network, self._plan, self.params, setting.training.seed)

    @classmethod
    def check(cls, training: TrainingSpec, graph: Graph | None, known: Known) -> None:
        """Refuse a network that e-prop cannot teach, or bad parameters. Needs no torch."""
        from spikex_lab.nn.eprop_plan import check_direct, layout

        feedback = own_parameters(training)["feedback"]
        if graph is None:
            raise _not_nodes()
        plan = layout(graph, known.get)
        if feedback == "symmetric":
            check_direct(plan)

    def gather(
        self, x: torch.Tensor, y: torch.Tensor, share: float, generator: torch.Generator
    ) -> Learned:
        """Run forward, then once more with the traces."""
        from spikex_lab.nn import eprop

        setting = self.setting
        with environment.autocast(setting.training.precision, setting.place.device):
            found, loss, result = eprop.gradients(
                self._network,
                self._plan,
                x,
                y,
                lambda result, target: setting.loss(cast(Any, result), target) * share,
                feedback=self._feedback.now(),
                generator=generator,
                poll=setting.poll,
            )
        for name, weight in self._network.named_parameters():
            gradient = found[name].to(weight.dtype)
            weight.grad = gradient if weight.grad is None else weight.grad + gradient
        return Learned(loss, result.scores, dict(result.activity))

    def apply(self, rate: float) -> None:
        """Take the optimizer's step; adaptive feedback follows."""
        with self._feedback.following():
            super().apply(rate)

    def state(self) -> dict[str, Any]:
        """Return the optimizer's state and the feedback weights."""
        return {"optimizer": super().state(), "feedback": self._feedback.state()}

    def restore(self, state: dict[str, Any]) -> None:
        """Take them up."""
        super().restore(state["optimizer"])
        self._feedback.restore(state["feedback"])


def _not_nodes() -> InvalidError:
    return InvalidError(
        '"e-prop" trains networks of nodes on the backend "spikex" only',
        where="training/algorithm",
        hint="use bptt",
    )
