"""One home for all tests of this folder, so that each component is compiled once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPIKEX_HOME", str(tmp_path_factory.mktemp("conformance")))
        yield
