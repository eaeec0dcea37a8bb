"""Whatever is sent: no failure of the server, no answer that the document does not tell.

A server of its own on a throw-away store: nothing trains, nothing is downloaded. Half of the
requests name things that exist.
"""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings

from spikex_lab.server.openapi import document
from spikex_lab.server.operations import PARTS
from spikex_lab.server.route import ROOT
from spikex_lab.server.routes import ROUTES

HEADERS = {"Authorization": f"token {secrets.token_hex()}"}
CONFIG = schemathesis.Config.from_dict(
    {
        "checks": {
            # What is well formed may still be stale, of a type that is not taken, or not fit.
            "positive_data_acceptance": {
                "expected-statuses": ["2xx", 401, 403, 404, 409, 412, 415, 422]
            },
            # If-Match: the status of RFC 6585, where there is something to match.
            "missing_required_header": {"expected-statuses": [400, 401, 403, 406, 415, 422, 428]},
        },
    }
)
schema = schemathesis.openapi.from_dict(document(ROUTES), config=CONFIG)


@schema.auth()
class Token:
    """The server's token on each request, but for those that are tried without."""

    def get(self, case: Any, context: Any) -> str:
        return HEADERS["Authorization"]

    def set(self, case: Any, data: str, context: Any) -> None:
        case.headers["Authorization"] = data


QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]


@dataclass
class Api:
    """The server under test."""

    url: str

    def ask(self, method: str, path: str, **kwargs: Any) -> Any:
        """Call it, and return the JSON of a success."""
        answer = requests.request(method, self.url + path, headers=HEADERS, timeout=60, **kwargs)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A server as a process of its own."""
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "root").mkdir()
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser"),
            *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
            f"--ServerApp.root_dir={folder / 'root'}",
            '--ServerApp.jpserver_extensions={"spikex_lab": True}',
            f"--SpikexServerApp.home={folder / 'home'}",
            "--SpikexServerApp.downloads=False",
            "--SpikexServerApp.rate_limit=100000/second",
        ],
        env=environment(folder),
        stdout=log,
        stderr=log,
    )
    found = Api(f"http://127.0.0.1:{port}{ROOT}")
    try:
        _await(found, process, folder / "log")
        yield found
    finally:
        process.terminate()
        process.wait(60)
        log.close()


def environment(folder: Path) -> dict[str, str]:
    """Return this environment without its settings, its home a folder of the test."""
    import os

    kept = {key: value for key, value in os.environ.items() if not key.startswith("SPIKEX_")}
    places = dict.fromkeys(("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR"), str(folder))
    return {
        **kept,
        **places,
        "JUPYTER_TOKEN": HEADERS["Authorization"].removeprefix("token "),
        "SPIKEX_MAX_COORDINATORS": "0",
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
    }


def _await(api: Api, process: subprocess.Popen[bytes], log: Path) -> None:
    while True:
        assert process.poll() is None, log.read_text("utf-8", "replace")[-3000:]
        try:
            api.ask("GET", "/health")
            return
        except requests.ConnectionError:
            time.sleep(0.1)


@pytest.fixture
def there(api: Api) -> dict[str, str]:
    """Parts of addresses that name something."""
    name = f"m-{secrets.token_hex(8)}"
    model = api.ask("POST", "/models", json={"name": name, "template": "mlp"})["id"]
    dataset = api.ask("GET", "/datasets")["items"][0]["id"]
    body = {"name": f"d-{name}", "template": "snn-mlp", "dataset": "digits"}
    trained = api.ask("POST", "/models", json=body)["id"]
    run = api.ask("POST", "/runs", json={"model": trained, "training": {"epochs": 1}})["id"]
    target = api.ask("GET", "/targets")["items"][0]["id"]
    return {
        "model": model,
        "dataset": dataset,
        "run": run,
        "target": target,
        "version": "1",
        "kind": "neurons",
        "component": "lif",
        "file": "lif.js",
        "tutorial": "01_quickstart",
    }


class _Turns:
    """Whose turn it is: an address as it was drawn, or one that names something."""

    def __init__(self) -> None:
        self._turn = 0

    def __call__(self) -> bool:
        self._turn += 1
        return self._turn % 2 == 0


def ask(case: Any, api: Api, there: dict[str, str], turn: _Turns) -> None:
    """Send the case, every second time to what is there."""
    if turn():
        drawn = case.path_parameters or {}
        case.path_parameters = {
            name: there[name] if name in there and PARTS[name].knows(str(text)) else text
            for name, text in drawn.items()
        }
    case.call_and_validate(base_url=api.url)


@pytest.fixture
def turn() -> _Turns:
    """Of one operation."""
    return _Turns()


@schema.parametrize()
@settings(max_examples=6, suppress_health_check=QUIET, deadline=None, derandomize=True)
def test_a_few(case: Any, api: Api, there: dict[str, str], turn: _Turns) -> None:
    ask(case, api, there, turn)


@pytest.mark.slow
@schema.parametrize()
@settings(max_examples=100, suppress_health_check=QUIET, deadline=None)
def test_many(case: Any, api: Api, there: dict[str, str], turn: _Turns) -> None:
    ask(case, api, there, turn)


def test_the_document_is_whole() -> None:
    """Each operation has a name of its own, and says what it takes and answers."""
    told = document(ROUTES)
    assert json.loads(json.dumps(told)) == told
    operations = [
        operation
        for path in told["paths"].values()
        for method, operation in path.items()
        if method != "summary"
    ]
    assert len({one["operationId"] for one in operations}) == len(operations) > 40
    assert all(one["responses"] and one["summary"] for one in operations)
