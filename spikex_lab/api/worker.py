"""The child of `child.call`: evaluates and exports with torch, answers in JSON lines.

``python -m spikex_lab.api.worker JOB`` with the request as JSON on stdin.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any, TextIO

from spikex_lab.errors import ConflictError, InvalidError, SpikexError, plain


def main() -> int:
    """Do the job named by the first argument; return 0 where an answer was given."""
    answers = _own_stdout()
    job = JOBS[sys.argv[1]]
    try:
        result = job(json.load(sys.stdin), answers)
    except SpikexError as error:
        _say(answers, {"error": plain(error)})
        return 0
    _say(answers, {"ok": result})
    return 0


def evaluate(request: dict[str, Any], answers: TextIO) -> dict[str, Any]:
    """Evaluate a run's weights on a split of its dataset; return the evaluation as data."""
    from spikex_lab.data import Dataset
    from spikex_lab.engine.evaluate import evaluate as measure
    from spikex_lab.spec import TrainingSpec
    from spikex_lab.store import Store

    store = Store.open()
    run = store.runs.get(request["run"])
    network = _network(store, run, request["weights"])
    last = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last > 0.1:
            last = time.monotonic()
            _say(answers, {"progress": done / total})

    dataset = Dataset.open(store.datasets.files(run.dataset_id or run.spec["dataset"]))
    evaluation = measure(
        network,
        dataset,
        split=request["split"],
        device=request["device"],
        training=TrainingSpec.parse(run.spec["training"]),
        on_progress=progress,
        **({"batch_size": request["batch_size"]} if request.get("batch_size") else {}),
    )
    return dict(evaluation.model_dump(mode="json"))


def pth(request: dict[str, Any], _answers: TextIO) -> dict[str, Any]:
    """Write a run's weights as a PyTorch state dict."""
    import torch

    from spikex_lab.store import Store

    store = Store.open()
    network = _network(store, store.runs.get(request["run"]), request["weights"])
    path = Path(request["path"])
    with path.open("wb") as file:
        torch.save(network.state_dict(), file)
        file.flush()
        os.fsync(file.fileno())
    return {"path": str(path)}


JOBS = {"evaluate": evaluate, "pth": pth}


def _network(store: Any, run: Any, weights: str | None) -> Any:
    """Build the run's network and load `weights` into it: a path, or None for its final ones."""
    from spikex_lab.api.networks import build
    from spikex_lab.engine import weights as files
    from spikex_lab.spec import RunSpec

    spec = RunSpec.parse(run.spec)
    network = build(spec.model, store, seed=spec.training.seed, backend=spec.backend)
    if weights is None:
        kept = {a.name: a.sha256 for a in store.runs.artifacts(run.id)}
        if "weights.safetensors" not in kept:
            raise ConflictError(
                f"run {run.id[:8]} has no final weights: it is {run.state}",
                hint="let it finish first",
            )
        path = Path(store.objects.path(kept["weights.safetensors"]))
    else:
        path = Path(weights)
        if not path.is_file():
            raise InvalidError("no such file", where=weights[:200])
    files.load(network, path)
    return network


def _own_stdout() -> TextIO:
    """Keep stdout for answers; whatever libraries print goes to stderr."""
    kept = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(kept, "w", encoding="utf-8", buffering=1)


def _say(answers: TextIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message) + "\n")
    answers.flush()


if __name__ == "__main__":
    sys.exit(main())
