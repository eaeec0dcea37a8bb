"""The drive that shows what a preset is about: steps, pulses and ramps, in the input's unit."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from spikex_lab.spec.base import SpecModel


class PieceSpec(SpecModel):
    """From `start` to `stop` (ms; default: to the end) `value`, growing by `slope` per ms."""

    start: Annotated[float, Field(ge=0)] = 0.0
    stop: Annotated[float, Field(gt=0)] | None = None
    value: float = 0.0
    slope: float = 0.0

    @model_validator(mode="after")
    def _forward(self) -> PieceSpec:
        if self.stop is not None and self.stop <= self.start:
            raise ValueError("a piece stops after it starts")
        return self


Pieces = Annotated[list[PieceSpec], Field(min_length=1)]


class StimulusSpec(SpecModel):
    """What to feed a preset for `duration` ms in steps of `dt`, and how many spikes come of it.

    The pieces of an input add up; where there is none it is 0. `spikes` is the count at `dt` with
    the component's own integrator. What is to be seen stands in the preset's `doc`.
    """

    duration: Annotated[float, Field(gt=0, le=1e6)]
    dt: Annotated[float, Field(gt=0)] = 0.01
    inputs: Annotated[dict[str, Pieces], Field(min_length=1)]
    spikes: Annotated[int, Field(ge=0)] | None = None

    def drive(self, dt: float | None = None) -> dict[str, list[float]]:
        """Return each input's value at the start of every step of `dt` ms (default: its own).

        Examples
        --------
        >>> pulse = {"start": 1, "stop": 3, "value": 5}
        >>> StimulusSpec(duration=4, dt=1, inputs={"I": [pulse]}).drive()
        {'I': [0.0, 5.0, 5.0, 0.0]}
        """
        step = self.dt if dt is None else dt
        count = round(self.duration / step)
        return {name: _series(pieces, count, step) for name, pieces in self.inputs.items()}


def _series(pieces: list[PieceSpec], count: int, dt: float) -> list[float]:
    values = [0.0] * count
    for piece in pieces:
        first = round(piece.start / dt)
        last = count if piece.stop is None else min(count, round(piece.stop / dt))
        for k in range(first, last):
            values[k] += piece.value + piece.slope * (k - first) * dt
    return values
