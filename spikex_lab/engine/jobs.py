"""The engine's jobs, as a coordinator calls them by name.

Importing this module loads torch and what a job would load later. A coordinator imports it while
its run is ``starting``, when a stop can be obeyed at once; inside a job an import would hold it up.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import torch

from spikex_lab import nn
from spikex_lab.engine import backends, devices, files, report, weights
from spikex_lab.engine.control import Governor, StopRequested
from spikex_lab.engine.finish import WEIGHTS, as_json
from spikex_lab.engine.protocols import JobContext
from spikex_lab.engine.trainer import Outcome, Trainer
from spikex_lab.errors import InvalidError, NotFoundError
from spikex_lab.spec import RunSpec

if TYPE_CHECKING:
    from spikex_lab.spec import ModelSpec

_FIRST_USED = (nn.build, nn.Foreign, torch.optim.SGD([torch.zeros(1)]))
"""What loads modules when it is first used; torch's first optimizer takes a second for it."""


def train(context: JobContext) -> Outcome:
    """Train the run, from its last checkpoint where it has one."""
    spec = RunSpec.parse(dict(context.spec), where="run")
    return Trainer(
        spec,
        context.dataset,
        sink=context.sink,
        control=context.control,
        folder=context.folder,
        module=_own_module(spec.model, context),
        attempt=int(context.run.get("attempt") or 1),
        run=context.run,
    ).fit()


def evaluate(context: JobContext) -> Outcome:
    """Measure the run's final weights on a split; leave ``evaluation-<split>.json`` and a report.

    ``context.request``: ``split`` (default ``test``), ``weights`` (an artifact's name, default
    ``weights.safetensors``), ``batch_size``, ``device`` (default: the run's).
    """
    from spikex_lab.engine.evaluate import evaluate as measure

    spec = RunSpec.parse(dict(context.spec), where="run")
    request = context.request
    split = str(request.get("split") or "test")
    device = str(request.get("device") or spec.device)
    devices.check_here(device)
    network = _own_module(spec.model, context)
    if network is None:
        network = backends.get(spec.backend).build(spec.model, seed=spec.training.seed)
    weights.load(network, context.artifact(str(request.get("weights") or WEIGHTS)))
    governor = Governor(context.control, context.sink)
    try:
        evaluation = measure(
            network,
            context.dataset,
            split,
            batch_size=int(request.get("batch_size") or 256),
            device=device,
            training=spec.training,
            poll=governor.poll,
        )
    except StopRequested:
        return Outcome("stopped")
    _keep(context, f"evaluation-{split}.json", as_json(evaluation), "application/json")
    page = report.html(dict(context.run), list(request.get("metrics") or []), evaluation)
    _keep(context, f"report-{split}.html", page.encode(), "text/html")
    context.sink.flush()
    return Outcome(
        "finished", {f"{split}_accuracy": evaluation.accuracy, f"{split}_loss": evaluation.loss}
    )


def _keep(context: JobContext, name: str, data: bytes, media_type: str) -> None:
    path = context.folder / name
    files.replace_bytes(path, data)
    context.sink.artifact(name, path, media_type=media_type)
    path.unlink()


def _own_module(model: ModelSpec, context: JobContext) -> torch.nn.Module | None:
    """Return the user's own network where the model is one: code of the hash that was chosen."""
    if model.module is None:
        return None
    code = context.code(model.module.sha256)
    if code is None:
        raise NotFoundError(
            f"the code {model.module.sha256[:12]} is not in the store, or was never chosen to run",
            where="model",
        )
    if hashlib.sha256(code).hexdigest() != model.module.sha256:
        raise InvalidError("the code is not what its hash says; it is not run", where="model")
    module: Any = nn.Foreign.load(code, model)
    network: torch.nn.Module = module
    return network
