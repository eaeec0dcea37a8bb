"""Ready specs to start from: one YAML file each, fitted to a dataset's shape and classes."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from typing import Any

from spikex_lab.errors import InvalidError, nearest
from spikex_lab.spec.documents import load_document
from spikex_lab.spec.model import ModelSpec

_ORDER = ("perceptron", "mlp", "cnn", "snn-mlp", "snn-conv", "snn-recurrent", "snn-stdp")


def names() -> list[str]:
    """Return the templates' names, from simple to rich."""
    return list(_ORDER)


def template(
    name: str,
    *,
    model_name: str | None = None,
    input_shape: Sequence[int] | None = None,
    classes: int | None = None,
    dataset: str | None = None,
) -> ModelSpec:
    """Return the template `name` as a spec of its own.

    Parameters
    ----------
    model_name : name of the new model; default: the template's.
    input_shape : shape of one sample, ``[channels, height, width]`` for images.
    classes : number of scores; sets the width of the last dense layer.
    dataset : name of the dataset that the model trains on by default.

    Raises
    ------
    InvalidError : no such template (names the nearest), a bad name, shape or number of classes.

    Examples
    --------
    >>> template("snn-mlp", classes=3).nodes[-2].params["features"]
    3
    """
    if name not in _ORDER:
        raise InvalidError(
            f'there is no template "{name[:80]}"', where="template", hint=nearest(name, _ORDER)
        )
    file = resources.files(__package__) / f"{name}.yaml"
    data: dict[str, Any] = load_document(file.read_bytes(), where=f"template {name}")
    if model_name is not None:
        data["name"] = model_name
    if input_shape is not None:
        data["input"]["shape"] = [int(size) for size in input_shape]
    if dataset is not None:
        data["dataset"] = dataset
    if classes is not None:
        if classes < 1:
            raise InvalidError(f"classes must be at least 1, got {classes}", where="template")
        last = [node for node in data["nodes"] if node["component"] == "synapses/dense"][-1]
        last["params"]["features"] = int(classes)
    if input_shape is not None and "conv" in str(data["nodes"]) and len(input_shape) != 3:
        raise InvalidError(
            f"it takes images [channels, height, width], not {list(input_shape)}",
            where=f"template {name}",
            hint="mlp and snn-mlp take any shape",
        )
    return ModelSpec.parse(data, where=f"template {name}")
