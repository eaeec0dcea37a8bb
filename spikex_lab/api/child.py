"""Work that needs torch, done in a child process so that a notebook's kernel stays small.

The parent calls `call`; the child is ``python -m spikex_lab.api.worker``. One JSON request goes in,
JSON lines come out: any number of ``{"progress": 0..1}``, then ``{"ok": …}`` or ``{"error": …}``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from spikex_lab.api import context
from spikex_lab.errors import WorkError, rebuilt


def call(
    job: str, request: dict[str, Any], *, progress: Callable[[float], None] | None = None
) -> Any:
    """Do `job` in a child process and return its answer (plain JSON data).

    Raises
    ------
    SpikexError : the one that the child raised.
    WorkError : the child died; its last words are in the message.
    """
    from spikex_lab.compute.detach import environment

    child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-P", "-m", "spikex_lab.api.worker", job],
        env=environment(context.store().settings),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        return _converse(child, request, progress)
    finally:  # an interrupt of the caller ends the work too: nothing of it is kept
        if child.poll() is None:
            child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe:
                pipe.close()


def _converse(
    child: subprocess.Popen[str], request: dict[str, Any], progress: Callable[[float], None] | None
) -> Any:
    errors: list[str] = []
    reader = threading.Thread(target=lambda: errors.extend(child.stderr or ()), daemon=True)
    reader.start()
    with suppress(BrokenPipeError):  # it died at once: the reason is in its last words
        if child.stdin:
            child.stdin.write(json.dumps(request))
            child.stdin.close()
    for line in child.stdout or ():
        answer = json.loads(line)
        if "progress" in answer and progress:
            progress(float(answer["progress"]))
        elif "ok" in answer:
            return answer["ok"]
        elif "error" in answer:
            raise rebuilt(answer["error"])
    child.wait()
    reader.join(5)
    last = [line.strip() for line in errors if line.strip()][-1:] or [
        f"exit status {child.returncode}"
    ]
    raise WorkError(f"the working process ended without an answer: {last[0][:300]}")
