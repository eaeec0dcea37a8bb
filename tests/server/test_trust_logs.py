"""No secret is in a log, an answer or a file, and nobody fills a log. Case 4 of trust.md."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from spikex_lab.server.logs import LONGEST, redacted
from spikex_lab.store.runs import Runs

from .server_support import form, read

SECRETS = [f"hunter{number}" for number in range(1, 9)]
LONG = "y" * 10**6


@pytest.fixture
def written(jp_serverapp: Any) -> Iterator[io.StringIO]:
    """All that is logged, whoever logs it, as a file would hold it."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    loggers = [logging.getLogger(), jp_serverapp.log, *map(logging.getLogger, TORNADO)]
    for logger in loggers:
        logger.addHandler(handler)
    yield out
    for logger in loggers:
        logger.removeHandler(handler)


TORNADO = ("tornado.access", "tornado.application", "tornado.general")


def check(written: io.StringIO, token: str, *answers: Any) -> str:
    """No secret was written or answered, and no line is too long; return what was written."""
    text = written.getvalue()
    for secret in [token, *SECRETS]:
        assert secret not in text, secret
        assert not [answer for answer in answers if secret.encode() in answer.body]
    assert max(map(len, text.splitlines())) <= LONGEST
    return text


async def test_no_secret_of_a_request_is_logged(
    fetch, jp_serverapp, http_server_client, jp_base_url, written, run, store, monkeypatch, home
):
    token = jp_serverapp.identity_provider.token

    def broken(*_args: object) -> None:
        raise RuntimeError(f"postgresql://me:hunter1@db/x, password='hunter2' {LONG}")

    secret = {
        "Cookie": "session=hunter3",
        "Referer": f"http://x/?token={token}&secret=hunter4&" + "z" * 20_000,
        "User-Agent": "u" * 20_000,
        "X-Api-Key": "hunter5",
    }
    answers = []
    with monkeypatch.context() as patch:
        patch.setattr(Runs, "get", broken)
        answers += [await fetch("runs", run.id, headers=secret)]
        assert answers[0].code == 500
        path = f"{jp_base_url}spikex/api/v1/runs/{run.id}?token={token}&password=hunter6"
        for headers in ({}, secret, {"Authorization": f"token {token}"}):
            ask = http_server_client.fetch(path, headers=headers, raise_error=False)
            answers += [await ask]
            assert answers[-1].code == 403
    bad = {"name": LONG, "token": "hunter7", "password": "hunter7"}
    answers += [
        await fetch("models", method="POST", body=bad, headers=secret),
        await fetch("models", params={"api_key": "hunter8", "search": "x" * 30_000}),
        await fetch("models", "x" * 30_000),
        await fetch("me", headers={"Authorization": "token hunter8", "Origin": "o" * 30_000}),
    ]
    assert [answer.code for answer in answers[-4:]] == [422, 422, 404, 401]
    for answer in answers[1:]:
        assert len(answer.body) < 100 * LONGEST
    text = check(written, token, *answers[:1], *answers[4:])
    assert "RuntimeError: postgresql://***@db/x" in text  # what went wrong is told all the same
    assert "handlers/runs.py" in text
    assert "password=***" in text
    for file in (path for path in home.rglob("*") if path.is_file()):
        assert token.encode() not in file.read_bytes()


async def test_a_failed_login_is_not_logged_whole(
    jp_serverapp, http_server_client, jp_base_url, written
):
    page = await http_server_client.fetch(jp_base_url + "login", raise_error=False)
    xsrf = next(c for c in page.headers.get_list("Set-Cookie") if c.startswith("_xsrf="))
    value = xsrf.partition(";")[0]
    answer = await http_server_client.fetch(
        jp_base_url + "login",
        method="POST",
        body=f"password=hunter1{LONG}&username={LONG}",
        headers={"Cookie": value, "X-XSRFToken": value.partition("=")[2]},
        raise_error=False,
    )
    assert answer.code == 401
    check(written, jp_serverapp.identity_provider.token)


async def test_the_settings_secrets_stay_in_the_settings(fetch, home, written, monkeypatch):
    """A database that is away is told without its password, and so are keys that do not fit."""
    monkeypatch.setenv("SPIKEX_DATABASE_URL", "postgresql://hunter1:hunter2@127.0.0.1:9/x")
    monkeypatch.setenv("SPIKEX_OBJECT_STORE_URL", "s3://hunter3:hunter4@127.0.0.1:9/bucket")
    answers = [await fetch("models"), await fetch("system")]
    assert [answer.code for answer in answers] == [507, 507]
    assert "no database server" in read(answers[0])["detail"]
    check(written, "hunter1", *answers)
    assert not [path for path in home.rglob("*") if path.is_file()]


async def test_an_upload_that_fails_is_told_without_its_secrets(fetch, written, monkeypatch):
    from spikex_lab import api

    def broken(*_args: object, **_named: object) -> None:
        raise OSError("s3://KEY:hunter1@host/bucket: secret=hunter2")

    monkeypatch.setattr(api.Dataset, "upload", broken)
    answer = await fetch("datasets", method="POST", **form({"name": "x"}, "a.npz", b"x"))
    assert answer.code == 500
    check(written, "hunter1", answer, await fetch("datasets", "transfers"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: token abc", "Authorization: ***"),
        ("Authorization: Bearer abc def", "Authorization: *** def"),
        ("{'password': 'abc', 'name': 'x'}", "{'password': '***', 'name': 'x'}"),
        ("/x?a=1&access_token=abc&b=2", "/x?a=1&access_token=***&b=2"),
        ("AWS_SECRET_ACCESS_KEY=abc", "AWS_SECRET_ACCESS_KEY=***"),
        ("s3+http://KEY:SECRET@host/b", "s3+http://***@host/b"),
        ("one\nline\x1b[31m\x00", "one line [31m "),
        ("nothing of that sort: 1 token", "nothing of that sort: 1 token"),
    ],
)
def test_what_is_secret_is_known_by_its_name_or_place(text, shown):
    assert redacted(text) == shown
    assert len(redacted(text + "x" * 5000)) <= LONGEST
