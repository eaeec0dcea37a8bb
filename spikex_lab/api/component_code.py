"""A component's code in every language that it is to be had in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spikex_lab.api import refs
from spikex_lab.errors import InvalidError

if TYPE_CHECKING:
    from spikex_lab.catalog import Component

LANGUAGES = {
    "python": ("Python (PyTorch)", ".py"),
    "cpp": ("C++", ".cpp"),
    "javascript": ("JavaScript", ".js"),
    "latex": ("LaTeX", ".tex"),
    "mathml": ("MathML", ".mml"),
}
"""What `code` knows: how each is called, and the ending of its file."""


def code(entry: Component, language: str) -> str | None:
    """Return the code of `entry`: rendered from its equations, else as it was written.

    None where it is not to be had in `language`, one of `LANGUAGES`.
    """
    from spikex_lab.catalog.render import PRINTERS, printable

    if printable(entry):
        return PRINTERS[LANGUAGES[language][1]](entry)
    written = {str(key): name for key, name in entry.spec.code.items()}.get(language)
    data = None if written is None else entry.file(written)
    return None if data is None else data.decode("utf-8", "replace")


def known_code(entry: Component, language: str) -> str:
    """Return the code of `entry` as `code` does.

    Raises
    ------
    InvalidError : it is not to be had in `language`; the hint says in which it is.
    """
    found = code(entry, language) if language in LANGUAGES else None
    if found is None:
        known = [key for key in LANGUAGES if code(entry, key) is not None]
        raise InvalidError(
            f'no code in "{refs.shown(language)}"',
            where=entry.id,
            hint=f"known: {', '.join(known)}" if known else "it has none",
        )
    return found
