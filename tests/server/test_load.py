"""Ten minutes of load on one server: nothing is lost, nothing fails, and its memory stays."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "server.py"
SIZES = {"models": 2000, "runs": 200, "events": 100_000, "seconds": 600}


@pytest.mark.slow
@pytest.mark.spine
@pytest.mark.timeout(1200)
def test_ten_minutes_of_load_leave_the_server_as_it_was(tmp_path: Path) -> None:
    """How long answers take is the benchmark's own to judge, where nothing else runs."""
    out = tmp_path / "figures.json"
    sizes = [word for name, size in SIZES.items() for word in (f"--{name}", str(size))]
    done = subprocess.run(
        [sys.executable, str(BENCHMARK), *sizes, "--out", str(out)], capture_output=True, text=True
    )
    assert out.exists(), done.stderr[-3000:]
    figures = json.loads(out.read_text())
    assert figures["errors"] == []
    assert figures["events_wrong"] == 0
    assert figures["growth"] < 1.1, figures["memory_mb"]
