"""What our part of the server may write into the log: no secret, and nothing that fills it."""

from __future__ import annotations

import logging
import re
import traceback

LONGEST = 1000
"""Characters of a line."""
_FRAMES = 20
# Every repetition begins at a word and has an end: a long text costs no more than its length.
_SIGN_IN = re.compile(r"\b([a-z][a-z0-9+.-]{0,20}://)[^/\s'\"@]+@", re.IGNORECASE)
_NAMED = re.compile(
    r"(\b[\w-]{0,40}?(?:token|passw|secret|api_?key|authorization|cookie|xsrf|credential)[\w-]{0,40}"
    r"[\"']?\s*[=:]\s*[\"']?)(?:(?:bearer|basic|token)\s+)?[^\s\"'&,;]+",
    re.IGNORECASE,
)


def redacted(text: str) -> str:
    """Return one line of `text`, without the values of what is secret by its name or place.

    Examples
    --------
    >>> redacted("GET /x?token=abc of postgresql://me:abc@db/x")
    'GET /x?token=*** of postgresql://***@db/x'
    """
    text = _NAMED.sub(r"\1***", _SIGN_IN.sub(r"\1***@", text[: 4 * LONGEST]))
    text = "".join(char if char.isprintable() else " " for char in text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


class Redacting(logging.Filter):
    """Lets every record through as `redacted` says; of an error its last frames and its words."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite `record`."""
        record.msg, record.args = redacted(record.getMessage()), None
        if record.exc_info:
            lines = traceback.format_exception(*record.exc_info, limit=-_FRAMES)
            words = [redacted(line) for part in lines for line in part.splitlines()]
            record.exc_info, record.exc_text = None, "\n".join(words)
        return True


_FILTER = Redacting()


def guarded(logger: logging.Logger) -> logging.Logger:
    """Return `logger` as one that redacts what is logged through it."""
    logger.addFilter(_FILTER)  # again is no change
    return logger
