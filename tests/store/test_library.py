"""The library in the store: versions, search, facets, pages, review, and who sees what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spikex_lab.errors import ConflictError, InvalidError, NotFoundError
from spikex_lab.ids import new_id
from spikex_lab.store import Store
from spikex_lab.store.clock import stamp
from spikex_lab.store.entries import Entry
from spikex_lab.store.library import Library
from spikex_lab.store.search import words

from .support import damage, table_names

REPORT = {"ok": True, "checks": []}


def spec(name: str = "mine", **more: Any) -> dict[str, Any]:
    return {
        "id": f"neurons/{name}",
        "kind": "neuron",
        "name": name.title(),
        "version": "1.0.0",
        "summary": f"The neuron {name}.",
        **more,
    }


def line(of: dict[str, Any], tags: tuple[str, ...] = (), body: str = "") -> Entry:
    return Entry(
        of["id"], of["kind"], of["name"], of["version"], of["summary"], tags, body, "draft"
    )


def keep(library: Library, of: dict[str, Any], **options: Any) -> Any:
    return library.keep(of, line(of), **options)


def bundled(number: int, **more: Any) -> Entry:
    values: dict[str, Any] = {
        "ident": f"neurons/n{number}",
        "kind": "neuron",
        "name": f"Number {number}",
        "version": "1.0.0",
        "summary": "One of many.",
        "tags": ("even",) if number % 2 == 0 else ("odd",),
    }
    return Entry(**{**values, **more})


@pytest.fixture
def other(store: Store) -> Library:
    """The library as a second person sees it."""
    person = new_id()
    with store.database.fast() as cursor:
        cursor.run(
            "INSERT INTO person (id, name, created) VALUES (:i, 'Grace', :t)", i=person, t=stamp()
        )
    return store.library.seen_by(person)


# --- versions ---------------------------------------------------------------------------------


def test_a_changed_definition_is_the_next_version_and_the_old_one_stays(store: Store) -> None:
    library = store.library
    first = keep(library, spec(a=1))
    assert (first.number, first.version, first.state) == (1, "1.0.0", "draft")
    second = keep(library, spec(a=2))
    assert (second.number, second.version, second.spec["version"]) == (2, "1.0.1", "1.0.1")
    assert library.get("neurons/mine").spec["a"] == 2
    assert library.get("neurons/mine", "1.0.0").spec["a"] == 1
    assert [row.version for row in library.versions("neurons/mine")] == ["1.0.0", "1.0.1"]
    assert library.next_version("neurons/mine") == "1.0.2"
    assert library.specs(["neurons/mine", "neurons/none"]) == {"neurons/mine": second.spec}


def test_the_same_again_makes_no_version(store: Store) -> None:
    keep(store.library, spec(a=1))
    keep(store.library, spec(a=2))
    assert keep(store.library, spec(a=2)).number == 2
    assert keep(store.library, spec(a=1)).number == 3, "back to what it was is a change too"


def test_a_version_that_its_author_names_is_kept_under_that_name_once(store: Store) -> None:
    keep(store.library, spec(version="2.0.0"), named_version=True)
    assert keep(store.library, spec(version="2.0.0"), named_version=True).number == 1
    with pytest.raises(ConflictError, match=r"2\.0\.0 of neurons/mine is kept already") as caught:
        keep(store.library, spec(version="2.0.0", a=1), named_version=True)
    assert "2.0.1" in caught.value.hint
    assert len(store.library.versions("neurons/mine")) == 1


def test_files_are_objects_and_stay(store: Store) -> None:
    kept = store.objects.put_bytes(b"print('hello')")
    row = store.library.keep(spec(), line(spec()), {"mine.py": kept})
    assert row.files == {"mine.py": kept}
    assert store.library.files(row) == {"mine.py": b"print('hello')"}
    assert store.collect(grace=-1).objects == 0
    assert store.verify().clean
    damage(store, kept.sha256, None)
    assert store.verify().missing == [kept.sha256]


def test_there_is_none(store: Store) -> None:
    keep(store.library, spec())
    with pytest.raises(NotFoundError, match=r'no component "neurons/mein" \(did you mean'):
        store.library.get("neurons/mein")
    with pytest.raises(NotFoundError, match=r"of version 9\.9\.9"):
        store.library.get("neurons/mine", "9.9.9")


# --- search -----------------------------------------------------------------------------------


def found(library: Library, text: str, **options: Any) -> list[str]:
    return [entry.id.split("/")[1] for entry in library.find(text, **options)]


@pytest.fixture
def shelf(store: Store) -> Library:
    """A library of a few, found in different columns."""
    store.library.index(
        "bundled",
        "1",
        [
            bundled(1, ident="neurons/alif", name="Adaptive", summary="Its threshold moves."),
            bundled(2, ident="neurons/adex", name="AdEx", body="adaptive; a threshold"),
            bundled(3, ident="neurons/leaky", name="Leaky", tags=("point neuron",)),
            bundled(4, ident="surrogates/leaky-relu", kind="surrogate", name="Leaky leaky"),
            bundled(5, ident="neurons/hh", name="Hodgkin-Huxley", body="Ménière, 1952"),
        ],
    )
    return store.library


def test_words_and_their_beginnings_are_found_best_first(shelf: Library) -> None:
    assert found(shelf, "adaptive threshold") == ["alif", "adex"]
    assert found(shelf, "adapt thresh") == ["alif", "adex"]
    assert found(shelf, "ADAPTIVE moves") == ["alif"]
    assert found(shelf, "leaky") == ["leaky", "leaky-relu"], "what is called so comes first"
    assert found(shelf, "hodgkin-huxley") == ["hh"]
    assert found(shelf, "meniere 1952") == ["hh"]
    assert found(shelf, "adaptive nothing") == []


@pytest.mark.parametrize(
    "text", ['"', "*", "a OR b", "NEAR(a b)", "name:x", "^x", "'; --", "()", "-", "\0", "%", "_"]
)
def test_a_search_is_words_never_a_query(shelf: Library, text: str) -> None:
    assert found(shelf, text) == []


def test_words_are_cut_and_folded() -> None:
    assert words("Integrate-and-Fire, straße_x (É.)") == [
        "integrate", "and", "fire", "strasse", "x", "e",
    ]  # fmt: skip


def test_facets_count_by_kind_and_by_tag(store: Store) -> None:
    lines = [bundled(n) for n in range(6)]
    lines += [bundled(9, ident="synapses/s", kind="synapse", tags=("even", "slow"))]
    store.library.index("bundled", "1", lines)
    everything = store.library.find()
    assert everything.kinds == {"neuron": 6, "synapse": 1}
    assert everything.tags == {"even": 4, "odd": 3, "slow": 1}
    chosen = store.library.find(tag="even", kind="neuron")
    assert chosen.kinds == {"neuron": 3, "synapse": 1}, "as if no kind had been chosen"
    assert chosen.tags == {"even": 3}
    assert chosen.total == 3
    assert store.library.find("number 3").kinds == {"neuron": 1}
    assert store.library.find(kind="axon").total == 0


def test_pages(store: Store) -> None:
    store.library.index("bundled", "1", [bundled(n) for n in range(7)])
    pages = [store.library.find("number", page=n, page_size=3) for n in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert {page.total for page in pages} == {7}
    assert len({entry.id for page in pages for entry in page}) == 7
    for page, size in ((0, 10), (1, 0), (1, 201)):
        with pytest.raises(InvalidError, match="no page"):
            store.library.find(page=page, page_size=size)


def test_the_index_follows_the_content_and_keeps_ones_own(store: Store) -> None:
    library = store.library
    keep(library, spec())
    library.index("bundled", "1", [bundled(1), bundled(2)])
    library.index("bundled", "1", [bundled(7)])
    assert found(library, "") == ["mine", "n1", "n2"], "the same content is not indexed again"
    assert library.indexed("bundled") == "1"
    library.index("bundled", "2", [bundled(2), bundled(3)])
    assert found(library, "") == ["mine", "n2", "n3"]
    assert found(library, "number 1") == []
    assert library.find(tag="odd").total == 1
    assert library.indexed("bundled") == "2"


def test_the_line_of_ones_own_follows_its_newest_version(store: Store) -> None:
    keep(store.library, spec(summary="Slow."))
    keep(store.library, spec(summary="Quick."))
    assert found(store.library, "slow") == []
    [entry] = store.library.find("quick")
    assert (entry.version, entry.state) == ("1.0.1", "draft")


# --- review -----------------------------------------------------------------------------------


def test_draft_pending_approved_and_nothing_changes_after(store: Store, other: Library) -> None:
    mine = store.library
    keep(mine, spec())
    row = mine.submit("neurons/mine", "1.0.0", REPORT)
    assert (row.state, row.report) == ("pending", REPORT)
    assert row.submitted is not None
    approved = other.review("neurons/mine", "approve", "Clear and sound.", line(spec()))
    assert approved.state == "approved"
    assert approved.spec == row.spec
    [review] = mine.reviews("neurons/mine")
    assert (review.reviewer_name, review.verdict) == ("Grace", "approved")
    assert review.comment == "Clear and sound."
    with pytest.raises(ConflictError, match="nothing of neurons/mine is pending"):
        other.review("neurons/mine", "reject", "Changed my mind.")
    with pytest.raises(ConflictError, match="submitted already"):
        mine.submit("neurons/mine", "1.0.0", REPORT)
    assert mine.get("neurons/mine").state == "approved"
    assert mine.get("neurons/mine").author_name == "local"


def test_nobody_reviews_their_own(store: Store, other: Library) -> None:
    keep(store.library, spec())
    store.library.submit("neurons/mine", "1.0.0", REPORT)
    with pytest.raises(ConflictError, match="is your own"):
        store.library.review("neurons/mine", "approve", "I like it.")
    assert store.library.get("neurons/mine").state == "pending"
    assert other.review("neurons/mine", "reject", "No units.").state == "rejected"


@pytest.mark.parametrize(("verdict", "comment"), [("accept", "Fine."), ("approve", " ")])
def test_a_review_has_a_verdict_and_a_reason(
    store: Store, other: Library, verdict: str, comment: str
) -> None:
    keep(store.library, spec())
    store.library.submit("neurons/mine", "1.0.0", REPORT)
    with pytest.raises(InvalidError):
        other.review("neurons/mine", verdict, comment)
    assert store.library.reviews("neurons/mine") == []


def test_what_is_not_approved_only_its_author_sees(store: Store, other: Library) -> None:
    mine = store.library
    keep(mine, spec(summary="Secret."))
    for state in ("draft", "pending", "rejected"):
        if state == "pending":
            mine.submit("neurons/mine", "1.0.0", REPORT)
        if state == "rejected":
            other.review("neurons/mine", "reject", "No.")
        assert found(mine, "secret") == ["mine"]
        assert mine.find("secret").items[0].state == state
        assert other.find("secret").total == 0
        assert other.find().kinds == {}
        assert other.specs(["neurons/mine"]) == {}
        assert other.versions("neurons/mine") == []
        assert other.reviews("neurons/mine") == []
        with pytest.raises(NotFoundError):
            other.get("neurons/mine")


def test_others_see_the_approved_version_while_its_author_goes_on(
    store: Store, other: Library
) -> None:
    mine = store.library
    keep(mine, spec(summary="First."))
    mine.submit("neurons/mine", "1.0.0", REPORT)
    other.review("neurons/mine", "approve", "Yes.", line(spec(summary="First."), ("tag",)))
    keep(mine, spec(summary="Second."))
    assert other.get("neurons/mine").version == "1.0.0"
    assert mine.get("neurons/mine").version == "1.0.1"
    assert [entry.summary for entry in other.find()] == ["First."]
    assert [entry.summary for entry in mine.find()] == ["Second."], "one line, not two"
    assert mine.find().total == 1
    with pytest.raises(ConflictError, match="another person's"):
        keep(other, spec(summary="Mine now."))
    with pytest.raises(ConflictError, match="not yours to submit"):
        other.submit("neurons/mine", "1.0.0", REPORT)


# --- the schema -------------------------------------------------------------------------------


def test_an_older_store_gets_the_library_and_loses_it_again_with_nothing_else(home: Path) -> None:
    from alembic import command

    from spikex_lab.store import schema

    with Store.open() as store:
        store.models.create("kept", {"name": "kept"})
        config = schema.config()
        with store.database.write() as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, "0001")
        names = table_names(store)
        assert not [name for name in names if "component" in name or "library" in name]
    with Store.open() as store:
        keep(store.library, spec())
        assert found(store.library, "mine") == ["mine"]
        assert store.models.get("kept").version == 1
