"""No name is a path, and no text is a place to fetch from. Cases 9 and 10 of trust.md, by REST."""

from __future__ import annotations

import hashlib
import json
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from spikex_lab.spec.templates import template

from .server_support import configured, emptied, form, read

CANARY = "what lies outside"
PATHS = [
    "../home2/secret", "..", "../../etc/passwd", "%2e%2e/home2/secret", "..\\home2\\secret",
    "/etc/passwd", "//proc/self/root/etc/passwd", "\\\\host\\share", "C:\\secret", "C:secret",
    "sub/secret", "a\0b", "a\nb", "x" * 300, " ", ".hidden", "~", "~root/x", "con", "nul.txt",
    "home2/secret", "....//....//secret", "secret\u2215x",
]  # fmt: skip
URIS = [
    "file:///etc/passwd", "file:secret", "http://127.0.0.1:9/x", "http:///#/../../etc/passwd",
    "https://evil.test/x.npz", "s3://other/x", "ftp://evil.test/x", "data:text/plain,x",
    "git+https://evil.test/x", "hf://other/x", "http://169.254.169.254/latest", "jar:file:///x!/y",
    "runs:/x/../../secret", "//evil.test/x",
]  # fmt: skip
FREE = configured(rate_limit="100000/second")
Ask = Callable[..., Awaitable[Any]]


@pytest.fixture
def outside(home: Path) -> Path:
    """What is beside the store: a sibling whose name begins like the store's."""
    (home.parent / "home2").mkdir()
    for file in (home.parent / "home2" / "secret", home.parent / "secret"):
        file.write_text(CANARY)
    return home.parent


def tree(folder: Path) -> str:
    """Return a hash over every name and byte below `folder`, but the database's."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.name.startswith("spikex.db"):
            continue
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def rows(store: Any) -> list[Any]:
    """What is in the store, by kind."""
    lists = (store.models, store.datasets, store.runs, store.targets)
    return [*(kind.list().total for kind in lists), store.people.me(), store.objects.size()]


async def asked(fetch: Ask, run: Any, text: str, more: Mapping[str, Any]) -> list[Any]:
    """Ask for `text` wherever a body, a form or a query takes a word, with `more` beside it."""
    spec = template("mlp").to_dict()
    node = {**spec["nodes"][0], "component": text}
    bodies: list[tuple[tuple[str, ...], dict[str, Any]]] = [
        (("models",), {"name": text}),
        (("models",), {"name": "x", "dataset": text}),
        (("models",), {"name": "x", "template": text}),
        (("models",), {"name": "x", "spec": {**spec, "dataset": text}}),
        (("models",), {"name": "x", "spec": {**spec, "nodes": [node, *spec["nodes"][1:]]}}),
        (("models", run.model_id, "copy"), {"name": text}),
        (("runs",), {"model": text, "dataset": "digits"}),
        (("runs",), {"model": "tiny", "dataset": text}),
        (("runs",), {"model": "tiny", "dataset": "digits", "target": text}),
        (("runs",), {"model": "tiny", "dataset": "digits", "device": text}),
        (("runs",), {"model": "tiny", "dataset": "digits", "weights": text}),
        (("runs",), {"model": "tiny", "dataset": "digits", "training": {"algorithm": text}}),
        (("datasets", "download"), {"name": text}),
        (("targets",), {"name": text}),
        (("targets",), {"name": "x", "kind": text}),
        (("library",), {"source": text}),
        (("library",), {"source": json.dumps({"id": text, "license": "x"})}),
        (("library",), {"source": json.dumps({**COMPONENT, "diagram": text})}),
        (("library",), {"source": json.dumps({**COMPONENT, "code": {"python": text}})}),
        (("tutorials", "01_quickstart"), {"folder": text}),
    ]
    answers = [await fetch(*parts, method="POST", body={**body, **more}) for parts, body in bodies]
    match = {"If-Match": "*"}
    body = {"name": text, **more}
    answers.append(await fetch("models", run.model_id, method="PATCH", body=body, headers=match))
    answers.append(await fetch("me", method="PATCH", body=body))
    for key in ("name", "like", "kind"):
        params = {"name": "x", key: text}
        answers.append(await fetch("library", "scaffold", params=params))
    for parts, file in ((("datasets",), "a.npz"), (("models", "import"), "a.yaml")):
        sent = form({"name": text, **more}, file, b"x")
        answers.append(await fetch(*parts, method="POST", **sent))
    return answers


COMPONENT = {
    "id": "neurons/mine",
    "license": "BSD-3-Clause",
    "summary": "A leak.",
    "parameters": {"tau": "10 ms"},
    "equations": ["dv/dt = (I - v)/tau"],
}
ADDRESSES = [
    ("models", "{}"), ("models", "{model}", "versions", "{}"), ("models", "{}", "export"),
    ("runs", "{}"), ("runs", "{}", "events"), ("runs", "{run}", "artifacts", "{}"),
    ("runs", "{run}", "evaluations", "{}"), ("datasets", "{}"), ("datasets", "{}", "samples"),
    ("library", "neurons", "{}"), ("library", "{}", "lif"), ("targets", "{}"),
    ("library", "neurons", "lif", "files", "{}"), ("library", "neurons", "{}", "files", "lif.js"),
]  # fmt: skip


@pytest.mark.parametrize("jp_server_config", [FREE])
async def test_a_hostile_name_is_refused_and_touches_nothing(outside, fetch, home, store, run):
    await fetch("datasets")  # the built-in one is there from now on
    await emptied(home / "tmp")
    before, kept = tree(outside), rows(store)
    count = 0
    for text in PATHS:
        answers = await asked(fetch, run, text, {})
        for address in ADDRESSES:
            parts = [
                part.format(quote(text, safe=""), run=run.id, model=run.model_id)
                for part in address
            ]
            answers.append(await fetch(*parts))
        if "\n" not in text:  # such a file name is no header's
            for parts in (("datasets",), ("models", "import")):
                sent = form({"name": "x"}, text, CANARY.encode())
                answers.append(await fetch(*parts, method="POST", **sent))
        for answer in answers:
            where = (text, answer.effective_url, answer.request.body)
            assert answer.code in (404, 422), (answer.code, *where)
            assert CANARY.encode() not in answer.body, where
            assert b"root:x:0" not in answer.body, where
        count += len(answers)
    assert count > 40 * len(PATHS)
    await emptied(home / "tmp")
    assert rows(store) == kept
    assert tree(outside) == before


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
async def test_a_link_in_the_place_of_a_file_is_not_followed(outside, fetch, store, live):
    """Even one to the right bytes: what it leads to is not the store's."""
    run, lease = live
    kept = store.objects.put_bytes(CANARY.encode())
    store.runs.add_artifact(run, lease, "weights.safetensors", kept)
    path = ("runs", run, "artifacts", "weights.safetensors")
    assert (await fetch(*path)).body == CANARY.encode()
    place = store.objects.path(kept.sha256)
    place.unlink()
    place.symlink_to(outside / "secret")
    answer = await fetch(*path)
    assert answer.code == 507
    assert CANARY.encode() not in answer.body


# --- places to fetch from -------------------------------------------------------------------

WORDS = ('"template"', '"folder"', "scaffold")
FLAGS = [
    {}, {"source": "{}"}, {"url": "{}"}, {"from": "{}"}, {"path": "{}"}, {"verify": False},
    {"tags": {"trusted": "true"}}, {"owner": "me"}, {"allow_remote": True},
]  # fmt: skip


@pytest.fixture
def calls(jp_serverapp: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Whom this process calls, but for the server under test."""
    found: list[Any] = []
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connecting(self: socket.socket, address: Any) -> None:
        if address[1] != jp_serverapp.port:
            found.append(address)
        connect(self, address)

    def looking(host: Any, port: Any, *args: Any, **named: Any) -> Any:
        if port != jp_serverapp.port:
            found.append((host, port))
        return look_up(host, port, *args, **named)

    monkeypatch.setattr(socket.socket, "connect", connecting)
    monkeypatch.setattr(socket, "getaddrinfo", looking)
    return found


@pytest.mark.parametrize("jp_server_config", [FREE])
async def test_no_text_is_a_place_to_fetch_from(outside, fetch, home, store, run, calls):
    """Whatever else is said beside it: there is no flag that lets it pass."""
    await fetch("datasets")  # the built-in one is there from now on
    await emptied(home / "tmp")
    before, kept = tree(outside), rows(store)
    for index, text in enumerate(URIS):
        flag = FLAGS[index % len(FLAGS)]
        more = {key: value.format(text) if value == "{}" else value for key, value in flag.items()}
        plain = await asked(fetch, run, text, {})
        for answer in [*plain, *(await asked(fetch, run, text, more) if more else [])]:
            where = (text, more, answer.effective_url, answer.request.body)
            word = any(key in str(where) for key in WORDS)  # is looked up among the known ones
            assert answer.code in ((404, 422) if word else (422,)), (answer.code, *where)
            assert b"root:x:0" not in answer.body, where
    await emptied(home / "tmp")
    assert calls == []
    assert rows(store) == kept
    assert tree(outside) == before


@pytest.mark.parametrize("key", ["source", "url", "from", "path", "mirror", "verify", "trusted"])
async def test_nobody_says_where_a_known_dataset_comes_from(fetch, calls, monkeypatch, key):
    from spikex_lab import api

    begun: list[str] = []
    monkeypatch.setattr(api.Dataset, "download", lambda name, **_: begun.append(name))
    body = {"name": "mnist", key: "http://127.0.0.1:9/x"}
    answer = await fetch("datasets", "download", method="POST", body=body)
    assert (answer.code, read(answer)["errors"][0]["pointer"]) == (422, f"/{key}")
    assert begun == calls == []
    assert read(await fetch("datasets", "transfers"))["items"] == []
