"""What a page went through, told when its test fails: nobody looks over CI's shoulder."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page, WebSocket

KEPT, WIDTH = 40, 220


class Witness:
    """The last words between a page and its kernels, and what its console complained of.

    Of what comes from a kernel only a Lab's own words are kept (`spikex_lab.widgets.hosting`); of
    what goes to one, every word.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._lines: deque[str] = deque(maxlen=KEPT)
        self._began = time.monotonic()
        page.on("websocket", self._listen)
        page.on("pageerror", lambda error: self._note("!", str(error)))
        page.on(
            "console",
            lambda said: self._note("!", said.text) if said.type == "error" else None,
        )

    def tell(self) -> str:
        """Return it as text, with the toasts that are on the page now."""
        from playwright.sync_api import Error

        try:
            toasts = self._page.locator(".Toastify__toast").all_inner_texts()
        except Error as error:  # a page that is gone must not take pytest's report with it
            toasts = [f"the page cannot be asked: {error}"]
        return "\n".join([*self._lines, *(f"toast: {toast[:WIDTH]}" for toast in toasts)])

    def _listen(self, socket: WebSocket) -> None:
        self._note("+", socket.url.rsplit("/api/", 1)[-1][:60])
        socket.on("close", lambda _: self._note("-", socket.url.rsplit("/api/", 1)[-1][:60]))
        socket.on("framesent", lambda frame: self._hear(">", frame))
        socket.on("framereceived", lambda frame: self._hear("<", frame))

    def _hear(self, way: str, frame: str | bytes) -> None:
        for kind, content in _message(frame):
            data = content.get("data") or {}
            if kind in ("comm_open", "comm_close", "execute_request") and way == ">":
                self._note(way, f"{kind} {content.get('target_name') or content.get('code') or ''}")
            elif kind == "comm_msg" and (way == ">" or "lab" in data or "reply" in data):
                self._note(way, json.dumps(data))
            elif kind in ("error", "stream") and way == "<":
                self._note(way, f"{kind} {content.get('text') or content.get('evalue')}")

    def _note(self, way: str, text: str) -> None:
        self._lines.append(f"{time.monotonic() - self._began:8.3f} {way} {text[:WIDTH]}")


def _message(frame: str | bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the type and the content of a kernel's message (Jupyter's binary form, version 1)."""
    if isinstance(frame, str):
        return
    count = int.from_bytes(frame[:8], "little")
    if not 6 <= count < 1000:
        return
    ends = [int.from_bytes(frame[8 * k : 8 * k + 8], "little") for k in range(1, count + 1)]
    header, content = (frame[ends[k] : ends[k + 1]] for k in (1, 4))
    yield json.loads(header)["msg_type"], json.loads(content)
