"""The order in which a graph's nodes run, its way from input to output, and what breaks either."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence

from spikex_lab.errors import InvalidError, nearest
from spikex_lab.spec.model import INPUT, EdgeSpec


def check_ends(ids: Sequence[str], edges: Sequence[EdgeSpec]) -> None:
    """Check that edges join known nodes, and that none leads into the input."""
    known = set(ids) | {INPUT}
    for edge in edges:
        where = f"edge {edge}"
        for name in (edge.source, edge.target):
            if name not in known:
                raise InvalidError(
                    f'there is no node "{name}"', where=where, hint=nearest(name, sorted(known))
                )
        if edge.target == INPUT:
            raise InvalidError("nothing can lead into the input", where=where)


def check_once(edges: Sequence[EdgeSpec]) -> None:
    """Check that no two edges join the same two ends with the same delay."""
    seen: set[tuple[str, str, int]] = set()
    for index, edge in enumerate(edges):
        key = (edge.from_, edge.to, edge.delay)
        if key in seen:
            raise InvalidError("is given twice", where=f"edge {edge} (/edges/{index})")
        seen.add(key)


def execution_order(ids: Sequence[str], edges: Sequence[EdgeSpec]) -> list[str]:
    """Return `ids` so that every edge without delay leads forward, and with delay where it can.

    Ties keep the order in which the nodes were written.

    Raises
    ------
    InvalidError : a loop none of whose edges has a delay; it names the loop.
    """
    hard: dict[str, set[str]] = {name: set() for name in ids}
    every: dict[str, set[str]] = {name: set() for name in ids}
    for edge in edges:
        if edge.source != INPUT:
            every[edge.target].add(edge.source)
            if edge.delay == 0:
                hard[edge.target].add(edge.source)
    followers: dict[str, list[str]] = {name: [] for name in ids}
    for target, sources in every.items():
        for source in sources:
            followers[source].append(target)
    left = dict.fromkeys(ids)
    place = {name: index for index, name in enumerate(ids)}
    free = [place[name] for name in ids if not every[name]]
    order: list[str] = []
    while left:
        if free:
            name = ids[heapq.heappop(free)]
        else:
            # every node left waits for another: a loop. Enter it where only delayed edges hold.
            name = next((name for name in left if not hard[name]), "")
            if not name:
                loop = _loop(left, hard)
                raise InvalidError(
                    f"the loop {' → '.join(loop)} has no delay",
                    where="edges",
                    hint="give one of its edges delay: 1",
                )
        del left[name]
        order.append(name)
        for target in followers[name]:
            hard[target].discard(name)
            every[target].discard(name)
            if target in left and not every[target]:
                heapq.heappush(free, place[target])
    return order


def _loop(left: Iterable[str], sources: Mapping[str, set[str]]) -> list[str]:
    """Return one loop among the nodes `left`, each of which waits for another of them."""
    path: list[str] = []
    name = next(iter(left))
    while name not in path:
        path.append(name)
        name = min(sources[name])
    return [name, *reversed(path[path.index(name) :])]


def check_reach(ids: Sequence[str], edges: Sequence[EdgeSpec]) -> None:
    """Check that the input reaches every node."""
    reached = _reach({INPUT}, [(edge.source, edge.target) for edge in edges])
    for name in ids:
        if name not in reached:
            raise InvalidError(
                "the input does not reach it", where=f"node {name}", hint="add an edge into it"
            )


def output_node(order: Sequence[str], edges: Sequence[EdgeSpec]) -> str:
    """Return the node from which nothing leads on, and check that every node leads to it.

    Edges back to an earlier node do not count as leading on; where that leaves a choice, the node
    without any way out is meant.
    """
    place = {name: index for index, name in enumerate(order)}
    forward = {e.source for e in edges if e.source == INPUT or place[e.source] < place[e.target]}
    ends = [name for name in order if name not in forward]
    if len(ends) > 1:
        leaving = {edge.source for edge in edges if edge.source != edge.target}
        closed = [name for name in ends if name not in leaving]
        ends = closed or ends
    if len(ends) > 1:
        names = ", ".join(ends[:6])
        raise InvalidError(
            f"more than one node leads nowhere: {names}",
            where="edges",
            hint="a network has one output; join the others to a later node",
        )
    output = ends[0]
    reaching = _reach({output}, [(edge.target, edge.source) for edge in edges])
    for name in order:
        if name not in reaching:
            raise InvalidError(f"it does not reach the output {output}", where=f"node {name}")
    return output


def _reach(start: set[str], steps: Sequence[tuple[str, str]]) -> set[str]:
    follow: dict[str, list[str]] = {}
    for source, target in steps:
        follow.setdefault(source, []).append(target)
    reached, todo = set(start), list(start)
    while todo:
        for name in follow.get(todo.pop(), ()):
            if name not in reached:
                reached.add(name)
                todo.append(name)
    return reached
