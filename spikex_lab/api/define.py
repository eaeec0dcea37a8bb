"""Components of one's own: defined in a cell or a folder, kept in the store, handed in, reviewed.

Nothing here runs contributed Python. It is text until its user chooses it by its hash (`allow`).
"""

from __future__ import annotations

import getpass
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikex_lab.api import context, refs, shelf
from spikex_lab.errors import ConflictError, InvalidError

if TYPE_CHECKING:
    from spikex_lab.catalog import Component
    from spikex_lab.store import ComponentRow

Source = str | bytes | Path | Mapping[str, Any]
_UNNAMED = "0.0.0"
"""Stands for a version that the author did not write."""


def define(source: Source) -> ComponentRow:
    """Keep the component that `source` defines as the next version of one's own.

    Parameters
    ----------
    source : YAML or JSON text, a mapping, or the path of a folder or of a ``component.yaml``.

    Raises
    ------
    InvalidError : with line and reason. ConflictError : the id is a bundled component's, another
        person's, or that version exists and differs.
    """
    component, files = read(source)
    return _keep(component, files)


def submit(ref: Source) -> ComponentRow:
    """Hand in one's newest version of a component, or a folder: checked in a child, then pending.

    Parameters
    ----------
    ref : an id (``neurons/mine``), or the path of a folder.

    Raises
    ------
    InvalidError : it has no licence, or fails a check (the first one that fails is named).
    ConflictError : it was handed in already, or is not yours.
    """
    from spikex_lab.conformance import sandbox

    store = context.store()
    if isinstance(ref, str) and not is_folder(ref):
        row = store.library.get(_own(ref))
        if row.state != "draft":
            raise ConflictError(
                f"{row.ident} {row.version} is {row.state} already",
                hint="define a changed one: it becomes the next version",
            )
        _check_license(row.spec)
        report = _passed(sandbox.check(row.spec, store.library.files(row)))
        return store.library.submit(row.ident, row.version, report)
    component, files = read(Path(ref) if isinstance(ref, str) else ref)
    _check_license(component.spec.to_dict())
    _check_free(component.id)
    report = _passed(sandbox.check(component.spec.to_dict(), files))
    return _keep(component, files, report)


def review(ident: str, verdict: str, comment: str) -> ComponentRow:
    """Approve or reject the version of `ident` that is pending, which is another person's.

    Raises
    ------
    ConflictError : nothing of it is pending, or it is one's own.
    """
    library = context.store().library
    ident = refs.component(ident)
    row = library.pending(ident)
    about = library.files(row).get("description.md", b"").decode("utf-8", "replace")
    return library.review(
        ident, verdict, comment, shelf.line(row.spec, about, "approved").with_(version=row.version)
    )


def allow(ident: str) -> str:
    """Choose the Python of a component to run here, and return its SHA-256.

    A component that is neither approved nor one's own is not even seen here. A changed file has
    another hash: it is asked for again.

    Raises
    ------
    InvalidError : the component has no Python. NotFoundError : there is no such component.
    """
    from spikex_lab.catalog.kept import KeptSpec

    store = context.store()
    row = store.library.get(_own(ident))
    sha = KeptSpec.parse(row.spec, where=row.ident).python
    if sha is None:
        raise InvalidError(f"{row.ident} has no Python that would need it", where=row.ident)
    store.consents.give(sha, f"component: {row.ident} {row.version}")
    return sha


def read(source: Source) -> tuple[Component, dict[str, bytes]]:
    """Return the checked component that `source` defines, and the files that go with it."""
    from spikex_lab.catalog import Component, folder
    from spikex_lab.catalog.define import define as made

    where, files = "", {}
    if isinstance(source, Path):
        found = folder.read(source if source.is_dir() else _parent(source))
        where = folder.SOURCE
        files = folder.belonging(found, _code_in(found.source))
        source = found.source
    if not isinstance(source, (str, bytes, Mapping)):
        raise InvalidError(
            f"a definition is YAML text or keys with values, not a {type(source).__name__}"
        )
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    checked = made(source, author=author(), version=_UNNAMED, files=hashes, where=where)
    return Component(checked.spec, files=files), files


def is_folder(word: str) -> bool:
    """Return whether `word` is the path of a folder with a component in it."""
    try:
        return (Path(word) / "component.yaml").is_file()
    except (OSError, ValueError):  # too long for a path, or holding what none holds
        return False


def _keep(
    component: Component, files: Mapping[str, bytes], report: Mapping[str, Any] | None = None
) -> ComponentRow:
    _check_free(component.id)
    store = context.store()
    spec = component.spec.to_dict()
    named = spec["version"] != _UNNAMED
    if not named:
        spec["version"] = "1.0.0"
    objects = {name: store.objects.put_bytes(data) for name, data in files.items()}
    about = files.get("description.md", b"").decode("utf-8", "replace")
    return store.library.keep(
        spec, shelf.line(spec, about, "draft"), objects, named_version=named, report=report
    )


def _check_free(ident: str) -> None:
    from spikex_lab.catalog import library as bundled

    if ident in bundled():
        raise ConflictError(f"{ident} is part of the library", hint="yours has an id of its own")


def _own(ref: str) -> str:
    """Return `ref` as an id of the store; refuse one of the library's."""
    ident = refs.component(ref)
    _check_free(ident)
    return ident


def _check_license(spec: Mapping[str, Any]) -> None:
    from spikex_lab.catalog.complete import NO_LICENSE

    if spec.get("license") == NO_LICENSE:
        raise InvalidError(
            "no licence is stated", where="license", hint="for example license: BSD-3-Clause"
        )


def _passed(report: dict[str, Any]) -> dict[str, Any]:
    """Return the report of a check; refuse a component that did not pass."""
    failed = [check for check in report["checks"] if not check["ok"]]
    if failed:
        more = f" ({len(failed) - 1} more)" if len(failed) > 1 else ""
        first = failed[0]
        reason = first["message"] or f"error {first['error']} above {first['tolerance']}"
        raise InvalidError(
            f"{first['name']}: {reason}{more}", where=report["id"], hint="nothing was handed in"
        )
    return report


def _parent(path: Path) -> Path:
    if path.name != "component.yaml":
        raise InvalidError(
            "is no component", where=str(path)[:200], hint="a folder with a component.yaml"
        )
    return path.parent


def _code_in(source: bytes) -> set[str]:
    """Return the names under ``code:``; what is wrong with the text is said later."""
    from spikex_lab.spec.documents import load_document

    try:
        data = load_document(source)
    except InvalidError:
        return set()
    code = data.get("code") if isinstance(data, Mapping) else None
    return {str(name) for name in code.values()} if isinstance(code, Mapping) else set()


def author() -> str:
    """Return the name that a definition without authors gets: the store's person, by name."""
    me = context.store().people.me().name
    if me != "local":
        return me
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no account by that number
        return me
