"""Errors over HTTP: ``application/problem+json`` (RFC 9457), the same words everywhere."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from tornado.web import HTTPError

from spikex_lab.errors import SpikexError

MEDIA_TYPE = "application/problem+json"
_LONGEST = 1000


def problem(
    status: int, detail: str = "", *, where: str = "", hint: str = "", errors: Any = ()
) -> dict[str, Any]:
    """Return the body of an error answer; empty members are left out.

    Examples
    --------
    >>> problem(404, "no such run")
    {'type': 'about:blank', 'title': 'Not Found', 'status': 404, 'detail': 'no such run'}
    """
    body: dict[str, Any] = {"type": "about:blank", "title": _title(status), "status": status}
    for key, text in (("detail", detail), ("where", where), ("hint", hint)):
        if text:
            body[key] = text[:_LONGEST]
    if errors:
        body["errors"] = list(errors)
    return body


def from_exception(error: BaseException | None, status: int) -> dict[str, Any]:
    """Return the body for `error`; what was not meant for a person stays in the server's log."""
    if isinstance(error, SpikexError):
        fields = [{"pointer": p.pointer, "message": p.message[:_LONGEST]} for p in error.problems]
        return problem(
            error.status, error.what, where=error.where, hint=error.hint, errors=fields[:100]
        )
    if isinstance(error, HTTPError) and error.log_message and status < 500:
        return problem(status, _formatted(error))
    if status >= 500:
        return problem(status, "something went wrong here", hint="the server's log says what")
    return problem(status)


def _formatted(error: HTTPError) -> str:
    message = str(error.log_message)
    try:
        return message % error.args if error.args else message
    except TypeError:
        return message


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
