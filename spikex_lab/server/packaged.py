"""The tutorial notebooks that travel with the package, as data."""

from __future__ import annotations

import json
import re
from typing import Any

from spikex_lab.api import tutorials
from spikex_lab.errors import NotFoundError, nearest

_NAME = re.compile(r"[a-z0-9_]{1,64}")


def names() -> list[str]:
    """Return the names of the tutorials, in order."""
    stems = [name.removesuffix(".ipynb") for name in tutorials.names()]
    return [stem for stem in stems if _NAME.fullmatch(stem)]


def read(name: str) -> dict[str, Any]:
    """Return the notebook of the tutorial `name`.

    Raises
    ------
    NotFoundError : there is none of that name.
    """
    known = names()
    if name not in known:
        raise NotFoundError("no such tutorial", hint=nearest(name[:64], known))
    text = (tutorials.folder() / f"{name}.ipynb").read_text(encoding="utf-8")
    notebook: dict[str, Any] = json.loads(text)
    return notebook
