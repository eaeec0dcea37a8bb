"""The traces of other simulators, made anew with the real ones (slow; they install themselves)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from spikex_lab.catalog import library
from spikex_lab.catalog.library import folder
from spikex_lab.conformance.outside import FOLDER, OutsideTrace
from tests.conformance import simulators

FILES = sorted(folder().glob(f"*/*/{FOLDER}/*.json"))
NAMES = [f"{path.parents[2].name}/{path.parents[1].name}/{path.stem}" for path in FILES]


def kept(path: Path) -> OutsideTrace:
    return OutsideTrace.parse(json.loads(path.read_text("utf-8")), where=str(path))


@pytest.mark.slow
@pytest.mark.timeout(1500)  # the first of a simulator installs it
@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_the_simulator_still_says_so(path: Path, tmp_path: Path) -> None:
    before = kept(path)
    after = simulators.trace("\n".join(before.script), before.requirements, tmp_path)
    assert after.version == before.version
    assert [run.name for run in after.runs] == [run.name for run in before.runs]
    for old, new in zip(before.runs, after.runs, strict=True):
        assert new.stimulus == old.stimulus
        assert new.parameters == old.parameters
        assert len(new.spike_times) == len(old.spike_times), old.name
        apart = np.abs(np.array(new.spike_times) - np.array(old.spike_times))
        assert apart.max(initial=0.0) < 1.5 * old.stimulus.dt, old.name
        for name, samples in old.states.items():
            assert new.states[name].t == samples.t
            values = np.array(samples.values)
            scale = float(np.abs(values).max()) or 1.0
            assert np.abs(np.array(new.states[name].values) - values).max() < 1e-6 * scale


def test_every_trace_is_declared_and_every_declared_trace_is_there() -> None:
    there = {(f"{path.parents[2].name}/{path.parents[1].name}", path.name) for path in FILES}
    declared = {
        (name, entry.file)
        for name in library().ids()
        for entry in library().get(name).spec.conformance
        if entry.file is not None
    }
    assert there == declared


def test_at_least_twelve_components_are_compared_with_other_simulators() -> None:
    others = ("NEST", "Brian2", "snnTorch")
    compared = {
        name
        for name in library().ids()
        for entry in library().get(name).spec.conformance
        if entry.against.startswith(others) and (entry.file or entry.case)
    }
    assert len(compared) >= 12
    assert sum(kept(path).simulator == "NEST" for path in FILES) >= 8
    assert sum(kept(path).simulator == "Brian2" for path in FILES) >= 8


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_traces_say_whose_they_are_and_name_no_place(path: Path) -> None:
    found = kept(path)
    assert path.name == f"{found.simulator.lower()}-{'.'.join(found.version.split('.')[:2])}.json"
    assert path.stat().st_size < 40_000
    text = "\n".join(found.script)
    assert "import json" in text
    assert "/" + "work" not in text
    assert "/tmp" not in text
    assert any(run.spike_times or run.states for run in found.runs)


def test_values_vary() -> None:
    """A comparison with a constant would agree with anything that does nothing."""
    for path in FILES:
        for run in kept(path).runs:
            for name, samples in run.states.items():
                assert len(set(samples.values)) > 2, f"{path}: {run.name}: {name}"
