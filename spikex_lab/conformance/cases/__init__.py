"""Declared conformance cases: functions that ``conformance:`` in a ``component.yaml`` names.

Every module of this package is read when a case is first asked for; a module registers with

>>> from spikex_lab.conformance.cases import case
>>> @case("always-right")
... def always_right(component, settings):
...     return 0.0

The function returns the error, in the terms of the entry's `quantity`; it may not exceed the
entry's `tolerance`. Modules import torch inside functions only.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from typing import Any

from spikex_lab.catalog import Component
from spikex_lab.errors import NotFoundError, SpikexError, nearest

Case = Callable[[Component, Mapping[str, Any]], float]
"""From a component and the entry's settings to the error."""
CASES: dict[str, Case] = {}
"""The cases registered so far; `find` reads the package's modules first."""


def case(name: str) -> Callable[[Case], Case]:
    """Register a function under `name`, which ``conformance: [{case: name}]`` uses.

    Raises
    ------
    SpikexError : another function has this name.
    """

    def register(function: Case) -> Case:
        known = CASES.get(name)
        if known is not None and known.__module__ != function.__module__:
            raise SpikexError(
                f'two conformance cases are called "{name}"',
                where=f"{known.__module__} and {function.__module__}",
            )
        CASES[name] = function
        return function

    return register


def find(name: str) -> Case:
    """Return the case called `name`.

    Raises
    ------
    NotFoundError : there is none.
    """
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    if name not in CASES:
        raise NotFoundError(
            f'there is no conformance case "{name}"', hint=nearest(name, list(CASES))
        )
    return CASES[name]
