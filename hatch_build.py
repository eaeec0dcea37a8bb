"""Takes `components/` and `notebooks/` into the wheel; an editable install reads the checkout's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TRAVELLERS = {"components": "spikex_lab/_components", "notebooks": "spikex_lab/_notebooks"}


class Travellers(BuildHookInterface):
    """Adds the files of the folders that travel with the package."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add each file but hidden and compiled ones."""
        if version == "editable":
            return
        for source, target in TRAVELLERS.items():
            folder = Path(self.root, source)
            for file in sorted(folder.rglob("*")):
                inside = file.relative_to(folder)
                hidden = any(part.startswith((".", "__pycache__")) for part in inside.parts)
                if file.is_file() and not hidden:
                    build_data["force_include"][str(file)] = f"{target}/{inside.as_posix()}"
