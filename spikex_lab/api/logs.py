"""A run's log lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spikex_lab.api import display
from spikex_lab.api.listing import Row


class Logs(display.Displayed, Sequence[Row]):
    """Log lines: rows with time, level and message; shown as text."""

    def __init__(self, events: Sequence[dict[str, Any]]) -> None:
        self.rows = [Row(_log_line(event)) for event in events]

    def __getitem__(self, index: Any) -> Any:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def text(self) -> str:
        """All lines as plain text."""
        return "\n".join(f"{r.time}  {r.level:<7}  {display.plain(r.message)}" for r in self.rows)

    def __repr__(self) -> str:
        return self.text or "(no log lines)"

    def _html(self) -> str:
        return display.code(repr(self))


def _log_line(event: dict[str, Any]) -> dict[str, Any]:
    kind = event["type"]
    if kind == "state":
        reason = event.get("reason") or event.get("message") or ""
        return {
            "time": event["time"],
            "level": "info",
            "message": f"{event.get('state')} {reason}".strip(),
        }
    level = event.get("level") or ("error" if kind == "error" else "info")
    message = event.get("message") or event.get("what") or event.get("error") or ""
    return {"time": event["time"], "level": str(level), "message": str(message)}
