"""In which groups a network runs: nodes outside loops over all steps at once, loops stepwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """Nodes that run together; in a `loop` they step through time hand in hand, in this order."""

    nodes: tuple[str, ...]
    loop: bool


def groups(order: Sequence[str], sources: Mapping[str, Sequence[str]]) -> list[Group]:
    """Return the strongly connected parts of the network, each after all it hears from.

    Parameters
    ----------
    order : the nodes as they run within one step (edges without delay point forward).
    sources : the nodes each node hears from, with or without delay (the input left out).
    """
    place = {name: index for index, name in enumerate(order)}
    parts = _components(order, sources)
    result = []
    for part in parts:
        nodes = tuple(sorted(part, key=place.__getitem__))
        loop = len(nodes) > 1 or nodes[0] in sources[nodes[0]]
        result.append(Group(nodes, loop))
    return result


def _components(order: Sequence[str], sources: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Tarjan's algorithm without recursion; following edges backwards, it yields sources first.

    R. Tarjan, "Depth-first search and linear graph algorithms", SIAM J. Comput. 1(2), 1972,
    doi:10.1137/0201010.
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    open_: list[str] = []
    inside: set[str] = set()
    found: list[list[str]] = []
    for start in order:
        if start in index:
            continue
        work = [(start, iter(sources[start]))]
        index[start] = low[start] = len(index)
        open_.append(start)
        inside.add(start)
        while work:
            node, rest = work[-1]
            for source in rest:
                if source not in index:
                    index[source] = low[source] = len(index)
                    open_.append(source)
                    inside.add(source)
                    work.append((source, iter(sources[source])))
                    break
                if source in inside:
                    low[node] = min(low[node], index[source])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    part: list[str] = []
                    while not part or part[-1] != node:
                        part.append(open_.pop())
                        inside.discard(part[-1])
                    found.append(part)
    return found
