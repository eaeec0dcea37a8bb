"""The kinds of components, and what a single value in a ``component.yaml`` may look like."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from spikex_lab.catalog.codegen.symbols import check_latex

PLURALS = {
    "neuron": "neurons", "synapse": "synapses", "axon": "axons", "dendrite": "dendrites",
    "learning": "learning", "encoder": "encoders", "decoder": "decoders", "layer": "layers",
    "loss": "losses", "surrogate": "surrogates",
}  # fmt: skip
Kind = Literal[
    "neuron",
    "synapse",
    "axon",
    "dendrite",
    "learning",
    "encoder",
    "decoder",
    "layer",
    "loss",
    "surrogate",
]
Integrator = Literal["exact", "exponential_euler", "euler", "rk4"]
Text = Annotated[str, Field(min_length=1, max_length=2_000)]
Line = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\r\n]*$")]
Formula = Annotated[str, Field(min_length=1, max_length=2_100)]
Latex = Annotated[str, Field(max_length=200), AfterValidator(check_latex)]
Tag = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9 -]{0,40}$")]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*\.[a-z0-9]+$", max_length=80)]
TraceName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\.json$", max_length=80)]
Dimension = int | Formula
