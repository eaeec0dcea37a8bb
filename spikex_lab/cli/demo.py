"""``spikex demo``: the main job in one command."""

from __future__ import annotations

from spikex_lab.cli import output

NAME = "demo"


def demo(as_json: output.Json = False) -> None:
    """Train a spiking network on real handwritten digits; print its accuracy and report."""
    from spikex_lab.api import Dataset, start
    from spikex_lab.cli.train import finish, upsert
    from spikex_lab.spec.templates import template

    digits = Dataset.open("digits")
    spec = template(
        "snn-mlp",
        model_name=NAME,
        input_shape=list(digits.shape),
        classes=len(digits.classes),
        dataset=digits.name,
    )
    request = start.prepare(spec)
    model = upsert(spec, "the demo's template")
    output.note(
        f"Training {model.name} (template snn-mlp) on {digits.name}: "
        f"{digits.splits['train']:,} handwritten digits to learn from, "
        f"{digits.splits['test']:,} to test on."
    )
    finish(start.start(request, model.id, model.version), as_json)
