"""``Component.simulate`` as a notebook user sees it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import spikex_lab as sx
from spikex_lab.api.trace import _thin


@pytest.fixture
def trace(home: Path) -> object:
    return sx.Component.open("neurons/adex").simulate(
        I=800.0, duration=200.0, dt=0.1, preset=None, record=["V", "w"]
    )


def test_the_trace_has_what_the_interface_says(trace) -> None:
    assert trace.t[-1] == pytest.approx(200.0)
    assert len(trace["V"]) == len(trace["w"]) == 2000
    assert len(trace.spike_times) == 5
    assert trace.plot().axes


def test_it_shows_itself(trace) -> None:
    bundle = trace._repr_mimebundle_()
    assert "5 spikes; V, w" in bundle["text/plain"]
    html = bundle["text/html"]
    assert "V (mV)" in html
    assert "w (pA)" in html
    assert html.count("<svg") == 2
    assert not re.search(r"<script|NaN|inf\b", html)


def test_a_short_curve_loses_no_spike() -> None:
    series = np.zeros(100_000)
    series[54_321] = 1.0
    thin = _thin(series)
    assert len(thin) == 220
    assert max(thin) == 1.0
