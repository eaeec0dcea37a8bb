"""Which kernels run: fused ones where there are any, else the reference; same numbers."""

from __future__ import annotations

import logging
from typing import Literal

_log = logging.getLogger(__name__)
_wanted: Literal["fused", "reference"] = "reference"
_told: set[str] = set()


class use_kernels:  # noqa: N801 (reads as a statement)
    """Choose ``"fused"`` or ``"reference"`` kernels, for good or as a context manager.

    ``"fused"`` falls back to the reference, with one log line, where no kernel exists.

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


def note_reference(component: str) -> None:
    """Say once that `component` runs on the reference although fused kernels were asked for."""
    if _wanted == "fused" and component not in _told:
        _told.add(component)
        _log.info("%s has no fused kernel; it runs on the reference", component)
