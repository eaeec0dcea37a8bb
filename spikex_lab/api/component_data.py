"""A component's page as plain data: what a front end shows of it. Nothing contributed is run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from spikex_lab.api import authored, context, refs, shelf
from spikex_lab.api.agreement import comparisons
from spikex_lab.api.component_code import LANGUAGES, code
from spikex_lab.errors import ConflictError, NotFoundError
from spikex_lab.store.cache import remembered

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
    seen = {v.number: v for v in [*store.library.versions(row.ident), row]}  # a reviewer's, too
    known = [
        {"version": v.version, "state": v.state, "author": v.author_name, "created": v.created}
        for _, v in sorted(seen.items(), reverse=True)
    ]
    reviews = [review.to_dict() for review in store.library.reviews(row.ident)]
    return _data(shelf.component(store, row), row.state, known, reviews, row.report)


def pending(id: str) -> dict[str, Any]:
    """Return the page of the version of `id` that waits for a decision, as a reviewer sees it.

    Raises
    ------
    NotFoundError : nothing of it waits.
    """
    return of_row(_waiting(id))


def pending_file(id: str, name: str) -> tuple[bytes, bool]:
    """Return the same as `file` of the version that waits for a decision.

    Raises
    ------
    NotFoundError : nothing of it waits, or it has no such file.
    """
    return _file(shelf.component(context.store(), _waiting(id)), name)


def _waiting(id: str) -> ComponentRow:
    ident = refs.component(id)
    try:
        return context.store().library.pending(ident)
    except ConflictError as error:
        raise NotFoundError(error.what) from None


def waiting() -> list[dict[str, Any]]:
    """Return a line for each component that waits for one's decision, oldest first."""
    return [
        {
            **{key: row.spec[key] for key in ("id", "kind", "name", "summary", "tags")},
            "version": row.version,
            "state": row.state,
            "author": row.author_name,
            "submitted": row.submitted,
        }
        for row in context.store().library.waiting()
    ]


def file(id: str, name: str, version: str | None = None) -> tuple[bytes, bool]:
    """Return the bytes of a component's file, and whether they were printed from its equations.

    Raises
    ------
    NotFoundError : no such component, or it has no such file.
    """
    return _file(authored.entry(refs.component(id), version), name)


def _file(entry: Entry, name: str) -> tuple[bytes, bool]:
    text = _printed(entry, _forms(entry)).get(name)
    if text is not None:
        return text.encode(), True
    if name == "component.yaml":
        return entry.spec.to_yaml().encode(), False
    data = entry.file(name) if name in _files(entry) else None
    if data is None:
        raise NotFoundError(f"{entry.id} has no such file")
    return data, False


def _data(
    entry: Entry,
    state: str,
    versions: list[dict[str, Any]],
    reviews: list[dict[str, Any]],
    report: dict[str, Any] | None = None,
) -> dict[str, Any]:
    spec, forms = entry.spec, _forms(entry)
    report = report or _report(entry.file("conformance.json"))
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
        "definition": spec.model_dump(mode="json", by_alias=True),  # nulls too: its schema
        **forms,
        "files": sorted({"component.yaml", *_files(entry), *_printed(entry, forms)}),
        "conformance": report,
        "agreement": _agreement(report),
        "versions": versions,
        "reviews": reviews,
    }


def _forms(entry: Entry) -> dict[str, Any]:
    """Return the equations and symbols of `entry`, typeset, and its code in every language.

    What follows from a definition alone is printed once: that takes up to half a second.
    """
    from spikex_lab import __version__
    from spikex_lab.catalog.codegen import mathml
    from spikex_lab.catalog.codegen.layout import blocks, symbols
    from spikex_lab.catalog.render import printable

    def make() -> dict[str, Any]:
        found = blocks(entry.spec)
        about = f"Equations of {entry.spec.name}"
        texts = {language: code(entry, language) for language in LANGUAGES}
        return {
            "equations": mathml.table(found, about=about) if found else "",
            "symbols": {name: mathml.inline(look) for name, look in symbols(entry.spec).items()},
            "code": {language: text for language, text in texts.items() if text is not None},
        }

    if not printable(entry):
        return make()
    key = f"forms/{__version__}/{entry.spec.digest()}"
    return cast("dict[str, Any]", remembered(context.store().cache, key, make))


def _printed(entry: Entry, forms: dict[str, Any]) -> dict[str, str]:
    """Return the texts that follow from the equations of `entry` by the names of their files."""
    from spikex_lab.catalog.render import printable

    if not printable(entry):
        return {}
    name = entry.id.split("/")[1]
    return {name + LANGUAGES[language][1]: text for language, text in forms["code"].items()}


def _files(entry: Entry) -> list[str]:
    """Return the names of what lies beside the definition and does not follow from it."""
    written = {str(name) for name in entry.spec.code.values()}
    return [name for name in sorted({*_BESIDE[1:], *written}) if entry.file(name) is not None]


def _agreement(report: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Return the comparisons of a report; none where a contributed one is no report."""
    try:
        return [one.to_dict() for one in comparisons(report)]
    except (KeyError, TypeError, ValueError, AttributeError):
        return []


def _report(data: bytes | None) -> dict[str, Any] | None:
    """Return the report of the last check; None where there is none that can be read."""
    try:
        report = json.loads(data) if data is not None else None
    except ValueError:
        return None
    return report if isinstance(report, dict) else None
