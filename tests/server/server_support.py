"""What the tests of several routes need."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

BOUNDARY = "----a-boundary"


def configured(**settings: Any) -> dict[str, Any]:
    """Return a server's configuration with our extension and these settings of it."""
    return {"ServerApp": {"jpserver_extensions": {"spikex_lab": True}}, "SpikexServerApp": settings}


def read(answer: Any) -> Any:
    """Return the JSON of an answer."""
    return json.loads(answer.body)


async def emptied(folder: Path) -> None:
    """Wait until nothing is left in `folder`: what was uploaded is removed after the answer."""
    while folder.is_dir() and list(folder.iterdir()):
        await asyncio.sleep(0.01)


def form(fields: Mapping[str, str], name: str, content: bytes | Path) -> dict[str, Any]:
    """Return a multipart body with one file, and its type, as arguments of `fetch`."""
    data = content.read_bytes() if isinstance(content, Path) else content
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{text}\r\n'.encode()
        for key, text in fields.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = b"".join([*parts, head.encode(), data, f"\r\n--{BOUNDARY}--\r\n".encode()])
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return {"body": body, "headers": {"Content-Type": kind}}
