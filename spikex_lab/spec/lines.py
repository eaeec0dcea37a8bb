"""Where in a text a key stands: for messages about a document that was read already."""

from __future__ import annotations

import yaml

from spikex_lab.spec.documents import pointer


def lines(text: bytes | str) -> dict[str, int]:
    """Return the line (from 1) of every key and list entry of a YAML or JSON text, by pointer.

    The text has passed `documents.load_document`, so it has no aliases and is within limits.

    Examples
    --------
    >>> lines("a: 1\\nb:\\n  - c\\n")
    {'': 1, '/a': 1, '/b': 2, '/b/0': 3}
    """
    found: dict[str, int] = {}
    path: list[str | int] = []
    open_: list[int | None] = []  # per level: the next index of a list, None in a mapping
    key: str | None = None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for event in yaml.parse(text, Loader=loader):
        mark = event.start_mark
        line = mark.line + 1 if mark is not None else 1
        if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            open_.pop()
            if path:
                path.pop()
            key = None
            continue
        if not isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)):
            continue
        if open_ and open_[-1] is None and key is None:
            key = str(event.value)  # type: ignore[union-attr]
            found.setdefault(pointer([*path, key]), line)
            continue
        step: str | int | None = key
        if open_ and open_[-1] is not None:
            step = open_[-1]
            open_[-1] += 1
        at = [*path, step] if step is not None else path
        found.setdefault(pointer(at), line)
        if isinstance(event, yaml.CollectionStartEvent):
            if step is not None:
                path.append(step)
            open_.append(0 if isinstance(event, yaml.SequenceStartEvent) else None)
        key = None
    return found


def line_of(found: dict[str, int], place: str) -> int | None:
    """Return the line of the pointer `place`, or of the nearest thing around it that has one."""
    while place and place not in found:
        place = place.rpartition("/")[0]
    return found.get(place)
