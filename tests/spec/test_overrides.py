"""``--set``: fields by name, values as YAML, unknown names with the nearest one."""

from __future__ import annotations

from typing import Any

import pytest

from spikex_lab.errors import InvalidError
from spikex_lab.spec import ModelSpec, RunSpec
from spikex_lab.spec.overrides import apply
from spikex_lab.spec.templates import template

DATA = template("snn-mlp").to_dict()


@pytest.mark.parametrize(
    ("setting", "path", "value"),
    [
        ("training.epochs=3", ["training", "epochs"], 3),
        ("training.lr=1e-3", ["training", "lr"], 1e-3),
        ("training.schedule.kind=step", ["training", "schedule", "kind"], "step"),
        ("training.early_stopping.patience=2", ["training", "early_stopping", "patience"], 2),
        ("input.shape=[1, 28, 28]", ["input", "shape"], [1, 28, 28]),
        ("input.encoder=encoders/rate", ["input", "encoder"], "encoders/rate"),
        ("name=other model", ["name"], "other model"),
        ("dataset=mnist", ["dataset"], "mnist"),
        ("nodes.1.params.features=7", ["nodes", 1, "params", "features"], 7),
        ("nodes.lif1.params.beta=0.5", ["nodes", 2, "params", "beta"], 0.5),
        ("training.clip=null", ["training", "clip"], None),
        ("training.clip=", ["training", "clip"], None),
        ("description=a=b", ["description"], "a=b"),
    ],
)
def test_a_field_is_set(setting: str, path: list[Any], value: Any) -> None:
    result: Any = apply(DATA, [setting])
    ModelSpec.parse(result)
    for key in path:
        result = result[key]
    assert result == value


def test_the_data_given_is_left_alone() -> None:
    before = template("snn-mlp").to_dict()
    apply(DATA, ["time.steps=1", "nodes.lif1.params.beta=0"])
    assert before == DATA


def test_a_component_given_by_its_id_alone_opens_up() -> None:
    data = {"input": {"encoder": "encoders/rate"}}
    result = apply(data, ["input.encoder.params.gain=2"])
    assert result["input"]["encoder"] == {"component": "encoders/rate", "params": {"gain": 2}}


def test_parts_that_were_left_out_are_made() -> None:
    assert apply({"name": "x"}, ["training.schedule.warmup=0.1"]) == {
        "name": "x",
        "training": {"schedule": {"warmup": 0.1}},
    }


def test_the_schema_may_be_another() -> None:
    result = apply({"model": DATA, "dataset": "digits"}, ["model.time.steps=3"], schema=RunSpec)
    assert RunSpec.parse(result).model.time.steps == 3
    with pytest.raises(InvalidError, match='did you mean "steps"'):
        apply({"model": DATA}, ["model.time.step=3"], schema=RunSpec)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("training.epoch=3", 'did you mean "epochs"'),
        ("trainin.epochs=3", 'did you mean "training"'),
        ("training.schedule.kin=step", 'did you mean "kind"'),
        ("nodes.lif.params.beta=1", 'did you mean "lif1"'),
        ("nodes.99.params.beta=1", '"99"'),
        ("nodes.lif1.param.beta=1", 'did you mean "params"'),
        ("time.steps.x=1", "has no parts"),
        ("epochs", "key=value"),
        ("=3", "key=value"),
        ("training.lr=.nan", "finite"),
        ("training.lr=[1", "not valid"),
        ("training.lr=&a 1", "anchor"),
    ],
)
def test_a_bad_setting_is_refused_by_its_own_name(setting: str, said: str) -> None:
    with pytest.raises(InvalidError) as caught:
        apply(DATA, [setting])
    assert said in str(caught.value)
    assert caught.value.where.startswith(f"--set {setting}")
