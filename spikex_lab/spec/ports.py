"""Edges that start at a state (``lif.V``) or end at a further input (``ampa.V``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from spikex_lab.errors import InvalidError, nearest
from spikex_lab.spec.model import INPUT, EdgeSpec
from spikex_lab.spec.registry import ComponentInfo


def named(edges: Sequence[EdgeSpec], infos: Mapping[str, ComponentInfo]) -> list[EdgeSpec]:
    """Return `edges` with every state and input checked; a first input loses its name.

    Raises
    ------
    InvalidError : a state or an input that the component does not have; names the nearest.
    """
    return [_checked(edge, infos) for edge in edges]


def _checked(edge: EdgeSpec, infos: Mapping[str, ComponentInfo]) -> EdgeSpec:
    where = f"edge {edge}"
    if edge.state is not None:
        if edge.source == INPUT:
            raise InvalidError("the input has no states", where=where, hint=f"write {INPUT}")
        info = infos[edge.source]
        if edge.state not in info.states:
            raise InvalidError(
                f'{info.id} has no state "{edge.state}"',
                where=where,
                hint=nearest(edge.state, list(info.states)) or "it has none",
            )
    if edge.port is None:
        return edge
    info = infos[edge.target]
    if edge.port not in info.inputs:
        raise InvalidError(
            f'{info.id} has no input "{edge.port}"',
            where=where,
            hint=nearest(edge.port, list(info.inputs)),
        )
    if edge.port == info.inputs[0]:
        return edge.model_copy(update={"to": edge.target})
    return edge


def by_port(edges: Sequence[EdgeSpec]) -> dict[str, list[EdgeSpec]]:
    """Return the edges into further inputs, by the input's name."""
    result: dict[str, list[EdgeSpec]] = {}
    for edge in edges:
        if edge.port is not None:
            result.setdefault(edge.port, []).append(edge)
    return result
