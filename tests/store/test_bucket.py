"""What a bucket can do besides: refuse, be away, be cut off; links, parts of files, copies here."""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from servers import SECRET, ObjectServer, free_ports

from spikex_lab.errors import InvalidError, NotFoundError, StorageError
from spikex_lab.settings import Settings
from spikex_lab.store import Store, bucket, bucket_objects, verify
from spikex_lab.store.bucket import PART, etag

from .support import damage, finish, python

pytestmark = pytest.mark.backends("servers")
pytest.importorskip("minio")
LARGE = b"spikes and spikes" * (2 * PART // 15)
LARGE_SHA = hashlib.sha256(LARGE).hexdigest()


@contextmanager
def another(store: Store, url: str) -> Iterator[Store]:
    """Give a store with the same database and the objects at `url`."""
    home = store.settings.home.parent / "another"
    settings = store.settings.model_copy(update={"home": home})
    with Store.open(Settings(**{**settings.model_dump(), "object_store_url": url})) as opened:
        yield opened


# --- it cannot be reached, or refuses ---------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "says"),
    [
        (lambda server: server.url(bucket="nowhere"), "the bucket is not there"),
        (lambda server: server.url(secret="wrong"), "refused the keys"),
        (lambda server: server.url().replace("spikexkey", "nobody"), "refused the keys"),
        (
            lambda server: server.url().replace(str(server.port), str(free_ports(1)[0])),
            "cannot be reached",
        ),
    ],
    ids=["bucket", "secret", "key", "away"],
)
def test_what_the_url_gets_wrong_is_said(
    store: Store, bucket_server: ObjectServer, caplog: pytest.LogCaptureFixture, url: Any, says: str
) -> None:
    with another(store, url(bucket_server)) as wrong, caplog.at_level(logging.DEBUG):
        with pytest.raises(StorageError, match=says) as caught:
            wrong.objects.put_bytes(b"x")
        points = {check.name: check for check in wrong.doctor()}
    assert caught.value.hint
    assert not points["objects"].ok
    assert points["objects"].hint
    assert store.verify().objects == 0
    assert SECRET not in str(caught.value) + caplog.text + repr(points)


def test_who_may_only_read_keeps_nothing(store: Store, bucket_server: ObjectServer) -> None:
    url = bucket_server.url().replace("spikexkey", "readerkey")
    with (
        another(store, url.replace(url.split(":")[2].split("@")[0], "readersecret")) as reader,
        pytest.raises(StorageError, match="refused the keys"),
    ):
        reader.objects.put_bytes(b"x")
    assert store.verify().objects == 0


@pytest.mark.parametrize(
    "url",
    [
        f"s3://key:{SECRET}@host", "http://host/bucket", "s3://host/bucket/../other",
        f"s3://key:{SECRET}@host/BUCKET", "s3://key@host/bucket", "s3://host:port/bucket",
        f"s3://key:{SECRET}@host/bucket?secret={SECRET}", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_what_is_no_url_is_said_without_it(tmp_path: Path, url: str, backend: str) -> None:
    home = tmp_path / "home"
    settings = Settings(home=home, database_url=None, object_store_url=url)
    with pytest.raises(InvalidError, match="no URL of a bucket") as caught:
        Store.open(settings)
    assert SECRET not in str(caught.value) + repr(settings)
    assert caught.value.__cause__ is None
    assert not home.exists(), "nothing was made"


@pytest.mark.parametrize("code", ["XMinioStorageFull", "SlowDown", "InternalError"])
def test_what_the_server_answers_is_said_and_nothing_kept(
    store: Store, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    from minio import Minio
    from minio.error import S3Error

    def refuse(*args: Any, **options: Any) -> None:
        raise S3Error(
            response=None, code=code, message=SECRET, resource="", request_id="", host_id=""
        )  # type: ignore[arg-type]

    monkeypatch.setattr(Minio, "put_object", refuse)
    with pytest.raises(StorageError, match="the object store") as caught:
        store.objects.put_bytes(b"x")
    assert "nothing was kept" in caught.value.hint
    assert SECRET not in str(caught.value)
    monkeypatch.undo()
    report = store.verify()
    assert report.clean
    assert report.objects == 0


class Cut:
    """A way to the server on which the line is cut after so many bytes."""

    def __init__(self, port: int, limit: int) -> None:
        self._port, self._left = port, limit
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                if self._left <= 0:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._port))
                threading.Thread(target=self._pass, args=(far, near, 0), daemon=True).start()
                threading.Thread(target=self._pass, args=(near, far, 1), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, counts: int) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._left -= counts * len(data)
                if self._left <= 0:
                    break
                target.sendall(data)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._door.close()


@pytest.mark.parametrize("limit", [300, 100_000, PART + 1000])
def test_an_upload_that_is_cut_leaves_nothing(
    store: Store, bucket_server: ObjectServer, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(bucket, "TRIES", 1)
    monkeypatch.setattr(verify, "TEMPORARY_GRACE", -1.0)
    line = Cut(bucket_server.port, limit)
    url = store.settings.object_store_url.get_secret_value()
    try:
        with (
            another(store, url.replace(str(bucket_server.port), str(line.port))) as far,
            pytest.raises(StorageError, match="cannot be reached"),
        ):
            far.objects.put_bytes(LARGE)
    finally:
        line.close()
    with pytest.raises(NotFoundError):
        store.objects.get(LARGE_SHA)
    assert store.verify().ok
    store.collect(grace=-1)
    assert store.verify().clean, "what had come of it is gone"
    store.objects.put_bytes(LARGE)
    assert store.objects.check(LARGE_SHA)


def test_a_server_that_comes_back_finds_everything(
    store: Store, bucket_server: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = store.objects.put_bytes(b"before")
    store.objects.drop_copies(-1)
    bucket_server.stop()
    try:
        with pytest.raises(StorageError, match="cannot be reached"):
            store.objects.read(kept.sha256)
        with pytest.raises(StorageError, match="cannot be reached"):
            store.objects.put_bytes(b"while away")
    finally:
        bucket_server.start()
    assert store.objects.read(kept.sha256) == b"before"
    assert store.objects.put_bytes(b"while away").size == 10


KILLED = """
import os, signal, sys, threading, time
from spikex_lab.store import Store
from spikex_lab.store.bucket import PART
store = Store.open()
def watch():
    while not store.objects.bucket.unfinished():
        time.sleep(0.005)
    os.kill(os.getpid(), signal.SIGKILL)
threading.Thread(target=watch, daemon=True).start()
for number in range(1000):
    store.objects.put_bytes(number.to_bytes(4, "little") * (PART // 2))
"""


def test_who_is_killed_in_the_middle_of_an_upload_leaves_only_litter(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = python(KILLED)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    report = store.verify()
    assert report.ok
    assert [name for name in report.temporary if "?" in name], "an upload in parts"
    assert store.collect(grace=-1).temporary == 0, "it may still come in"
    monkeypatch.setattr(verify, "TEMPORARY_GRACE", -1.0)
    assert store.collect(grace=-1).temporary >= 1
    assert store.verify().clean


# --- what it holds ----------------------------------------------------------------------------


def test_a_large_object_goes_in_parts(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "large"
    file.write_bytes(LARGE)
    kept = store.objects.put_file(file)
    stat = store.objects.bucket.stat(f"{LARGE_SHA[:2]}/{LARGE_SHA}")
    assert stat.etag == etag(file, len(LARGE))
    assert stat.etag.endswith("-3")
    store.objects.drop_copies(-1)
    assert store.objects.path(kept.sha256).read_bytes() == LARGE
    assert store.objects.read(kept.sha256) == LARGE


def test_what_is_there_is_not_uploaded_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    puts: list[str] = []
    real = bucket.Bucket.put
    monkeypatch.setattr(
        bucket.Bucket, "put", lambda self, key, *more: (puts.append(key), real(self, key, *more))
    )
    for _ in range(3):
        store.objects.put_bytes(b"abc")
        store.objects.put_bytes(b"")
    assert len(puts) == 2
    damage(store, hashlib.sha256(b"abc").hexdigest(), b"abd")
    puts.clear()
    store.objects.put_bytes(b"abc")
    assert len(puts) == 1, "the server's mark of it was another"


def test_a_copy_is_made_when_it_is_asked_for_and_goes_when_it_is_not(store: Store) -> None:
    sha = store.objects.put_bytes(b"abc").sha256
    place = store.objects.root / sha[:2] / sha
    assert place.is_file(), "what was put is here already"
    store.collect(grace=3600)
    assert place.is_file()
    store.objects.drop_copies(-1)
    assert not place.exists()
    assert store.objects.read(sha) == b"abc"
    assert not place.exists(), "read once, straight from the bucket"
    assert store.objects.path(sha) == place
    old = time.time() - 2 * bucket_objects.TOUCH_SECONDS
    os.utime(place, (old, old))
    store.objects.path(sha)
    assert time.time() - place.stat().st_mtime < 60, "in use"
    place.chmod(0o600)
    place.write_bytes(b"abd")
    assert store.objects.path(sha).read_bytes() == b"abc", "a damaged copy is fetched anew"


def test_a_copy_that_cannot_be_made_is_no_failure_of_a_put(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from spikex_lab import durable

    class Full(durable.Io):
        @staticmethod
        def replace(source: Path, target: Path) -> None:
            raise OSError(28, "full")

    monkeypatch.setattr(durable, "io", Full())
    sha = store.objects.put_bytes(b"abc").sha256
    assert store.objects.read(sha) == b"abc"
    with pytest.raises(StorageError, match="disk is full"):
        store.objects.path(sha)
    monkeypatch.undo()
    assert store.verify().clean


def test_a_collection_between_an_upload_and_its_row(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, puts = bucket.Bucket.put, []

    def put(self: bucket.Bucket, key: str, *more: Any) -> None:
        real(self, key, *more)
        puts.append(key)
        if len(puts) < 3:
            with Store.open() as other:
                assert other.collect(grace=-1).orphans == 1

    monkeypatch.setattr(bucket.Bucket, "put", put)
    sha = store.objects.put_bytes(b"abc").sha256
    assert len(puts) == 3
    store.objects.drop_copies(-1)
    assert store.objects.read(sha) == b"abc"
    assert store.verify().clean


def test_two_stores_in_one_bucket_do_not_meet(store: Store, bucket_server: ObjectServer) -> None:
    sha = store.objects.put_bytes(b"abc").sha256
    url = store.settings.object_store_url.get_secret_value()
    with another(store, f"{url}-more/inner") as other:
        assert list(other.objects.files()) == []
        assert not other.objects.has(sha)
    assert [file.sha for file in store.objects.files()] == [sha]


# --- links ------------------------------------------------------------------------------------


def test_a_link_gives_one_file_for_a_while(store: Store) -> None:
    sha = store.objects.put_bytes(b"0123456789").sha256
    other = store.objects.put_bytes(b"secret").sha256
    link = store.objects.link(sha, "weights.safetensors")
    assert link is not None
    assert "X-Amz-Expires=300" in store.objects.link(sha, "x", 10**9), "never longer"
    assert SECRET not in link
    with urllib.request.urlopen(link) as answer:
        assert answer.read() == b"0123456789"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="weights.safetensors"'
    part = urllib.request.Request(link, headers={"Range": "bytes=2-4"})
    with urllib.request.urlopen(part) as answer:
        assert answer.read() == b"234"
    for wrong in (
        link.replace(sha, other),
        link.replace("X-Amz-Expires=300", "X-Amz-Expires=9999"),
        link.split("?")[0],
    ):
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(wrong)
    short = store.objects.link(sha, "x", 1)
    time.sleep(2.1)
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(short)
    with pytest.raises(NotFoundError):
        store.objects.link("0" * 64, "x")


def test_another_process_reads_what_this_one_put(store: Store, tmp_path: Path) -> None:
    sha = store.objects.put_bytes(b"abc").sha256
    code = (
        "import sys; from spikex_lab.settings import Settings; from spikex_lab.store import Store\n"
        "with Store.open(Settings(home=sys.argv[1])) as store:\n"
        "    print(store.objects.path(sys.argv[2]).read_bytes())"
    )
    assert finish(python(code, str(tmp_path / "elsewhere"), sha)) == "b'abc'\n"
