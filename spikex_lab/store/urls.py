"""The URLs of the settings: read in one place, shown without their secrets."""

from __future__ import annotations

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from spikex_lab.errors import InvalidError

_DATABASES = "sqlite:////path/file.db or postgresql://user@host/name"


def database_url(text: str | URL) -> URL:
    """Return the database's URL.

    Raises
    ------
    InvalidError : it is no URL, or of a kind of database that the store cannot use.

    Examples
    --------
    >>> database_url("postgres://grace:secret@db/lab").get_backend_name()
    'postgresql'
    """
    if isinstance(text, str) and text.startswith("postgres://"):  # as many services write it
        text = text.replace("postgres://", "postgresql://", 1)
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # without it: SQLAlchemy's error may hold the URL
        url = None
    if url is None:
        raise InvalidError("this is no database URL", where="SPIKEX_DATABASE_URL", hint=_DATABASES)
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise InvalidError(
            f"no store is kept in {url.get_backend_name()[:40]}",
            where="SPIKEX_DATABASE_URL",
            hint=_DATABASES,
        )
    return url


def shown(url: URL) -> str:
    """Return what of a database's URL may be shown: no user, no password, no options.

    Examples
    --------
    >>> shown(make_url("postgresql+psycopg://grace:secret@db:5433/lab?sslpassword=x"))
    'postgresql://db:5433/lab'
    """
    if url.get_backend_name() == "sqlite":
        return f"sqlite:///{url.database or ''}"
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{url.host or ''}{port}/{url.database or ''}"
