"""Other simulators, each in an environment of its own, made once and kept outside the tree.

``python -m tests.conformance.simulators neurons/lif nest-3.10 script.py 'nest-simulator==3.10.0'``
runs a script and leaves its trace beside the component (where requirements are not given, those of
the trace that is there).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import math
import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from spikex_lab.catalog import library
from spikex_lab.conformance.outside import FOLDER, OutsideTrace

NAMES = {"nest-simulator": "NEST", "brian2": "Brian2"}


def environment(requirements: Sequence[str]) -> Path:
    """Return the Python of an environment with `requirements`; made where it is not there yet.

    The folder's name is made of the requirements and of this Python, so another set never meets
    what an older one has left. ``SPIKEX_SIMULATORS`` puts the environments elsewhere.
    """
    place = os.environ.get("SPIKEX_SIMULATORS")
    root = Path(place) if place else user_cache_path("spikex", appauthor=False) / "simulators"
    root.mkdir(parents=True, exist_ok=True)
    key = hashlib.sha256("\n".join([sys.version, *sorted(requirements)]).encode()).hexdigest()[:16]
    folder = root / key
    python = folder / "bin" / "python"
    with (root / f"{key}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").is_file():
            venv.create(folder, clear=True, with_pip=True)
            subprocess.run(
                [
                    python,
                    "-m",
                    "pip",
                    "install",
                    "-q",
                    "--disable-pip-version-check",
                    *requirements,
                ],
                check=True,
                timeout=1200,
            )
            (folder / "ready").write_text("\n".join(requirements))
    return python


def run(script: str, requirements: Sequence[str], folder: Path) -> dict[str, Any]:
    """Run `script` in its environment, in `folder`; return the JSON on its last line."""
    file = folder / "script.py"
    file.write_text(script, "utf-8")
    done = subprocess.run(
        [environment(requirements), file],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, "HOME": str(folder), "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def trace(script: str, requirements: Sequence[str], folder: Path) -> OutsideTrace:
    """Return the trace that `script` leaves."""
    found = run(script, requirements, folder)
    return OutsideTrace.parse(
        {
            "schema": "spikex/outside-trace@1",
            "simulator": NAMES[requirements[0].split("==")[0]],
            "version": found["version"],
            "requirements": list(requirements),
            "script": script.splitlines(),
            "runs": _rounded(found["runs"]),
        },
        where="trace",
    )


def _rounded(value: Any) -> Any:
    """Return numbers with 13 digits: more would be noise."""
    if isinstance(value, float):
        return float(f"{value:.13g}") if math.isfinite(value) else value
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list) else value


def text(found: OutsideTrace) -> str:
    """Return the file of a trace: the script one line a line, lists of numbers on one line each."""
    plain = found.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    lines = ["{"]
    for key, value in plain.items():
        if key in ("script", "runs"):
            inner = ",\n".join("  " + json.dumps(item) for item in value)
            lines.append(f' "{key}": [\n{inner}\n ],')
        else:
            lines.append(f' "{key}": {json.dumps(value)},')
    lines[-1] = lines[-1].rstrip(",")
    return "\n".join([*lines, "}"]) + "\n"


def main(arguments: Sequence[str]) -> None:
    """Make one trace and leave it beside its component."""
    import tempfile

    ident, name, script, *requirements = arguments
    folder = library().get(ident).folder
    assert folder is not None
    path = folder / FOLDER / f"{name}.json"
    wanted = requirements or json.loads(path.read_text("utf-8"))["requirements"]
    with tempfile.TemporaryDirectory() as work:
        found = trace(Path(script).read_text("utf-8"), wanted, Path(work))
    path.parent.mkdir(exist_ok=True)
    path.write_text(text(found), "utf-8")
    print(f"{path}: {len(found.runs)} runs of {found.simulator} {found.version}")


if __name__ == "__main__":
    main(sys.argv[1:])
