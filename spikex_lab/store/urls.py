"""The URLs of the settings: read in one place, shown without their secrets."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from spikex_lab.errors import InvalidError

_BUCKETS = "s3://KEY:SECRET@host/bucket, or s3+http://… without TLS; ?region=…"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"([A-Za-z0-9_][A-Za-z0-9._-]{0,99}/)*")
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


@dataclass(frozen=True)
class BucketUrl:
    """A bucket of an S3 server, and the keys to it."""

    endpoint: str
    secure: bool
    bucket: str
    prefix: str
    region: str
    access: str = ""
    secret: str = field(default="", repr=False)

    @property
    def shown(self) -> str:
        """What of it may be shown: no keys."""
        return f"s3://{self.endpoint}/{self.bucket}/{self.prefix}".rstrip("/")


def bucket_url(text: str) -> BucketUrl:
    """Return what a URL of objects says.

    Raises
    ------
    InvalidError : it is none.

    Examples
    --------
    >>> bucket_url("s3+http://KEY:SE%2FCRET@127.0.0.1:9000/lab/a").shown
    's3://127.0.0.1:9000/lab/a'
    """
    wrong = InvalidError(
        "this is no URL of a bucket", where="SPIKEX_OBJECT_STORE_URL", hint=_BUCKETS
    )
    try:
        url = urlsplit(text)
        port = f":{url.port}" if url.port else ""
    except ValueError:  # whose text may hold a part of the URL
        raise wrong from None
    bucket, _, prefix = url.path.strip("/").partition("/")
    prefix = f"{prefix}/" if prefix else ""
    options = parse_qs(url.query, keep_blank_values=True)
    if (
        url.scheme not in ("s3", "s3+http")
        or not url.hostname
        or not _BUCKET.fullmatch(bucket)
        or not _PREFIX.fullmatch(prefix)
        or bool(url.username) != bool(url.password)
        or set(options) - {"region"}
    ):
        raise wrong
    host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    return BucketUrl(
        endpoint=host + port,
        secure=url.scheme == "s3",
        bucket=bucket,
        prefix=prefix,
        region=options.get("region", ["us-east-1"])[0],
        access=unquote(url.username or ""),
        secret=unquote(url.password or ""),
    )
