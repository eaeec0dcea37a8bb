"""The workloads, as numbers: what is computed, on which shapes, for how many steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["neuron", "linear", "mlp", "cnn", "recurrent"]
Input = Literal["dense", "static", "spikes"]


@dataclass(frozen=True)
class Workload:
    """One thing to compute, forward and backward, in float32.

    Attributes
    ----------
    kind : ``neuron``: leaky neurons alone; ``linear``: a layer in front of them; ``mlp``,
        ``cnn``, ``recurrent``: a network that is trained with Adam.
    steps, batch, shape : of the input, ``[steps, batch, *shape]``.
    input : ``dense``: normal numbers; ``static``: the same picture at every step; ``spikes``:
        0 and 1, of which `activity` are 1.
    sizes : widths of the layers.
    beta : what is left of a membrane after one step.
    loss : of a trained network: on the ``membrane`` or the ``spikes`` of the output at each step,
        or on the ``sum`` over time.
    twins : the contestants whose loss and gradients have to be equal to ours.
    peers : who takes part; None: everybody.
    target : how many times faster than the best peer ours wants to be; None: no figure was set.
    """

    id: str
    title: str
    kind: Kind
    steps: int
    batch: int
    shape: tuple[int, ...]
    input: Input
    sizes: tuple[int, ...] = ()
    activity: float = 1.0
    beta: float = 0.9
    loss: Literal["membrane", "spikes", "sum"] | None = None
    lr: float = 5e-4
    twins: tuple[str, ...] = ("reference", "snntorch")
    peers: tuple[str, ...] | None = None
    target: float | None = None

    @property
    def trains(self) -> bool:
        """Whether weights change from step to step."""
        return self.loss is not None

    def resized(self, *, steps: int = 0, batch: int = 0, neurons: int = 0) -> Workload:
        """Return the same with other sizes; 0 leaves one as it is."""
        return replace(
            self,
            steps=steps or self.steps,
            batch=batch or self.batch,
            shape=(neurons,) if neurons else self.shape,
        )


def _linear(id: str, n: int, target: float, activity: float | None = None) -> Workload:
    what = f"Linear({n}→{n}) + LIF, T 500, batch 16"
    if activity is None:
        return Workload(id, what, "linear", 500, 16, (n,), "dense", (n,), target=target)
    title = f"{what}, {activity:.0%} of the inputs spike"
    return Workload(id, title, "linear", 500, 16, (n,), "spikes", (n,), activity, target=target)


def _mlp(id: str, title: str, given: Input, target: float | None) -> Workload:
    return Workload(
        id, title, "mlp", 25, 128, (784,), given, (1000, 10),
        beta=0.95, loss="membrane", target=target,
    )  # fmt: skip


WORKLOADS: tuple[Workload, ...] = (
    _linear("w1-512", 512, 2.0),
    _linear("w1-2048", 2048, 1.2),
    _linear("w1-2048-sparse", 2048, 2.0, 0.05),
    Workload(
        "w2", "LIF alone, [T 100, B 64, N 2048]", "neuron", 100, 64, (2048,), "dense", target=8.0
    ),
    _mlp("w3-static", "784-1000-10, T 25, batch 128, constant input", "static", 5.0),
    _mlp("w3-poisson", "784-1000-10, T 25, batch 128, Poisson input", "spikes", 2.2),
    Workload(
        "w4", "12C5-MP2-64C5-MP2-10, T 25, batch 64, 28×28", "cnn", 25, 64, (1, 28, 28), "static",
        (12, 64, 10), beta=0.5, loss="spikes", lr=1e-2, target=2.0,
    ),
    Workload(
        "w5", "recurrent 700-256r-20, T 100, batch 64, ALIF", "recurrent", 100, 64, (700,),
        "spikes", (256, 20), activity=0.02, loss="sum", lr=1e-3, twins=("reference",),
    ),
)  # fmt: skip


ACCURACY = Workload(
    "w7", "MNIST to 97 % on the test images: 784-1000-10, T 25, batch 128", "mlp", 25, 128, (784,),
    "static", (1000, 10), beta=0.95, loss="spikes", lr=2e-3, peers=("snntorch", "spikingjelly"),
)  # fmt: skip
"""Not timed per step but until it knows enough; see `course`."""


def chosen(names: Iterable[str]) -> list[Workload]:
    """Return the workloads whose id is one of `names` or begins with it (``w3``: both of W3).

    Raises
    ------
    KeyError : no workload begins so; its argument is the name.
    """
    found: dict[str, Workload] = {}
    for name in names:
        of_this = {w.id: w for w in WORKLOADS if w.id == name or w.id.startswith(f"{name}-")}
        if not of_this:
            raise KeyError(name)
        found |= of_this
    return list(found.values())
