"""A component's page as plain data: what a front end shows of it. Nothing contributed is run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from spikex_lab.api import authored, context, refs, shelf
from spikex_lab.api.component_code import LANGUAGES, code
from spikex_lab.errors import NotFoundError

if TYPE_CHECKING:
    from spikex_lab.catalog import Component as Entry
    from spikex_lab.store import ComponentRow

_BESIDE = ("component.yaml", "description.md", "diagram.svg", "conformance.json")


def whole(id: str, version: str | None = None) -> dict[str, Any]:
    """Return all that a page of the component `id` shows.

    Raises
    ------
    NotFoundError : there is none, or not at this `version`; names the nearest.
    """
    entry = authored.entry(refs.component(id), version)
    if not entry.trusted:
        return of_row(context.store().library.get(entry.id, entry.spec.version))
    version_told = {
        "version": entry.spec.version,
        "state": shelf.BUNDLED,
        "author": ", ".join(entry.spec.authors),
        "created": "",
    }
    return _data(entry, shelf.BUNDLED, [version_told], [])


def of_row(row: ComponentRow) -> dict[str, Any]:
    """Return the same of a version that the store keeps."""
    store = context.store()
    known = [
        {"version": v.version, "state": v.state, "author": v.author_name, "created": v.created}
        for v in reversed(store.library.versions(row.ident))
    ]
    reviews = [review.to_dict() for review in store.library.reviews(row.ident)]
    data = _data(shelf.component(store, row), row.state, known, reviews)
    return {**data, "conformance": row.report or data["conformance"]}


def file(id: str, name: str, version: str | None = None) -> tuple[bytes, bool]:
    """Return the bytes of a component's file, and whether they were printed from its equations.

    Raises
    ------
    NotFoundError : no such component, or it has no such file.
    """
    entry = authored.entry(refs.component(id), version)
    text = _printed(entry).get(name)
    if text is not None:
        return text.encode(), True
    if name == "component.yaml":
        return entry.spec.to_yaml().encode(), False
    data = entry.file(name) if name in _files(entry) else None
    if data is None:
        raise NotFoundError(f"{entry.id} has no such file")
    return data, False


def _data(
    entry: Entry, state: str, versions: list[dict[str, Any]], reviews: list[dict[str, Any]]
) -> dict[str, Any]:
    from spikex_lab.catalog.codegen import mathml
    from spikex_lab.catalog.codegen.layout import blocks, symbols

    spec = entry.spec
    found = blocks(spec)
    texts = {language: code(entry, language) for language in LANGUAGES}
    return {
        "id": entry.id,
        "kind": entry.kind,
        "name": entry.name,
        "version": spec.version,
        "summary": entry.summary,
        "tags": entry.tags,
        "state": state,
        "description": entry.description,
        "authors": list(spec.authors),
        "license": spec.license,
        "definition": spec.to_dict(),
        "equations": mathml.table(found, about=f"Equations of {spec.name}") if found else "",
        "symbols": {name: mathml.inline(look) for name, look in symbols(spec).items()},
        "code": {language: text for language, text in texts.items() if text is not None},
        "files": sorted({"component.yaml", *_files(entry), *_printed(entry)}),
        "conformance": _report(entry.file("conformance.json")),
        "versions": versions,
        "reviews": reviews,
    }


def _printed(entry: Entry) -> dict[str, str]:
    from spikex_lab.catalog.render import rendered

    return rendered(entry)


def _files(entry: Entry) -> list[str]:
    """Return the names of what lies beside the definition and does not follow from it."""
    written = {str(name) for name in entry.spec.code.values()}
    return [name for name in sorted({*_BESIDE[1:], *written}) if entry.file(name) is not None]


def _report(data: bytes | None) -> dict[str, Any] | None:
    """Return the report of the last check; None where there is none that can be read."""
    try:
        report = json.loads(data) if data is not None else None
    except ValueError:
        return None
    return report if isinstance(report, dict) else None
