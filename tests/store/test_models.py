from __future__ import annotations

import threading

import pytest

from spikex_lab.errors import ConflictError, InvalidError, NotFoundError, StaleError
from spikex_lab.store import Store
from spikex_lab.store.models import spec_digest


def spec(name: str = "digits", **more: object) -> dict[str, object]:
    return {"schema": "spikex/model@1", "name": name, **more}


def test_create_and_get_by_name_id_and_beginning(store: Store) -> None:
    made = store.models.create("digits", spec(), message="first")
    assert made.version == made.versions == 1
    assert made.digest == spec_digest(spec())
    for ref in ("digits", made.id, made.id[:30]):
        assert store.models.get(ref) == made


def test_the_digest_is_that_of_the_spec_floor() -> None:
    from spikex_lab.spec.training import TrainingSpec

    training = TrainingSpec()
    assert spec_digest(training.to_dict()) == training.digest()


def test_a_name_that_exists_is_refused_and_free_after_delete(store: Store) -> None:
    first = store.models.create("digits", spec())
    with pytest.raises(ConflictError, match='a model "digits" exists'):
        store.models.create("digits", spec(layers=2))
    assert store.models.get("digits") == first
    store.models.delete("digits")
    second = store.models.create("digits", spec(layers=2))
    assert store.models.get("digits").id == second.id != first.id
    with pytest.raises(NotFoundError):
        store.models.get(first.id)


def test_versions_are_kept_and_an_unchanged_spec_makes_none(store: Store) -> None:
    store.models.create("digits", spec())
    second = store.models.add_version("digits", spec(layers=2), message="wider")
    assert (second.version, second.versions) == (2, 2)
    assert store.models.add_version("digits", spec(layers=2)).version == 2
    assert store.models.get("digits", 1).spec == spec()
    assert [(v.version, v.message) for v in store.models.versions("digits")] == [
        (1, ""),
        (2, "wider"),
    ]
    with pytest.raises(NotFoundError, match="no version 3"):
        store.models.get("digits", 3)


def test_a_write_over_a_newer_version_is_stale(store: Store) -> None:
    store.models.create("digits", spec())
    store.models.add_version("digits", spec(tab=1), expected=1)
    with pytest.raises(StaleError, match="at version 2, not 1"):
        store.models.add_version("digits", spec(tab=2), expected=1)
    assert store.models.get("digits").spec == spec(tab=1)


def test_of_many_writers_over_one_version_exactly_one_wins(store: Store) -> None:
    store.models.create("digits", spec())
    won: list[int] = []

    def write(number: int) -> None:
        with Store.open(store.settings) as mine:
            try:
                mine.models.add_version("digits", spec(tab=number), expected=1)
            except StaleError:
                return
            won.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert store.models.get("digits").spec == spec(tab=won[0])


def test_rename_and_copy_carry_the_name_into_the_spec(store: Store) -> None:
    store.models.create("digits", spec())
    store.models.create("other", spec("other"))
    with pytest.raises(ConflictError):
        store.models.rename("digits", "other")
    renamed = store.models.rename("digits", "numbers")
    assert renamed.spec["name"] == "numbers"
    assert renamed.digest == spec_digest(spec("numbers"))
    assert store.models.get("numbers", 1).spec == spec()
    with pytest.raises(NotFoundError):
        store.models.get("digits")
    copied = store.models.copy("numbers", "copy", version=1)
    assert (copied.version, copied.spec) == (1, spec("copy"))
    with pytest.raises(ConflictError):
        store.models.copy("numbers", "other")


def test_the_list_is_paged_sorted_and_searched(store: Store) -> None:
    for name in ("b", "a 100", "c", "a_x"):
        store.models.create(name, spec(name))
    assert [m.name for m in store.models.list(sort="name")] == ["a 100", "a_x", "b", "c"]
    assert [m.name for m in store.models.list(sort="-name", page=2, page_size=3)] == ["a 100"]
    assert store.models.list(page_size=1).total == 4
    assert [m.name for m in store.models.list(search="A_")] == ["a_x"], "_ is no wildcard"
    assert store.models.list(search="%").total == 0, "% is no wildcard"
    for wrong in ({"page": 0}, {"page_size": 201}, {"sort": "nmae"}):
        with pytest.raises(InvalidError):
            store.models.list(**wrong)  # type: ignore[arg-type]


def test_an_unknown_name_gets_the_nearest(store: Store) -> None:
    store.models.create("digits", spec())
    with pytest.raises(NotFoundError, match='did you mean "digits"'):
        store.models.get("digist")
