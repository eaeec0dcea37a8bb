"""What a handler's method is: to the authorizer, to its caller, and in the API's document.

Each method says it once, with `operation`; the guard parses and refuses by it, and the OpenAPI
document is made from it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field

from spikex_lab.spec.base import SpecModel

Action = Literal["read", "write", "execute"]
ACTIONS: tuple[Action, ...] = ("read", "write", "execute")

ALWAYS = frozenset({400, 401, 403, 411, 413, 429, 500, 507})
"""Statuses with which any operation may refuse."""


@dataclass(frozen=True)
class Media:
    """A body that is not JSON: its media types; `partial` where a range of it can be asked for."""

    types: tuple[str, ...] = ("application/octet-stream",)
    partial: bool = False


@dataclass(frozen=True)
class Form:
    """A multipart body: one file, streamed to the disk, and short texts beside it.

    Parameters
    ----------
    fields : schema of the texts; the file's part is called ``file``.
    """

    fields: type[SpecModel]


Answered = type[BaseModel] | Media | None


@dataclass(frozen=True)
class Operation:
    """One method of one route.

    Parameters
    ----------
    action : what it is to the authorizer.
    answers : what it answers by status; None: nothing.
    query, body : schemas of what it takes.
    errors : further statuses with which it refuses, besides those that follow from the rest.
    conditional : whether it changes a version that ``If-Match`` has to name.
    stream : whether the usual answer can be had as server-sent events.
    """

    action: Action
    answers: Mapping[int, Answered]
    query: type[SpecModel] | None = None
    body: type[SpecModel] | Form | None = None
    errors: frozenset[int] = field(default_factory=frozenset)
    conditional: bool = False
    stream: bool = False

    @property
    def status(self) -> int:
        """The status of the usual answer."""
        return next(iter(self.answers))

    def refusals(self, *, has_parts: bool) -> list[int]:
        """Return all statuses with which it may refuse, in order."""
        found = set(ALWAYS | self.errors)
        if has_parts:
            found.add(404)
        if self.query is not None or self.body is not None:
            found.add(422)
        if self.body is not None:
            found.add(415)
        if self.conditional:
            found |= {412, 422, 428}
        return sorted(found)


def operation(
    action: Action,
    answer: Answered = None,
    *,
    status: int | None = None,
    also: Mapping[int, Answered] | None = None,
    query: type[SpecModel] | None = None,
    body: type[SpecModel] | Form | None = None,
    errors: Iterable[int] = (),
    conditional: bool = False,
    stream: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Awaitable[None]]]:
    """Declare a handler's method; see `Operation`.

    Parameters
    ----------
    answer, status : the usual answer; without one the status is 204.
    also : other answers by status.
    """
    usual = status or (204 if answer is None else 200)
    declared = Operation(
        action=action,
        answers={usual: answer, **(also or {})},
        query=query,
        body=body,
        errors=frozenset(errors),
        conditional=conditional,
        stream=stream,
    )

    def mark(method: Callable[..., Any]) -> Callable[..., Awaitable[None]]:
        method.operation = declared  # type: ignore[attr-defined]
        return method  # the guard sends what it returns

    return mark


# --- parts of an address ------------------------------------------------------------------------

ID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


@dataclass(frozen=True)
class Part:
    """A part of an address: which texts it may be (all others are unknown), and what it names."""

    pattern: str
    what: str

    def knows(self, text: str) -> bool:
        """Return whether `text` can name anything."""
        return re.fullmatch(self.pattern, text) is not None


PARTS: Mapping[str, Part] = {
    "model": Part(ID, "model"),
    "run": Part(ID, "run"),
    "dataset": Part(ID, "dataset"),
    "transfer": Part(ID, "transfer"),
    "target": Part(ID, "target"),
    "evaluation": Part(ID, "evaluation"),
    "version": Part(r"[1-9][0-9]{0,8}", "version"),
    "kind": Part(r"[a-z]{1,40}", "component"),
    "component": Part(r"[a-z0-9][a-z0-9-]{0,99}", "component"),
    "artifact": Part(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,199}", "artifact"),
    "file": Part(r"(conformance/)?[A-Za-z0-9][A-Za-z0-9._-]{0,99}", "file"),
    "tutorial": Part(r"[a-z0-9_]{1,64}", "tutorial"),
}


# --- arguments of a query -----------------------------------------------------------------------


def _digits(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{1,18}", value):
        raise ValueError("must be a whole number")
    return value


def _flag(value: Any) -> Any:
    if isinstance(value, str) and value not in ("true", "false"):
        raise ValueError("must be true or false")
    return value


Number = Annotated[int, BeforeValidator(_digits)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Search = Annotated[str, Field(max_length=200)]


class Paged(SpecModel):
    """Which page of a list, from 1."""

    page: Annotated[Number, Field(ge=1, le=10**9)] = 1
    page_size: Annotated[Number, Field(ge=1, le=200)] = 50
