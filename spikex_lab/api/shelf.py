"""The library as this installation has it: what is bundled, indexed in the store, and one's own.

The index of the bundled components is made when the library is first looked at, and again when
their files change; nothing in them is run for it, not even their equations are read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikex_lab.api import context
from spikex_lab.errors import NotFoundError

if TYPE_CHECKING:
    from spikex_lab.catalog import Component
    from spikex_lab.spec import ModelSpec
    from spikex_lab.store import ComponentRow, Store
    from spikex_lab.store.entries import Entry
    from spikex_lab.store.library import Library

BUNDLED = "bundled"
_INDEXED = ("component.yaml", "description.md")


def library() -> Library:
    """Return the store's library, its index in step with the bundled components."""
    found = context.store().library
    digest = _digest()
    if found.indexed(BUNDLED) != digest:
        found.index(BUNDLED, digest, _bundled())
    return found


def find(ident: str) -> Component | None:
    """Return the newest version of one's own (or an approved) component `ident`, or None.

    Where there is no store yet none is made.
    """
    store = existing()
    if store is None:
        return None
    try:
        return component(store, store.library.get(ident))
    except NotFoundError:
        return None


def component(store: Store, row: ComponentRow) -> Component:
    """Return a kept version as a component, with its files, and its Python if it may run."""
    from spikex_lab.catalog import Component
    from spikex_lab.catalog.kept import KeptSpec

    spec = KeptSpec.parse(row.spec, where=row.ident)
    code = store.consents.find(spec.python) if spec.python is not None else None
    return Component(spec, files=store.library.files(row), code=code)


def embedded(spec: ModelSpec) -> ModelSpec:
    """Return `spec` with the definitions of the components that neither it nor the bundle has.

    From then on the model brings them along: a run, a copy or another machine needs no store.
    """
    from spikex_lab.catalog import library as bundled

    have = dict(spec.components or {})
    known = bundled()
    added: dict[str, dict[str, Any]] = {}
    todo = {ident for ident in used(spec) if ident not in have and ident not in known}
    store = existing() if todo else None
    while todo and store is not None:
        found = store.library.specs(todo)
        added |= found
        further = {ident for definition in found.values() for ident in _names_in(definition)}
        todo = {i for i in further if i not in have and i not in added and i not in known}
    if not added:
        return spec
    return type(spec).parse({**spec.to_dict(), "components": {**have, **added}})


def used(spec: ModelSpec) -> set[str]:
    """Return the ids of the components that `spec` names, and that its own definitions name."""
    refs = [spec.input.encoder, spec.readout, *(node.surrogate for node in spec.nodes)]
    found = {node.component for node in spec.nodes}
    found |= {ref.component for ref in (*refs, *(spec.training.rules or ())) if ref is not None}
    for definition in (spec.components or {}).values():
        found |= _names_in(definition)
    return found


def _names_in(definition: Mapping[str, Any]) -> set[str]:
    """Return the components that a definition names: so far a neuron's surrogate."""
    surrogate = definition.get("surrogate")
    return {surrogate} if isinstance(surrogate, str) and "/" in surrogate else set()


def existing() -> Store | None:
    """Return the store if there is one: looking for a name must not make it."""
    settings = context.settings()
    if settings.database_url is None and not (Path(settings.home) / "spikex.db").is_file():
        return None
    return context.store()


def line(definition: Mapping[str, Any], description: str = "", state: str = BUNDLED) -> Entry:
    """Return what the index says of a component, from the plain data of its definition."""
    from spikex_lab.store.entries import Entry

    return Entry(
        ident=str(definition["id"]),
        kind=str(definition["kind"]),
        name=str(definition.get("name", "")),
        version=str(definition.get("version", "")),
        summary=str(definition.get("summary", "")),
        tags=tuple(str(tag) for tag in definition.get("tags") or ()),
        body=" ".join([description, *_texts(definition)]),
        state=state,
    )


def _texts(definition: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a component says besides: names and docs of its quantities, presets, papers."""
    for group in ("parameters", "state", "inputs", "presets"):
        for name, entry in (definition.get(group) or {}).items():
            yield f"{name} {entry.get('doc', '') if isinstance(entry, Mapping) else ''}"
    for paper in definition.get("references") or ():
        yield " ".join(str(paper.get(key, "")) for key in ("authors", "title", "year", "doi"))
    yield " ".join(map(str, definition.get("authors") or ()))


@cache
def _digest() -> str:
    """Return the SHA-256 over the files that the index is made of."""
    total = hashlib.sha256()
    for folder in _folders():
        for name in _INDEXED:
            file = folder / name
            content = file.read_bytes() if file.is_file() else b""
            total.update(f"{folder.parent.name}/{folder.name}/{name} {len(content)}\n".encode())
            total.update(content)
    return total.hexdigest()


def _folders() -> list[Path]:
    from spikex_lab.catalog import library as bundled

    known = bundled()
    return [known.root / ident for ident in known.ids()]


def _bundled() -> Iterator[Entry]:
    from spikex_lab.spec.documents import load_file

    for folder in _folders():
        about = folder / "description.md"
        text = about.read_text("utf-8") if about.is_file() else ""
        yield line(load_file(folder / "component.yaml"), text)
