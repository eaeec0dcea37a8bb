"""A coordinator that also knows the tiny jobs; only the tests start it, by its path."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from spikex_lab.compute import coordinator, jobs, queue  # noqa: E402

JOBS = {name: f"spine_jobs:{name}" for name in ("count", "crash", "freeze", "slow_import")}


def install() -> None:
    """Make this process, and the coordinators that it starts, know the tiny jobs."""
    jobs.JOBS.update(JOBS)
    queue.COMMAND[:] = [str(Path(__file__).resolve())]


if __name__ == "__main__":
    install()
    if os.environ.get("SPIKEX_TEST_IMPORT_SECONDS"):
        find = jobs.find

        def slowly(name: str) -> jobs.Job:
            time.sleep(float(os.environ["SPIKEX_TEST_IMPORT_SECONDS"]))
            return find(name)

        jobs.find = slowly  # type: ignore[assignment]
    status = coordinator.main()
    coordinator._leave(status)
