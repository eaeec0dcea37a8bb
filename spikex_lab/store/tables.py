"""The database's tables. A change here needs a script in `migrations/versions`; a test compares."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Id = Annotated[str, mapped_column(String(36))]
"""A UUIDv7 as text."""
Sha = Annotated[str, mapped_column(String(64))]
"""A SHA-256 in hexadecimal."""
Label = Annotated[str, mapped_column(String(200))]
"""A name: shown and looked up, never a path."""
Stamp = Annotated[str, mapped_column(String(24))]
"""ISO 8601 in UTC with milliseconds; sorts as text."""
Bytes = Annotated[int, mapped_column(BigInteger)]
"""A size."""

LIVING = text("deleted IS NULL")


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {dict[str, Any]: JSON(none_as_null=True)}


class Person(Base):
    """Somebody; a local store has one."""

    __tablename__ = "person"
    id: Mapped[Id] = mapped_column(primary_key=True)
    name: Mapped[Label] = mapped_column(unique=True)
    created: Mapped[Stamp]


class StoredObject(Base):
    """One content-addressed file; `touched` is when it was last put: the collector's grace."""

    __tablename__ = "object"
    sha256: Mapped[Sha] = mapped_column(primary_key=True)
    size: Mapped[Bytes]
    created: Mapped[Stamp]
    touched: Mapped[Stamp]


class Model(Base):
    """A named network; its specs are in `ModelVersion`."""

    __tablename__ = "model"
    __table_args__ = (
        Index(
            "uq_model_name",
            "name",
            unique=True,
            sqlite_where=LIVING,
            postgresql_where=LIVING,
        ),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    name: Mapped[Label]
    latest: Mapped[int]
    created: Mapped[Stamp]
    updated: Mapped[Stamp]
    deleted: Mapped[Stamp | None]


class ModelVersion(Base):
    """One spec of a model; never changed."""

    __tablename__ = "model_version"
    model_id: Mapped[Id] = mapped_column(ForeignKey("model.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    spec: Mapped[dict[str, Any]]
    digest: Mapped[Sha]
    message: Mapped[str] = mapped_column(Text)
    created: Mapped[Stamp]


class Dataset(Base):
    """Named data; its files are objects."""

    __tablename__ = "dataset"
    __table_args__ = (
        Index(
            "uq_dataset_name",
            "name",
            unique=True,
            sqlite_where=LIVING,
            postgresql_where=LIVING,
        ),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    name: Mapped[Label]
    info: Mapped[dict[str, Any]]
    digest: Mapped[Sha]
    size: Mapped[Bytes]
    created: Mapped[Stamp]
    deleted: Mapped[Stamp | None]


class DatasetFile(Base):
    """One file of a dataset by its role (``train_x.npy``)."""

    __tablename__ = "dataset_file"
    dataset_id: Mapped[Id] = mapped_column(ForeignKey("dataset.id"), primary_key=True)
    role: Mapped[Label] = mapped_column(primary_key=True)
    sha256: Mapped[Sha] = mapped_column(ForeignKey("object.sha256"), index=True)
    size: Mapped[Bytes]


class Target(Base):
    """A place to compute."""

    __tablename__ = "target"
    __table_args__ = (
        Index(
            "uq_target_name",
            "name",
            unique=True,
            sqlite_where=LIVING,
            postgresql_where=LIVING,
        ),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    name: Mapped[Label]
    kind: Mapped[Label]
    config: Mapped[dict[str, Any]]
    created: Mapped[Stamp]
    deleted: Mapped[Stamp | None]


class Run(Base):
    """One training. `lease` fences writers: it is raised whenever the run changes hands."""

    __tablename__ = "run"
    __table_args__ = (
        Index("ix_run_state_queued", "state", "queued"),
        Index("ix_run_model_id", "model_id"),
        ForeignKeyConstraint(
            ["model_id", "model_version"], ["model_version.model_id", "model_version.number"]
        ),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    state: Mapped[Label]
    job: Mapped[Label]
    model_id: Mapped[Id | None]
    model_version: Mapped[int | None]
    dataset_id: Mapped[Id | None] = mapped_column(ForeignKey("dataset.id"))
    dataset: Mapped[Label | None]
    target: Mapped[Label]
    device: Mapped[Label]
    digest: Mapped[Sha]
    lease: Mapped[int]
    attempt: Mapped[int]
    last_seq: Mapped[int]
    host: Mapped[str | None] = mapped_column(Text)
    who: Mapped[dict[str, Any] | None]
    heartbeat: Mapped[int]
    progress: Mapped[dict[str, Any] | None]
    summary: Mapped[dict[str, Any] | None]
    error: Mapped[str | None] = mapped_column(Text)
    created: Mapped[Stamp]
    queued: Mapped[str] = mapped_column(String(27))
    started: Mapped[Stamp | None]
    ended: Mapped[Stamp | None]
    deleted: Mapped[Stamp | None]


class RunSpecText(Base):
    """What decides a run's numbers; apart from `Run`, whose row every append writes again."""

    __tablename__ = "run_spec"
    run: Mapped[Id] = mapped_column(ForeignKey("run.id"), primary_key=True)
    spec: Mapped[dict[str, Any]]


class Attempt(Base):
    """One claim of a run. Where it went on from `resumed_seq`, it said so in event `resumed_at`."""

    __tablename__ = "attempt"
    run: Mapped[Id] = mapped_column(ForeignKey("run.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lease: Mapped[int]
    who: Mapped[dict[str, Any] | None]
    started: Mapped[Stamp]
    ended: Mapped[Stamp | None]
    outcome: Mapped[Label | None]
    resumed_seq: Mapped[int | None]
    resumed_at: Mapped[int | None]


class RunEvent(Base):
    """One line of a run's log; stored in the key's order, so that a run's log lies together."""

    __tablename__ = "run_event"
    __table_args__ = ({"sqlite_with_rowid": False},)
    run: Mapped[Id] = mapped_column(ForeignKey("run.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    time: Mapped[Stamp]
    type: Mapped[Label]
    attempt: Mapped[int]
    epoch: Mapped[int | None]
    batch: Mapped[int | None]
    body: Mapped[str] = mapped_column(Text)


class RunMetric(Base):
    """A `metrics` event again, so that a run's epochs are read without its log."""

    __tablename__ = "run_metric"
    __table_args__ = (
        ForeignKeyConstraint(["run", "seq"], ["run_event.run", "run_event.seq"]),
        {"sqlite_with_rowid": False},
    )
    run: Mapped[Id] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    attempt: Mapped[int]
    epoch: Mapped[int | None]
    body: Mapped[str] = mapped_column(Text)


class RunControl(Base):
    """A command to a run; only the holder of `lease` obeys it."""

    __tablename__ = "run_control"
    __table_args__ = (
        Index("ix_run_control_run_lease", "run", "lease"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    run: Mapped[Id] = mapped_column(ForeignKey("run.id"))
    lease: Mapped[int]
    action: Mapped[Label]
    created: Mapped[Stamp]


class RunObject(Base):
    """An object that a run's events name (a frame): keeps it from the collector."""

    __tablename__ = "run_object"
    __table_args__ = ({"sqlite_with_rowid": False},)
    run: Mapped[Id] = mapped_column(ForeignKey("run.id"), primary_key=True)
    sha256: Mapped[Sha] = mapped_column(ForeignKey("object.sha256"), primary_key=True, index=True)


class Artifact(Base):
    """A file that a run leaves, by name; the same name again replaces it."""

    __tablename__ = "artifact"
    run: Mapped[Id] = mapped_column(ForeignKey("run.id"), primary_key=True)
    name: Mapped[Label] = mapped_column(primary_key=True)
    sha256: Mapped[Sha] = mapped_column(ForeignKey("object.sha256"), index=True)
    size: Mapped[Bytes]
    media_type: Mapped[Label]
    attempt: Mapped[int]
    created: Mapped[Stamp]


class Evaluation(Base):
    """The result of one evaluation of a run's network."""

    __tablename__ = "evaluation"
    id: Mapped[Id] = mapped_column(primary_key=True)
    run: Mapped[Id] = mapped_column(ForeignKey("run.id"), index=True)
    body: Mapped[dict[str, Any]]
    created: Mapped[Stamp]


class Consent(Base):
    """A person's choice that the code object of this hash may run."""

    __tablename__ = "consent"
    sha256: Mapped[Sha] = mapped_column(ForeignKey("object.sha256"), primary_key=True)
    person: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    label: Mapped[Label]
    created: Mapped[Stamp]


class Component(Base):
    """A component that somebody here wrote; what it is at each time is in `ComponentVersion`."""

    __tablename__ = "component"
    __table_args__ = (
        Index(
            "uq_component_ident",
            "ident",
            unique=True,
            sqlite_where=LIVING,
            postgresql_where=LIVING,
        ),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    ident: Mapped[Label]
    owner: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    latest: Mapped[int]
    created: Mapped[Stamp]
    updated: Mapped[Stamp]
    deleted: Mapped[Stamp | None]


class ComponentVersion(Base):
    """One version of a component. Only `state`, `report` and `submitted` ever change."""

    __tablename__ = "component_version"
    __table_args__ = (Index("uq_component_version_version", "component", "version", unique=True),)
    component: Mapped[Id] = mapped_column(ForeignKey("component.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[Label]
    spec: Mapped[dict[str, Any]]
    digest: Mapped[Sha]
    state: Mapped[Label]
    author: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    report: Mapped[dict[str, Any] | None]
    created: Mapped[Stamp]
    submitted: Mapped[Stamp | None]


class ComponentFile(Base):
    """One file of a version by its name (``description.md``)."""

    __tablename__ = "component_file"
    __table_args__ = (
        ForeignKeyConstraint(
            ["component", "number"], ["component_version.component", "component_version.number"]
        ),
    )
    component: Mapped[Id] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[Label] = mapped_column(primary_key=True)
    sha256: Mapped[Sha] = mapped_column(ForeignKey("object.sha256"), index=True)
    size: Mapped[Bytes]


class ComponentReview(Base):
    """What a reviewer said of a version; never changed."""

    __tablename__ = "component_review"
    __table_args__ = (
        ForeignKeyConstraint(
            ["component", "number"], ["component_version.component", "component_version.number"]
        ),
        Index("ix_component_review_component_number", "component", "number"),
    )
    id: Mapped[Id] = mapped_column(primary_key=True)
    component: Mapped[Id]
    number: Mapped[int]
    reviewer: Mapped[Id] = mapped_column(ForeignKey("person.id"))
    verdict: Mapped[Label]
    comment: Mapped[str] = mapped_column(Text)
    created: Mapped[Stamp]


class LibraryEntry(Base):
    """One line of the library as somebody sees it: made from the above and from the bundled files.

    `audience` is the person who alone sees it, or empty: everybody. Its text is in the table
    ``library_search``, whose form depends on the database (`spikex_lab.store.search`).
    """

    __tablename__ = "library_entry"
    __table_args__ = (
        Index("uq_library_entry_ident", "ident", "audience", "source", unique=True),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    ident: Mapped[Label]
    audience: Mapped[Id]
    source: Mapped[Label]
    kind: Mapped[Label]
    name: Mapped[str] = mapped_column(Text)
    version: Mapped[Label]
    summary: Mapped[str] = mapped_column(Text)
    tags: Mapped[str] = mapped_column(Text)
    state: Mapped[Label]


class LibraryTag(Base):
    """A tag of a line of the library: what is counted and chosen by."""

    __tablename__ = "library_tag"
    entry: Mapped[int] = mapped_column(
        ForeignKey("library_entry.id", ondelete="CASCADE"), primary_key=True
    )
    tag: Mapped[Label] = mapped_column(primary_key=True, index=True)


class LibraryIndex(Base):
    """Which content of a source the library's lines were made of."""

    __tablename__ = "library_index"
    source: Mapped[Label] = mapped_column(primary_key=True)
    digest: Mapped[Sha]
    indexed: Mapped[Stamp]
