"""What each layer of a network runs on: seen from outside, and fixed where a run asks for it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any, get_args
from weakref import WeakValueDictionary

from torch.nn import Module

from spikex_lab.errors import InvalidError
from spikex_lab.nn.events.choose import Direction, Kind, Work, limit

_handles = itertools.count(1)
_at: WeakValueDictionary[int, Choice] = WeakValueDictionary()


class Choice:
    """What one layer runs on.

    Attributes
    ----------
    fixed : by direction, what it runs on whatever its activity; otherwise its events are counted.
    last : by direction, what it ran on the last time.
    handle : a number by which an operator inside a compiled graph finds this.
    """

    def __init__(self, fixed: Mapping[Direction, Kind] | None = None) -> None:
        self.fixed: dict[Direction, Kind] = dict(fixed or {})
        self.last: dict[Direction, Kind] = {}
        self.handle = next(_handles)
        _at[self.handle] = self

    def __reduce__(self) -> tuple[Any, ...]:
        return Choice, (self.fixed,)

    def limit(self, direction: Direction, work: Work) -> int:
        """Return up to how many events they are used; 0: they are not looked for."""
        fixed = self.fixed.get(direction)
        if fixed is None:
            return limit(direction, work)
        return work.entries(direction) if fixed == "events" else 0


def at(handle: int) -> Choice:
    """Return the choice of that handle; a fresh one where there is none."""
    return _at.get(handle) or Choice()


def forget(network: Module) -> None:
    """Forget what the layers ran on so far, so that `fix` sees only what comes next."""
    for _, choice in _choices(network):
        choice.last.clear()


def fix(network: Module) -> dict[str, dict[str, str]]:
    """Let layers run from now on on what they ran on last; return that of those newly fixed.

    A layer that was too small to count its events stays free: its choice is by data alone too.
    """
    fresh = {}
    for name, choice in _choices(network):
        if choice.last and not choice.fixed:
            choice.fixed = dict(choice.last)
            fresh[name] = {str(direction): str(kind) for direction, kind in choice.last.items()}
    return fresh


def state(network: Module) -> dict[str, dict[str, str]]:
    """Return what is fixed, by layer and direction: plain values."""
    return {
        name: {str(direction): str(kind) for direction, kind in choice.fixed.items()}
        for name, choice in _choices(network)
        if choice.fixed
    }


def restore(network: Module, state: Mapping[str, Mapping[str, str]]) -> None:
    """Fix what `state` says; layers that it does not name are free.

    Raises
    ------
    InvalidError : it names layers, directions or kinds that are not there; nothing has changed.
    """
    known = dict(_choices(network))
    for name, fixed in state.items():
        if name not in known:
            raise InvalidError("no layer that counts events", where=f"choices/{name}")
        strange = {*fixed} - {*get_args(Direction)} | {*fixed.values()} - {*get_args(Kind)}
        if strange:
            raise InvalidError(f"unknown: {', '.join(sorted(strange))}", where=f"choices/{name}")
    for name, choice in known.items():
        choice.fixed = dict(state.get(name, {}))  # type: ignore[arg-type]  # checked above


def _choices(network: Module) -> Iterator[tuple[str, Choice]]:
    for name, module in network.named_modules():
        choice = getattr(module, "choice", None)
        if isinstance(choice, Choice):
            yield name, choice
