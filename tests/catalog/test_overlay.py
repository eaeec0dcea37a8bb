"""A model's own components: what it brings along comes before what is bundled."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from spikex_lab.catalog import Component, library, registry
from spikex_lab.catalog.define import define
from spikex_lab.catalog.overlay import over
from spikex_lab.errors import InvalidError, TooLargeError
from spikex_lab.spec import ModelSpec
from spikex_lab.spec.graph import Graph

MINE = define(
    "id: neurons/mine\nparameters: {tau: 10 ms}\nequations: [dv/dt = (I - v)/tau]\n"
    "spike: {when: v >= 1, reset: v = 0}",
    author="me",
).spec.to_dict()
SHA = "ab" * 32
CODE: dict[str, Any] = {
    **{key: library().get("layers/flatten").spec.to_dict()[key] for key in ("schema", "inputs")},
    "id": "layers/mine", "name": "Mine", "kind": "layer", "version": "1.0.0", "authors": ["me"],
    "license": "MIT", "summary": "Mine.", "code": {"python": "mine.py"}, "files": {"mine.py": SHA},
}  # fmt: skip


def model(**more: Any) -> ModelSpec:
    nodes = [
        {"id": "fc", "component": "synapses/dense", "params": {"features": 3}},
        {"id": "n", "component": "neurons/mine"},
    ]
    return ModelSpec.parse(
        {"name": "m", "input": {"shape": [2]}, "nodes": nodes, "readout": "decoders/spike-count"}
        | more
    )


def test_a_spec_brings_its_components_along() -> None:
    with pytest.raises(InvalidError, match='no component "neurons/mine"'):
        Graph.of(model(), registry(model()))
    spec = model(components={"neurons/mine": MINE})
    assert Graph.of(spec, registry(spec)).nodes["n"].params == {"tau": 10}
    assert ModelSpec.load(spec.to_yaml()) == spec
    known = registry(spec)
    assert known.get("neurons/mine") is registry(spec).get("neurons/mine"), "compiled once"
    assert "neurons/mine" in known.ids("neuron")
    assert known.get("neurons/leaky") is library().get("neurons/leaky")


def test_without_any_nothing_is_added_to_the_spec() -> None:
    assert "components" not in model().to_dict()
    assert registry(model()) is library()


def test_what_a_model_brings_along_hides_what_a_later_library_has() -> None:
    own = {**MINE, "id": "neurons/leaky"}
    assert over({"neurons/leaky": own}).get("neurons/leaky").states == ["v"]


@pytest.mark.parametrize(
    ("definition", "reason"),
    [
        ({**MINE, "id": "neurons/other"}, 'the key is "neurons/mine", the id "neurons/other"'),
        ({**MINE, "equations": ["dv/dt = ().__class__"]}, "unexpected character"),
        ({**MINE, "schema": "other"}, "components/neurons/mine /schema"),
        ({"anything": 1}, "unknown key"),
    ],
)
def test_a_definition_that_does_not_hold_is_refused(
    definition: dict[str, Any], reason: str
) -> None:
    with pytest.raises(InvalidError, match=reason):
        registry(model(components={"neurons/mine": definition}))


def test_what_a_model_brings_along_has_a_bound_too() -> None:
    flags = {f"b{i}": {"value": True, "doc": "d"} for i in range(6)}
    wide = {
        **MINE,
        "parameters": {**MINE["parameters"], **flags},
        "equations": ["dv/dt = (I - v)/tau" + " + 0*I" * 250],
        "variants": [{"when": {name: True}, "integrator": "euler"} for name in flags],
    }
    with pytest.raises(TooLargeError, match="in all their variants"):
        over({"neurons/mine": wide})


@pytest.mark.parametrize("value", [{"a": float("nan")}, {"a": "x" * 1_100_000}, {"a": object()}])
def test_definitions_are_plain_data_within_limits(value: dict[str, Any]) -> None:
    with pytest.raises(InvalidError):
        model(components={"neurons/mine": value})


def test_python_runs_only_if_its_hash_was_chosen() -> None:
    asked: list[str] = []

    def nobody(sha: str) -> None:
        asked.append(sha)

    for code in (None, nobody):
        with pytest.raises(InvalidError, match="you chose it by its hash"):
            over({"layers/mine": CODE}, code).get("layers/mine").python()
    assert asked == [SHA]
    chosen = over({"layers/mine": CODE}, lambda sha: b"x = 1" if sha == SHA else None)
    assert chosen.get("layers/mine").python() == ("<spikex layers/mine/mine.py>", b"x = 1")
    # and what was chosen for one registry does not leak into the next
    with pytest.raises(InvalidError, match="you chose it by its hash"):
        over({"layers/mine": CODE}).get("layers/mine").python()


def test_code_without_its_file_is_no_component() -> None:
    with pytest.raises(InvalidError, match="not among the files"):
        over({"layers/mine": {**CODE, "files": {}}})


def test_it_can_be_sent_to_another_process() -> None:
    made = over({"neurons/mine": MINE}).get("neurons/mine")
    there = pickle.loads(pickle.dumps(made))
    assert isinstance(there, Component)
    assert there.spec == made.spec
