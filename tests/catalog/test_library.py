"""The bundled library: complete, in step, documented; shapes known without torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from spikex_lab.catalog import Component, Library, library
from spikex_lab.catalog.render import PRINTERS, render_all, stale
from spikex_lab.errors import InvalidError

PROMISED = {
    "axons": "delay-line delay-distribution",
    "decoders": "spike-count membrane first-spike population-vote",
    "dendrites": "passive-compartment cable two-compartment dendritic-spike",
    "encoders": "rate latency direct delta population phase burst rank-order",
    "layers": "flatten avg-pool2d max-pool2d dropout relu sigmoid tanh",
    "learning": "bptt perceptron stdp triplet-stdp r-stdp hebb oja bcm homeostasis e-prop eventprop"
    " conversion",
    "losses": "cross-entropy ce-rate ce-count ce-membrane ce-first-spike mse-rate mse-count"
    " mse-membrane mse-first-spike",
    "neurons": "if lif lapicque leaky synaptic alpha rleaky rsynaptic plif klif alif adlif qif eif"
    " adex izhikevich hodgkin-huxley fitzhugh-nagumo morris-lecar srm0 glif resonate-and-fire"
    " sigma-delta poisson mcculloch-pitts perceptron",
    "surrogates": "atan fast-sigmoid sigmoid triangular boxcar gaussian erf straight-through"
    " leaky-relu piecewise-quadratic stochastic",
    "synapses": "dense conv2d delta exponential alpha double-exponential ampa nmda gaba-a"
    " tsodyks-markram gap-junction",
}


@pytest.mark.parametrize("plural", PROMISED)
def test_all_that_is_promised_is_there(plural: str) -> None:
    wanted = {f"{plural}/{name}" for name in PROMISED[plural].split()}
    assert wanted <= set(library().ids())


@pytest.mark.parametrize("name", library().ids())
def test_each_is_whole(name: str) -> None:
    component = library().get(name)
    assert component.summary
    assert 300 < len(component.description) < 4000
    assert component.folder is not None
    assert component.spec.diagram is not None
    assert (component.folder / component.spec.diagram).is_file()
    if component.kind not in ("learning", "loss"):
        assert component.spec.inputs
    for label, parameter in component.spec.parameters.items():
        assert parameter.doc, label
    if component.kind in ("neuron", "surrogate", "encoder", "decoder", "synapse", "learning"):
        assert any(reference.doi or reference.url for reference in component.references)
    for reference in component.references:  # what nobody looked up says so
        assert reference.checked or reference.note or reference.doi is None, reference.title


def test_rendered_files_are_in_step(tmp_path: Path) -> None:
    assert render_all(check=True) == []
    import shutil

    folder = shutil.copytree(library().root / "neurons", tmp_path / "neurons")
    copy = Library(tmp_path)
    text = folder / "leaky" / "component.yaml"
    text.write_text(text.read_text().replace("decay*mem[t-1] + I[t]", "I[t] + decay*mem[t-1]"))
    late = [folder / "leaky" / f"leaky{ending}" for ending in PRINTERS]
    assert stale(copy.get("neurons/leaky")) == late
    assert render_all(check=True, among=copy) == late
    assert render_all(among=copy) == late
    assert render_all(check=True, among=copy) == []


def test_rendered_files_are_readable_python() -> None:
    source = (library().root / "neurons/lif/lif.py").read_text()
    assert source.startswith("# Rendered from components/neurons/lif/component.yaml")
    assert "    # dv/dt = (E_L - v + tau_m*I/C_m)/tau_m" in source
    compile(source, "lif.py", "exec")


def test_no_torch_on_this_floor() -> None:
    code = """
import sys
from spikex_lab.catalog import library
from spikex_lab.catalog.render import render_all
from spikex_lab.spec.graph import Graph
from spikex_lab.spec.templates import template

[library().get(name) for name in library().ids()]
render_all(check=True)
Graph.of(template("cnn"), library())
assert not {"torch", "sympy"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_shapes_and_weights() -> None:
    conv = library().get("synapses/conv2d")
    params = conv.resolve({"channels": 12, "kernel": 5, "stride": 2, "padding": 1})
    assert conv.output_shape(params, (3, 28, 30)) == (12, 13, 14)
    assert conv.weights(params, (3, 28, 30)) == {"weight": (12, 3, 5, 5), "bias": (12,)}
    assert "bias" not in conv.weights({**params, "bias": False}, (3, 28, 30))
    assert conv.initial(params, (3, 28, 30), "weight") == ("uniform", pytest.approx(75**-0.5))
    assert library().get("layers/flatten").output_shape({}, (3, 4, 5)) == (60,)
    assert library().get("neurons/lif").output_shape({}, (3, 4)) == (3, 4)
    pool = library().get("layers/max-pool2d")
    assert pool.output_shape({}, (2, 7, 8)) == (2, 3, 4)
    assert pool.output_shape({"kernel": 3, "stride": 1}, (2, 7, 8)) == (2, 5, 6)
    assert library().get("neurons/leaky").weights({"learn": ["threshold", "beta"]}, (4,)) == {
        "beta": (),
        "threshold": (),
    }


@pytest.mark.parametrize(
    ("component", "params", "shape", "message"),
    [
        ("synapses/dense", {"features": 3}, (1, 8, 8), "takes [n], got [1, 8, 8]"),
        ("synapses/conv2d", {"channels": 3}, (64,), "takes [c, h, w], got [64]"),
        (
            "synapses/conv2d",
            {"channels": 3, "kernel": 9},
            (1, 8, 8),
            "the kernel is larger than the image",
        ),
        ("layers/avg-pool2d", {"kernel": 9}, (1, 8, 8), "the kernel is larger"),
    ],
)
def test_shapes_that_do_not_fit(
    component: str, params: dict[str, int], shape: tuple[int, ...], message: str
) -> None:
    with pytest.raises(InvalidError) as caught:
        library().get(component).output_shape(params, shape)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "needs a value for features"),
        ({"features": 2.5}, "whole number"),
        ({"features": "x"}, "is a number"),
        ({"features": True}, "is a number"),
        ({"features": 0}, "at least 1"),
        ({"features": 10**400}, "too large"),
        ({"features": float("nan")}, "no number"),
        ({"features": 3, "bias": 1}, "true or false"),
        ({"feature": 3}, 'did you mean "features"'),
        ({"features": 3, "learn": ["features"]}, 'no parameter "learn"'),
    ],
)
def test_bad_parameters(params: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidError) as caught:
        library().get("synapses/dense").resolve(params, where="node fc1")
    assert message in str(caught.value)
    assert str(caught.value).startswith("node fc1: ")


def test_looking_up() -> None:
    with pytest.raises(InvalidError, match='did you mean "neurons/leaky"'):
        library().get("neurons/leeky")
    assert "neurons/alif" in [found.id for found in library().search("adaptive threshold")]
    assert [found.id for found in library().search("cubalif")] == []
    assert [found.id for found in library().search("", kind="decoder")] == library().ids("decoder")
    assert library().find("alif", "neuron").id == "neurons/alif"
    with pytest.raises(InvalidError, match="is a synapse"):
        library().find("synapses/dense", "neuron")


def test_contributed_python_does_not_run(tmp_path: Path) -> None:
    """A folder that is not the installed library: its Python is refused, its equations work."""
    import shutil

    from spikex_lab.nn.scripts import function

    marker = tmp_path / "ran"
    shutil.copytree(library().root / "synapses" / "dense", tmp_path / "synapses" / "dense")
    (tmp_path / "synapses" / "dense" / "dense.py").write_text(f"open({str(marker)!r}, 'w')\n")
    shutil.copytree(library().root / "neurons" / "leaky", tmp_path / "neurons" / "leaky")
    (tmp_path / "neurons" / "leaky" / "leaky.py").write_text(f"open({str(marker)!r}, 'w')\n")
    foreign = Library(tmp_path)
    assert foreign.search("dense")[0].description
    with pytest.raises(InvalidError, match="only where it is part of the installed library"):
        function(foreign.get("synapses/dense"), "forward")
    from spikex_lab.nn import Neuron

    Neuron(foreign.get("neurons/leaky"))
    assert not marker.exists()


def test_a_folder_says_its_own_id(tmp_path: Path) -> None:
    import shutil

    shutil.copytree(library().root / "neurons" / "leaky", tmp_path / "neurons" / "other")
    with pytest.raises(InvalidError, match='the id is "neurons/leaky"'):
        Component.load(tmp_path / "neurons" / "other")
