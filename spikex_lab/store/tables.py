"""The database's tables; the library's are in `library_tables`.

A change here needs a script in `migrations/versions`; a test compares.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from spikex_lab.store.base import LIVING, Base, Bytes, Id, Label, Sha, Stamp, text_of


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
        # what a list is sorted by, so that a page costs a page and not all models
        Index("ix_model_updated", "updated", sqlite_where=LIVING, postgresql_where=LIVING),
        Index("ix_model_created", "created", sqlite_where=LIVING, postgresql_where=LIVING),
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
    queued: Mapped[str] = mapped_column(text_of(27))
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
