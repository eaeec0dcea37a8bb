"""The component library's tables; the others are in `tables`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from spikex_lab.store.base import LIVING, Base, Bytes, Id, Label, Sha, Stamp


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
