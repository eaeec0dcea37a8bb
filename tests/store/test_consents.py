"""Consent is per content hash: what was chosen runs, and nothing else."""

from __future__ import annotations

import pytest

from spikex_lab.errors import NotFoundError
from spikex_lab.store import Store


def test_consent_is_for_one_hash_only(store: Store) -> None:
    chosen, other = store.objects.put_bytes(b"mine"), store.objects.put_bytes(b"theirs")
    store.consents.give(chosen.sha256, "from_module: mine")
    store.consents.give(chosen.sha256, "again")
    assert store.consents.given(chosen.sha256)
    assert store.consents.code(chosen.sha256) == b"mine"
    assert not store.consents.given(other.sha256)
    with pytest.raises(NotFoundError, match="never chosen"):
        store.consents.code(other.sha256)


def test_what_is_not_here_cannot_be_chosen(store: Store) -> None:
    with pytest.raises(NotFoundError):
        store.consents.give("0" * 64)
    assert not store.consents.given("0" * 64)
