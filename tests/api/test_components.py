"""Components of one's own in a notebook: defined in a cell, used in the next one, taken along."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import spikex_lab as sx
from spikex_lab.api import context, define, shelf
from spikex_lab.api.listing import Table
from spikex_lab.errors import ConflictError, InvalidError, NotFoundError, SpikexError
from spikex_lab.ids import new_id
from spikex_lab.store import Store
from spikex_lab.store.clock import stamp

EIGHT = """
id: neurons/mine
parameters: {tau: 5 ms, tau_w: 50 ms, b: 0.1, gain: 8, v_th: 1}
equations:
  - dv/dt = (gain*I - w - v)/tau
  - dw/dt = -w/tau_w
spike: {when: v >= v_th, reset: [v -= v_th, w += b]}
"""
SUBMITTED = (
    EIGHT + "license: MIT\nreferences: [{authors: A, title: T, year: 2000, doi: 10.1000/a}]\n"
)
CODE = """
open({marker!r}, "a").write("ran\\n")


def forward(x, p, w, mode, _=open({marker!r}, "a").write("default\\n")):
    return x * p.factor
"""
LAYER = """
id: layers/times
license: MIT
summary: Multiplies.
parameters: {factor: 2}
inputs: {x: }
shape: {in: any, out: same}
code: {python: times.py}
"""


def network(**nodes: Any) -> dict[str, Any]:
    return {
        "input": {"shape": [1, 8, 8]},
        "time": {"steps": 10},
        "nodes": [
            {"id": "flatten", "component": "layers/flatten"},
            {"id": "fc1", "component": "synapses/dense", "params": {"features": 40}},
            {"id": "hidden", "component": "neurons/mine"},
            {"id": "fc2", "component": "synapses/dense", "params": {"features": 10}},
            {"id": "out", "component": "neurons/mine", **nodes},
        ],
        "readout": "decoders/membrane",
    }


@pytest.fixture
def mine(store: Store) -> sx.Component:
    """The neuron of `EIGHT`."""
    return sx.Component.define(EIGHT)


@pytest.fixture
def reviewer(store: Store) -> str:
    """A second person's id; `as_person` lets the API act as them."""
    person = new_id()
    with store.database.fast() as cursor:
        cursor.run(
            "INSERT INTO person (id, name, created) VALUES (:i, 'Grace', :t)", i=person, t=stamp()
        )
    return person


def as_person(person: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = context.store()
    monkeypatch.setattr(opened, "library", type(opened.library)(opened.database, opened.objects,
                                                                person))  # fmt: skip


# --- one's own --------------------------------------------------------------------------------


def test_a_neuron_the_library_lacks_trains_on_digits_in_the_next_cell(store: Store) -> None:
    # one cell, eight lines
    sx.Component.define("""
    id: neurons/mine
    parameters: {tau: 5 ms, tau_w: 50 ms, b: 0.1, gain: 8, v_th: 1}
    equations:
      - dv/dt = (gain*I - w - v)/tau
      - dw/dt = -w/tau_w
    spike: {when: v >= v_th, reset: [v -= v_th, w += b]}
    """)
    # the next cell
    model = sx.Model.create("own-digits", spec=network(), dataset="digits")
    run = model.train(epochs=3, lr=5e-3, seed=1).wait(300)
    assert run.state == "finished", run.logs()
    assert run.evaluate(split="test").accuracy > 0.75  # 0.85; chance is 0.1


def test_it_is_a_component_like_any_other(mine: sx.Component) -> None:
    assert mine.state == "draft"
    assert "neurons/mine" in sx.library("mine")
    assert [row.id for row in sx.library(kind="neuron", tag=None, search="gain I tau")]
    again = sx.Component.open("mine")
    assert again.spec == mine.spec
    assert "dv" in again._repr_html_()
    assert "def step" in again.code()
    assert again.simulate(I=0.5, duration=50.0, dt=0.1).spike_times.size > 0


def test_a_layer_of_torch_by_its_name(mine: sx.Component) -> None:
    import torch

    neuron = sx.nn.Neuron("mine", tau=3.0)
    assert neuron(torch.ones(20, 2, 3)).sum() > 0
    with pytest.raises(InvalidError, match="mine"):
        sx.nn.Neuron("mine", tua=3.0)
    with pytest.raises(InvalidError, match='no component "neurons/mien"'):
        sx.nn.Neuron("mien")


def test_looking_for_a_name_makes_no_store(home: Path) -> None:
    with pytest.raises(InvalidError, match='no component "neurons/nobody"'):
        sx.nn.Neuron("nobody")
    with pytest.raises(NotFoundError, match='no component "neurons/nobody"'):
        sx.Component.open("neurons/nobody")
    assert not home.exists()


def test_a_changed_definition_is_a_new_version_for_new_models(mine: sx.Component) -> None:
    old = sx.Model.create("old", spec=network())
    sx.Component.define(EIGHT.replace("5 ms", "7 ms"))
    new = sx.Model.create("new", spec=network())
    taus = [m.spec.components["neurons/mine"]["parameters"]["tau"]["value"] for m in (old, new)]
    assert taus == [5, 7]
    assert sx.Model.open("old").spec == old.spec, "what was saved stays what it was"
    assert not sx.Model.open("old").changed
    assert sx.Component.open("neurons/mine").versions()[0].version == "1.0.1"
    assert sx.Component.open("neurons/mine", "1.0.0").spec.parameters["tau"].value == 5


def test_a_surrogate_that_it_names_comes_along(store: Store) -> None:
    sx.Component.define(
        id="surrogates/flat", kind="surrogate", inputs={"u": None}, parameters={"k": 2},
        derivative="1/(1 + k*abs(u))",
    )  # fmt: skip
    sx.Component.define(EIGHT + "surrogate: surrogates/flat\n")
    model = sx.Model.create("m", spec=network())
    assert sorted(model.spec.components) == ["neurons/mine", "surrogates/flat"]
    assert model.build(seed=1)(__import__("torch").rand(2, 1, 8, 8)).shape == (2, 10)


def test_a_model_goes_where_nobody_knows_its_neuron(
    mine: sx.Component, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = sx.Model.create("mine", spec=network(), dataset="digits")
    file = model.export("yaml", tmp_path / "model.yaml")
    monkeypatch.setenv("SPIKEX_HOME", str(tmp_path / "elsewhere"))
    there = sx.Model.load(file)
    assert there.spec.digest() == model.spec.digest()
    assert there.summary().parameters == model.summary().parameters
    with pytest.raises(NotFoundError):
        sx.Component.open("neurons/mine")


def test_other_names_of_the_library_are_refused(store: Store) -> None:
    with pytest.raises(ConflictError, match="neurons/lif is part of the library"):
        sx.Component.define(EIGHT.replace("neurons/mine", "neurons/lif"))
    assert store.library.specs(["neurons/lif"]) == {}


@pytest.mark.parametrize(
    "arguments", [((), {}), ((EIGHT,), {"id": "neurons/x"}), ((7,), {}), ((Path("nowhere"),), {})]
)
def test_what_is_no_definition(store: Store, arguments: tuple[Any, Any]) -> None:
    with pytest.raises(SpikexError):
        sx.Component.define(*arguments[0], **arguments[1])


def test_a_refused_definition_leaves_nothing(store: Store) -> None:
    with pytest.raises(InvalidError, match="line 5, equations/1"):
        sx.Component.define(EIGHT.strip().replace("-w/tau_w", "-w/nothing"))
    assert sx.library("mine").total == 0
    assert store.database.rows("SELECT count(*) FROM component_version") == [(0,)]


def test_values_that_give_no_number_are_refused_with_their_node(mine: sx.Component) -> None:
    with pytest.raises(InvalidError, match="node out: tau = 0, and the equations divide by it"):
        sx.Model.create("m", spec=network(params={"tau": 0.0}))


# --- the library ------------------------------------------------------------------------------


def test_the_table_is_found_chosen_counted_and_paged(store: Store) -> None:
    everything = sx.library()
    assert isinstance(everything, Table)
    assert everything.total == len(shelf._folders()) == sum(everything.kinds.values())
    assert sx.library("adaptive threshold", kind="neuron")[0].id == "neurons/alif"
    assert sx.library("leaky")[0].id == "neurons/leaky"
    chosen = sx.library(kind="neurons", tag="nest")
    assert 0 < chosen.total < everything.kinds["neuron"]
    assert all(row.kind == "neuron" and "nest" in row.tags for row in chosen)
    assert [r.id for r in sx.library(page=2, page_size=5)] == [r.id for r in everything[5:10]]
    assert sx.library("leaky").facets["kinds"]["neuron"] > 1
    with pytest.raises(InvalidError, match='no kind "neurone"'):
        sx.library(kind="neurone")


def test_it_is_indexed_once_and_again_when_the_files_change(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sx.library()
    monkeypatch.setattr(shelf, "_bundled", lambda: pytest.fail("indexed again"))
    sx.library("lif")
    monkeypatch.undo()
    monkeypatch.setenv("SPIKEX_HOME", str(store.settings.home))
    monkeypatch.setattr(shelf, "_digest", lambda: "another")
    made = list(shelf._bundled())[:1]
    monkeypatch.setattr(shelf, "_bundled", lambda: made)
    assert [row.id for row in sx.library()] == [made[0].ident]


# --- handing in -------------------------------------------------------------------------------


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The child's check taken as passed; the ids it was asked for. It is tested by itself."""
    from spikex_lab.conformance import sandbox

    asked: list[str] = []

    def check(definition: dict[str, Any], files: Any = None) -> dict[str, Any]:
        asked.append(definition["id"])
        return {"id": definition["id"], "ok": True, "checks": [], "isolation": []}

    monkeypatch.setattr(sandbox, "check", check)
    return asked


def test_handed_in_checked_reviewed(
    store: Store, reviewer: str, checked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = sx.Component.define(SUBMITTED)
    report = mine.submit()
    assert (report["ok"], checked) == (True, ["neurons/mine"])
    assert mine.state == "pending"
    assert sx.Model.create("while-pending", spec=network()).spec.components
    with pytest.raises(ConflictError, match="is your own"):
        sx.Component.review("neurons/mine", "approve", "Lovely.")
    with pytest.raises(ConflictError, match="pending already"):
        mine.submit()
    as_person(reviewer, monkeypatch)
    assert sx.library("mine").total == 0
    with pytest.raises(NotFoundError):
        sx.Component.open("neurons/mine")
    assert sx.Component.review("neurons/mine", "approve", "Sound.").state == "approved"
    assert sx.library("mine")[0].state == "approved"
    assert sx.Component.open("neurons/mine").reviews()[0].comment == "Sound."
    as_person(None, monkeypatch)
    assert sx.Component.open("neurons/mine").state == "approved"


def test_a_check_that_fails_hands_nothing_in(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from spikex_lab.conformance import sandbox

    failed = {"name": "units", "ok": False, "message": "mV is not nA", "error": 1, "tolerance": 0}
    monkeypatch.setattr(
        sandbox, "check", lambda spec, files=None: {"id": spec["id"], "checks": [failed]}
    )
    mine = sx.Component.define(SUBMITTED)
    with pytest.raises(InvalidError, match="neurons/mine: units: mV is not nA"):
        mine.submit()
    assert mine.state == "draft"


def test_what_is_handed_in_has_a_licence(mine: sx.Component, checked: list[str]) -> None:
    with pytest.raises(InvalidError, match="license: no licence is stated"):
        mine.submit()
    assert checked == []


@pytest.mark.slow
def test_the_whole_way_with_the_real_check(store: Store) -> None:
    mine = sx.Component.define(SUBMITTED)
    report = mine.submit()
    assert report["ok"]
    assert "audit" in report["isolation"]
    assert mine.state == "pending"


# --- code (case 17) ---------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A layer with side effects wherever Python could have any."""
    made = tmp_path / "times"
    made.mkdir()
    (made / "component.yaml").write_text(LAYER)
    (made / "times.py").write_text(CODE.format(marker=str(tmp_path / "it-ran")))
    (made / "description.md").write_text("It multiplies.")
    return made


def with_layer() -> dict[str, Any]:
    spec = network()
    spec["nodes"].insert(1, {"id": "times", "component": "layers/times", "params": {"factor": 3}})
    for node in spec["nodes"]:
        node["component"] = node["component"].replace("neurons/mine", "neurons/leaky")
    return spec


def test_contributed_code_runs_nowhere_before_it_is_chosen(
    store: Store, folder: Path, reviewer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    marker = folder.parent / "it-ran"
    kept = sx.Component.define(folder)  # saved
    assert sx.library("multiplies")[0].id == "layers/times"  # listed, found
    assert "times.py" in repr(kept.spec.code)  # previewed
    assert kept.description == "It multiplies."
    assert "forward" in kept._repr_html_()
    assert "forward" in kept.code()
    model = sx.Model.create("m", spec=with_layer(), dataset="digits")  # put into a model
    model.summary()
    model._repr_html_()
    with pytest.raises(InvalidError, match=r"layers/times.*never chosen to run here.*allow"):
        model.train(epochs=1)
    with pytest.raises(InvalidError, match="chose it by its hash"):
        model.build()
    kept.submit()  # validated, in the child
    as_person(reviewer, monkeypatch)
    sx.Component.review("layers/times", "approve", "Read it.")  # reviewed
    opened = sx.Component.open("layers/times")  # opened by somebody else
    opened._repr_html_()
    with pytest.raises(InvalidError, match="chose it by its hash"):
        opened.python()
    assert not marker.exists(), "nothing of it has run"
    sha = opened.allow()
    assert sha == kept.spec.files["times.py"]
    assert not marker.exists(), "the choice itself runs nothing"
    out = model.build(seed=0)(torch.rand(2, 1, 8, 8))
    assert out.shape == (2, 10)
    assert marker.read_text().startswith("ran\ndefault\n")


def test_a_run_takes_the_chosen_code_along(store: Store, folder: Path) -> None:
    sx.Component.define(folder).allow()
    run = sx.Model.create("m", spec=with_layer(), dataset="digits").train(epochs=1).wait(300)
    assert run.state == "finished", run.logs()
    assert run.evaluate(split="test").accuracy > 0


def test_a_changed_file_is_asked_for_again(store: Store, folder: Path) -> None:
    first = sx.Component.define(folder)
    first.allow()
    (folder / "times.py").write_text("def forward(x, p, w, mode): return x")
    second = sx.Component.define(folder)
    assert second.spec.version == "1.0.1"
    with pytest.raises(InvalidError, match="chose it by its hash"):
        second.python()
    assert sx.Component.open("layers/times", "1.0.0").python()[1].startswith(b"\nopen(")


def test_others_code_cannot_be_chosen_before_it_is_approved(
    store: Store, folder: Path, reviewer: str, checked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    as_person(reviewer, monkeypatch)
    theirs = sx.Component.define(folder)
    sha = theirs.spec.files["times.py"]
    as_person(None, monkeypatch)
    with pytest.raises(NotFoundError):
        define.allow("layers/times")
    assert not store.consents.given(sha)
    # a model that names it by its hash does not get at it either
    definition = theirs.spec.to_dict()
    spec = {**with_layer(), "components": {"layers/times": definition}}
    model = sx.Model.create("m", spec=spec)
    with pytest.raises(InvalidError, match="never chosen to run here"):
        model.train("digits", epochs=1)


def test_equations_have_no_code_to_choose(mine: sx.Component) -> None:
    with pytest.raises(InvalidError, match="has no Python that would need it"):
        mine.allow()
