"""Jobs without torch for the tests of the spine: as the trainer behaves, but in milliseconds."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import time
from types import SimpleNamespace
from typing import Any


def count(context: Any) -> SimpleNamespace:
    """Count batches, each a link of a hash chain; checkpoints, resumes, obeys, as a training does.

    The spec's ``tiny``: ``epochs``, ``batches``, ``pause`` (seconds a batch), ``every`` (batches).
    """
    asked = context.spec["tiny"]
    epochs, batches = asked["epochs"], asked["batches"]
    kept = context.folder / "checkpoint.pt"
    sink = context.sink
    at = {"epoch": 0, "batch": 0, "seq": 0, "chain": ""}
    resumed = {}
    if kept.exists():
        at = json.loads(kept.read_text())
        resumed = {"resumed_from": {key: at[key] for key in ("seq", "epoch", "batch")}}
    sink.at(at["epoch"], at["batch"])
    sink.emit("state", state="running", **resumed)

    def save() -> None:
        at["seq"] = sink.flush()
        part = kept.with_name("checkpoint.pt.part")
        with part.open("w") as file:
            file.write(json.dumps(at))
            file.flush()
            os.fsync(file.fileno())
        part.replace(kept)
        sink.emit("checkpoint", size=kept.stat().st_size)

    stepping = False
    while at["epoch"] < epochs:
        while at["batch"] < batches:
            command = "pause" if stepping else context.control.poll()
            if command == "pause":
                stepping = False
                sink.emit("state", state="paused")
                save()
                while command not in ("resume", "stop", "step"):
                    command = context.control.wait(0.25)
                if command != "stop":
                    sink.emit("state", state="running")
            stepping = command == "step"
            if command == "stop":
                save()
                return SimpleNamespace(state="stopped")
            time.sleep(asked.get("pause", 0.005))
            link = f"{at['chain']}:{at['epoch']}:{at['batch']}"
            at["chain"] = hashlib.sha256(link.encode()).hexdigest()
            at["batch"] += 1
            sink.at(at["epoch"], at["batch"])
            done = at["epoch"] * batches + at["batch"]
            progress = {
                "epoch": at["epoch"],
                "batch": at["batch"],
                "fraction": done / epochs / batches,
            }
            sink.emit("batch", loss=1 / done, link=at["chain"][:8], progress=progress)
            if done % asked.get("every", 10) == 0:
                save()
        at["epoch"] += 1
        at["batch"] = 0
        sink.emit("metrics", train_loss=1 / at["epoch"], link=at["chain"])
        save()
    final = context.folder / "weights.safetensors"
    final.write_text(at["chain"])
    sink.artifact("weights.safetensors", final, media_type="text/plain")
    return SimpleNamespace(state="finished")


def crash(context: Any) -> SimpleNamespace:
    """Fail in the way that the spec's ``tiny.how`` names."""
    how = context.spec["tiny"]["how"]
    context.sink.emit("state", state="running")
    if how == "bug":
        raise KeyError("a bug")
    if how == "full":
        raise OSError(28, "No space left on device")
    if how == "noise":  # fills the log, then goes on
        for _ in range(3):
            os.write(2, b"x" * 2_000_000 + b"\n")
            time.sleep(0.7)
        return SimpleNamespace(state="finished")
    if how == "slow-start":
        time.sleep(30)
    raise AssertionError(how)


def freeze(context: Any) -> SimpleNamespace:
    """Freeze in the middle of a transaction, with the database's write lock in hand."""
    with context.store.database.fast():
        os.kill(os.getpid(), signal.SIGSTOP)
    return SimpleNamespace(state="finished")


def slow_import(context: Any) -> SimpleNamespace:
    """Never begin: stands for an import that takes long (see `spine_entry.py`)."""
    raise AssertionError("the stop should have come before")
