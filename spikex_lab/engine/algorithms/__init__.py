"""Learning algorithms by the name in ``training.algorithm``.

Two kinds: those that follow gradients (`gradients`: bptt; `eprop`; `eventprop`) and `local` (every
rule of the library that is equations).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spikex_lab.engine.algorithms.base import Algorithm, Learned, Setting
from spikex_lab.errors import InvalidError

if TYPE_CHECKING:
    from spikex_lab.engine.algorithms.gradients import Gradients
    from spikex_lab.engine.algorithms.plastic import Known
    from spikex_lab.spec import TrainingSpec
    from spikex_lab.spec.graph import Graph

__all__ = ["Algorithm", "Learned", "Setting", "build", "check"]


def build(setting: Setting) -> Algorithm:
    """Return the algorithm that ``setting.training`` names, ready for its first batch.

    Raises
    ------
    InvalidError : it does not fit the network.
    """
    found = _gradients().get(setting.training.algorithm)
    if found is not None:
        return found(setting)
    from spikex_lab.engine.algorithms.local import Local

    return Local(setting)


def check(training: TrainingSpec, graph: Graph | None, known: Known) -> None:
    """Refuse a training that does not fit a network, before a run is made. Needs no torch.

    Parameters
    ----------
    graph : the network; None for a torch module of the user's own.
    known : the components there are.

    Raises
    ------
    InvalidError : rules where there are none, an unknown rule or node, settings without meaning.
    """
    from spikex_lab.engine.algorithms.plastic import planned

    found = _gradients().get(training.algorithm)
    if found is not None:
        found.check(training, graph, known)
    elif graph is None:
        raise InvalidError(
            f'"{training.algorithm}" trains networks of nodes, not a torch module',
            where="training/algorithm",
            hint="use bptt",
        )
    else:
        planned(training, graph, known)


def _gradients() -> dict[str, type[Gradients]]:
    from spikex_lab.engine.algorithms.eprop import EProp
    from spikex_lab.engine.algorithms.eventprop import EventProp
    from spikex_lab.engine.algorithms.gradients import BPTT

    return {"bptt": BPTT, "e-prop": EProp, "eventprop": EventProp}
