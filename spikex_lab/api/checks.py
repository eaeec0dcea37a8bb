"""Everything that must hold before a run is made. Nothing is written while these look."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from spikex_lab.api import refs
from spikex_lab.errors import InvalidError

if TYPE_CHECKING:
    from spikex_lab.api.dataset import Dataset
    from spikex_lab.spec import ModelSpec
    from spikex_lab.spec.graph import Graph

_DEVICE = re.compile(r"cpu|cuda(:\d{1,3})?|mps|xpu(:\d{1,3})?|xla")


def graph(spec: ModelSpec) -> Graph | None:
    """Return the checked graph of `spec`; None for a module of the user's own.

    Raises
    ------
    InvalidError : unknown component, bad parameter, shapes that do not fit, a cycle without delay.
    """
    from spikex_lab.catalog import library
    from spikex_lab.spec.graph import Graph

    return Graph.of(spec, library()) if spec.module is None else None


def fits(spec: ModelSpec, dataset: Dataset) -> None:
    """Raise `InvalidError` where the model does not fit the dataset's samples or classes."""
    checked = graph(spec)
    wanted, given = tuple(spec.input.shape), dataset.shape
    if wanted != given:
        same = (
            " (the same number of values, in another shape)"
            if math.prod(wanted) == math.prod(given)
            else ""
        )
        raise InvalidError(
            f"the model takes samples of shape {wanted}, {dataset.name} has {given}{same}",
            where="input.shape",
            hint="set input.shape to the dataset's",
        )
    scores = checked.classes if checked is not None else spec.module.classes  # type: ignore[union-attr]
    if scores != len(dataset.classes):
        raise InvalidError(
            f"the model gives {scores} scores, {dataset.name} has {len(dataset.classes)} classes",
            where=f"nodes/{checked.output}" if checked is not None else "module",
            hint="give the last layer one feature per class",
        )


def device(name: Any) -> str:
    """Return `name` where it is a device of this machine.

    Raises
    ------
    InvalidError : with the list of those that are there.
    """
    if not (isinstance(name, str) and _DEVICE.fullmatch(name)):
        raise InvalidError(
            f'"{refs.shown(name)}" is no device',
            where="device",
            hint="cpu, cuda, cuda:1, mps, xpu or xla",
        )
    if name != "cpu":  # every machine has one; asking would start a process that loads torch
        from spikex_lab.engine import devices

        devices.check(name)
    return name
