"""Datasets over HTTP: uploads that stream, are read apart, and leave nothing where they fail."""

from __future__ import annotations

import asyncio
import base64
import io
import tarfile
import time
import zipfile

import numpy as np
import pytest

from spikex_lab.ids import new_id
from spikex_lab.server import receiving

from .server_support import BOUNDARY, configured, emptied, form, read

UPLOAD = ("datasets",)


def npz(count: int = 40, **arrays: np.ndarray) -> bytes:
    if not arrays:
        x = np.arange(count * 16, dtype=np.float32).reshape(count, 4, 4)
        arrays = {"x": x, "y": np.arange(count) % 2}
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def zipped(*entries: tuple[str, bytes], level: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", level) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def tarred(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname = kind, link
        data = npz() if kind == tarfile.REGTYPE else b""
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


async def test_an_upload_becomes_a_dataset(fetch, store, home):
    answer = await fetch(*UPLOAD, method="POST", **form({"name": "mine"}, "a b.npz", npz()))
    assert answer.code == 201, answer.body
    told = read(answer)
    assert told["info"]["shape"] == [1, 4, 4]
    assert told["info"]["splits"] == {"train": 32, "test": 8}
    assert "a b.npz" in told["info"]["source"]
    assert store.datasets.get("mine").id == told["id"]
    transfer = read(await fetch("datasets", "transfers"))["items"][0]
    assert (transfer["kind"], transfer["state"], transfer["name"]) == ("upload", "finished", "mine")
    assert transfer["dataset"] == told["id"]
    assert transfer["done"] == len(npz())
    await emptied(home / "tmp")


async def test_an_archive_and_names_of_classes(fetch):
    packed = zipped(("set/a.npz", npz()), ("notes.txt", b"hello"))
    sent = form({"name": "mine", "classes": "cat, dog"}, "a.zip", packed)
    assert read(await fetch(*UPLOAD, method="POST", **sent))["info"]["classes"] == ["cat", "dog"]


BOMB = zipped(("x.npy", b"\0" * (80 * 1024**2)))


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("a.txt", b"hello", 422),
        ("a.npz", b"hello", 422),
        ("a.npz", npz(x=np.array([{}], dtype=object), y=np.zeros(1)), 422),
        ("a.npz", npz()[:-200], 422),
        ("a.npz", npz(x=np.zeros((9, 4)), y=np.full(9, -1)), 422),
        ("a.zip", zipped(("../a.npz", npz())), 422),
        ("a.zip", zipped(("/etc/a.npz", npz())), 422),
        ("a.zip", BOMB, 413),
        ("a.npz", BOMB, 413),
        ("a.tar", tarred("../a.npz"), 422),
        ("a.tar", tarred("a.npz", tarfile.SYMTYPE, "/etc/passwd"), 422),
        ("a.tar", tarred("a.npz", tarfile.LNKTYPE, "/etc/passwd"), 422),
        ("a.tar", tarred("a.npz", tarfile.CHRTYPE), 422),
        ("../a.npz", npz(), 422),
        ("/etc/a.npz", npz(), 422),
        ("sub/a.npz", npz(), 422),
        ("..\\a.npz", npz(), 422),
        ("C:a.npz", npz(), 422),
        ("a\0.npz", npz(), 422),
        ("x" * 300 + ".npz", npz(), 422),
        ("aux.npz", npz(), 422),
    ],
)
async def test_what_is_no_dataset_leaves_nothing(fetch, store, home, name, content, status):
    answer = await fetch(*UPLOAD, method="POST", **form({"name": "mine"}, name, content))
    assert answer.code == status, answer.body
    assert read(answer)["detail"]
    assert store.datasets.list().total == 0
    await emptied(home / "tmp")
    assert not [path for path in home.parent.rglob("*") if path.suffix in (".npz", ".npy")]
    assert read(await fetch("datasets", "transfers"))["items"][0]["state"] == "failed"


@pytest.mark.parametrize(
    ("fields", "status"),
    [({}, 422), ({"name": "../x"}, 422), ({"name": "x", "owner": "me"}, 422), ({"name": "d"}, 409)],
)
async def test_bad_fields(fetch, store, fields, status):
    await fetch(*UPLOAD, method="POST", **form({"name": "d"}, "a.npz", npz()))
    answer = await fetch(*UPLOAD, method="POST", **form(fields, "a.npz", npz(20)))
    assert answer.code == status, answer.body
    assert store.datasets.list().total == 1


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("application/octet-stream", npz(), 415),
        ("multipart/form-data", b"x", 415),
        (f"multipart/form-data; boundary={BOUNDARY}", b"nothing of a form", 422),
        (f"multipart/form-data; boundary={BOUNDARY}", form({}, "a.npz", npz())["body"][:-90], 422),
        (f"multipart/form-data; boundary={BOUNDARY}", f"--{BOUNDARY}--\r\n".encode(), 422),
    ],
)
async def test_a_body_that_is_no_form(fetch, store, home, kind, body, status):
    answer = await fetch(*UPLOAD, method="POST", body=body, headers={"Content-Type": kind})
    assert answer.code == status, answer.body
    assert store.datasets.list().total == 0
    await emptied(home / "tmp")


async def test_a_file_comes_once(fetch, store):
    twice = form({"name": "mine"}, "a.npz", npz())
    first = twice["body"].removesuffix(f"--{BOUNDARY}--\r\n".encode())
    twice["body"] = first + form({}, "b.npz", npz())["body"]
    answer = await fetch(*UPLOAD, method="POST", **twice)
    assert (answer.code, read(answer)["detail"]) == (422, "comes twice")


async def test_a_file_over_the_limit_is_refused_before_it_comes(fetch, home, monkeypatch):
    monkeypatch.setenv("SPIKEX_MAX_UPLOAD_BYTES", "1000")
    sent = form({"name": "mine"}, "a.npz", npz(20_000))
    assert (await fetch(*UPLOAD, method="POST", **sent)).code == 413
    assert not list((home / "tmp").glob("*"))
    # What lies to itself about its length is stopped where it passes the limit.
    answer = await fetch(*UPLOAD, method="POST", **form({"name": "mine"}, "a.npz", npz(100)))
    assert (answer.code, read(answer)["where"]) == (413, "file")


async def test_a_full_disk_is_told_before_the_first_byte(fetch, store, monkeypatch):
    usage = receiving.shutil.disk_usage("/")
    monkeypatch.setattr(receiving.shutil, "disk_usage", lambda _: usage._replace(free=10))
    answer = await fetch(*UPLOAD, method="POST", **form({"name": "mine"}, "a.npz", npz()))
    assert answer.code == 507
    assert store.datasets.list().total == 0


async def raw_upload(jp_serverapp, jp_auth_header, length: int, start: bytes):
    """Send the beginning of an upload over a plain socket; return the socket's two ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", jp_serverapp.port)
    lines = [
        f"POST {jp_serverapp.base_url}spikex/api/v1/datasets HTTP/1.1",
        "Host: 127.0.0.1",
        *(f"{name}: {value}" for name, value in jp_auth_header.items()),
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
        f"Content-Length: {length}",
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode() + start)
    await writer.drain()
    return reader, writer


async def transfers(fetch) -> list[dict]:
    return read(await fetch("datasets", "transfers"))["items"]


async def test_a_cut_upload_leaves_nothing(fetch, jp_serverapp, jp_auth_header, store, home):
    start = form({"name": "mine"}, "a.npz", npz(5000))["body"][:200_000]
    _, writer = await raw_upload(jp_serverapp, jp_auth_header, 10**8, start)
    while not [one for one in await transfers(fetch) if one["done"] > 100_000]:
        await asyncio.sleep(0.01)
    assert list((home / "tmp").glob("spikex-*/a.npz"))
    writer.close()
    while (await transfers(fetch))[0]["state"] != "failed":
        await asyncio.sleep(0.01)
    await emptied(home / "tmp")
    assert store.datasets.list().total == 0


@pytest.mark.parametrize("jp_server_config", [configured(uploads=2)])
async def test_so_many_uploads_at_a_time(home, fetch, jp_serverapp, jp_auth_header):
    start = form({"name": "mine"}, "a.npz", npz())["body"][:300]
    held = [await raw_upload(jp_serverapp, jp_auth_header, 10**6, start) for _ in range(2)]
    while len(await transfers(fetch)) < 2:
        await asyncio.sleep(0.01)
    answer = await fetch(*UPLOAD, method="POST", **form({"name": "mine"}, "a.npz", npz()))
    assert answer.code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    for _, writer in held:
        writer.close()
    while [one for one in await transfers(fetch) if one["state"] == "receiving"]:
        await asyncio.sleep(0.01)
    answer = await fetch(*UPLOAD, method="POST", **form({"name": "mine"}, "a.npz", npz()))
    assert answer.code == 201


async def test_digits_is_always_there(fetch):
    told = read(await fetch("datasets"))
    assert [item["name"] for item in told["items"]] == ["digits"]
    assert told["items"][0]["size"] > 0


async def test_samples(fetch, store):
    ref = read(await fetch("datasets"))["items"][0]["id"]
    path = ("datasets", ref, "samples")
    told = read(await fetch(*path, params={"split": "test", "index": 3, "count": 2}))
    assert [item["index"] for item in told["items"]] == [3, 4]
    assert told["items"][0]["class"] == str(told["items"][0]["label"])
    assert base64.b64decode(told["items"][0]["png"]).startswith(b"\x89PNG")
    assert told["items"][0]["values"] is None
    told = read(await fetch(*path, params={"values": "true"}))
    assert len(told["items"][0]["values"]) == 64
    for params, status in (
        ({"split": "other"}, 404),
        ({"index": "99999999"}, 404),
        ({"count": "65"}, 422),
        ({"index": "1.5"}, 422),
        ({"values": "yes"}, 422),
        ({"idnex": "1"}, 422),
    ):
        assert (await fetch(*path, params=params)).code == status, params


async def test_a_dataset_is_told_and_deleted(fetch, store):
    ref = read(await fetch(*UPLOAD, method="POST", **form({"name": "d"}, "a.npz", npz())))["id"]
    assert read(await fetch("datasets", ref))["name"] == "d"
    assert (await fetch("datasets", ref, method="DELETE")).code == 204
    assert (await fetch("datasets", ref)).code == 404
    assert (await fetch("datasets", new_id(), method="DELETE")).code == 404


async def test_known_sets_and_their_download(fetch, store, monkeypatch):
    told = read(await fetch("datasets", "known"))["items"]
    assert {"mnist", "cifar-10"} <= {one["name"] for one in told}
    assert all(one["dataset"] is None and one["size"] > 10**6 for one in told)
    from spikex_lab import api
    from spikex_lab.errors import WorkError

    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def download(name, *, progress):
        progress(1000, 5000, "part")
        loop.call_soon_threadsafe(begun.set)
        raise WorkError("no mirror answers", where=name)

    monkeypatch.setattr(api.Dataset, "download", download)
    answer = await fetch("datasets", "download", method="POST", body={"name": "mnist"})
    assert (answer.code, read(answer)["state"]) == (202, "receiving")
    await begun.wait()
    while (last := (await transfers(fetch))[0])["state"] == "receiving":
        await asyncio.sleep(0.01)
    assert (last["state"], last["error"], last["done"]) == (
        "failed",
        "mnist: no mirror answers",
        1000,
    )
    answer = await fetch("datasets", "download", method="POST", body={"name": "nope"})
    assert answer.code == 404


async def test_a_download_is_called_off(fetch, store, monkeypatch):
    from spikex_lab import api

    def download(name, *, progress):
        for received in range(1, 10**6):
            progress(received, 10**6, "part")
            time.sleep(0.001)
        raise AssertionError("nobody has called it off")

    monkeypatch.setattr(api.Dataset, "download", download)
    body = {"name": "mnist"}
    ident = read(await fetch("datasets", "download", method="POST", body=body))["id"]
    assert (await fetch("datasets", "transfers", ident, method="DELETE")).code == 204
    while (last := (await transfers(fetch))[0])["state"] == "receiving":
        await asyncio.sleep(0.01)
    assert (last["state"], last["error"]) == ("stopped", None)
    again = await fetch("datasets", "transfers", ident, method="DELETE")
    assert (again.code, read(again)["detail"]) == (409, "this is no download that goes on")
    assert (await fetch("datasets", "transfers", new_id(), method="DELETE")).code == 404
    begun = read(await fetch("datasets", "download", method="POST", body=body))
    assert begun["id"] != ident, "it may be begun anew"
    await fetch("datasets", "transfers", begun["id"], method="DELETE")


@pytest.mark.parametrize("jp_server_config", [configured(downloads=False)])
async def test_downloads_can_be_off(home, fetch):
    answer = await fetch("datasets", "download", method="POST", body={"name": "mnist"})
    assert answer.code == 403
    assert await transfers(fetch) == []
