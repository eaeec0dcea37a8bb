"""Records chosen nodes on a few samples after each epoch: one frame each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spikex_lab.engine import environment, files
from spikex_lab.engine.measure import Place, evaluating
from spikex_lab.engine.plan import Indices, Plan
from spikex_lab.engine.protocols import EventSink, Poll
from spikex_lab.engine.rng import Streams
from spikex_lab.spec import ProbeSpec

if TYPE_CHECKING:
    import torch

Recorded = Mapping[str, Mapping[str, "torch.Tensor"]]
MEDIA_TYPE = "application/x-npz"


def record(
    network: torch.nn.Module,
    plan: Plan,
    epoch: int,
    *,
    place: Place,
    streams: Streams,
    sink: EventSink,
    folder: Path,
    poll: Poll | None = None,
) -> None:
    """Run the probe's samples and hand the sink an ``.npz`` of arrays ``<node>.<quantity>``.

    Arrays are ``[T, samples, …]`` of float32, spikes of uint8. The samples are the first ones held
    out for validation, or the first of all where none is.
    """
    spec = plan.spec.probe
    if spec is None or not spec.nodes:
        return
    indices, y, recorded = _run(network, plan, spec.samples, epoch, place, streams, poll)
    arrays = {
        f"{node}.{quantity}": _array(quantity, values)
        for node, quantities in recorded.items()
        for quantity, values in quantities.items()
    }
    path = folder / f"frame-{epoch + 1:06d}.npz"
    files.replace(path, lambda file: np.savez_compressed(file, **arrays))  # type: ignore[arg-type]
    sink.frame(
        path,
        media_type=MEDIA_TYPE,
        samples=[int(i) for i in indices],
        targets=[int(label) for label in y],
        steps=plan.spec.model.time.steps,
        dt=plan.spec.model.time.dt,
        arrays={name: list(array.shape) for name, array in arrays.items()},
    )
    path.unlink()


def check(network: torch.nn.Module, plan: Plan, place: Place, streams: Streams) -> None:
    """Try the probe on one sample, so that a node or quantity that is not there is told at once."""
    if plan.spec.probe is not None and plan.spec.probe.nodes:
        _run(network, plan, 1, 0, place, streams, None)


def _run(
    network: torch.nn.Module,
    plan: Plan,
    samples: int,
    epoch: int,
    place: Place,
    streams: Streams,
    poll: Poll | None,
) -> tuple[Indices, Indices, Recorded]:
    import torch

    spec = plan.spec.probe or ProbeSpec()
    source = plan.validation if len(plan.validation) else plan.train
    indices = source[:samples]
    x, y = plan.split.batch(indices)
    sample = torch.from_numpy(np.ascontiguousarray(x)).to(place.device, place.dtype)
    cast = environment.autocast(place.precision, place.device)
    with evaluating(network), torch.no_grad(), cast:
        result = network.run(  # type: ignore[operator]
            sample,
            generator=streams.set("probe", epoch),
            record={node: list(spec.quantities) for node in spec.nodes},
            poll=poll,
        )
    return indices, y, result.recorded


def _array(quantity: str, values: torch.Tensor) -> np.ndarray[Any, Any]:
    array = values.detach().float().cpu().numpy()
    binary = quantity == "spikes" and bool(np.isin(array, (0.0, 1.0)).all())
    return array.astype(np.uint8) if binary else array
