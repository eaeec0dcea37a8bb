"""The event log under load: a short run of ``benchmarks/event_log.py``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "event_log.py"


@pytest.mark.spine
def test_readers_are_at_most_200_ms_behind(tmp_path):
    done = subprocess.run(
        [sys.executable, str(BENCHMARK), "--seconds", "10", "--json"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    figures = json.loads(done.stdout)
    print(figures)
    assert figures["wrong"] == [], figures
    assert done.returncode == 0
    assert figures["events"] == 4 * 100 * 10
    assert figures["lag_server_ms"]["p95"] <= 200
    assert figures["lag_kernel_ms"]["p95"] <= 200
