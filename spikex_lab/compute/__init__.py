"""Where a job executes: detached coordinators on this machine, their leases, their queue.

`submit` starts a queued run, `control` commands it, `reconcile` finds the ones that nobody is
behind any more; `dispatch` starts what waits. All return at once and need no server.
"""

from spikex_lab.compute.commands import control, submit
from spikex_lab.compute.queue import dispatch
from spikex_lab.compute.watch import reconcile

__all__ = ["control", "dispatch", "reconcile", "submit"]
