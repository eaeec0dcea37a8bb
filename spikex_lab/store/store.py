"""The one door to everything that is kept."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sqlalchemy.engine import URL

from spikex_lab import durable
from spikex_lab.errors import InvalidError
from spikex_lab.settings import Settings
from spikex_lab.store import schema, urls
from spikex_lab.store.cache import check_url, open_cache
from spikex_lab.store.consents import Consents
from spikex_lab.store.database import Database
from spikex_lab.store.datasets import Datasets
from spikex_lab.store.library import Library
from spikex_lab.store.models import Models
from spikex_lab.store.objects import Objects
from spikex_lab.store.places import People, Targets
from spikex_lab.store.runs import Runs

if TYPE_CHECKING:
    from spikex_lab.store.doctor import Check
    from spikex_lab.store.verify import Collected, Report


class Store:
    """Models, datasets, runs, components, targets, people and objects of one installation, and its
    cache; for many threads.

    Examples
    --------
    >>> store = Store.open()  # doctest: +SKIP
    >>> store.models.list().items  # doctest: +SKIP
    """

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database
        self.objects = _objects(database, settings)
        self.models = Models(database)
        self.datasets = Datasets(database, self.objects, settings.max_store_bytes)
        self.runs = Runs(database, settings.runs, settings.max_queued_runs)
        self.targets = Targets(database)
        self.people = People(database)
        self.consents = Consents(database, self.objects)
        self.library = Library(database, self.objects)
        url = settings.cache_url
        self.cache = open_cache(None if url is None else url.get_secret_value())

    @classmethod
    def open(cls, settings: Settings | None = None) -> Self:
        """Open the store; make its folder (for its owner only) and bring its schema up if needed.

        Raises
        ------
        InvalidError : a setting asks for a place that this version cannot keep things in.
        StorageError : the folder cannot be made, the database is damaged, another program's, or
            written by a newer SPIKE-X Lab ("the schema is ahead").
        """
        settings = settings or Settings()
        _check(settings)
        home = Path(settings.home).expanduser().absolute()
        settings = settings.model_copy(update={"home": home})
        durable.folder(home, where="SPIKEX_HOME")
        if settings.database_url is not None:
            database = Database(settings.database)
        else:  # not through text: a home may have a "?" in its name
            database = Database(URL.create("sqlite", database=str(home / "spikex.db")))
        try:
            if database.file is not None:
                _private(database.file)
            schema.ensure(database)
        except BaseException:
            database.close()
            raise
        return cls(settings, database)

    def doctor(self) -> list[Check]:
        """Examine the installation: SQLite, file system, disk, permissions, schema, integrity."""
        from spikex_lab.store.doctor import examine

        return examine(self)

    def verify(self) -> Report:
        """Read every object and compare it with its name and its rows."""
        from spikex_lab.store.verify import verify

        return verify(self)

    def collect(self, *, grace: float = 86_400.0) -> Collected:
        """Remove objects that nothing names, and left-over files, if `grace` seconds old."""
        from spikex_lab.store.verify import collect

        return collect(self, grace=grace)

    def checkpoint(self) -> bool:
        """Fold SQLite's write-ahead log into the database; a coordinator does so at its end."""
        return self.database.checkpoint()

    def close(self) -> None:
        """Close the connections."""
        self.cache.close()
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


_UNSERVED = {
    "api_url": "a store behind a REST API cannot be opened",
}
"""Settings whose names are fixed, but which nothing here serves yet: never silently ignored."""


def _check(settings: Settings) -> None:
    """Refuse what cannot be served, before anything is made."""
    if settings.database_url is not None:
        urls.database_url(settings.database)
    if settings.object_store_url is not None:
        urls.bucket_url(settings.object_store_url.get_secret_value())
    if settings.cache_url is not None:
        check_url(settings.cache_url.get_secret_value())
    for name, reason in _UNSERVED.items():
        if getattr(settings, name):
            raise InvalidError(
                f"not in this version: {reason}", where=f"SPIKEX_{name.upper()}", hint="unset it"
            )


def _objects(database: Database, settings: Settings) -> Objects:
    if settings.object_store_url is None:
        return Objects(database, settings.objects)
    from spikex_lab.store.bucket import Bucket
    from spikex_lab.store.bucket_objects import BucketObjects

    url = urls.bucket_url(settings.object_store_url.get_secret_value())
    return BucketObjects(database, settings.objects, Bucket(url))


def _private(file: Path) -> None:
    """Make the database file for its owner only, before SQLite would make it for everybody."""
    durable.folder(file.parent, where="database")
    with durable.storage("database"), contextlib.suppress(FileExistsError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
