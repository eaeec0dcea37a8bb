"""Datasets: a description and files, which are objects."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from spikex_lab.errors import ConflictError, InvalidError
from spikex_lab.ids import new_id
from spikex_lab.spec.names import check_name
from spikex_lab.store import lookup
from spikex_lab.store.clock import stamp
from spikex_lab.store.database import Database
from spikex_lab.store.objects import Objects, check_quota
from spikex_lab.store.records import DatasetRow, Object, Page
from spikex_lab.store.tables import Dataset, DatasetFile

SORTS = {"name": Dataset.name, "created": Dataset.created, "size": Dataset.size}
MAX_FILES = 1000


def files_digest(files: Mapping[str, str]) -> str:
    """Return the SHA-256 over a dataset's files (role → SHA-256)."""
    lines = "".join(f"{role}\0{sha}\n" for role, sha in sorted(files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


class Datasets:
    """The datasets of a store.

    Parameters
    ----------
    quota : bytes that all objects may have; None: any.
    """

    def __init__(self, database: Database, objects: Objects, quota: int | None = None) -> None:
        self._database, self._objects, self._quota = database, objects, quota

    def add(
        self,
        name: str,
        info: dict[str, Any],
        files: Mapping[str, Path],
        *,
        digest: str | None = None,
        ours: bool = False,
    ) -> DatasetRow:
        """Keep copies of `files` (role → path) as dataset `name`; the same one again is no change.

        Parameters
        ----------
        ours : it is built in, and no quota refuses it.

        Raises
        ------
        ConflictError : another dataset has that name.
        TooLargeError : the quota has no room for it; no dataset is there then.
        StorageError : the disk refused; no dataset is there then.
        """
        check_name(name, where="dataset name")
        if not 1 <= len(files) <= MAX_FILES:
            raise InvalidError(f"{len(files)} files", where=name, hint=f"1 to {MAX_FILES}")
        for role in files:
            lookup.check_file_name(role)
        quota = None if ours else self._quota
        with self._database.session() as session:  # before the files are copied
            there = _check_free(session, name, digest)
        if quota is not None and there is None:
            present = [path for path in files.values() if path.is_file()]
            self.check_room(sum(path.stat().st_size for path in present))
        kept = {role: self._objects.put_file(path, quota=quota) for role, path in files.items()}
        digest = digest or files_digest({role: item.sha256 for role, item in kept.items()})
        with self._database.session(write=True) as session:
            if (same := _check_free(session, name, digest)) is not None:
                return _row(same, _files(session, same))
            dataset = Dataset(
                id=new_id(),
                name=name,
                info=info,
                digest=digest,
                size=sum(item.size for item in kept.values()),
                created=stamp(),
            )
            session.add(dataset)
            session.flush()
            session.add_all(
                DatasetFile(dataset_id=dataset.id, role=role, sha256=item.sha256, size=item.size)
                for role, item in kept.items()
            )
        return _row(dataset, kept)

    def room(self) -> int | None:
        """Return the bytes that the quota leaves; None: there is no quota."""
        return None if self._quota is None else max(0, self._quota - self._objects.size())

    def check_room(self, size: int) -> None:
        """Refuse what has `size` bytes where the quota has no room for it, before it is there.

        Raises
        ------
        TooLargeError : it has not.
        """
        if self._quota is not None:
            check_quota(self._objects.size() + size, self._quota)

    def get(self, ref: str) -> DatasetRow:
        """Return the dataset that `ref` (name, id, or unique beginning of an id) means.

        Raises
        ------
        NotFoundError : there is none; names the nearest.
        """
        with self._database.session() as session:
            dataset = _find(session, ref)
            return _row(dataset, _files(session, dataset))

    def list(
        self, page: int = 1, page_size: int = 50, search: str | None = None, sort: str = "name"
    ) -> Page[DatasetRow]:
        """Return one page of datasets."""
        with self._database.session() as session:
            found, total = lookup.listed(
                session, Dataset, SORTS, page=page, page_size=page_size, sort=sort, search=search
            )
            return Page([_row(row, _files(session, row)) for row in found], total, page, page_size)

    def files(self, ref: str) -> dict[str, Path]:
        """Return the dataset's files (role → path), to be read only; verified once per process.

        Raises
        ------
        StorageError : a file is damaged.
        """
        return {role: self._objects.path(item.sha256) for role, item in self.get(ref).files.items()}

    def delete(self, ref: str) -> None:
        """Hide a dataset; runs that used it stay, and its name is free again."""
        with self._database.session(write=True) as session:
            _find(session, ref).deleted = stamp()


def _check_free(session: Session, name: str, digest: str | None) -> Dataset | None:
    """Return the dataset `name` if it has this digest, None if none is there; refuse another."""
    there = session.scalar(select(Dataset).where(Dataset.name == name, Dataset.deleted.is_(None)))
    if there is not None and digest is not None and there.digest != digest:
        raise ConflictError(
            f'another dataset "{name}" exists', hint="choose another name, or delete that one"
        )
    return there


def _find(session: Session, ref: str) -> Dataset:
    hint = "`spikex datasets list` shows them"
    return lookup.living(session, Dataset, ref, "dataset", hint=hint)


def _files(session: Session, dataset: Dataset) -> dict[str, Object]:
    query = select(DatasetFile).where(DatasetFile.dataset_id == dataset.id)
    rows = session.scalars(query.order_by(DatasetFile.role))
    return {row.role: Object(row.sha256, row.size) for row in rows}


def _row(dataset: Dataset, files: dict[str, Object]) -> DatasetRow:
    return DatasetRow(
        id=dataset.id,
        name=dataset.name,
        info=dataset.info,
        digest=dataset.digest,
        size=dataset.size,
        created=dataset.created,
        files=files,
    )
