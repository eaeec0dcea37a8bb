"""The commands that look after a store, where it lies on servers; what they say holds no secret."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import ACCESS, PASSWORD, SECRET, ObjectServer, Postgres


@pytest.fixture
def shared(
    home: Path, postgres: Postgres, bucket_server: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A store that is not made yet, on the servers."""
    with postgres.database() as name:
        monkeypatch.setenv("SPIKEX_DATABASE_URL", postgres.url(name))
        monkeypatch.setenv("SPIKEX_OBJECT_STORE_URL", bucket_server.url(f"cli/{name}"))
        yield home
        from spikex_lab.api import context

        context.store().close()


def secretless(*texts: str) -> None:
    for text in texts:
        for secret in (PASSWORD, SECRET, ACCESS):
            assert secret not in text


def test_a_store_is_made_examined_and_verified(shared: Path, spikex) -> None:
    before = spikex("db", "check", "--json")
    assert (before.code, before.json["version"]) == (1, None)
    upgraded = spikex("db", "upgrade", "--json")
    assert (upgraded.code, upgraded.json["ok"]) == (0, True)
    assert spikex("db", "check").code == 0
    assert spikex("models", "create", "mine", "--template", "snn-mlp").code == 0
    doctor = spikex("doctor", "--json")
    points = {check["name"]: check for check in doctor.json["checks"]}
    assert doctor.code == 0, doctor.out
    assert points["database"]["detail"].startswith("PostgreSQL")
    assert points["objects"]["detail"].startswith("s3://127.0.0.1")
    verified = spikex("store", "verify", "--json")
    assert (verified.code, verified.json["ok"]) == (0, True)
    collected = spikex("store", "collect")
    assert collected.code == 0
    for answer in (before, upgraded, doctor, verified, collected):
        secretless(answer.out, answer.err)


@pytest.mark.parametrize("name", ["database", "objects"])
def test_what_refuses_is_one_line_without_its_secret(
    shared: Path,
    spikex,
    postgres: Postgres,
    bucket_server: ObjectServer,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    wrong = "wrong-but-secret"
    if name == "database":
        monkeypatch.setenv("SPIKEX_DATABASE_URL", postgres.url("nowhere", wrong))
        command, code = ("models", "list"), 2
    else:
        monkeypatch.setenv("SPIKEX_OBJECT_STORE_URL", bucket_server.url(secret=wrong))
        command, code = ("datasets", "upload", str(shared.parent / "x.npz"), "--name", "x"), 2
        import numpy as np

        np.savez(shared.parent / "x.npz", x=np.zeros((40, 2), "f4"), y=np.arange(40) % 2)
    answer = spikex(*command)
    assert answer.code == code
    assert "refused" in answer.err
    assert len(answer.err.strip().splitlines()) == 1, answer.err
    secretless(answer.out, answer.err)
    assert wrong not in answer.out + answer.err
    monkeypatch.undo()
