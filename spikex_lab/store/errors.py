"""Errors of the store that callers tell apart."""

from __future__ import annotations

from spikex_lab.errors import ConflictError


class LeaseLost(ConflictError):  # noqa: N818 (a name of the contract: what happened, not an error of the user)
    """The run's lease is another's, or the run has ended: whoever gets this writes nothing more."""

    exit_code = 1
