"""``ETag`` and ``If-Match``: a write names the version it was made on (RFC 9110, section 13)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from spikex_lab.errors import SpikexError, StaleError

_TAGS = re.compile(r'\s*(W/)?"([\x21\x23-\x7e]*)"\s*(?:,|\Z)')


class PreconditionRequired(SpikexError):  # noqa: N818 (what is missing, as the status calls it)
    """A write that does not say which version it was made on."""

    status = 428


def tag(version: int) -> str:
    """Return the strong entity tag of a version.

    Examples
    --------
    >>> tag(3)
    '"3"'
    """
    return f'"{version}"'


@dataclass(frozen=True)
class Match:
    """The versions that a write may be made over; None: any."""

    tags: frozenset[str] | None

    @classmethod
    def read(cls, header: str | None) -> Match:
        """Return what ``If-Match`` says. A weak or unreadable tag matches nothing.

        Raises
        ------
        PreconditionRequired : there is no such header.
        """
        if header is None:
            raise PreconditionRequired(
                "say which version you change",
                where="If-Match",
                hint='send the ETag that you were given, such as If-Match: "3"',
            )
        if header.strip() == "*":
            return cls(None)
        return cls(frozenset(text for weak, text in _TAGS.findall(header) if not weak))

    def over(self, version: int, *, where: str) -> int:
        """Return `version`, the newest, where it is one that the write may be made over.

        Raises
        ------
        StaleError : somebody else has written meanwhile.
        """
        if self.tags is not None and tag(version) not in {f'"{text}"' for text in self.tags}:
            raise StaleError(
                f"it is at version {version} by now",
                where=where,
                hint="open it again: it was saved elsewhere",
            )
        return version
