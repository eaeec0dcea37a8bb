"""The report's last section: how to get the same numbers again, and whom to cite."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from spikex_lab.engine.evaluation import Evaluation
from spikex_lab.engine.report.text import esc
from spikex_lab.errors import SpikexError

SOFTWARE = "The SPIKE-X Lab developers: SPIKE-X Lab (BSD-3-Clause licence)"


def section(run: Mapping[str, Any], spec: Mapping[str, Any], evaluation: Evaluation) -> str:
    """Return how to repeat the run and the references of what it used."""
    model = dict(spec.get("model") or {})
    again = ""
    if model and not model.get("module"):
        model |= {"dataset": spec.get("dataset"), "training": spec.get("training")}
        text = yaml.safe_dump(
            model, sort_keys=False, default_flow_style=None, allow_unicode=True, width=100
        )
        device = spec.get("device") or "cpu"
        again = (
            "<p>Save the text below as <code>model.yaml</code> and run:</p>"
            f"<pre>spikex train model.yaml --device {esc(device)}</pre>"
            "<p>Random numbers are keyed by the seed, so the same versions with the same number of "
            "threads on the same kind of machine give the same weights, byte for byte.</p>"
            f"<details><summary>model.yaml</summary><pre>{esc(text, 200_000)}</pre></details>"
        )
    used = "".join(f"<li>{line}</li>" for line in _references(model))
    papers = f"<p>Models and methods used:</p><ul>{used}</ul>" if used else ""
    measured = f"Measured on {esc(evaluation.device)} in {evaluation.seconds:.1f} s."
    return (
        f"<h2>Get it again, and cite it</h2>{again}<p>Cite as: {esc(SOFTWARE)}"
        f"{', run ' + esc(run['id']) if run.get('id') else ''}.</p>{papers}"
        f"<footer>{measured}</footer>"
    )


def _references(model: Mapping[str, Any]) -> list[str]:
    """Return the references of the components in `model`, each once, as HTML."""
    from spikex_lab.catalog.overlay import over

    known = over(model.get("components"))
    ids = [node.get("component") for node in model.get("nodes") or []]
    ids += [(node.get("surrogate") or {}).get("component") for node in model.get("nodes") or []]
    ids += [_component(model.get("readout")), _component((model.get("input") or {}).get("encoder"))]
    training = model.get("training") or {}
    rules = [rule.get("component") for rule in training.get("rules") or []]
    ids += rules or [f"learning/{training.get('algorithm')}"]
    found: dict[str, None] = {}
    for name in ids:
        if not name:
            continue
        try:
            component: Any = known.get(name)
        except SpikexError:  # of an older library: its papers are not at hand
            continue
        for reference in component.references:
            found[_line(reference)] = None
    return list(found)


def _component(reference: Any) -> str | None:
    if isinstance(reference, Mapping):
        return reference.get("component")
    return reference if isinstance(reference, str) else None


def _line(reference: Any) -> str:
    """Return one reference: authors (year). Title. DOI as text, which no one has to follow."""
    body = reference if isinstance(reference, Mapping) else reference.model_dump()
    doi = f". doi:{esc(body['doi'])}" if body.get("doi") else ""
    who, year, title = (esc(body.get(key) or "") for key in ("authors", "year", "title"))
    return f"{who} ({year}). {title}{doi}"
