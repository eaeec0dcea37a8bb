"""Models over HTTP: made, saved over no newer version, renamed, copied, taken away."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from spikex_lab.data import archives
from spikex_lab.ids import new_id
from spikex_lab.spec.templates import template
from spikex_lab.store import Store

from .server_support import emptied, form, read


@pytest.fixture
def model(store: Store) -> dict:
    spec = template("snn-mlp", model_name="mine")
    row = store.models.create("mine", spec.to_dict(), spec.digest())
    return {"id": row.id, "spec": row.spec, "etag": '"1"'}


async def test_a_model_is_made_of_a_template_that_fits_the_dataset(fetch, store):
    body = {"name": "mine", "template": "snn-mlp", "dataset": "digits", "message": "first"}
    answer = await fetch("models", method="POST", body=body)
    told = read(answer)
    assert (answer.code, told["name"], told["version"]) == (201, "mine", 1)
    assert told["spec"]["input"]["shape"] == [1, 8, 8]
    assert [v["message"] for v in told["versions"]] == ["first"]
    assert store.models.get(told["id"]).spec == told["spec"]


async def test_a_model_is_made_of_a_spec(fetch, model):
    body = {"name": "other", "spec": {**model["spec"], "time": {"steps": 7}}}
    assert read(await fetch("models", method="POST", body=body))["steps"] == 7


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"name": "mine"}, 409, None),
        ({"name": "../x"}, 422, "/name"),
        ({"name": "a" * 101}, 422, "/name"),
        ({"name": "con"}, 422, "/name"),
        ({"name": "x", "template": "nope"}, 404, None),
        ({"name": "x", "template": "mlp", "spec": template("mlp").to_dict()}, 422, ""),
        ({"name": "x", "spec": {"input": {"shape": [4]}, "nodes": "none"}}, 422, "/nodes"),
        ({"name": "x", "owner": "me"}, 422, "/owner"),
        ({"name": "x", "dataset": "nope"}, 404, None),
    ],
)
async def test_what_cannot_be_made_changes_nothing(fetch, store, model, body, status, pointer):
    answer = await fetch("models", method="POST", body=body)
    assert answer.code == status, answer.body
    if pointer is not None:
        assert pointer in [error["pointer"] for error in read(answer)["errors"]]
    assert store.models.list().total == 1


async def save(fetch, model: dict, steps: int, tag: str | None):
    spec = {**model["spec"], "time": {"steps": steps}}
    headers = {} if tag is None else {"If-Match": tag}
    path = ("models", model["id"], "versions")
    return await fetch(*path, method="POST", body={"spec": spec}, headers=headers)


async def test_two_tabs_never_overwrite_each_other(fetch, store, model):
    first = await save(fetch, model, 7, model["etag"])
    assert (first.code, read(first)["version"], first.headers["ETag"]) == (201, 2, '"2"')
    second = await save(fetch, model, 8, model["etag"])
    assert second.code == 412
    assert "saved elsewhere" in read(second)["hint"]
    assert store.models.get(model["id"]).spec["time"]["steps"] == 7
    assert (await save(fetch, model, 8, first.headers["ETag"])).code == 201
    assert (await save(fetch, model, 9, "*")).code == 201


@pytest.mark.parametrize(
    ("tag", "status"),
    [(None, 428), ('W/"1"', 412), ("1", 422), ('"0", "1"', 201), ('"', 422), ('"01"', 412)],
)
async def test_a_write_says_which_version_it_was_made_on(fetch, store, model, tag, status):
    assert (await save(fetch, model, 7, tag)).code == status
    assert store.models.get(model["id"]).version == (2 if status == 201 else 1)


async def test_the_spec_that_is_there_makes_no_version(fetch, model):
    steps = model["spec"]["time"]["steps"]
    assert read(await save(fetch, model, steps, "*"))["version"] == 1


async def test_a_version_is_read_as_it_was(fetch, model):
    await save(fetch, model, 7, "*")
    told = read(await fetch("models", model["id"], "versions", "1"))
    assert told["spec"] == model["spec"]
    assert [v["version"] for v in told["versions"]] == [1, 2]
    assert read(await fetch("models", model["id"], "versions"))["total"] == 2
    assert (await fetch("models", model["id"], "versions", "3")).code == 404
    assert (await fetch("models", model["id"], "versions", "0")).code == 404


async def test_what_is_known_is_not_sent_again(fetch, model):
    answer = await fetch("models", model["id"], headers={"If-None-Match": model["etag"]})
    assert (answer.code, answer.body) == (304, b"")
    await save(fetch, model, 7, "*")
    answer = await fetch("models", model["id"], headers={"If-None-Match": model["etag"]})
    assert answer.code == 200


async def test_a_model_is_renamed_and_deleted_only_as_it_was_seen(fetch, store, model):
    path, stale = ("models", model["id"]), {"If-Match": '"1"'}
    answer = await fetch(*path, method="PATCH", body={"name": "new"}, headers=stale)
    assert (answer.code, read(answer)["name"], read(answer)["spec"]["name"]) == (200, "new", "new")
    assert (await fetch(*path, method="PATCH", body={"name": "x"}, headers=stale)).code == 412
    assert (await fetch(*path, method="PATCH", body={"name": "x"})).code == 428
    assert (await fetch(*path, method="DELETE")).code == 428
    assert (await fetch(*path, method="DELETE", headers=stale)).code == 412
    assert store.models.get(model["id"]).name == "new"
    answer = await fetch(*path, method="DELETE", headers={"If-Match": '"2"'})
    assert (answer.code, answer.body) == (204, b"")
    assert (await fetch(*path)).code == 404


async def test_a_copy(fetch, model):
    path = ("models", model["id"], "copy")
    told = read(await fetch(*path, method="POST", body={"name": "twin"}))
    assert told["id"] != model["id"]
    assert told["spec"] == {**model["spec"], "name": "twin"}
    assert (await fetch(*path, method="POST", body={"name": "twin"})).code == 409
    answer = await fetch(*path, method="POST", body={"name": "old", "version": 9})
    assert answer.code == 404


@pytest.mark.parametrize("format", ["yaml", "json"])
async def test_there_and_back(fetch, model, format):
    answer = await fetch("models", model["id"], "export", params={"format": format})
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''mine.{format}"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    sent = form({"name": "back"}, f"m.{format}", answer.body)
    back = await fetch("models", "import", method="POST", **sent)
    assert back.code == 201
    assert read(back)["spec"] == {**model["spec"], "name": "back"}
    assert read(await fetch("datasets", "transfers"))["items"][0]["state"] == "finished"


async def test_a_bundle_is_read_for_its_spec_only(fetch, model, tmp_path: Path):
    bundle = tmp_path / "m.spikex"
    with zipfile.ZipFile(bundle, "w") as archive:
        archive.writestr("model.json", json.dumps({**model["spec"], "name": "packed"}))
        archive.writestr("../../out.txt", "never written")
    answer = await fetch("models", "import", method="POST", **form({}, "m.spikex", bundle))
    assert (answer.code, read(answer)["name"]) == (201, "packed")
    assert not list(tmp_path.rglob("out.txt"))


def packed(*entries: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def damaged() -> bytes:
    """Return a bundle whose spec cannot be inflated."""
    whole = packed(("model.json", b"name: x " * 99))
    start = whole.index(b"model.json") + len(b"model.json")
    return whole[:start] + b"\xff" * 8 + whole[start + 8 :]


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("m.yaml", b"a: &x [1]\nb: *x", 422),
        ("m.yaml", b"!!python/object/apply:os.system ['id']", 422),
        ("m.json", b"[" * 5000, 422),
        ("m.spikex", b"no zip", 422),
        ("m.spikex", packed(("model.json", b"0" * 11_000_000)), 422),
        ("m.spikex", damaged(), 422),
        ("m.pkl", b"\x80\x04.", 422),
        ("../m.yaml", b"name: x", 422),
        ("..\\m.yaml", b"name: x", 422),
        ("nul", b"name: x", 422),
    ],
)
async def test_a_hostile_file_makes_nothing(fetch, store, home, name, content, status):
    answer = await fetch("models", "import", method="POST", **form({"name": "x"}, name, content))
    assert answer.code == status, answer.body
    assert store.models.list().total == 0
    await emptied(home / "tmp")
    assert not list(home.parent.rglob("m.*"))


async def test_a_bundle_of_too_many_entries_is_not_opened(fetch, store, monkeypatch):
    monkeypatch.setattr(archives, "COUNT_LIMIT", 5)
    bundle = packed(("model.json", b"{}"), *((f"{index:0600}", b"") for index in range(10)))
    answer = await fetch(
        "models", "import", method="POST", **form({"name": "x"}, "m.spikex", bundle)
    )
    assert (answer.code, "entries" in read(answer)["detail"]) == (413, True)
    assert store.models.list().total == 0


async def test_a_list_tells_the_accuracy_that_was_reached(fetch, store, run, live):
    store.runs.append(run.id, live[1], [], state="finished", summary={"test_accuracy": 0.9})
    item = read(await fetch("models"))["items"][0]
    assert item["last_run"] == {
        "id": run.id,
        "ended": store.runs.get(run.id).ended,
        "accuracy": 0.9,
    }


async def test_what_is_not_there(fetch):
    for parts, method, body in (
        (("models", new_id()), "PATCH", {"name": "x"}),
        (("models", new_id()), "DELETE", None),
        (("models", new_id(), "copy"), "POST", {"name": "x"}),
        (("models", new_id(), "versions"), "GET", None),
        (("models", new_id(), "export"), "GET", None),
    ):
        answer = await fetch(*parts, method=method, body=body, headers={"If-Match": "*"})
        assert answer.code == 404, parts
