"""A folder to start a component from: the nearest bundled one, renamed, with what only fits the
original taken out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from spikex_lab.api import define, refs, shelf
from spikex_lab.errors import ConflictError, InvalidError, StorageError, nearest
from spikex_lab.spec.names import check_name

if TYPE_CHECKING:
    from spikex_lab.catalog import Component

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_LIKE = {
    "neuron": "neurons/lif",
    "synapse": "synapses/exponential",
    "surrogate": "surrogates/atan",
    "layer": "layers/flatten",
    "encoder": "encoders/rate",
    "decoder": "decoders/spike-count",
}
_ONLY_THERE = ("conformance", "nir", "diagram")
"""Keys whose values hold for the original alone."""
_DESCRIPTION = """\
# {name}

What it is, in three sentences for a student.

## When to use it

## How to choose its values

## What it cannot do
"""


def new(name: str, kind: str = "neuron", *, like: str | None = None, into: Path) -> Path:
    """Write the folder `name` into the folder `into` and return its path.

    Parameters
    ----------
    kind : what it is to be; `like` a bundled component of that kind to begin with.

    Raises
    ------
    InvalidError : no such kind, or no name. ConflictError : the folder or the component exists.
    """
    source, text, title = _begun(name, kind, like, where="--like")
    folder = into / name
    files = {
        "component.yaml": text.encode(),
        "description.md": _DESCRIPTION.format(name=title).encode(),
    }
    files |= {file: source.file(file) or b"" for file in source.spec.code.values()}
    try:
        folder.mkdir()
        for file, content in files.items():
            (folder / file).write_bytes(content)
    except FileExistsError:
        raise ConflictError("there is something of this name", where=str(folder)[:200]) from None
    except OSError as error:
        raise StorageError(f"cannot write: {error.strerror}", where=str(folder)[:200]) from None
    return folder


def text(name: str, kind: str = "neuron", *, like: str | None = None) -> str:
    """Return the ``component.yaml`` that `new` would write.

    Raises
    ------
    InvalidError : no such kind, or no name. ConflictError : the component exists.
    """
    return _begun(name, kind, like, where="like")[1]


def _begun(name: str, kind: str, like: str | None, *, where: str) -> tuple[Component, str, str]:
    """Return what a new component begins with, its text, and how it is called."""
    from spikex_lab.catalog import library
    from spikex_lab.catalog.fields import PLURALS

    if not _NAME.fullmatch(name):
        raise InvalidError(
            f'"{refs.shown(name)}" is no name of a component',
            where="name",
            hint="small letters, digits and -, first a letter or digit",
        )
    check_name(name, where="name")  # it becomes a folder's
    if kind not in PLURALS:
        raise InvalidError(f'no kind "{refs.shown(kind)}"', hint=nearest(kind, list(PLURALS)))
    known = library()
    source = known.find(like or _first(kind), kind, where=where)
    ident = f"{PLURALS[kind]}/{name}"
    if ident in known or shelf.find(ident) is not None:
        raise ConflictError(f"{ident} exists", hint="choose another name")
    title = name.replace("-", " ").capitalize()
    written = _renamed((source.file("component.yaml") or b"").decode(), ident, title)
    return source, written, title


def _first(kind: str) -> str:
    """Return the bundled component that a new one of `kind` begins with."""
    from spikex_lab.catalog import library

    ids = library().ids(kind)
    if not ids:
        raise InvalidError(f"the library has no {kind} to begin with", where="--kind")
    return _LIKE[kind] if _LIKE.get(kind) in ids else ids[0]


def _renamed(text: str, ident: str, title: str) -> str:
    """Return a ``component.yaml`` under another id, by another author, without `_ONLY_THERE`."""
    values = {
        "id": ident,
        "name": title,
        "version": "0.1.0",
        "authors": f'["{define.author()}"]',
        "license": "BSD-3-Clause",
        "summary": f'"{title}: what it is, in one line."',
    }
    blocks = re.split(r"(?m)^(?=[a-z])", text)  # one per key at the left margin
    kept = []
    for block in blocks:
        key = block.partition(":")[0]
        if key in values:
            kept.append(f"{key}: {values[key]}\n")
        elif key not in _ONLY_THERE:
            kept.append(block)
    return "".join(kept)
