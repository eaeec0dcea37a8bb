"""Reading what a user gives as a dataset: in a child without network or credentials, within limits.

The parent calls `read`; the child is ``python -m spikex_lab.api.reading``.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from spikex_lab.errors import SpikexError, plain, rebuilt

WALL_SECONDS = 1800.0


def read(path: Path, name: str, classes: Sequence[str] | None, folder: Path) -> list[Path]:
    """Return the files of the dataset in `path` (see `data.readers.read_upload`), in `folder`.

    Parameters
    ----------
    folder : an empty one, on a disk with room.

    Raises
    ------
    InvalidError : a damaged file, objects in it, labels out of range; `folder` is of no use then.
    WorkError : it took too long, or more memory than there is.
    OSError : the disk is full, or fails.
    """
    from spikex_lab.api import context
    from spikex_lab.conformance import sandbox

    home, out = folder / "home", folder / "out"
    for place in (home, out):
        place.mkdir()
    limit = context.store().settings.max_upload_bytes
    request = {
        "path": str(path.absolute()),
        "name": name,
        "classes": list(classes) if classes else None,
        "folder": str(out),
        "limit": limit,
    }
    answer = sandbox.ask(
        "spikex_lab.api.reading",
        request,
        home,
        seconds=WALL_SECONDS,
        what="reading",
        settings={"SPIKEX_MAX_UPLOAD_BYTES": str(limit)},
    )
    if "errno" in answer:
        raise OSError(answer["errno"], os.strerror(answer["errno"]))
    if "error" in answer:
        raise rebuilt(answer["error"])
    return [out / file for file in answer["files"]]


def main() -> int:
    """Give up the network, read the request, write the arrays, answer; return the exit status."""
    from spikex_lab.conformance import isolation

    request = json.load(sys.stdin)
    isolation.enter(file_bytes=4 * int(request["limit"]))  # bytes may become float32
    json.dump(_answer(request), sys.stdout)
    return 0


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    from spikex_lab.data import arrays, readers

    try:
        info, splits = readers.read_upload(
            Path(request["path"]), request["name"], classes=request["classes"]
        )
        files = arrays.write(Path(request["folder"]), info, splits)
    except SpikexError as error:
        return {"error": plain(error)}
    except OSError as error:
        return {"errno": error.errno or errno.EIO}
    return {"files": [file.name for file in files]}


if __name__ == "__main__":
    sys.exit(main())
