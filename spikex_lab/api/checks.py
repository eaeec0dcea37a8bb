"""Everything that must hold before a run is made. Nothing is written while these look."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from spikex_lab.api import refs
from spikex_lab.errors import InvalidError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spikex_lab.api.dataset import Dataset
    from spikex_lab.catalog import Component
    from spikex_lab.spec import ModelSpec
    from spikex_lab.spec.graph import Graph

_DEVICE = re.compile(r"cpu|cuda(:\d{1,3})?|mps|xpu(:\d{1,3})?|xla")


def graph(spec: ModelSpec) -> Graph | None:
    """Return the checked graph of `spec`; None for a module of the user's own.

    Raises
    ------
    InvalidError : unknown component, bad parameter, shapes that do not fit, a cycle without delay.
    """
    from spikex_lab.catalog import registry
    from spikex_lab.engine import algorithms, losses
    from spikex_lab.spec.graph import Graph

    losses.chosen(spec.training)
    known = registry(spec)
    made = Graph.of(spec, known) if spec.module is None else None
    algorithms.check(spec.training, made, known)
    if made is None:
        return None
    for node in made.nodes.values():
        if node.component in (spec.components or {}):
            _gives_numbers(known.get(node.component), node.params, made.dt, f"node {node.id}")
    return made


def _gives_numbers(component: Component, params: Mapping[str, Any], dt: float, where: str) -> None:
    """Refuse values of a contributed component's parameters that make its first step no number."""
    from spikex_lab.catalog import sanity

    if component.has_equations:
        try:
            sanity.first_step(component, params, dt=dt)
        except InvalidError as error:
            raise InvalidError(error.what, where=where, hint=error.hint) from None


def code(spec: ModelSpec) -> None:
    """Check that all the code which `spec` brings along was chosen to run here, by its hash.

    Raises
    ------
    NotFoundError : a module's code was not. InvalidError : a component's Python was not.
    """
    from spikex_lab.api import context
    from spikex_lab.catalog.kept import KeptSpec

    if spec.module is not None:
        context.store().consents.code(spec.module.sha256)
    for ident, definition in (spec.components or {}).items():
        sha = KeptSpec.parse(definition, where=f"components/{ident}").python
        if sha is not None and not context.store().consents.given(sha):
            raise InvalidError(
                f"the Python of {ident} ({sha[:12]}) was never chosen to run here",
                where=f"components/{ident}",
                hint=f"read it, then: spikex components allow {ident}",
            )


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
