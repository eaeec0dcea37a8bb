"""EventProp as a training algorithm: the gradient of spike times in place of surrogates."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from spikex_lab.engine.algorithms.base import Setting
from spikex_lab.engine.algorithms.gradients import BPTT
from spikex_lab.errors import InvalidError

if TYPE_CHECKING:
    from spikex_lab.engine.algorithms.plastic import Known
    from spikex_lab.nn.cell import Cell
    from spikex_lab.spec import TrainingSpec
    from spikex_lab.spec.graph import Graph

COMPONENT = "neurons/synaptic"
FORM = {"reset": "zero", "reset_delay": False}
"""The neuron whose spike times have a gradient here."""


class EventProp(BPTT):
    """EventProp on the network's grid of time steps (``learning/eventprop``).

    Wunderlich, Pehle, Scientific Reports 11, 12829, 2021, doi:10.1038/s41598-021-91786-z.
    """

    def __init__(self, setting: Setting) -> None:
        from spikex_lab.nn import spiketimes
        from spikex_lab.nn.network import Network

        network = setting.network
        if not isinstance(network, Network):
            raise _not_nodes()
        names = taught(network.graph)
        super().__init__(setting)
        self._cells = [cast("Cell", network.node(name)) for name in names]
        for cell in self._cells:
            cell.scanner = spiketimes.scan

    @classmethod
    def check(cls, training: TrainingSpec, graph: Graph | None, known: Known) -> None:
        """Refuse a network whose spike times have no gradient here. Needs no torch."""
        super().check(training, graph, known)
        if graph is None:
            raise _not_nodes()
        taught(graph)

    def close(self) -> None:
        """Give the neurons their surrogates back."""
        super().close()
        for cell in self._cells:
            cell.scanner = None


def taught(graph: Graph) -> list[str]:
    """Return the nodes that learn by their spike times: all neurons; the output may only integrate.

    Raises
    ------
    InvalidError : another neuron than the current-based one that is reset to zero at once, learned
        parameters of a neuron, loops, no neuron at all.
    """
    if graph.recurrent:
        raise InvalidError("EventProp on a grid serves no loops", where="edges", hint="use bptt")
    found = []
    for node in graph.nodes.values():
        reads = node.id == graph.output and node.params.get("reset") == "none"
        if not node.spiking or reads:  # an output that only integrates has an ordinary gradient
            continue
        form = ", ".join(f"{name}: {str(value).lower()}" for name, value in FORM.items())
        fits = node.component == COMPONENT and all(
            node.params[name] == value for name, value in FORM.items()
        )
        if not fits or node.params.get("learn"):
            raise InvalidError(
                "EventProp does not know the spike times of this neuron",
                where=f"node {node.id}",
                hint=f"it takes {COMPONENT} with {form} and nothing to learn; "
                "the output may have reset: none",
            )
        found.append(node.id)
    if not found:
        raise InvalidError("no spikes whose times could be learned", where="nodes", hint="use bptt")
    return found


def _not_nodes() -> InvalidError:
    return InvalidError(
        '"eventprop" trains networks of nodes on the backend "spikex" only',
        where="training/algorithm",
        hint="use bptt",
    )
