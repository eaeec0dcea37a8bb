"""Identifiers: UUIDv7, so they sort by the time they were made (RFC 9562, section 5.7)."""

from __future__ import annotations

import os
import time


def new_id() -> str:
    """Return a new UUIDv7 in its canonical text form.

    Examples
    --------
    >>> len(new_id())
    36
    """
    stamp = time.time_ns() // 1_000_000
    value = (stamp << 80) | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
