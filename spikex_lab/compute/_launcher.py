"""Start one command in its own session and leave: ``python -I -S _launcher.py LOG CWD COMMAND…``.

The process in between makes the coordinator an orphan at once, so that nobody who kills the
caller's tree, process group or terminal reaches it. Prints the pid. Standard library only.
"""

import os
import subprocess
import sys
from typing import Any


def main() -> None:
    """Open the log, start the command detached, print its pid."""
    log, cwd, *command = sys.argv[1:]
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    options: dict[str, Any] = {
        "stdin": subprocess.DEVNULL,
        "stdout": out,
        "stderr": out,
        "cwd": cwd,
    }
    if sys.platform == "win32":
        flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
        try:  # a job object may forbid breaking away from it
            child = subprocess.Popen(  # noqa: S603
                command, creationflags=flags | subprocess.CREATE_BREAKAWAY_FROM_JOB, **options
            )
        except PermissionError:
            child = subprocess.Popen(command, creationflags=flags, **options)  # noqa: S603
    else:
        child = subprocess.Popen(  # noqa: S603
            command, start_new_session=True, close_fds=True, **options
        )
    print(child.pid, flush=True)
    os._exit(0)  # do not wait for the child, do not warn about it


if __name__ == "__main__":
    main()
