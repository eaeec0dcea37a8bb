"""The engine's job, as a coordinator calls it by name.

Importing this module loads torch and what a job would load later. A coordinator imports it while
its run is ``starting``, when a stop can be obeyed at once; inside a job an import would hold it up.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import torch

from spikex_lab import nn
from spikex_lab.engine import backends, finish
from spikex_lab.engine.protocols import JobContext
from spikex_lab.engine.trainer import Outcome, Trainer
from spikex_lab.errors import InvalidError, NotFoundError
from spikex_lab.spec import RunSpec

if TYPE_CHECKING:
    from spikex_lab.spec import ModelSpec

_FIRST_USED = (finish.finish, nn.build, nn.Foreign, torch.optim.SGD([torch.zeros(1)]))
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
        backend=backends.get(spec.backend, context.code),
        module=_own_module(spec.model, context),
        attempt=int(context.run.get("attempt") or 1),
        run=context.run,
        start=None if spec.weights is None else context.file(spec.weights),
    ).fit()


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
