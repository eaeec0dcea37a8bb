"""Runs over HTTP: started, listed, deleted; what they left, whole or in ranges; evaluations."""

from __future__ import annotations

import io
import zipfile

import pytest

from spikex_lab.ids import new_id
from spikex_lab.server.sending import RangeError, span

from .server_support import read

FIGURES = {"split": "test", "accuracy": 0.9}


@pytest.fixture
def finished(store, run, live, tmp_path):
    """A finished run with weights."""
    (tmp_path / "w").write_bytes(bytes(range(256)) * 4)
    kept = store.objects.put_file(tmp_path / "w")
    store.runs.add_artifact(run.id, live[1], "weights.safetensors", kept)
    store.runs.append(run.id, live[1], [], state="finished")
    return run


async def test_a_run_is_started_and_waits_for_a_place(fetch, store, run):
    body = {"model": "tiny", "dataset": "digits", "training": {"epochs": 3}, "device": "cpu"}
    answer = await fetch("runs", method="POST", body=body)
    told = read(answer)
    assert (answer.code, told["state"], told["model_id"]) == (201, "queued", run.model_id)
    assert told["spec"]["training"]["epochs"] == 3
    assert told["progress"]["epochs"] == 3
    assert store.runs.get(told["id"]).spec == told["spec"]


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"model": "nope"}, 404, None),
        ({"model": "../../x"}, 422, "/model"),
        ({"version": 9}, 404, None),
        ({"dataset": "nope"}, 404, None),
        ({"target": "nope"}, 404, None),
        ({"device": "cuda; id"}, 422, None),
        ({"training": {"epochs": -1}}, 422, "/epochs"),
        ({"training": {"epoch": 1}}, 422, "/epoch"),
        ({"training": {"device": "cpu"}}, 422, "/device"),
        ({"training": {"dataset": "digits"}}, 422, "/dataset"),
        ({"probe": {"samples": 0}}, 422, "/probe/samples"),
        ({"weights": "nope"}, 404, None),
        ({"weights": "file:///etc/passwd"}, 422, "/weights"),
        ({"owner": "me"}, 422, "/owner"),
    ],
)
async def test_what_cannot_be_run_makes_none(fetch, store, run, change, status, pointer):
    body = {"model": "tiny", "dataset": "digits", **change}
    answer = await fetch("runs", method="POST", body=body)
    assert answer.code == status, answer.body
    if pointer is not None:
        assert pointer in [error["pointer"] for error in read(answer)["errors"]]
    assert store.runs.list().total == 1


async def test_runs_of_a_model(fetch, run):
    for model in ("tiny", run.model_id):
        assert read(await fetch("runs", params={"model": model}))["total"] == 1
    assert read(await fetch("runs", params={"model": "other"}))["total"] == 0


async def test_a_live_run_is_not_deleted(fetch, store, run, live):
    assert (await fetch("runs", run.id, method="DELETE")).code == 409
    store.runs.append(run.id, live[1], [], state="finished")
    assert (await fetch("runs", run.id, method="DELETE")).code == 204
    assert (await fetch("runs", run.id)).code == 404


@pytest.mark.parametrize(
    ("asked", "first", "end"),
    [("bytes=0-9", 0, 10), ("bytes=1000-", 1000, 1024), ("bytes=-4", 1020, 1024),
     ("bytes=1020-9999", 1020, 1024)],
)  # fmt: skip
async def test_a_range_of_an_artifact(fetch, finished, asked, first, end):
    path = ("runs", finished.id, "artifacts", "weights.safetensors")
    whole = (await fetch(*path)).body
    answer = await fetch(*path, headers={"Range": asked})
    assert (answer.code, answer.body) == (206, whole[first:end])
    assert answer.headers["Content-Range"] == f"bytes {first}-{end - 1}/1024"


async def test_ranges_that_are_not_there_and_tags(fetch, finished):
    path = ("runs", finished.id, "artifacts", "weights.safetensors")
    answer = await fetch(*path, headers={"Range": "bytes=2000-"})
    assert (answer.code, answer.headers["Content-Range"]) == (416, "bytes */1024")
    assert answer.headers["Content-Type"] == "application/problem+json"
    tag = (await fetch(*path)).headers["Etag"]
    assert (await fetch(*path, headers={"If-None-Match": tag})).code == 304
    # A client that holds another file gets all of this one.
    for condition, code in ((tag, 206), ('"other"', 200)):
        headers = {"Range": "bytes=0-9", "If-Range": condition}
        assert (await fetch(*path, headers=headers)).code == code


@pytest.mark.parametrize(
    "header", [None, "bytes=", "bytes=-", "items=0-3", "bytes=5-1", "bytes=0-1,3-4"]
)
def test_what_is_no_range_means_all(header):
    assert span(header, 10) is None


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=-0", "bytes=0-3"])
def test_a_range_outside(header):
    with pytest.raises(RangeError):
        span(header, 10 if header != "bytes=0-3" else 0)


async def test_a_run_is_taken_away(fetch, finished):
    path = ("runs", finished.id, "export")
    answer = await fetch(*path, params={"format": "safetensors"})
    assert answer.body == bytes(range(256)) * 4
    assert answer.headers["Content-Disposition"].endswith("tiny.safetensors")
    bundle = await fetch(*path, params={"format": "bundle"})
    with zipfile.ZipFile(io.BytesIO(bundle.body)) as archive:
        assert "artifacts/weights.safetensors" in archive.namelist()
    for word in ("nir", "exe", "../x"):
        assert (await fetch(*path, params={"format": word})).code == 422
    assert (await fetch(*path)).code == 422


async def test_what_is_not_finished_has_no_weights(fetch, run):
    answer = await fetch("runs", run.id, "export", params={"format": "safetensors"})
    assert answer.code == 409
    answer = await fetch("runs", run.id, "evaluations", method="POST", body={})
    assert answer.code == 409


async def test_an_evaluation_is_kept_and_told(fetch, store, finished, monkeypatch):
    from spikex_lab.api import child

    asked = []

    def call(job, request, progress):
        asked.append(request)
        return FIGURES

    monkeypatch.setattr(child, "call", call)
    path = ("runs", finished.id, "evaluations")
    answer = await fetch(*path, method="POST", body={"split": "test", "batch_size": 16})
    made = read(answer)
    assert (answer.code, made["figures"], made["run"]) == (201, FIGURES, finished.id)
    assert (asked[0]["split"], asked[0]["batch_size"]) == ("test", 16)
    assert read(await fetch(*path))["items"] == [made]
    assert read(await fetch(*path, made["id"])) == made
    assert (await fetch(*path, new_id())).code == 404
    assert (await fetch("runs", new_id(), "evaluations", made["id"])).code == 404
    for body, status in (({"split": "nope"}, 404), ({"device": "cuda:99"}, 422), ({"x": 1}, 422)):
        assert (await fetch(*path, method="POST", body=body)).code == status
    assert len(store.runs.evaluations(finished.id)) == 1
