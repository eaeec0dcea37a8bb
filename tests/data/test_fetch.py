"""Downloads: mirrors, resume, checksums, https only; a small local server plays the mirrors."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from spikex_lab.data import fetch
from spikex_lab.data.fetch import Remote, download
from spikex_lab.errors import StorageError, WorkError

CONTENT = bytes(range(256)) * 4000
GOOD = Remote("good.bin", hashlib.md5(CONTENT).hexdigest(), len(CONTENT))


class Mirror(BaseHTTPRequestHandler):
    asked: list[tuple[str, str | None]]
    break_after: int | None = None

    def do_GET(self) -> None:
        server: Any = self.server
        server.asked.append((self.path, self.headers.get("Range")))
        mode = self.path.split("/")[1]
        body = CONTENT
        if mode == "missing":
            self.send_error(404)
            return
        if mode == "redirect":
            self.send_response(302)
            self.send_header("Location", "ftp://127.0.0.1/good.bin")
            self.end_headers()
            return
        if mode == "wrong":
            body = b"x" * len(CONTENT)
        if mode == "endless":
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(bytes(65_536))
            except OSError:
                return
        begin = 0
        asked = self.headers.get("Range")
        if asked and mode != "norange":
            begin = int(asked.removeprefix("bytes=").removesuffix("-"))
            if begin >= len(body):
                self.send_error(416)
                return
            self.send_response(206)
            start = begin if mode != "otherpart" else begin + 1
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(body) - begin))
        self.end_headers()
        stop = 300_000 if mode == "breaks" and not begin else len(body)
        self.wfile.write(body[begin:stop])
        if stop < len(body):
            self.close_connection = True

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(fetch, "_SCHEMES", frozenset({"http"}))
    monkeypatch.setattr(fetch, "TIMEOUT", 5.0)
    mirror: Any = ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    mirror.asked = []
    mirror.base = f"http://127.0.0.1:{mirror.server_address[1]}"
    thread = threading.Thread(target=mirror.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield mirror
    mirror.shutdown()
    mirror.server_close()


def test_a_file_is_fetched_with_progress(server: Any, tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    path = download(GOOD, [f"{server.base}/ok/"], tmp_path, lambda *a: seen.append(a))
    assert path.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT), "good.bin")
    assert [path.name for path in tmp_path.iterdir()] == ["good.bin"]


def test_what_is_here_is_not_fetched_again(server: Any, tmp_path: Path) -> None:
    (tmp_path / "good.bin").write_bytes(CONTENT)
    download(GOOD, [f"{server.base}/ok/"], tmp_path)
    assert server.asked == []
    (tmp_path / "good.bin").write_bytes(b"damaged")
    assert download(GOOD, [f"{server.base}/ok/"], tmp_path).read_bytes() == CONTENT


def test_a_part_is_gone_on_from(server: Any, tmp_path: Path) -> None:
    (tmp_path / "good.bin.part").write_bytes(CONTENT[:1000])
    assert download(GOOD, [f"{server.base}/ok/"], tmp_path).read_bytes() == CONTENT
    assert server.asked == [("/ok/good.bin", "bytes=1000-")]


@pytest.mark.parametrize("mode", ["norange", "ok"])
def test_a_part_that_is_whole_already(server: Any, tmp_path: Path, mode: str) -> None:
    (tmp_path / "good.bin.part").write_bytes(CONTENT)
    assert download(GOOD, [f"{server.base}/{mode}/"], tmp_path).read_bytes() == CONTENT


def test_a_mirror_that_breaks_off_is_followed_by_the_next_from_there(
    server: Any, tmp_path: Path
) -> None:
    mirrors = [f"{server.base}/{mode}/" for mode in ("missing", "breaks", "ok")]
    assert download(GOOD, mirrors, tmp_path).read_bytes() == CONTENT
    assert server.asked[-1] == ("/ok/good.bin", "bytes=300000-")


def test_whoever_watches_may_call_it_off(server: Any, tmp_path: Path) -> None:
    def progress(*_: Any) -> None:
        raise WorkError("called off")

    with pytest.raises(WorkError, match="called off"):
        download(GOOD, [f"{server.base}/{mode}/" for mode in ("ok", "ok")], tmp_path, progress)
    assert len(server.asked) == 1, "no other mirror is tried"
    assert [path.name for path in tmp_path.iterdir()] == ["good.bin.part"]


def test_a_part_outlives_a_failure(server: Any, tmp_path: Path) -> None:
    with pytest.raises(WorkError, match="broke off"):
        download(GOOD, [f"{server.base}/breaks/"], tmp_path)
    assert (tmp_path / "good.bin.part").stat().st_size == 300_000
    assert download(GOOD, [f"{server.base}/ok/"], tmp_path).read_bytes() == CONTENT


def test_a_wrong_checksum_tries_the_next_and_keeps_nothing(server: Any, tmp_path: Path) -> None:
    mirrors = [f"{server.base}/wrong/", f"{server.base}/ok/"]
    assert download(GOOD, mirrors, tmp_path).read_bytes() == CONTENT
    (tmp_path / "good.bin").unlink()
    with pytest.raises(WorkError, match="wrong checksum"):
        download(GOOD, mirrors[:1], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_part_does_not_spoil_the_next_try(server: Any, tmp_path: Path) -> None:
    (tmp_path / "good.bin.part").write_bytes(b"x" * 1000)
    mirrors = [f"{server.base}/ok/", f"{server.base}/ok/"]
    assert download(GOOD, mirrors, tmp_path).read_bytes() == CONTENT


def test_every_mirrors_reason_is_given(server: Any, tmp_path: Path) -> None:
    mirrors = [f"{server.base}/missing/", "http://127.0.0.1:9/", f"{server.base}/otherpart/"]
    (tmp_path / "good.bin.part").write_bytes(CONTENT[:10])
    with pytest.raises(WorkError) as caught:
        download(GOOD, mirrors, tmp_path)
    text = str(caught.value)
    assert "Not Found" in text
    assert "refused" in text
    assert "another part" in text
    assert "--from" in text
    assert caught.value.exit_code == 1


def test_an_endless_body_is_cut(server: Any, tmp_path: Path) -> None:
    with pytest.raises(WorkError, match="more than the file has"):
        download(GOOD, [f"{server.base}/endless/"], tmp_path)
    assert (tmp_path / "good.bin.part").stat().st_size <= GOOD.limit


def test_a_redirect_to_another_scheme_is_not_followed(server: Any, tmp_path: Path) -> None:
    with pytest.raises(WorkError, match="not https"):
        download(GOOD, [f"{server.base}/redirect/"], tmp_path)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "file:///etc/", "ftp://127.0.0.1/"])
def test_only_https_is_asked(tmp_path: Path, url: str) -> None:
    with pytest.raises(WorkError, match="not https"):
        download(GOOD, [url], tmp_path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_said_so(server: Any, tmp_path: Path) -> None:
    (tmp_path / "good.bin.part").symlink_to("/dev/full")
    with pytest.raises(StorageError, match="No space left"):
        download(GOOD, [f"{server.base}/ok/"], tmp_path)
