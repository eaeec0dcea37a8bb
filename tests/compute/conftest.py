"""Fixtures of the spine's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from spine import Spine


@pytest.fixture
def spine(tmp_path: Path) -> Iterator[Spine]:
    """A private store whose coordinators know the tiny jobs."""
    made = Spine(tmp_path / "home", max_coordinators=4)
    yield made
    made.close()


@pytest.fixture
def hasty(tmp_path: Path) -> Iterator[Spine]:
    """The same with a lease of one second."""
    made = Spine(tmp_path / "home", max_coordinators=4, lease_seconds=1.0)
    yield made
    made.close()
