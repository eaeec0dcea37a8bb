"""The notebooks run from top to bottom in a fresh kernel and an empty store, and travel clean."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("nbval", reason="nbval is not installed")

AGAIN = {"define", "model", "panel", "save"}
"""Cells that people run twice: they must not refuse what the first time made."""
AFTERWARDS = {
    "01_quickstart": "import os\nassert os.path.getsize('quickstart.spikex') > 1000",
    "02_neurons": """
assert run.metrics().val_accuracy.iloc[-1] > 0.9
assert model.versions().total == 2  # as the template had it, then with the neuron
assert len(neuron.versions()) == 1
""",
}
"""What holds when all cells have run: one more cell of each notebook."""
NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


def test_there_are_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS] == list(AFTERWARDS)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_is_committed_without_outputs(notebook: Path) -> None:
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    assert all(not c.get("outputs") and c.get("execution_count") is None for c in cells)
    ids = [c["id"] for c in cells]
    assert len(set(ids)) == len(ids)


def code_cells(notebook: Path) -> dict[str, list[str]]:
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return {c["id"]: c["source"] for c in cells if c["cell_type"] == "code"}


@pytest.mark.parametrize(("at", "count", "lines"), [(0, 10, 6), (1, 12, 10)])
def test_is_a_few_short_cells(at: int, count: int, lines: int) -> None:
    code = code_cells(NOTEBOOKS[at])
    assert len(code) == count
    assert max(map(len, code.values())) <= lines


def test_a_neuron_of_ones_own_is_eight_lines() -> None:
    from spikex_lab.catalog import library

    *definition, shown = code_cells(NOTEBOOKS[1])["define"]
    assert len(definition) == 8
    assert shown == "neuron"
    assert definition[1] == "id: neurons/theta\n"
    assert "neurons/theta" not in library()


@pytest.mark.spine
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs_and_may_be_run_again(notebook: Path, tmp_path: Path) -> None:
    """nbval executes every cell in a fresh kernel, those of `AGAIN` once more, and `AFTERWARDS`."""
    content = json.loads(notebook.read_text("utf-8"))
    again = [{**c, "id": c["id"] + "-again"} for c in content["cells"] if c["id"] in AGAIN]
    last = {**again[0], "id": "afterwards", "source": AFTERWARDS[notebook.stem]}
    copy = tmp_path / notebook.name
    copy.write_text(json.dumps({**content, "cells": [*content["cells"], *again, last]}))
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
