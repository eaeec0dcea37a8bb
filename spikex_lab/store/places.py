"""Targets (places to compute) and people, as far as a local store has them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from spikex_lab.errors import ConflictError, StorageError
from spikex_lab.ids import new_id
from spikex_lab.spec.names import check_name
from spikex_lab.store import lookup
from spikex_lab.store.clock import stamp
from spikex_lab.store.database import Database
from spikex_lab.store.records import Page, PersonRow, TargetRow
from spikex_lab.store.tables import Person, Target


class Targets:
    """The targets of a store; ``local`` is always there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, ref: str) -> TargetRow:
        """Return the target that `ref` (name, id, or unique beginning of an id) means.

        Raises
        ------
        NotFoundError : there is none; names the nearest.
        """
        with self._database.session() as session:
            return _row(lookup.living(session, Target, ref, "target"))

    def list(self, page: int = 1, page_size: int = 50) -> Page[TargetRow]:
        """Return one page of targets, by name."""
        with self._database.session() as session:
            found, total = lookup.listed(
                session, Target, {"name": Target.name}, page=page, page_size=page_size, sort="name"
            )
            return Page([_row(target) for target in found], total, page, page_size)

    def add(self, name: str, kind: str, config: dict[str, Any] | None = None) -> TargetRow:
        """Keep a target.

        Raises
        ------
        ConflictError : the name exists.
        """
        check_name(name, where="target name")
        target = Target(
            id=new_id(), name=name, kind=kind, config=dict(config or {}), created=stamp()
        )
        with self._database.session(write=True) as session:
            _check_free(session, name)
            session.add(target)
        return _row(target)

    def rename(self, ref: str, name: str) -> TargetRow:
        """Give a target another name.

        Raises
        ------
        ConflictError : the name exists, or it is ``local``.
        """
        check_name(name, where="target name")
        with self._database.session(write=True) as session:
            target = lookup.living(session, Target, ref, "target")
            if target.name == "local":
                raise ConflictError("this machine keeps its name among the targets")
            if target.name != name:
                _check_free(session, name)
                target.name = name
            return _row(target)

    def delete(self, ref: str) -> None:
        """Hide a target.

        Raises
        ------
        ConflictError : it is ``local``.
        """
        with self._database.session(write=True) as session:
            target = lookup.living(session, Target, ref, "target")
            if target.name == "local":
                raise ConflictError("this machine cannot be deleted from the targets")
            target.deleted = stamp()


class People:
    """Who uses a store; a local one has one person."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def me(self) -> PersonRow:
        """Return the person at this store."""
        with self._database.session() as session:
            person = session.scalar(select(Person).order_by(Person.created).limit(1))
        if person is None:
            raise StorageError("the store has lost its person", where="database")
        return PersonRow(person.id, person.name, person.created)

    def rename(self, name: str) -> PersonRow:
        """Give the person at this store another name.

        Raises
        ------
        ConflictError : somebody else has it.
        """
        check_name(name, where="name")
        me = self.me()
        with self._database.session(write=True) as session:
            person = session.get_one(Person, me.id)
            taken = select(Person.id).where(Person.name == name, Person.id != me.id)
            if session.scalar(taken) is not None:
                raise ConflictError(f'somebody else is called "{name}"', hint="add something")
            person.name = name
            return PersonRow(person.id, person.name, person.created)

    def list(self) -> list[PersonRow]:
        """Return everybody."""
        with self._database.session() as session:
            people = session.scalars(select(Person).order_by(Person.created).limit(lookup.MAX_PAGE))
            return [PersonRow(person.id, person.name, person.created) for person in people]


def _check_free(session: Session, name: str) -> None:
    taken = select(Target.id).where(Target.name == name, Target.deleted.is_(None))
    if session.scalar(taken) is not None:
        raise ConflictError(f'a target "{name}" exists', hint="choose another name")


def _row(target: Target) -> TargetRow:
    return TargetRow(target.id, target.name, target.kind, target.config, target.created)
