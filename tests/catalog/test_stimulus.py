"""Stimuli of presets: pieces on the grid, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from spikex_lab.catalog import Component
from spikex_lab.catalog.stimulus import StimulusSpec
from spikex_lab.errors import InvalidError

from .test_equations import leaky


def drive(duration: float, dt: float, *pieces: dict[str, float]) -> list[float]:
    data = {"duration": duration, "dt": dt, "inputs": {"I": list(pieces)}}
    return StimulusSpec.parse(data).drive()["I"]


def test_step_pulse_and_ramp() -> None:
    assert drive(3, 1, {"value": 2}) == [2, 2, 2]
    assert drive(4, 1, {"start": 1, "stop": 3, "value": 5}) == [0, 5, 5, 0]
    assert drive(4, 1, {"start": 1, "slope": 2}) == [0, 0, 2, 4]


def test_pieces_add_up() -> None:
    assert drive(3, 1, {"value": 1}, {"start": 1, "stop": 2, "value": -4}) == [1, -3, 1]


def test_times_fall_on_the_grid() -> None:
    """0.3/0.1 is a little less than 3 in binary: the piece begins at step 3 all the same."""
    assert drive(0.5, 0.1, {"start": 0.3, "value": 1}) == [0, 0, 0, 1, 1]
    assert drive(1, 0.25, {"start": 0.5, "stop": 9, "value": 1}) == [0, 0, 1, 1]


def test_a_finer_step_is_the_same_drive() -> None:
    stimulus = StimulusSpec.parse(
        {"duration": 2, "dt": 1, "inputs": {"I": [{"start": 1, "value": 3, "slope": 1}]}}
    )
    assert stimulus.drive(0.5)["I"] == [0, 0, 3, 3.5]


@pytest.mark.parametrize(
    "broken",
    [
        {"duration": 0, "inputs": {"I": [{"value": 1}]}},
        {"duration": 1, "inputs": {}},
        {"duration": 1, "inputs": {"I": []}},
        {"duration": 1, "inputs": {"I": [{"start": 2, "stop": 1}]}},
        {"duration": 1, "inputs": {"I": [{"amplitude": 1}]}},
    ],
)
def test_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(InvalidError):
        StimulusSpec.parse(broken)


def test_a_stimulus_feeds_inputs_that_are_there() -> None:
    stimulus = {"duration": 1, "inputs": {"J": [{"value": 1}]}}
    with pytest.raises(InvalidError, match=r'no input "J".*'):
        Component.of(leaky(presets={"p": {"doc": "d", "stimulus": stimulus}}))


def test_a_stimulus_is_no_equation() -> None:
    stimulus = {"duration": 1, "inputs": {"I": [{"value": 1}]}}
    component = Component.of(leaky(presets={"p": {"doc": "d", "stimulus": stimulus}}))
    assert component.selection({"preset": "p"}) == component.selection({})
