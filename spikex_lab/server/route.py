"""A route: an address and who answers there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from spikex_lab.server.base import Handler

ROOT = "/spikex/api/v1"


@dataclass(frozen=True)
class Route:
    """An address below the API's root, ``{name}`` standing for one of the `operations.PARTS`, and
    who answers. The first route that fits an address has it."""

    path: str
    handler: type[Handler]

    @property
    def parts(self) -> list[str]:
        """The names of its parts, in order."""
        return re.findall(r"\{(\w+)\}", self.path)

    @property
    def pattern(self) -> str:
        """The address as a regular expression; what the parts may be the guard looks at."""
        named = re.sub(r"\{file\}", r"(?P<file>.+)", self.path)
        return ROOT + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", named)
