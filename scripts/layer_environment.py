"""Let a second virtual environment see all that this one has: ``python layer_environment.py DIR``.

What is installed there goes before what is here; this environment is not changed.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path


def main() -> int:
    """Write the one file that does it."""
    environment = Path(sys.argv[1])
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    out = subprocess.run(  # noqa: S603 (the environment that make has just made)
        [environment / "bin/python", "-c", ask], capture_output=True, text=True, check=True
    )
    here = sysconfig.get_path("purelib")
    # addsitedir, not a plain line: the .pth files in it (editable installs) are to be read too
    line = f"import site; site.addsitedir({here!r})\n"
    (Path(out.stdout.strip()) / "spikex-base.pth").write_text(line, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
