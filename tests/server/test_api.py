"""The routes: what they answer, and what they say when something is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from spikex_lab.api import tutorials as brought
from spikex_lab.errors import StorageError
from spikex_lab.ids import new_id
from spikex_lab.server import openapi, packaged
from spikex_lab.server.base import BODY_LIMIT
from spikex_lab.server.routes import ROUTES

PROBLEM = "application/problem+json"


def read(answer):
    return json.loads(answer.body)


async def test_health_needs_no_store(fetch, home):
    answer = await fetch("health")
    assert (answer.code, read(answer)["status"]) == (200, "ok")
    assert not (home / "spikex.db").exists()


def test_the_extension_costs_little_where_nobody_asks_anything():
    code = (
        "import sys, spikex_lab.server.app\n"
        "heavy = {'torch', 'numpy', 'sqlalchemy', 'spikex_lab.api', 'spikex_lab.catalog'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr


def test_the_extension_starts_and_describes_the_system_without_torch(home):
    code = (
        "import sys, spikex_lab as sx; sx._jupyter_server_extension_points()\n"
        "from spikex_lab.server import system\n"
        "from spikex_lab.engine import devices; devices.available = lambda: []\n"
        "from spikex_lab.store import Store\n"
        "system.describe(Store.open()); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "False", done.stderr


async def test_system(fetch, monkeypatch):
    from spikex_lab.engine import devices

    monkeypatch.setattr(devices, "available", lambda: [devices.Device("cpu", "cpu", "a CPU", 8)])
    told = read(await fetch("system"))
    assert told["versions"]["torch"]
    assert told["cpu"]["count"] >= 1
    assert 0 < told["memory"]["available"] <= told["memory"]["total"]
    assert told["devices"] == [{"name": "cpu", "kind": "cpu", "label": "a CPU", "memory": 8}]


async def test_openapi_tells_every_route(fetch):
    told = read(await fetch("openapi.json"))
    assert set(told["paths"]) == {route.path for route in ROUTES}
    assert set(told["paths"]["/runs/{run}/control"]) == {"summary", "post"}


def test_the_document_in_the_repository_is_that_of_the_routes():
    """The front end's types are made from it: `make api` writes both."""
    kept = Path(__file__).parents[2] / "docs" / "openapi.json"
    assert json.loads(kept.read_text("utf-8")) == openapi.document(ROUTES)


async def test_models_are_listed_a_page_at_a_time(fetch, store, run):
    spec = store.models.get("tiny").spec
    for name in ("b", "a"):
        store.models.create(name, {**spec, "name": name})
    told = read(await fetch("models", params={"page_size": 2, "sort": "name"}))
    assert (told["total"], [m["name"] for m in told["items"]]) == (3, ["a", "b"])
    told = read(await fetch("models", params={"search": "TIN"}))
    assert [m["name"] for m in told["items"]] == ["tiny"]
    assert told["items"][0]["steps"] > 1
    assert told["items"][0]["nodes"] == len(spec["nodes"])
    assert "spec" not in told["items"][0]


async def test_a_model_is_told_whole(fetch, store, run):
    told = read(await fetch("models", run.model_id))
    assert told["spec"] == store.models.get("tiny").spec
    assert [v["version"] for v in told["versions"]] == [1]


async def test_only_an_id_is_an_address(fetch, run):
    for path in (("models", "tiny"), ("runs", run.id[:13]), ("targets", "local")):
        assert (await fetch(*path)).code == 404


async def test_runs(fetch, store, run, live):
    told = read(await fetch("runs", params={"state": "live"}))
    assert [r["id"] for r in told["items"]] == [run.id]
    assert told["items"][0]["state"] == "running"
    assert "who" not in told["items"][0]
    assert read(await fetch("runs", params={"state": "finished"}))["total"] == 0
    assert read(await fetch("runs", run.id))["spec"]["dataset"] == "digits"


async def test_reading_a_run_finds_out_that_nobody_is_behind_it(fetch, store, run):
    who = {"role": "coordinator", "pid": 2**22 + 1, "start": 0}
    from spikex_lab.compute import liveness

    assert store.runs.claim(run.id, {**liveness.describe(), **who}) is not None
    assert read(await fetch("runs", run.id))["state"] == "interrupted"


async def test_control(fetch, store, live):
    run, lease = live
    answer = await fetch("runs", run, "control", method="POST", body={"action": "pause"})
    assert (answer.code, read(answer)["id"]) == (202, run)
    assert [action for _, action in store.runs.take_control(run, lease, 0)] == ["pause"]
    store.runs.append(run, lease, [], state="finished")
    answer = await fetch("runs", run, "control", method="POST", body={"action": "pause"})
    assert answer.code == 409
    assert answer.headers["Content-Type"] == PROBLEM


async def test_metrics_and_artifacts(fetch, store, live, tmp_path):
    run, lease = live
    store.runs.append(run, lease, [{"type": "metrics", "epoch": 1, "train_loss": 0.5}])
    assert read(await fetch("runs", run, "metrics"))["items"][0]["train_loss"] == 0.5
    page = tmp_path / "report.html"
    page.write_text("<script>alert(1)</script>")
    kept = store.objects.put_file(page)
    store.runs.add_artifact(run, lease, "report.html", kept, "text/html")
    told = read(await fetch("runs", run, "artifacts"))["items"]
    assert [(a["name"], a["sha256"]) for a in told] == [("report.html", kept.sha256)]
    answer = await fetch("runs", run, "artifacts", "report.html")
    assert answer.body == page.read_bytes()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "html" not in answer.headers["Content-Type"]
    for name in ("other", "..%2F..%2Fspikex.db", "%2Fetc%2Fpasswd"):
        assert (await fetch("runs", run, "artifacts", name)).code == 404


async def test_templates_and_datasets(fetch):
    assert "snn-mlp" in [item["name"] for item in read(await fetch("templates"))["items"]]
    assert read(await fetch("datasets"))["total"] >= 0


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        (("nowhere",), {}, 404),
        ((), {}, 404),
        (("runs", "nope"), {}, 404),
        (("runs", "%2e%2e%2fspikex.db"), {}, 404),
        (("runs", "<script>"), {}, 404),
        (("runs", new_id()), {}, 404),
        (("models", new_id()), {}, 404),
        (("runs", new_id(), "events"), {}, 404),
        (("runs", new_id(), "metrics"), {}, 404),
        (("runs", new_id(), "artifacts", "x"), {}, 404),
        (("models",), {"page": "0"}, 422),
        (("models",), {"page_size": "201"}, 422),
        (("models",), {"page": "9" * 30}, 422),
        (("models",), {"sort": "nam"}, 422),
        (("runs",), {"state": "<img>"}, 422),
        (("runs", new_id(), "events"), {"after": "-1"}, 422),
        (("runs", new_id(), "events"), {"after": "9" * 18}, 422),
        (("runs", new_id(), "events"), {"limit": "0"}, 422),
        (("runs", new_id(), "events"), {"limit": "1001"}, 422),
    ],
)
async def test_what_cannot_be_answered_is_a_problem(fetch, path, params, status):
    answer = await fetch(*path, params=params)
    assert answer.code == status
    assert answer.headers["Content-Type"] == PROBLEM
    assert read(answer)["status"] == status
    assert "<" not in answer.body.decode()


async def test_a_wrong_method_is_a_problem(fetch, run):
    answer = await fetch("runs", run.id, method="PUT", body={})
    assert (answer.code, answer.headers["Content-Type"]) == (405, PROBLEM)
    assert answer.headers["Allow"] == "DELETE, GET, OPTIONS"


async def test_a_broken_store_is_a_problem_not_a_dead_server(fetch, monkeypatch):
    from spikex_lab.store import Store

    def broken(*_: object) -> None:
        raise StorageError("the schema is ahead", where="spikex.db", hint="update SPIKE-X Lab")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "open", broken)
        answer = await fetch("models")
    assert answer.code == 507
    assert read(answer)["detail"] == "the schema is ahead"
    assert read(answer)["hint"] == "update SPIKE-X Lab"
    assert (await fetch("models")).code == 200


async def test_an_unforeseen_error_tells_nothing_of_the_inside(fetch, monkeypatch):
    from spikex_lab.store import Store

    def broken(*_: object) -> None:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(Store, "open", broken)
    answer = await fetch("models")
    assert (answer.code, answer.headers["Content-Type"]) == (500, PROBLEM)
    assert b"hunter2" not in answer.body


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ('{"action": "stop"}', {"Content-Type": "text/plain"}, 415),
        ("action=stop", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ('{"action": "stop"}', {}, 415),
        ("{", {"Content-Type": "application/json"}, 422),
        ("", {"Content-Type": "application/json"}, 422),
        ("[" * 500, {"Content-Type": "application/json"}, 422),
        ('{"action": "explode"}', {"Content-Type": "application/json"}, 422),
        ('{"action": "stop", "owner": "me"}', {"Content-Type": "application/json"}, 422),
        ("x" * (BODY_LIMIT + 1), {"Content-Type": "application/json"}, 413),
    ],
)
async def test_a_bad_body_changes_nothing(fetch, store, run, body, headers, status):
    answer = await fetch("runs", run.id, "control", method="POST", body=body, headers=headers)
    assert (answer.code, answer.headers["Content-Type"]) == (status, PROBLEM)
    assert store.runs.get(run.id).state == "queued"


async def test_a_body_of_unknown_length_is_refused(fetch, store, run):
    async def produce(write):
        await write(b'{"action": "stop"}')

    answer = await fetch(
        "runs",
        run.id,
        "control",
        method="POST",
        body_producer=produce,
        headers={"Content-Type": "application/json"},
    )
    assert (answer.code, answer.headers["Content-Type"]) == (411, PROBLEM)
    assert store.runs.get(run.id).state == "queued"


async def test_a_bad_field_is_pointed_at(fetch, run):
    answer = await fetch("runs", run.id, "control", method="POST", body={"actoin": "stop"})
    errors = read(answer)["errors"]
    assert {"/actoin", "/action"} == {error["pointer"] for error in errors}
    assert "action" in next(e["message"] for e in errors if e["pointer"] == "/actoin")


@pytest.fixture
def tutorial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = tmp_path / "packaged"
    folder.mkdir()
    cell = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "hello"}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "01_start.ipynb").write_text(json.dumps(notebook))
    monkeypatch.setattr(brought, "folder", lambda: folder)
    return "01_start"


async def test_a_tutorial_is_copied_once_and_never_written_over(fetch, tutorial, jp_root_dir):
    (jp_root_dir / "course").mkdir()
    answer = await fetch("tutorials", tutorial, method="POST", body={"folder": "course"})
    assert (answer.code, read(answer)) == (
        201,
        {"path": "course/01_start.ipynb", "created": True},
    )
    copy = jp_root_dir / "course" / "01_start.ipynb"
    assert "hello" in copy.read_text()
    copy.write_text("mine")
    answer = await fetch("tutorials", tutorial, method="POST", body={"folder": "/course/"})
    assert (answer.code, read(answer)["created"]) == (200, False)
    assert copy.read_text() == "mine"


@pytest.mark.parametrize("folder", ["nowhere", "../..", "course/../..", "/etc", "%2e%2e"])
async def test_a_tutorial_stays_in_the_contents(fetch, tutorial, tmp_path, folder):
    before = sorted(tmp_path.rglob("*.ipynb"))
    answer = await fetch("tutorials", tutorial, method="POST", body={"folder": folder})
    assert answer.code == 404
    assert answer.headers["Content-Type"] == PROBLEM
    assert sorted(tmp_path.rglob("*.ipynb")) == before


@pytest.mark.parametrize("name", ["none", "..%2F01_start", "01_start.ipynb"])
async def test_an_unknown_tutorial(fetch, tutorial, name):
    answer = await fetch("tutorials", name, method="POST", body={})
    assert answer.code == 404


def test_the_tutorials_travel_with_the_package():
    assert packaged.names() == ["01_quickstart", "02_neurons"]
    assert all(packaged.read(name)["nbformat"] == 4 for name in packaged.names())
