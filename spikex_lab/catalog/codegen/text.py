"""What printers share: words for variants, and text that cannot leave its comment."""

from __future__ import annotations

import re

from spikex_lab.catalog.body import Selection
from spikex_lab.catalog.expr import Binary, Choose, Expr, Neg, Num

_LEVEL = {"+": 1, "-": 1, "*": 2, "/": 2, "//": 2, "%": 2, "**": 4}


def level(node: Expr) -> int:
    """Return how tightly `node` binds: choice 0, sum 1, product 2, minus 3, power 4, else 5."""
    match node:
        case Choose():
            return 0
        case Binary(op):
            return _LEVEL[op]
        case Neg():
            return 3
        case Num(value):
            return 3 if value < 0 else 5
    return 5


def comment(text: str, limit: int = 160) -> str:
    """Return `text` as one line of printable ASCII that is safe in any comment or docstring."""
    line = " ".join(text.split())
    line = "".join(char if " " <= char <= "~" else "?" for char in line)
    line = line.replace("\\", "/").replace('"', "'").replace("*/", "* /")
    return line if len(line) <= limit else line[: limit - 3] + "..."


def label(chosen: Selection) -> str:
    """Return a selection in words: ``reset=zero, reset_delay=true``."""
    return ", ".join(
        f"{name}={str(value).lower() if isinstance(value, bool) else value}"
        for name, value in chosen
    )


def suffixes(chosen: list[Selection]) -> list[str]:
    """Return one identifier ending per selection, all different; the first is empty."""
    result: list[str] = []
    for index, one in enumerate(chosen):
        words = "_".join(_word(name, value) for name, value in one)
        ending = "" if index == 0 else "_" + re.sub(r"[^a-z0-9]+", "_", words.lower())[:60]
        result.append(ending if ending not in result else f"{ending}_{index}")
    return result


def _word(name: str, value: bool | str) -> str:
    if isinstance(value, bool):
        return name if value else f"no_{name}"
    return value
