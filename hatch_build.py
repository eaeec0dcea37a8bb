"""Takes `components/` and `notebooks/` into the wheel; an editable install reads the checkout's.

With ``SPIKEX_BUILD_PACK=1`` (`make wheel`) the kernel pack goes in too, and the wheel is for this
kind of machine; without it, or where there is no C++ compiler, it is for any.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TRAVELLERS = {"components": "spikex_lab/_components", "notebooks": "spikex_lab/_notebooks"}


class Travellers(BuildHookInterface):
    """Adds the files of the folders that travel with the package, and the kernel pack."""

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
        if os.environ.get("SPIKEX_BUILD_PACK") == "1":
            self._pack(build_data)

    def _pack(self, build_data: dict[str, Any]) -> None:
        """Make the kernel pack, what has not changed from the cache, and add it."""
        work = Path(self.root, "build", "kernels")
        module = "spikex_lab.nn.packing"
        subprocess.run(  # noqa: S603 (our own module)
            [sys.executable, "-m", module, work / "pack", work / "cache"], cwd=self.root, check=True
        )
        made = sorted((work / "pack").glob("*.so"))
        for file in made:
            build_data["force_include"][str(file)] = f"spikex_lab/_kernels/{file.name}"
        if made:
            platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{platform}"
