"""A Jupyter server in the test's own event loop, with our extension and an empty store."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_jupyter.jupyter_core import *  # noqa: F403 (the plugin's fixtures, for this folder only)
from pytest_jupyter.jupyter_server import *  # noqa: F403
from tornado.httpclient import HTTPResponse

from spikex_lab.spec import RunSpec
from spikex_lab.spec.templates import template
from spikex_lab.store import RunRow, Store
from spikex_lab.store.runs import Runs

API = ("spikex", "api", "v1")
Call = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
def jp_home_dir(tmp_path: Path) -> Path:
    """Another folder than the fixture `home`, which is the store's."""
    folder = tmp_path / "user"
    folder.mkdir()
    return folder


@pytest.fixture
def jp_server_config(home: Path) -> dict[str, Any]:
    """Load our extension; its store is the one of the fixture `home`."""
    return {"ServerApp": {"jpserver_extensions": {"spikex_lab": True}}}


@pytest.fixture
def fetch(jp_fetch: Any) -> Callable[..., Awaitable[HTTPResponse]]:
    """Call the API; errors are answers too."""

    async def call(*parts: str, body: Any = None, **kwargs: Any) -> HTTPResponse:
        headers = dict(kwargs.pop("headers", {}))  # jp_fetch adds the token to it
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        return await jp_fetch(*API, *parts, body=body, headers=headers, raise_error=False, **kwargs)

    return call


@pytest.fixture(autouse=True)
def no_coordinators(monkeypatch: pytest.MonkeyPatch) -> None:
    """Queued runs stay queued: these tests play the coordinator themselves."""
    monkeypatch.setattr(Runs, "claim_next", lambda *_args, **_kwargs: None)


@pytest.fixture
def run(store: Store) -> RunRow:
    """A queued run of a small model, with nobody behind it."""
    model = template("snn-mlp", model_name="tiny", input_shape=[1, 8, 8], classes=10)
    row = store.models.create("tiny", model.to_dict(), model.digest())
    spec = RunSpec(model=model, dataset="digits")
    return store.runs.create(spec.to_dict(), model_id=row.id, model_version=1)


@pytest.fixture
def live(store: Store, run: RunRow) -> tuple[str, int]:
    """A run that this process holds: its id and lease, so that a test can play the coordinator."""
    from spikex_lab.compute import liveness

    lease = store.runs.claim(run.id, liveness.describe())
    assert lease is not None
    store.runs.append(run.id, lease, [{"type": "state", "state": "running"}], state="running")
    return run.id, lease
