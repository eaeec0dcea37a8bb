"""``ETag`` and ``If-Match``: a write names the version it was made on (RFC 9110, section 13)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from spikex_lab.errors import InvalidError, SpikexError, StaleError

_TAG = r'(?:W/)?"[!#-~]*"'
HEADER = rf"^(?:\*|{_TAG}(?: ?, ?{_TAG})*)$"
"""What ``If-Match`` may be."""


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
    """What ``If-Match`` says; None: there is no such header."""

    header: str | None

    def names(self, version: int) -> bool:
        """Return whether `version` is named, or any will do; a weak tag names nothing.

        Raises
        ------
        InvalidError : the header cannot be read.
        """
        header = "*" if self.header is None else self.header.strip()
        if not re.fullmatch(HEADER, header):
            raise InvalidError("this is no ETag", where="If-Match", hint='such as "3", or *')
        return header == "*" or tag(version) in re.findall(_TAG, header)

    def over(self, version: int, *, where: str) -> int:
        """Return `version`, the newest, where it is one that the write may be made over.

        Raises
        ------
        PreconditionRequired : there is no such header. InvalidError : it cannot be read.
        StaleError : somebody else has written meanwhile.
        """
        if self.header is None:
            raise PreconditionRequired(
                "say which version you change",
                where="If-Match",
                hint='send the ETag that you were given, such as If-Match: "3"',
            )
        if not self.names(version):
            raise StaleError(
                f"it is at version {version} by now",
                where=where,
                hint="open it again: it was saved elsewhere",
            )
        return version
