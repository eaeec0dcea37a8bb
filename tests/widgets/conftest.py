"""`fakes` beside the tests, and no widget left behind by one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("bqplot", reason="the panels need the extra [lab]")
sys.path.insert(0, str(Path(__file__).parent))
