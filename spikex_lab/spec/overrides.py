"""``--set training.epochs=3``: change single fields of a spec, by name, before it is checked."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from spikex_lab.errors import InvalidError, nearest
from spikex_lab.spec.base import SpecModel, known_keys
from spikex_lab.spec.documents import load_document
from spikex_lab.spec.model import ModelSpec


def apply(
    data: dict[str, Any], settings: Sequence[str], *, schema: type[SpecModel] = ModelSpec
) -> dict[str, Any]:
    """Return a copy of the plain spec `data` with every ``path=value`` of `settings` applied.

    A path is keys joined by dots; an entry of a list is named by its number or its ``id``. Values
    are read as YAML, so ``3``, ``1e-3``, ``true``, ``null`` and ``[1, 8, 8]`` are what they look
    like. The result is not checked yet: parse it.

    Raises
    ------
    InvalidError : no ``=``, an unknown key (names the nearest known one), a path into a value.

    Examples
    --------
    >>> apply({"name": "a"}, ["training.epochs=3"])["training"]
    {'epochs': 3}
    >>> apply({"nodes": [{"id": "lif"}]}, ["nodes.lif.params.beta=0.8"])["nodes"][0]["params"]
    {'beta': 0.8}
    """
    result = copy.deepcopy(data)
    for setting in settings:
        where = f"--set {setting[:80]}"
        path, equals, text = setting.partition("=")
        if not equals or not path.strip():
            raise InvalidError("is not of the form key=value", where=where)
        value = load_document(text, where=where) if text.strip() not in _NULL else None
        _assign(result, path.strip().split("."), value, schema, where)
    return result


_NULL = {"", "null", "~"}


def _assign(data: Any, keys: list[str], value: Any, schema: type[SpecModel], where: str) -> None:
    current = data
    for depth, key in enumerate(keys):
        last = depth == len(keys) - 1
        if isinstance(current, list):
            index = _index(current, key, where)
            if last:
                current[index] = value
            current = current[index]
            continue
        if not isinstance(current, dict):
            above = ".".join(keys[:depth])
            raise InvalidError(f'"{above}" is a value and has no parts', where=where)
        known = known_keys(schema, _shape(keys[:depth]))
        if key not in current and known and key not in known:
            raise InvalidError(f'unknown key "{key}"', where=where, hint=nearest(key, known))
        if last:
            current[key] = value
        elif current.get(key) is None:
            current[key] = {}
        elif isinstance(current[key], str) and "component" in known_keys(
            schema, _shape(keys[: depth + 1])
        ):
            # a component written as its id alone: open it up
            current[key] = {"component": current[key]}
        current = current[key]


def _shape(keys: Sequence[str]) -> list[str | int]:
    """Return the path with entries of lists left out: the schema of every entry is the same."""
    path: list[str | int] = []
    skip = False
    for key in keys:
        if not skip:
            path.append(key)
        skip = not skip and key in {"nodes", "edges"}
    return path


def _index(items: list[Any], key: str, where: str) -> int:
    if key.isdecimal() and int(key[:9]) < len(items):
        return int(key)
    ids = [str(item["id"]) for item in items if isinstance(item, dict) and "id" in item]
    if key in ids:
        return next(
            i for i, item in enumerate(items) if isinstance(item, dict) and item.get("id") == key
        )
    raise InvalidError(f'there is no entry "{key}"', where=where, hint=nearest(key, ids))
