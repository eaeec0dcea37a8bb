"""The notebooks run from top to bottom in a fresh kernel and an empty store, and travel clean."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("nbval", reason="nbval is not installed")

AGAIN = {"model", "panel", "save"}
"""Cells that people run twice: they must not refuse what the first time made."""
NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


def test_there_are_notebooks() -> None:
    assert [path.name for path in NOTEBOOKS][:1] == ["01_quickstart.ipynb"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_is_committed_without_outputs(notebook: Path) -> None:
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    assert all(not c.get("outputs") and c.get("execution_count") is None for c in cells)
    ids = [c["id"] for c in cells]
    assert len(set(ids)) == len(ids)


def test_the_quickstart_is_ten_short_cells() -> None:
    cells = json.loads(NOTEBOOKS[0].read_text("utf-8"))["cells"]
    code = [c["source"] for c in cells if c["cell_type"] == "code"]
    assert len(code) == 10
    assert max(len(lines) for lines in code) <= 6


@pytest.mark.spine
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs_and_may_be_run_again(notebook: Path, tmp_path: Path) -> None:
    """nbval executes every cell in a fresh kernel, then those of `AGAIN` once more."""
    content = json.loads(notebook.read_text("utf-8"))
    again = [{**c, "id": c["id"] + "-again"} for c in content["cells"] if c["id"] in AGAIN]
    copy = tmp_path / notebook.name
    copy.write_text(json.dumps({**content, "cells": content["cells"] + again}))
    config = tmp_path / "pytest.ini"
    config.write_text("[pytest]\n")  # not the checkout's options
    folders = {"SPIKEX_HOME": str(tmp_path / "home"), "IPYTHONDIR": str(tmp_path / "ipython")}
    command = [
        *(sys.executable, "-m", "pytest", "-c", str(config), "-p", "no:cacheprovider", "-q"),
        *("--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=240", copy.name),
    ]
    result = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, **folders},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-6000:] + result.stderr[-2000:]
    if notebook.stem == "01_quickstart":
        assert (tmp_path / "quickstart.spikex").stat().st_size > 1000
