"""Everything in the library passes its own checks."""

from __future__ import annotations

import pytest

from spikex_lab.catalog import library
from spikex_lab.conformance.check import check


@pytest.mark.parametrize("name", library().ids())
def test_component(name: str) -> None:
    report = check(name)
    bad = [
        f"{one.name}: {one.against}: {one.error:g} > {one.tolerance:g} {one.message}"
        for one in report.checks
        if not one.ok
    ]
    assert not bad, "\n".join(bad)
