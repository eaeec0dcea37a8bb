"""The component library: its lines, a component's page, contributions and reviews."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from spikex_lab.server.operations import Paged, Search
from spikex_lab.server.schemas.common import Answer, As, PageOf, Unpaged
from spikex_lab.spec.base import SpecModel

Version = Annotated[str, Field(pattern=r"^[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}$")]


class LibraryQuery(Paged):
    """What to look for: words (each begins a word), a kind, a tag."""

    q: Search = ""
    kind: Annotated[str, Field(max_length=40)] | None = None
    tag: Annotated[str, Field(max_length=100)] | None = None


class Entry(Answer):
    """One line of the library."""

    id: str
    kind: str
    name: str
    version: str
    summary: str
    tags: list[str]
    state: str


class Library(PageOf[Entry]):
    """One page of the library, and how many lines there are by kind and by tag."""

    kinds: dict[str, int]
    tags: dict[str, int]


class ComponentQuery(SpecModel):
    """Which version; default: the newest that may be seen."""

    version: Version | None = None


class ComponentVersion(Answer):
    """One version of a component."""

    version: str
    state: str
    author: str
    created: str


class Review(Answer):
    """What a reviewer said of a version."""

    version: str
    reviewer_name: str
    verdict: str
    comment: str
    created: str


class Component(Entry):
    """A component's page.

    `equations` is Presentation MathML, one per block; `code` its text by language; `conformance`
    the report of its last check; `definition` the whole ``component.yaml``.
    """

    description: str
    authors: list[str]
    license: str
    definition: Annotated[dict[str, Any], As("spikex_lab.catalog.schema:ComponentSpec")]
    equations: str
    symbols: dict[str, str]
    code: dict[str, str]
    files: list[str]
    conformance: dict[str, Any] | None
    versions: list[ComponentVersion]
    reviews: list[Review]


class Contribution(SpecModel):
    """A component to keep: its ``component.yaml`` as text. `submit` hands it in for review, after
    a check that it has to pass; else it stays a draft of one's own."""

    source: Annotated[str, Field(min_length=1, max_length=200_000)]
    submit: bool = False


class NewReview(SpecModel):
    """The decision on the version that is pending, and why."""

    verdict: Literal["approve", "reject"]
    comment: Annotated[str, Field(min_length=1, max_length=10_000)]


class ReviewList(Unpaged[Review]):
    """What reviewers said of a component."""
