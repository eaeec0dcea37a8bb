"""Fixtures of the engine's tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Spinning threads stall each other where other work runs beside; read when torch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from spikex_lab.data import Dataset
from spikex_lab.engine import control
from spikex_lab.nn import rules

from . import fakes


@pytest.fixture
def data(tmp_path: Path) -> Dataset:
    """The bars dataset."""
    return fakes.dataset(tmp_path / "data")


@pytest.fixture
def every_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for commands at every time step, not every 20 ms."""
    monkeypatch.setattr(control, "LOOK_EVERY", -1.0)
    monkeypatch.setattr(rules, "_HANDS", 1)  # kernels of rules: one call a step
