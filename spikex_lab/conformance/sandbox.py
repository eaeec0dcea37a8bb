"""Work on what somebody hands in: in a child without network, within limits.

The child gets its request as JSON on stdin, an empty folder as its home, and nothing of this
process's environment that could be a credential. It never runs contributed Python: the check of a
component reads, prints and compares what follows from the equations.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spikex_lab.errors import WorkError

WALL_SECONDS = 240.0
ANSWER_BYTES = 1_000_000
_PASSED = frozenset(
    {"PATH", "LANG", "LC_ALL", "LC_CTYPE", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH",
     "DYLD_LIBRARY_PATH", "SYSTEMROOT", "SPIKEX_CXX"}
)  # fmt: skip
"""What of this environment goes on: how programs are found, nothing that opens anything."""
_PACKAGE_PARENT = Path(__file__).resolve().parents[2]


def check(
    definition: Mapping[str, Any],
    files: Mapping[str, bytes] | None = None,
    *,
    seconds: float = WALL_SECONDS,
) -> dict[str, Any]:
    """Return the report of the component (see `report.Report.to_dict`) with ``isolation``: what
    held while it was made.

    Raises
    ------
    WorkError : the child gave no answer: it ran out of time or memory, or died.
    """
    request = {
        "definition": dict(definition),
        "files": {name: base64.b64encode(data).decode() for name, data in (files or {}).items()},
    }
    with tempfile.TemporaryDirectory(prefix="spikex-check-") as name:
        folder = Path(name)
        return ask("spikex_lab.conformance.child", request, folder, seconds=seconds, what="check")


def ask(
    module: str,
    request: Mapping[str, Any],
    folder: Path,
    *,
    seconds: float,
    what: str,
    settings: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Run `module` as a child, with `request` on its stdin; return what it answers on stdout.

    Parameters
    ----------
    module : one of ours, which begins with `isolation.enter`.
    folder : an empty one: the child's home, and all that it may fill.
    seconds : after which it is ended.
    what : what it does, for messages.
    settings : what it gets of the environment besides.

    Raises
    ------
    WorkError : it gave no answer: it ran out of time or memory, or died.
    """
    found: dict[str, Any] = json.loads(
        _answer(module, json.dumps(request), folder, seconds, what, settings or {})
    )
    return found


def _answer(
    module: str,
    request: str,
    folder: Path,
    seconds: float,
    what: str,
    settings: Mapping[str, str],
) -> bytes:
    out, err = folder / "answer", folder / "errors"
    with out.open("wb") as answers, err.open("wb") as errors:
        child = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=answers,
            stderr=errors,
            env={**environment(folder), **settings},
            cwd=folder,
            start_new_session=True,
        )
        try:
            child.communicate(request.encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            raise WorkError(
                f"the {what} did not end within {seconds:.0f} s",
                hint="is what was given larger than it needs to be?",
            ) from None
        finally:
            _end(child)
    with out.open("rb") as stream:
        answer = stream.read(ANSWER_BYTES + 1)
    if child.returncode != 0 or not 0 < len(answer) <= ANSWER_BYTES:
        last = err.read_text("utf-8", "replace")[-2000:].strip().splitlines()[-1:]
        raise WorkError(
            f"the {what} ended without a report: {(last or [_reason(child.returncode)])[0][:300]}"
        )
    return answer


def environment(folder: Path) -> dict[str, str]:
    """Return the child's environment; `folder` is its home and all that it may fill."""
    env = {name: value for name, value in os.environ.items() if name in _PASSED}
    if "site-packages" not in _PACKAGE_PARENT.parts:  # a checkout: found from any folder
        env["PYTHONPATH"] = os.pathsep.join(
            filter(None, [str(_PACKAGE_PARENT), env.get("PYTHONPATH")])
        )
    places = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP"), str(folder))
    return env | places | {
        "SPIKEX_HOME": str(folder / "home"),
        "OMP_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
        "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a child that is still at work, with all that it started."""
    if child.poll() is None:
        if sys.platform == "win32":
            child.kill()
        else:
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _reason(code: int) -> str:
    if code < 0:
        return f"it was ended by {signal.Signals(-code).name}"
    return f"exit status {code}"
