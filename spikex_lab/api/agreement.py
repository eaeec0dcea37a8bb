"""What a component's last check found, in words: ``agrees with NEST 3.10 to 0.03 %``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from spikex_lab.api import display
from spikex_lab.errors import first_line

_OUTSIDE = re.compile(r"NEST|Brian|snnTorch|NEURON", re.IGNORECASE)


def agreement(data: bytes | None) -> str:
    """Return the comparisons in `data` (``conformance.json``) as HTML, other simulators first."""
    if data is None:
        return ""
    try:
        checks = json.loads(data)["checks"]
        found = [one for one in checks if one["quantity"] != "faults" and not one["skipped"]]
        found.sort(key=lambda one: (not _OUTSIDE.search(str(one["against"])), not one["ok"]))
        lines = [_agrees(one) for one in found]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return f"<div>{display.esc(f'conformance.json cannot be read: {first_line(error)}')}</div>"
    if not lines:
        return ""
    rest = "".join(f"<div>{line}</div>" for line in lines[1:])
    first = f'<div style="margin:6px 0">{lines[0]}</div>'
    return first + (display.details(f"{len(lines) - 1} more comparisons", rest) if rest else "")


def _agrees(check: Mapping[str, Any]) -> str:
    ok = bool(check["ok"])
    colour = display.STATE_COLOURS["finished" if ok else "failed"]
    mark = f'<span style="color:{colour}">{"✓" if ok else "✗"}</span>'
    error, quantity = check["error"], str(check["quantity"])
    if error == 0:
        how = "agrees exactly with" if ok else "differs from"
        text = f"{how} {check['against']}"
    else:
        how = "agrees with" if ok else "differs from"
        text = f"{how} {check['against']} {'to' if ok else 'by'} {_size(error, quantity)}"
    return f"{mark} {display.esc(text)}" + (
        f' <span style="color:{display.MUTED}">{display.esc(quantity)}</span>' if quantity else ""
    )


def _size(error: Any, quantity: str) -> str:
    if error is None:
        return "more than can be said"
    if "relative" in quantity or "%" in quantity or "per cent" in quantity:
        return f"{100 * float(error):.2g} %"
    return f"{float(error):.2g}"
