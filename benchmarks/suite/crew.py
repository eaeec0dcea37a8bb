"""Starts the contestants' processes and asks them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.suite.contestants import bare, cached
from benchmarks.suite.workloads import Workload

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = ROOT / ".venv-bench"


def python() -> Path:
    """Return the interpreter that has the peers; where there is none, this one."""
    inside = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    return inside if inside.exists() else Path(sys.executable)


def has_peers() -> bool:
    """Say whether the peers' environment was set up (``make bench``)."""
    return python() != Path(sys.executable) or Path(sys.prefix) == ENVIRONMENT


class FailedError(Exception):
    """A contestant that could not do what it was asked; the message says why."""


class Member:
    """One contestant's process."""

    def __init__(self, name: str, work: Workload, threads: int, seed: int) -> None:
        self.name = name
        asked = {
            "contestant": bare(name),
            "cache": cached(name),
            "work": asdict(work),
            "threads": threads,
            "seed": seed,
        }
        self._noise = tempfile.TemporaryFile("w+")  # noqa: SIM115 (`dismiss` closes it)
        self._process = subprocess.Popen(
            [python(), "-m", "benchmarks.suite.worker", json.dumps(asked)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._noise,
            text=True,
        )

    def ask(self, do: str, **order: Any) -> dict[str, Any]:
        """Give an order; return its answer.

        Raises
        ------
        FailedError : it could not, or its process is gone.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **order}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise FailedError(self._last_words()) from None
        return self.answer()

    def answer(self) -> dict[str, Any]:
        """Return the next answer (the first is sent unasked, when it is ready).

        Raises
        ------
        FailedError : see `ask`.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise FailedError(self._last_words())
        found: dict[str, Any] = json.loads(line)
        if "error" in found:
            raise FailedError(found["error"])
        return found

    def dismiss(self) -> None:
        """Let the process end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        for stream in (self._process.stdin, self._process.stdout, self._noise):
            try:
                stream.close()
            except BrokenPipeError:
                continue
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _last_words(self) -> str:
        status = self._process.wait()
        self._noise.seek(0)
        said = self._noise.read().strip().splitlines()
        return f"its process ended with {status}" + (f": {said[-1]}" if said else "")


class Crew:
    """The contestants of one workload; those that failed are kept with the reason.

    Use as a context manager: no process outlives it.
    """

    def __init__(self, names: Iterable[str], work: Workload, threads: int, seed: int = 0) -> None:
        self.members = {name: Member(name, work, threads, seed) for name in names}
        self.failed: dict[str, str] = {}

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for member in self.members.values():
            member.dismiss()

    def gather(self) -> None:
        """Wait until everybody is ready."""
        for name in list(self.members):
            self._try(name, Member.answer)

    def ask(self, name: str, do: str, **order: Any) -> dict[str, Any] | None:
        """Give one an order; return the answer, or None where it failed and is out."""
        return self._try(name, lambda member: member.ask(do, **order))

    def _try(self, name: str, what: Callable[[Member], dict[str, Any]]) -> dict[str, Any] | None:
        member = self.members[name]
        try:
            return what(member)
        except FailedError as error:
            self.failed[name] = str(error)
            self.members.pop(name).dismiss()
            return None
