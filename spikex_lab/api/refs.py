"""Names that a user gives: checked before anything looks for them. No name ever makes a path."""

from __future__ import annotations

import re
import unicodedata

from spikex_lab.errors import InvalidError, NotFoundError
from spikex_lab.spec.names import check_name

_COMPONENT = re.compile(r"[a-z]+/[a-z0-9][a-z0-9-]{0,99}|[a-z0-9][a-z0-9-]{0,99}")


def shown(text: object) -> str:
    """Return `text` fit for one line of a message: printable, at most 60 characters."""
    clean = "".join(c if unicodedata.category(c)[0] != "C" else "?" for c in str(text))
    return clean if len(clean) <= 60 else clean[:59] + "…"


def existing(ref: object, what: str) -> str:
    """Return `ref`, the name or id of a `what`, or raise `NotFoundError` where it cannot be one."""
    try:
        return new(ref, what)
    except InvalidError:
        raise NotFoundError(
            f'no {what} "{shown(ref)}"',
            hint=f"a {what} has a name, not a path" if "/" in str(ref) else "",
        ) from None


def new(name: object, what: str) -> str:
    """Return `name` for a new `what`, or raise `InvalidError` that says what a name may hold."""
    if not isinstance(name, str):
        raise InvalidError(f"the name of a {what} is text, not {shown(repr(name))}", where="name")
    return check_name(name, where="name")


def component(ref: object) -> str:
    """Return a component's id, or raise `NotFoundError`."""
    if isinstance(ref, str) and _COMPONENT.fullmatch(ref):
        return ref
    raise NotFoundError(f'no component "{shown(ref)}"', hint="an id is like neurons/leaky")
