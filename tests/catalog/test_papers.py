"""The papers: components and their BibTeX file name the same ones, in the same words."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

import pytest

from spikex_lab.catalog import library
from spikex_lab.catalog.schema import ReferenceSpec

BIB = library().root / "papers" / "references.bib"
ENTRY = re.compile(r"^@([a-z]+)\{([a-z0-9]+),\n((?:  .+\n)+)\}$", re.MULTILINE)
FIELD = re.compile(r"^  ([a-z]+) += \{(.*)\},$", re.MULTILINE)


class Used(NamedTuple):
    """A reference and the component that names it."""

    component: str
    paper: ReferenceSpec


def entries() -> dict[str, dict[str, str]]:
    """Return the BibTeX file: key, then fields."""
    found = ENTRY.findall(BIB.read_text("utf-8"))
    assert len({key for _, key, _ in found}) == len(found)
    return {key: {"type": kind, **dict(FIELD.findall(body))} for kind, key, body in found}


def used() -> list[Used]:
    """Return every reference of the library."""
    known = library()
    return [Used(name, one) for name in known.ids() for one in known.get(name).references]


def authors(text: str) -> str:
    """Return authors as BibTeX has them: ``Rall W.`` is ``Rall, W.``"""
    names = text.split(";")[0].removesuffix(" et al.").split(", ")
    turned = [re.sub(r"^(.+) (\S+)$", r"\1, \2", name) for name in names]
    spaced = [re.sub(r"\.(?=[A-Z])", ". ", name) for name in turned]
    return " and ".join(spaced + ["others"] * text.endswith(" et al."))


def words(entry: dict[str, str]) -> dict[str, str]:
    """Return what a reference and its entry have in common."""
    chosen = {name: entry.get(name, "") for name in ("author", "year", "doi", "url")}
    return {"title": entry["title"].strip("{}"), **chosen}


def test_every_line_of_the_file_is_understood() -> None:
    text = BIB.read_text("utf-8")
    assert len(entries()) == text.count("\n@") == len(ENTRY.findall(text))
    for key, entry in entries().items():
        assert {"author", "title", "year"} <= set(entry), key
        assert re.fullmatch(r"\{.+\}", entry["title"]), f"{key}: the title keeps its capitals"


def test_every_paper_of_the_library_has_its_entry_and_the_other_way_round() -> None:
    listed = {entry["title"].strip("{}"): words(entry) for entry in entries().values()}
    assert len(listed) == len(entries()), "one paper, one entry"
    named = set()
    for component, paper in used():
        said = {
            "title": paper.title,
            "author": authors(paper.authors),
            "year": str(paper.year),
            "doi": paper.doi or "",
            "url": paper.url or "",
        }
        assert paper.title in listed, f"{component}: {paper.title!r} is not in {BIB.name}"
        assert listed[paper.title] == said, component
        named.add(paper.title)
    assert set(listed) == named


def test_every_doi_is_in_the_file_once_and_used() -> None:
    of_library = {paper.doi.lower() for _, paper in used() if paper.doi}
    of_file = Counter(entry["doi"].lower() for entry in entries().values() if "doi" in entry)
    assert set(of_file) == of_library
    assert set(of_file.values()) == {1}


def test_a_paper_is_worded_alike_wherever_it_is_named() -> None:
    first: dict[str, Used] = {}
    for one in used():
        before = first.setdefault((one.paper.doi or one.paper.title).lower(), one)
        for field in ("authors", "title", "year", "venue", "doi", "url", "checked"):
            assert getattr(one.paper, field) == getattr(before.paper, field), (
                f"{one.component} and {before.component} differ in {field}"
            )


@pytest.mark.parametrize("key", sorted(entries()))
def test_volume_and_pages_are_those_of_the_components(key: str) -> None:
    entry = entries()[key]
    venue = next(p.venue or "" for _, p in used() if p.title == entry["title"].strip("{}"))
    told = [entry[name] for name in ("journal", "volume", "eprint", "publisher") if name in entry]
    told += [entry["pages"].replace("--", "-")] if "pages" in entry else []
    for part in told:
        assert part in venue, f"{key}: {part!r} is not in {venue!r}"


def test_what_no_look_up_confirmed_says_so() -> None:
    for component, paper in used():
        if not paper.checked:
            assert paper.note, f"{component}: {paper.title!r} is unchecked and has no note"
    notes = {
        e["title"].strip("{}") for e in entries().values() if "Not confirmed" in e.get("note", "")
    }
    assert notes == {paper.title for _, paper in used() if not paper.checked}
