"""Which kernels run: fused ones where there are any, else the reference; same numbers."""

from __future__ import annotations

import logging
from typing import Literal

_log = logging.getLogger(__name__)
_wanted: Literal["fused", "reference"] = "fused"
_told: set[tuple[str, str]] = set()


class use_kernels:  # noqa: N801 (reads as a statement)
    """Choose ``"fused"`` or ``"reference"`` kernels, for good or as a context manager.

    ``"fused"``, the default, falls back to the reference where no kernel exists, with one log
    line.

    Examples
    --------
    >>> with use_kernels("reference"):
    ...     pass
    """

    def __init__(self, kind: Literal["fused", "reference"]) -> None:
        global _wanted
        if kind not in ("fused", "reference"):
            raise ValueError(f'kernels are "fused" or "reference", not {kind!r}')
        self._before = _wanted
        _wanted = kind

    def __enter__(self) -> use_kernels:
        return self

    def __exit__(self, *_: object) -> None:
        global _wanted
        _wanted = self._before


def fused() -> bool:
    """Say whether fused kernels are wanted."""
    return _wanted == "fused"


def note_reference(component: str, why: str) -> None:
    """Say once that `component` runs on the reference although fused kernels are wanted."""
    if (component, why) not in _told:
        _told.add((component, why))
        _log.info("%s runs on the reference: %s", component, why)
