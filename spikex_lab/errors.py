"""The one error that reaches a user: where it is, what is wrong, how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, ClassVar


@dataclass(frozen=True)
class Problem:
    """One bad field: a JSON pointer to it (``/nodes/1/params/beta``) and what is wrong with it."""

    pointer: str
    message: str


class SpikexError(Exception):
    """Base of every error meant for a person.

    Parameters
    ----------
    what : what is wrong, one sentence without a full stop.
    where : the place it is in (a file, a node, a flag); empty where there is none.
    hint : how to mend it; empty where nothing helps.
    problems : one entry per bad field, for forms and for ``application/problem+json``.

    Examples
    --------
    >>> print(SpikexError("no such dataset", where="--dataset", hint="known: digits, mnist"))
    --dataset: no such dataset (known: digits, mnist)
    """

    status: ClassVar[int] = 422
    """The HTTP status that says the same."""
    exit_code: ClassVar[int] = 2
    """The command line's exit status: 2 bad input, 1 failed work."""

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        hint: str = "",
        problems: Sequence[Problem] = (),
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint
        self.problems = tuple(problems)

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text} ({self.hint})" if self.hint else text

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.what, self.where, self.hint, self.problems)


def _rebuild(
    cls: type[SpikexError], what: str, where: str, hint: str, problems: Sequence[Problem]
) -> SpikexError:
    return cls(what, where=where, hint=hint, problems=problems)


class InvalidError(SpikexError):
    """Input that breaks a rule."""


class NotFoundError(SpikexError):
    """A thing asked for by name or id that is not there (or not yours to see)."""

    status = 404


class ConflictError(SpikexError):
    """The state of the thing forbids it: a name that exists, a run that has finished."""

    status = 409


class StaleError(SpikexError):
    """A write over a version newer than the one that was read."""

    status = 412


class TooLargeError(SpikexError):
    """Over a size limit."""

    status = 413


class BusyError(SpikexError):
    """More at a time than a limit allows; room again once some of it has ended."""

    status = 429


class StorageError(SpikexError):
    """The disk or the database refused: full, read-only, damaged, newer than this program."""

    status = 507


class WorkError(SpikexError):
    """The work itself failed: a run, a download, an export."""

    status = 500
    exit_code = 1


def plain(error: SpikexError) -> dict[str, Any]:
    """Return `error` as plain data, for another process to raise it by `rebuilt`."""
    return {
        "type": type(error).__name__,
        "what": error.what,
        "where": error.where,
        "hint": error.hint,
        "problems": [{"pointer": p.pointer, "message": p.message} for p in error.problems],
    }


def rebuilt(data: Mapping[str, Any]) -> SpikexError:
    """Return the error that `plain` has described; of a kind that is unknown here: a `WorkError`.

    Examples
    --------
    >>> rebuilt(plain(NotFoundError("no such run", where="runs")))
    NotFoundError('no such run')
    """
    kind = globals().get(str(data.get("type")))
    if not (isinstance(kind, type) and issubclass(kind, SpikexError)):
        kind = WorkError
    problems = [Problem(one["pointer"], one["message"]) for one in data.get("problems", ())]
    where, hint = str(data.get("where", "")), str(data.get("hint", ""))
    return kind(str(data["what"]), where=where, hint=hint, problems=problems)


def first_line(error: BaseException) -> str:
    """Return the first line of what `error` says, or its type's name; at most 200 characters.

    Examples
    --------
    >>> first_line(ValueError("too short\\nseen at byte 7"))
    'too short'
    """
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:200]


def nearest(name: str, known: Sequence[str]) -> str:
    """Return a hint that names the known word nearest to `name`, or lists a few known words.

    Examples
    --------
    >>> nearest("epoch", ["epochs", "lr"])
    'did you mean "epochs"?'
    """
    match = get_close_matches(name, known, n=1, cutoff=0.6)
    if match:
        return f'did you mean "{match[0]}"?'
    shown = ", ".join(sorted(known)[:12])
    return f"known: {shown}" if shown else ""
