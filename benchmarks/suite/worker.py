"""One contestant in a process of its own: ``python -m benchmarks.suite.worker '{"…"}'``.

A fresh process for each, so that neither threads, nor memory, nor settings of one library touch
another. It answers one JSON line on stdout per JSON line on stdin, the first when it is ready.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.suite import data, memory
from benchmarks.suite.contestants import CONTESTANTS
from benchmarks.suite.workloads import Workload

WARM_UP = 2
TURN = 10
"""Steps in a row that are timed: in training one step follows the next, with warm caches and awake
threads, as it does not where every step waits until all the others took theirs."""
LONGEST = 2.0
"""Seconds after which a turn's next step is not begun."""


def keep_large_buffers() -> None:
    """Tell glibc never to hand large buffers back: fresh pages cost more than many kernels."""
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "mallopt"):
        raise OSError("this system's malloc cannot be told to keep large buffers")
    no_mmap, no_trim = (-4, 0), (-1, 2**31 - 1)  # M_MMAP_MAX, M_TRIM_THRESHOLD
    if not all(libc.mallopt(*option) for option in (no_mmap, no_trim)):
        raise OSError("mallopt refused")


def limit_threads(threads: int) -> None:
    """Give every library `threads` threads and as many processors (JAX counts these)."""
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ[name] = str(threads)
    os.environ["JAX_PLATFORMS"] = "cpu"
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


class Worker:
    """Holds the workload that was built, and does what it is told."""

    def __init__(self, asked: dict[str, Any]) -> None:
        contestant = CONTESTANTS[asked["contestant"]]
        self._work = Workload(**{k: _tuple(v) for k, v in asked["work"].items()})
        self._variant, self._seed = contestant.name, int(asked["seed"])
        self._peer = importlib.import_module(f"benchmarks.peers.{contestant.module}")
        self._subject = self._built("float32")

    def _built(self, dtype: str) -> Any:
        return self._build(self._work, dtype)

    def _build(self, work: Workload, dtype: str) -> Any:
        numbers = data.make(work, self._seed, np.dtype(dtype).type)
        return self._peer.build(work, numbers, self._variant)

    def warm_up(self) -> dict[str, Any]:
        """Take the first steps; return what they needed of memory at the most.

        A step of a small one comes before that: what a library loads at its first use is no
        memory of a step.
        """
        self._build(self._work.resized(steps=2, batch=2), "float32").step()
        gc.collect()
        before = memory.mark()
        for _ in range(WARM_UP):
            self._subject.step()
        return {"peak_bytes": memory.grown_since(before)}

    def turn(self) -> dict[str, Any]:
        """Take one step to wake up, then `TURN` that are timed; return what one of them took."""
        self._subject.step()
        wall, cpu, steps = time.perf_counter(), time.process_time(), 0
        while steps < TURN and time.perf_counter() - wall < LONGEST:
            self._subject.step()
            steps += 1
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        return {"wall": wall / steps, "cpu": cpu / steps, "figure": self._subject.figure()}

    def enrol(self, folder: str) -> dict[str, Any]:
        """Take up a course (W7)."""
        from benchmarks.suite.course import Course

        self._course = Course(Path(folder), self._work, self._seed)
        return {}

    def learn(self, batches: int) -> dict[str, Any]:
        """Learn from the next `batches`, timed; then be examined."""
        wall, cpu = time.perf_counter(), time.process_time()
        for x, y in self._course.lessons(batches):
            self._subject.teach(x, y)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        return {"wall": wall, "cpu": cpu, "accuracy": self._course.examine(self._subject)}

    def gradients(self, path: str, dtype: str) -> dict[str, Any]:
        """Write loss and gradients at the first weights to `path`, worked out in `dtype`."""
        loss, found = self._built(dtype).gradients()
        np.savez(Path(path), **found)
        return {"loss": loss}


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def main() -> int:
    # the libraries print what they like; answers have a way of their own
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(content: dict[str, Any]) -> None:
        answers.write(json.dumps(content) + "\n")
        answers.flush()

    asked = json.loads(sys.argv[1])
    try:
        limit_threads(asked["threads"])
        if asked["cache"]:
            keep_large_buffers()
        worker = Worker(asked)
        answer({"ready": True})
        for line in sys.stdin:
            order = json.loads(line)
            answer(getattr(worker, order.pop("do"))(**order))
    except Exception as error:  # noqa: BLE001 (what a contestant fails of is a line of the report)
        traceback.print_exc()
        answer({"error": f"{type(error).__name__}: {error}"})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
