"""Targets and people over HTTP."""

from __future__ import annotations

import pytest

from spikex_lab.engine import devices
from spikex_lab.errors import WorkError
from spikex_lab.ids import new_id

from .server_support import read


async def test_this_machine_is_always_a_target(fetch):
    told = read(await fetch("targets"))
    assert [one["name"] for one in told["items"]] == ["local"]
    path = ("targets", told["items"][0]["id"])
    assert read(await fetch(*path))["kind"] == "local"
    assert (await fetch(*path, method="DELETE")).code == 409
    assert (await fetch(*path, method="PATCH", body={"name": "x"})).code == 409


async def test_a_target_is_added_renamed_and_removed(fetch):
    answer = await fetch("targets", method="POST", body={"name": "desk", "kind": "local"})
    assert answer.code == 201
    path = ("targets", read(answer)["id"])
    assert (await fetch("targets", method="POST", body={"name": "desk"})).code == 409
    answer = await fetch("targets", method="POST", body={"name": "far", "kind": "slurm"})
    assert answer.code == 422
    assert read(await fetch(*path, method="PATCH", body={"name": "bench"}))["name"] == "bench"
    assert (await fetch(*path, method="PATCH", body={"name": "local"})).code == 409
    assert (await fetch(*path, method="DELETE")).code == 204
    assert (await fetch(*path)).code == 404
    assert (await fetch("targets", new_id(), method="DELETE")).code == 404


async def test_a_look_at_a_target(fetch, monkeypatch):
    path = ("targets", read(await fetch("targets"))["items"][0]["id"], "check")
    monkeypatch.setattr(devices, "available", lambda: [devices.Device("cpu", "cpu", "a CPU", 8)])
    told = read(await fetch(*path, method="POST", body=""))
    assert told["ok"]
    assert [one["name"] for one in told["devices"]] == ["cpu"]

    def broken():
        raise WorkError("torch cannot be loaded")

    monkeypatch.setattr(devices, "available", broken)
    told = read(await fetch(*path, method="POST", body=""))
    assert (told["ok"], told["error"]) == (False, "torch cannot be loaded")


async def test_a_person_takes_a_name(fetch, store):
    assert read(await fetch("me"))["name"] == store.people.me().name
    answer = await fetch("me", method="PATCH", body={"name": "Ada"})
    assert (answer.code, read(answer)["name"]) == (200, "Ada")
    assert store.people.me().name == "Ada"
    for body in ({"name": ""}, {"name": "<b>"}, {"name": "A", "id": new_id()}, {}):
        assert (await fetch("me", method="PATCH", body=body)).code == 422
    assert store.people.me().name == "Ada"


@pytest.mark.parametrize("who", ["../x", "x" * 101])
async def test_a_name_is_a_name(fetch, store, who):
    assert (await fetch("me", method="PATCH", body={"name": who})).code == 422
