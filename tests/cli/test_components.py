"""``spikex components``: found and counted, begun, kept, handed in, reviewed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spikex_lab.catalog.fields import PLURALS

Run = Callable[..., Any]


@pytest.fixture
def here(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, and a new home."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_list_finds_chooses_and_counts(here: Path, spikex: Run) -> None:
    answer = spikex("components", "list", "--search", "adapt thresh", "--kind", "neuron")
    assert answer.code == 0, answer
    assert answer.out.splitlines()[1].startswith("neurons/alif")
    assert "kinds: neuron" in answer.out
    found = spikex("components", "list", "--tag", "nest", "--facets", "--json").json
    assert 0 < found["total"] == sum(found["facets"]["kinds"].values())
    assert found["facets"]["tags"]["nest"] == found["total"]


@pytest.mark.parametrize("kind", [kind for kind in PLURALS if kind not in ("learning",)])
def test_a_new_one_of_any_kind_can_be_kept_as_it_is(here: Path, spikex: Run, kind: str) -> None:
    assert spikex("components", "new", "my-own", "--kind", kind).code == 0
    answer = spikex("components", "define", "my-own", "--json")
    assert answer.code == 0, answer
    assert answer.json["ident"] == f"{PLURALS[kind]}/my-own"
    assert answer.json["state"] == "draft"
    assert "conformance" not in (here / "my-own" / "component.yaml").read_text()


def test_from_a_new_folder_to_a_model(here: Path, spikex: Run) -> None:
    spikex("components", "new", "mine", "--like", "neurons/leaky")
    text = (here / "mine" / "component.yaml").read_text()
    assert "id: neurons/mine" in text
    assert (
        spikex("components", "define", "mine/component.yaml").out == "neurons/mine 0.1.0: draft\n"
    )
    shown = spikex("components", "show", "neurons/mine").out
    assert "state      draft" in shown
    (here / "model.yaml").write_text(
        "input: {shape: [4]}\nreadout: decoders/membrane\nname: m\n"
        "nodes: [{id: n, component: neurons/mine}]\n"
    )
    assert spikex("models", "create", "m", "--from", "model.yaml").code == 0
    assert "neurons/mine" in spikex("models", "show", "m", "--json").out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("new", "My_Own"), "is no name of a component"),
        (("new", "../up"), "is no name of a component"),
        (("new", "lif"), "neurons/lif exists"),
        (("new", "x", "--kind", "neurone"), 'no kind "neurone"'),
        (("new", "x", "--like", "synapses/dense"), "is a synapse, not a neuron"),
        (("new", "taken"), "there is something of this name"),
        (("define", "nowhere"), "is no component"),
        (("submit", "nowhere"), 'no component "nowhere"'),
        (("submit", "../.."), "no component.yaml in it"),
        (("allow", "neurons/nobody"), 'no component "neurons/nobody"'),
        (("allow", "layers/flatten"), "layers/flatten is part of the library"),
        (("submit", "neurons/lif"), "neurons/lif is part of the library"),
        (("review", "neurons/nobody", "approve", "--comment", "x"), "nothing of neurons/nobody"),
        (("list", "--kind", "neurone"), 'no kind "neurone"'),
        (("list", "--page", "0"), "no page 0"),
        (("show", "neurons/lief"), 'no component "neurons/lief"'),
    ],
)
def test_refused_in_one_line(
    here: Path, spikex: Run, arguments: tuple[str, ...], reason: str
) -> None:
    (here / "taken").mkdir()
    answer = spikex("components", *arguments)
    assert answer.code == 2, answer
    assert reason in answer.err
    assert answer.out == ""
    assert sorted(path.name for path in here.iterdir()) == ["taken"]


def test_ones_own_is_not_for_oneself_to_approve(here: Path, spikex: Run, store: Any) -> None:
    spikex("components", "new", "mine")
    assert spikex("components", "define", "mine").code == 0
    store.library.submit("neurons/mine", "0.1.0", {"ok": True, "checks": []})
    answer = spikex("components", "review", "neurons/mine", "approve", "--comment", "Good.")
    assert (answer.code, "is your own" in answer.err) == (2, True)
    assert spikex("components", "submit", "neurons/mine").code == 2


@pytest.mark.slow
def test_a_folder_is_handed_in_with_its_check(here: Path, spikex: Run) -> None:
    spikex("components", "new", "mine")
    answer = spikex("components", "submit", "mine", "--json")
    assert answer.code == 0, answer
    assert answer.json["state"] == "pending"
    assert answer.json["report"]["ok"] is True
    text = (here / "mine" / "component.yaml").read_text()
    (here / "mine" / "component.yaml").write_text(text.replace("references:", "tags2:"))
    assert spikex("components", "submit", "mine").code == 2


def test_allow_says_what_was_chosen(here: Path, spikex: Run) -> None:
    spikex("components", "new", "mine", "--kind", "layer")
    spikex("components", "define", "mine")
    answer = spikex("components", "allow", "layers/mine", "--json")
    assert len(answer.json["sha256"]) == 64
