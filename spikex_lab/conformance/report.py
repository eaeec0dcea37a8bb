"""What a check found: what was compared with what, how far apart they were, how far they may be."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes
    ----------
    name : what was checked (``units``, ``C++``, ``gradients``, or a case's name).
    against : what it was compared with.
    error, tolerance : in the terms of `quantity`; faults are counted where nothing is measured.
    message : what is wrong, or why it was skipped; else empty.
    skipped : it could not be checked here; `message` names what is missing.
    """

    name: str
    against: str
    error: float = 0.0
    tolerance: float = 0.0
    quantity: str = ""
    message: str = ""
    skipped: bool = False

    def __post_init__(self) -> None:
        # numpy's numbers compare to numpy's truth values, which JSON has no word for
        object.__setattr__(self, "error", float(self.error))
        object.__setattr__(self, "tolerance", float(self.tolerance))

    @property
    def ok(self) -> bool:
        """Whether the error is within the tolerance."""
        return self.skipped or (not math.isnan(self.error) and self.error <= self.tolerance)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data; no error is beyond the largest number that JSON can say."""
        error = sys.float_info.max if math.isnan(self.error) else self.error
        return {
            "name": self.name,
            "ok": self.ok,
            "against": self.against,
            "quantity": self.quantity,
            "error": min(error, sys.float_info.max),
            "tolerance": self.tolerance,
            "message": self.message,
            "skipped": self.skipped,
        }


def faults(name: str, against: str, found: Sequence[str]) -> Check:
    """Return a check that counts the faults in `found`; its message is the first of them."""
    more = f" ({len(found) - 1} more)" if len(found) > 1 else ""
    return Check(
        name,
        against,
        error=len(found),
        message=f"{found[0]}{more}" if found else "",
        quantity="faults",
    )


@dataclass(frozen=True)
class Report:
    """Everything that was checked of one component."""

    id: str
    version: str = ""
    checks: list[Check] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every check is."""
        return all(check.ok for check in self.checks)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data: an entry of ``spikex components check --json``."""
        return {
            "id": self.id,
            "version": self.version,
            "ok": self.ok,
            "checks": [check.to_dict() for check in self.checks],
        }


def to_dict(reports: Iterable[Report]) -> dict[str, Any]:
    """Return the JSON of ``spikex components check``."""
    found = [report.to_dict() for report in reports]
    return {"components": found, "ok": all(report["ok"] for report in found)}
