"""What a component's last check found, in words: ``agrees with NEST 3.10 to 0.03 %``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from spikex_lab.api import display
from spikex_lab.errors import first_line

_OUTSIDE = re.compile(r"NEST|Brian|snnTorch|NEURON", re.IGNORECASE)


@dataclass(frozen=True)
class Comparison:
    """One comparison in words; `quantity`: what of it was compared."""

    ok: bool
    text: str
    quantity: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def comparisons(report: Mapping[str, Any] | None) -> list[Comparison]:
    """Return the comparisons in a report of the checker, other simulators first.

    Raises
    ------
    KeyError, TypeError, ValueError, AttributeError : it is no report.
    """
    checks = [] if report is None else report["checks"]
    found = [one for one in checks if one["quantity"] != "faults" and not one["skipped"]]
    found.sort(key=lambda one: (not _OUTSIDE.search(str(one["against"])), not one["ok"]))
    return [_compared(one) for one in found]


def agreement(data: bytes | None) -> str:
    """Return the comparisons in `data` (``conformance.json``) as HTML."""
    if data is None:
        return ""
    try:
        lines = [_line(one) for one in comparisons(json.loads(data))]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return f"<div>{display.esc(f'conformance.json cannot be read: {first_line(error)}')}</div>"
    if not lines:
        return ""
    rest = "".join(f"<div>{line}</div>" for line in lines[1:])
    first = f'<div style="margin:6px 0">{lines[0]}</div>'
    return first + (display.details(f"{len(lines) - 1} more comparisons", rest) if rest else "")


def _line(one: Comparison) -> str:
    colour = display.STATE_COLOURS["finished" if one.ok else "failed"]
    mark = f'<span style="color:{colour}">{"✓" if one.ok else "✗"}</span>'
    return f"{mark} {display.esc(one.text)}" + (
        f' <span style="color:{display.MUTED}">{display.esc(one.quantity)}</span>'
        if one.quantity
        else ""
    )


def _compared(check: Mapping[str, Any]) -> Comparison:
    ok = bool(check["ok"])
    error, quantity = check["error"], str(check["quantity"])
    if error == 0:
        text = f"{'agrees exactly with' if ok else 'differs from'} {check['against']}"
    else:
        how = "agrees with" if ok else "differs from"
        text = f"{how} {check['against']} {'to' if ok else 'by'} {_size(error, quantity)}"
    return Comparison(ok, text, quantity)


def _size(error: Any, quantity: str) -> str:
    if error is None:
        return "more than can be said"
    if "relative" in quantity or "%" in quantity or "per cent" in quantity:
        return f"{100 * float(error):.2g} %"
    return f"{float(error):.2g}"
