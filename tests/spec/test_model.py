"""Model, training and run specs: strict keys, nearest names, one canonical form."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikex_lab.errors import InvalidError
from spikex_lab.spec import ModelSpec, RunSpec, TrainingSpec
from spikex_lab.spec.model import INPUT

BASE: dict[str, Any] = {
    "name": "digits-snn",
    "input": {"shape": [1, 8, 8]},
    "nodes": [{"id": "a", "component": "synapses/dense", "params": {"features": 3}}],
    "readout": "decoders/membrane",
}


def refused(**change: Any) -> InvalidError:
    with pytest.raises(InvalidError) as caught:
        ModelSpec.parse({**BASE, **change}, where="net.yaml")
    return caught.value


@pytest.mark.parametrize(
    ("change", "pointer", "said"),
    [
        ({"tme": {"steps": 3}}, "/tme", 'did you mean "time"'),
        ({"time": {"step": 3}}, "/time/step", 'did you mean "steps"'),
        ({"training": {"epoch": 3}}, "/training/epoch", 'did you mean "epochs"'),
        ({"training": {"schedule": {"kin": 1}}}, "/training/schedule/kin", 'mean "kind"'),
        ({"time": {"steps": -3}}, "/time/steps", "at least 1, got -3"),
        ({"time": {"steps": 0}}, "/time/steps", "at least 1"),
        ({"time": {"steps": 2.5}}, "/time/steps", "whole number"),
        ({"time": {"steps": 10**9}}, "/time/steps", "at most"),
        ({"training": {"lr": 0}}, "/training/lr", "greater than 0"),
        ({"training": {"lr": float("nan")}}, "/training/lr", "finite"),
        ({"training": {"epochs": 0}}, "/training/epochs", "at least 1"),
        ({"training": {"optimizer": "adamm"}}, "/training/optimizer", "'adam'"),
        ({"name": ""}, "/name", "at least 1"),
        ({"input": {"shape": []}}, "/input/shape", "at least 1"),
        ({"input": {"shape": [10**9]}}, "/input/shape/0", "at most"),
        ({"nodes": []}, "", "nodes, or else a module"),
        ({"nodes": [{"id": "a"}]}, "/nodes/0/component", "missing"),
        ({"nodes": [{"id": "1a", "component": "x/y"}]}, "/nodes/0/id", "'1a'"),
        ({"nodes": [{"id": "a", "component": "../y"}]}, "/nodes/0/component", "valid"),
        ({"edges": "sequentail"}, "/edges", "'sequential'"),
        ({"edges": [["input"]]}, "/edges/0", "[from, to]"),
        ({"edges": [{"from": "input", "too": "a"}]}, "/edges/0/too", 'mean "to"'),
        ({"edges": [{"from": "a", "to": "a", "delay": -1}]}, "/edges/0/delay", "at least 0"),
        ({"schema": "spikex/model@2"}, "/schema", "spikex/model@1"),
        ({"readout": {"component": "a/b", "params": {"x": None}}}, "/readout/params/x", "number"),
        ({"readout": {"component": "a/b", "params": {"x": [[1]]}}}, "/readout/params/x", "number"),
    ],
)
def test_a_bad_field_is_named_with_one_message(
    change: dict[str, Any], pointer: str, said: str
) -> None:
    error = refused(**change)
    assert error.problems[0].pointer == pointer
    assert said in str(error)
    assert str(error).startswith("net.yaml")
    assert "\n" not in str(error)


def test_two_nodes_of_one_name() -> None:
    assert 'two nodes are called "a"' in str(refused(nodes=[BASE["nodes"][0]] * 2))
    assert '"input"' in str(refused(nodes=[{"id": INPUT, "component": "a/b"}]))


def test_every_bad_field_has_its_own_problem() -> None:
    error = refused(time={"steps": -1, "dt": 0}, training={"lr": 0})
    assert {p.pointer for p in error.problems} == {"/time/steps", "/time/dt", "/training/lr"}
    assert "and 2 more" in str(error)


@pytest.mark.parametrize("data", [None, [], "x", 3, {}])
def test_what_is_no_mapping_is_refused(data: Any) -> None:
    with pytest.raises(InvalidError):
        ModelSpec.parse(data)


def test_equal_specs_have_equal_digests_whatever_was_left_out() -> None:
    short = ModelSpec.parse(BASE)
    long = ModelSpec.parse(short.to_dict())
    assert short.digest() == long.digest()
    other = ModelSpec.parse({**BASE, "time": {"steps": 2}})
    assert other.digest() != short.digest()


def test_sequential_edges_are_written_out_from_the_input() -> None:
    spec = ModelSpec.parse({**BASE, "nodes": [*BASE["nodes"], {"id": "b", "component": "x/y"}]})
    assert [(e.source, e.target, e.delay) for e in spec.edge_list()] == [
        ("input", "a", 0),
        ("a", "b", 0),
    ]


WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff"),
    max_size=40,
)
VALUES = (
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS
)


@given(description=WORDS, params=st.dictionaries(st.from_regex(r"\A[a-z]{1,8}\Z"), VALUES))
def test_yaml_and_json_read_back_the_same(description: str, params: dict[str, Any]) -> None:
    node = {"id": "a", "component": "synapses/dense", "params": params}
    spec = ModelSpec.parse({**BASE, "description": description, "nodes": [node]})
    for text in (spec.to_yaml(), spec.to_json()):
        again = ModelSpec.load(text)
        assert again.to_dict() == spec.to_dict()
        assert again.digest() == spec.digest()


@pytest.mark.parametrize(
    "word", ["1e-3", "yes", "0x1F", ".nan", "~", "null", "12:30", "<<", "=", ""]
)
def test_words_that_look_like_something_else_survive(word: str) -> None:
    spec = ModelSpec.parse({**BASE, "description": word})
    assert ModelSpec.load(spec.to_yaml()).description == word


def test_a_run_spec_holds_everything() -> None:
    run = RunSpec.parse({"model": BASE, "dataset": "digits", "training": {"epochs": 2}})
    assert RunSpec.load(run.to_json()) == run
    assert run.training.epochs == 2
    with pytest.raises(InvalidError, match="device"):
        RunSpec.parse({"model": BASE, "dataset": "digits", "device": "gpu"})
    with pytest.raises(InvalidError, match="dataset"):
        RunSpec.parse({"model": BASE, "dataset": "../digits"})


def test_specs_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        TrainingSpec().epochs = 3  # type: ignore[misc]
