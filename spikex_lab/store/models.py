"""Models and their versions. A version is never changed; a write over a newer one is refused."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from spikex_lab.errors import ConflictError, NotFoundError, StaleError
from spikex_lab.ids import new_id
from spikex_lab.spec.names import check_name
from spikex_lab.store import lookup
from spikex_lab.store.clock import stamp
from spikex_lab.store.database import Database
from spikex_lab.store.records import ModelRow, Page, VersionRow
from spikex_lab.store.tables import Model, ModelVersion

SORTS = {"name": Model.name, "created": Model.created, "updated": Model.updated}


Versions = list[VersionRow]


def spec_digest(spec: dict[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON, as `spec.base.SpecModel.digest` makes it."""
    canonical = json.dumps(spec, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class Models:
    """The models of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self, name: str, spec: dict[str, Any], digest: str | None = None, message: str = ""
    ) -> ModelRow:
        """Keep a new model, version 1.

        Raises
        ------
        ConflictError : the name exists.
        InvalidError : it is not a name.
        """
        check_name(name, where="model name")
        now = stamp()
        model = Model(id=new_id(), name=name, latest=1, created=now, updated=now)
        version = ModelVersion(
            model_id=model.id,
            number=1,
            spec=spec,
            digest=digest or spec_digest(spec),
            message=message,
            created=now,
        )
        with self._database.session(write=True) as session:
            _check_free(session, name)
            session.add(model)
            session.flush()
            session.add(version)
        return _row(model, version)

    def get(self, ref: str, version: int | None = None) -> ModelRow:
        """Return the model that `ref` (name, id, or unique beginning of an id) means.

        Raises
        ------
        NotFoundError : no such model, or no such version of it.
        """
        with self._database.session() as session:
            model = _find(session, ref)
            return _row(model, _version(session, model, version))

    def list(
        self, page: int = 1, page_size: int = 50, search: str | None = None, sort: str = "-updated"
    ) -> Page[ModelRow]:
        """Return one page of models, each at its newest version; `search` looks into the names."""
        with self._database.session() as session:
            models, total = lookup.listed(
                session, Model, SORTS, page=page, page_size=page_size, sort=sort, search=search
            )
            newest = select(ModelVersion).join(
                Model, (Model.id == ModelVersion.model_id) & (Model.latest == ModelVersion.number)
            )
            of = {
                version.model_id: version
                for version in session.scalars(newest.where(Model.id.in_([m.id for m in models])))
            }
            items = [_row(model, of[model.id]) for model in models]
        return Page(items, total, page, page_size)

    def versions(self, ref: str) -> Versions:
        """Return the versions of a model, oldest first."""
        with self._database.session() as session:
            model = _find(session, ref)
            query = select(ModelVersion).where(ModelVersion.model_id == model.id)
            return [
                VersionRow(row.number, row.digest, row.message, row.created)
                for row in session.scalars(query.order_by(ModelVersion.number))
            ]

    def add_version(
        self,
        ref: str,
        spec: dict[str, Any],
        digest: str | None = None,
        message: str = "",
        expected: int | None = None,
    ) -> ModelRow:
        """Keep `spec` as the model's next version; the spec it has already makes none.

        Raises
        ------
        StaleError : the newest version is not `expected`: somebody else has saved meanwhile.
        """
        digest = digest or spec_digest(spec)
        with self._database.session(write=True) as session:
            model = _find(session, ref)
            _check_newest(model, expected)
            latest = _version(session, model, None)
            if latest.digest == digest:
                return _row(model, latest)
            return _row(model, _append(session, model, spec, digest, message))

    def rename(self, ref: str, name: str, expected: int | None = None) -> ModelRow:
        """Give a model another name; its spec gets the name too, as a new version.

        Raises
        ------
        ConflictError : the name exists.
        StaleError : the newest version is not `expected`: somebody else has saved meanwhile.
        """
        check_name(name, where="model name")
        with self._database.session(write=True) as session:
            model = _find(session, ref)
            _check_newest(model, expected)
            old, latest = model.name, _version(session, model, None)
            if old == name:
                return _row(model, latest)
            _check_free(session, name)
            model.name = name
            spec = {**latest.spec, "name": name}
            version = _append(session, model, spec, spec_digest(spec), f"renamed from {old}")
            return _row(model, version)

    def copy(self, ref: str, name: str, version: int | None = None) -> ModelRow:
        """Keep a new model `name` with the spec of another.

        Raises
        ------
        ConflictError : the name exists.
        """
        source = self.get(ref, version)
        spec = {**source.spec, "name": name}
        message = f"copied from {source.name}, version {source.version}"
        return self.create(name, spec, spec_digest(spec), message)

    def delete(self, ref: str, expected: int | None = None) -> None:
        """Hide a model; its runs stay, and its name is free again.

        Raises
        ------
        StaleError : the newest version is not `expected`.
        """
        with self._database.session(write=True) as session:
            model = _find(session, ref)
            _check_newest(model, expected)
            model.deleted = stamp()


def _find(session: Session, ref: str) -> Model:
    hint = "`spikex models list` shows them"
    return lookup.living(session, Model, ref, "model", hint=hint)


def _check_newest(model: Model, expected: int | None) -> None:
    if expected is not None and expected != model.latest:
        raise StaleError(
            f"the model is at version {model.latest}, not {expected}",
            where=model.name,
            hint="open it again: it was saved elsewhere",
        )


def _version(session: Session, model: Model, number: int | None) -> ModelVersion:
    found = session.get(ModelVersion, (model.id, model.latest if number is None else number))
    if found is None:
        raise NotFoundError(
            f"no version {number}", where=model.name, hint=f"versions 1 to {model.latest}"
        )
    return found


def _append(
    session: Session, model: Model, spec: dict[str, Any], digest: str, message: str
) -> ModelVersion:
    model.latest += 1
    model.updated = stamp()
    version = ModelVersion(
        model_id=model.id,
        number=model.latest,
        spec=spec,
        digest=digest,
        message=message,
        created=model.updated,
    )
    session.add(version)
    session.flush()
    return version


def _row(model: Model, version: ModelVersion) -> ModelRow:
    return ModelRow(
        id=model.id,
        name=model.name,
        version=version.number,
        versions=model.latest,
        created=model.created,
        updated=model.updated,
        digest=version.digest,
        message=version.message,
        spec=version.spec,
    )


def _check_free(session: Session, name: str) -> None:
    """Refuse a name that a living model has; the write lock is held, so the answer stays true."""
    taken = select(Model.id).where(Model.name == name, Model.deleted.is_(None))
    if session.scalar(taken) is not None:
        raise ConflictError(
            f'a model "{name}" exists',
            hint="choose another name, or open it and save a new version",
        )
