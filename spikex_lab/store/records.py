"""What the store hands out: frozen records, never rows that are tied to a session."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Record:
    """Base of the records."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; `total` counts all pages."""

    items: list[T]
    total: int
    page: int = 1
    page_size: int = 50

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Object(Record):
    """A content-addressed file: its SHA-256 (hexadecimal) and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class PersonRow(Record):
    """Somebody."""

    id: str
    name: str
    created: str


@dataclass(frozen=True, slots=True)
class VersionRow(Record):
    """One version of a model, without its spec."""

    version: int
    digest: str
    message: str
    created: str


@dataclass(frozen=True, slots=True)
class ModelRow(Record):
    """A model at one version; `versions` is the number of the newest."""

    id: str
    name: str
    version: int
    versions: int
    created: str
    updated: str
    digest: str
    message: str
    spec: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DatasetRow(Record):
    """A dataset; `files` maps a role to its object, `size` is their sum in bytes."""

    id: str
    name: str
    info: dict[str, Any]
    digest: str
    size: int
    created: str
    files: dict[str, Object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TargetRow(Record):
    """A place to compute."""

    id: str
    name: str
    kind: str
    config: dict[str, Any]
    created: str


@dataclass(frozen=True, slots=True)
class RunRow(Record):
    """A run as it is now; `who` holds it (host, boot, pidns, pid, start) since its last claim."""

    id: str
    name: str
    state: str
    job: str
    model_id: str | None
    model_name: str | None
    model_version: int | None
    dataset_id: str | None
    dataset: str | None
    target: str
    device: str
    spec: dict[str, Any]
    digest: str
    lease: int
    attempt: int
    last_seq: int
    who: dict[str, Any] | None
    heartbeat: int
    progress: dict[str, Any] | None
    summary: dict[str, Any]
    error: str | None
    created: str
    queued: str
    started: str | None
    ended: str | None


@dataclass(frozen=True, slots=True)
class AttemptRow(Record):
    """One claim of a run, from claim to end."""

    run: str
    number: int
    lease: int
    who: dict[str, Any] | None
    started: str
    ended: str | None
    outcome: str | None
    resumed_seq: int | None
    resumed_at: int | None


@dataclass(frozen=True, slots=True)
class ArtifactRow(Record):
    """A file that a run leaves."""

    run: str
    name: str
    size: int
    sha256: str
    media_type: str
    attempt: int
    created: str


@dataclass(frozen=True, slots=True)
class EvaluationRow(Record):
    """The result of one evaluation."""

    id: str
    run: str
    body: dict[str, Any]
    created: str


@dataclass(frozen=True, slots=True)
class EntryRow(Record):
    """One line of the library; `state` is bundled, draft, pending, approved or rejected."""

    id: str
    kind: str
    name: str
    version: str
    summary: str
    tags: list[str]
    state: str


@dataclass(frozen=True, slots=True)
class Found(Page[EntryRow]):
    """One page of the library, and how many lines there are by kind and by tag."""

    kinds: dict[str, int] = field(default_factory=dict)
    tags: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ComponentRow(Record):
    """One version of a component that somebody here wrote; `author` is a person's id."""

    id: str
    ident: str
    number: int
    version: str
    spec: dict[str, Any]
    digest: str
    state: str
    author: str
    author_name: str
    report: dict[str, Any] | None
    created: str
    submitted: str | None
    files: dict[str, Object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReviewRow(Record):
    """What a reviewer said of a version."""

    ident: str
    version: str
    reviewer: str
    reviewer_name: str
    verdict: str
    comment: str
    created: str
