"""Models in a notebook: made, changed, saved, renamed, refused."""

import json

import numpy as np
import pytest
import yaml

import spikex_lab as sx
from spikex_lab.api import checks
from spikex_lab.errors import ConflictError, InvalidError, NotFoundError, StaleError
from spikex_lab.spec import ModelSpec


@pytest.fixture(autouse=True)
def _home(home):
    pass


def make(name="m", **more):
    return sx.Model.create(name, template="mlp", dataset="digits", **more)


def changed(model, **training):
    data = model.spec.to_dict()
    data["training"] |= training
    return data


@pytest.mark.parametrize("template", sx.templates())
def test_every_template_fits_the_digits(template):
    model = sx.Model.create("m", template=template, dataset="digits")
    assert model.spec.dataset == "digits"
    assert model.spec.input.shape == [1, 8, 8]
    assert checks.graph(model.spec).classes == 10
    assert model.version == 1
    assert sx.Model.open("m").spec == model.spec
    assert sx.Model.open(model.id).spec == model.spec


def test_name_must_be_new():
    make()
    with pytest.raises(ConflictError, match='"m" exists'):
        make()
    with pytest.raises(ConflictError):
        make("other").save_as("m")
    with pytest.raises(ConflictError):
        sx.Model.open("other").rename("m")
    assert len(sx.models()) == 2


def test_save_makes_a_version_only_where_something_changed():
    model = make()
    assert model.save().version == 1
    model.spec = changed(model, epochs=3)
    assert model.changed
    assert "unsaved" in model._repr_html_()
    assert model.save("three epochs").version == 2
    assert not model.changed
    assert [row.version for row in model.versions()] == [2, 1]
    assert model.versions()[0].message == "three epochs"
    assert sx.Model.open("m", version=1).spec.training.epochs != 3
    assert sx.Model.open("m").spec.training.epochs == 3
    with pytest.raises(NotFoundError, match="9"):
        sx.Model.open("m", version=9)


def test_two_writers_do_not_overwrite_each_other():
    model = make()
    other = sx.Model.open("m")
    other.spec = changed(other, epochs=3)
    other.save()
    model.spec = changed(model, epochs=4)
    with pytest.raises(StaleError):
        model.save()
    assert sx.Model.open("m").spec.training.epochs == 3


@pytest.mark.parametrize("name", ["n", "m"])
def test_a_rename_does_not_hide_what_another_saved(name):
    model = make()
    other = sx.Model.open("m")
    other.spec = changed(other, epochs=3)
    other.save()
    model.rename(name)
    model.spec = changed(model, epochs=4)
    with pytest.raises(StaleError):
        model.save()
    assert sx.Model.open(name).spec.training.epochs == 3


def test_a_dataset_that_does_not_fit_makes_no_run(tmp_path):
    np.savez(tmp_path / "o.npz", x=np.zeros((40, 2, 2), np.uint8), y=np.arange(40) % 2)
    sx.Dataset.upload(tmp_path / "o.npz", "other")
    model = make()
    with pytest.raises(InvalidError, match="other has"):
        model.train("other")
    assert len(sx.runs()) == 0


def test_a_refused_spec_changes_nothing():
    model = make()
    before = model.spec
    for bad in (
        changed(model, lr=0),
        {**before.to_dict(), "nodes": []},
        {**before.to_dict(), "tpyo": 1},
    ):
        with pytest.raises(InvalidError):
            model.spec = bad
    wrong_shape = {**before.to_dict(), "input": {"shape": [3]}}
    with pytest.raises(InvalidError, match="shape"):
        model.spec = wrong_shape
    assert model.spec is before


def test_rename_copy_and_delete():
    model = make()
    model.spec = changed(model, epochs=3)
    model.rename("n")
    assert model.name == "n"
    assert model.spec.name == "n"
    assert model.spec.training.epochs == 3, "an unsaved change was lost"
    model.save()
    copy = model.save_as("k")
    assert copy.id != model.id
    assert copy.spec.training.epochs == 3
    model.delete()
    with pytest.raises(NotFoundError):
        sx.Model.open("n")
    assert [row.name for row in sx.models()] == ["k"]
    assert make("n").version == 1, "the name is free again"


def test_lists_are_paged_and_searched():
    for index in range(5):
        make(f"model {index}")
    page = sx.models(page=2, page_size=2)
    assert len(page) == 2
    assert page.total == 5
    assert [row.name for row in sx.models("3")] == ["model 3"]
    assert "2 of 5" in page._repr_html_()


def test_summary_says_shapes_and_parameters():
    model = sx.Model.create("m", template="snn-mlp", dataset="digits")
    text = str(model.summary())
    assert "fc1" in text
    assert "1×8×8" in text
    assert f"{checks.graph(model.spec).parameters:,} parameters" in text
    assert "fc1" in model._repr_html_()


def test_build_gives_the_network_of_the_spec():
    import torch

    model = make()
    network = model.build(seed=1)
    assert isinstance(network, torch.nn.Module)
    assert network(torch.zeros(2, 1, 8, 8)).shape == (2, 10)
    assert sum(p.numel() for p in network.parameters()) == model.summary().parameters


@pytest.mark.parametrize(("form", "read"), [("yaml", yaml.safe_load), ("json", json.loads)])
def test_export_and_load(form, read, tmp_path):
    model = make()
    path = model.export(form, tmp_path / f"m.{form}")
    assert ModelSpec.parse(read(path.read_text())) == model.spec
    loaded = sx.Model.load(path, "again")
    assert loaded.spec.nodes == model.spec.nodes
    with pytest.raises(InvalidError, match="format"):
        model.export("exe", tmp_path / "x")
    assert sorted(p.name for p in tmp_path.iterdir() if p.suffix) == [path.name]


def test_markup_in_a_description_is_text():
    data = {**make().spec.to_dict(), "description": "<img src=x onerror=alert(1)>"}
    model = sx.Model.create("evil", spec=data)
    assert "<img" not in model._repr_html_()
    assert "&lt;img" in model._repr_html_()


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"lr": 0}, "lr"),
        ({"epochs": 0}, "epochs"),
        ({"epoch": 3}, "epochs"),
        ({"target": "moon"}, "moon"),
        ({"device": "cuda:99"}, "cuda:99"),
        ({"dataset": "digit"}, "digits"),
        ({"backend": "jax"}, "backend"),
    ],
)
def test_train_refuses_before_anything_is_made(settings, word):
    model = make()
    model.spec = changed(model, epochs=3)
    with pytest.raises((InvalidError, NotFoundError), match=word):
        model.train(**settings)
    assert len(sx.runs()) == 0
    assert sx.Model.open("m").version == 1


def test_train_needs_a_dataset():
    model = sx.Model.create("m", template="mlp")
    if model.spec.dataset is None:
        with pytest.raises(InvalidError, match="dataset"):
            model.train()
    assert len(sx.runs()) == 0


def test_plan_says_what_runs_how():
    plan = str(sx.Model.create("planned", template="snn-mlp", dataset="digits").plan())
    assert "fc1" in plan
    assert "its input does not change over time" in plan


def test_plan_of_a_module_of_ones_own_is_torchs():
    torch = pytest.importorskip("torch")
    model = sx.Model.from_module(torch.nn.Linear(64, 10), input_shape=(64,), name="own")
    with pytest.raises(InvalidError, match="torch runs it as it is written"):
        model.plan()
