"""Where things are kept and how many may run: one class, read from the environment."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of this installation; every one is an environment variable ``SPIKEX_<NAME>``.

    Examples
    --------
    >>> Settings(home="/tmp/x").database
    'sqlite:////tmp/x/spikex.db'
    """

    model_config = SettingsConfigDict(env_prefix="SPIKEX_", extra="ignore")

    home: Path = Field(default_factory=lambda: user_data_path("spikex", appauthor=False))
    """Folder of the database, the objects and the runs' working files."""
    database_url: SecretStr | None = None
    """Database, ``postgresql://user:password@host/name``; default: SQLite in `home`."""
    object_store_url: SecretStr | None = None
    """Objects, ``s3://KEY:SECRET@host/bucket``; default: the folder `home`/objects."""
    cache_url: SecretStr | None = None
    """Cache, ``redis://user:password@host:6379/0``; default: in the process."""
    api_url: str | None = None
    """REST API of a shared store; default: the local store. So far a store refuses any other."""
    max_coordinators: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=0)
    """Runs that may train at the same time on this machine; further runs wait in the queue (with 0
    all of them)."""
    lease_seconds: float = Field(default=30.0, gt=0)
    """A coordinator on another host whose heartbeat stands still this long is taken for dead."""
    max_queued_runs: int = Field(default=1000, gt=0)
    """Runs that may wait in the queue; a further one is refused."""
    max_upload_bytes: int = Field(default=2 * 1024**3, gt=0)
    """Largest dataset file accepted."""
    max_store_bytes: int | None = Field(default=None, gt=0)
    """Quota: bytes that all objects may have. A dataset beyond it is refused; what runs leave
    counts too, but is always kept. Default: as the disk has room."""

    @property
    def database(self) -> str:
        """The database's URL, with its password: never to be shown."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.home / 'spikex.db'}"

    @property
    def objects(self) -> Path:
        """Folder of the content-addressed objects."""
        return self.home / "objects"

    @property
    def runs(self) -> Path:
        """Folder with one working folder per run: coordinator log, rolling checkpoint."""
        return self.home / "runs"
