"""The templates: valid, fitted to a dataset, and whole against the real library."""

from __future__ import annotations

import pytest

from spikex_lab.errors import InvalidError
from spikex_lab.spec import Graph, ModelSpec
from spikex_lab.spec.templates import names, template

ALL = ["perceptron", "mlp", "cnn", "snn-mlp", "snn-conv", "snn-recurrent", "snn-stdp"]


def test_there_are_these() -> None:
    assert names() == ALL


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("shape", "classes"), [((1, 8, 8), 10), ((3, 32, 32), 7), ((1, 28, 28), 2)]
)
def test_a_template_fits_its_dataset(name: str, shape: tuple[int, ...], classes: int) -> None:
    from spikex_lab.catalog import library

    spec = template(name, model_name="mine", input_shape=shape, classes=classes, dataset="digits")
    graph = Graph.of(spec, library())
    assert graph.input_shape == shape
    assert graph.classes == classes
    assert graph.spiking == name.startswith("snn")
    assert graph.has_time == name.startswith("snn")
    assert graph.recurrent == (name in ("snn-recurrent", "snn-stdp"))
    assert (spec.name, spec.dataset) == ("mine", "digits")
    assert ModelSpec.load(spec.to_yaml()) == spec


@pytest.mark.parametrize("name", ["perceptron", "mlp", "snn-mlp", "snn-recurrent", "snn-stdp"])
def test_vectors_fit_too(name: str) -> None:
    from spikex_lab.catalog import library

    graph = Graph.of(template(name, input_shape=[64], classes=3), library())
    assert graph.classes == 3


def test_convolutions_want_images() -> None:
    with pytest.raises(InvalidError, match="channels, height, width"):
        template("cnn", input_shape=[64])


def test_the_hidden_layer_keeps_its_width() -> None:
    spec = template("mlp", classes=3)
    assert [n.params["features"] for n in spec.nodes if "features" in n.params] == [256, 3]


@pytest.mark.parametrize("name", ["snn-mpl", "../mlp", "", "x" * 500])
def test_an_unknown_template_names_the_nearest(name: str) -> None:
    with pytest.raises(InvalidError) as caught:
        template(name)
    assert "mlp" in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_bad_name_or_number_of_classes_is_refused() -> None:
    with pytest.raises(InvalidError, match="/name"):
        template("mlp", model_name="../x")
    with pytest.raises(InvalidError, match="classes"):
        template("mlp", classes=0)
    with pytest.raises(InvalidError, match="/input/shape"):
        template("mlp", input_shape=[0])
