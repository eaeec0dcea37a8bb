"""What the user asks for: networks, training, runs, as pydantic models. No torch down here."""

from spikex_lab.spec.documents import load_document, load_file
from spikex_lab.spec.graph import Graph, GraphNode
from spikex_lab.spec.model import (
    EdgeSpec,
    InputSpec,
    ModelSpec,
    ModuleRef,
    NodeSpec,
    TimeSpec,
)
from spikex_lab.spec.names import Name, check_name
from spikex_lab.spec.reference import ComponentRef
from spikex_lab.spec.registry import ComponentInfo, Registry, Shape
from spikex_lab.spec.run import ENDED, LIVE, RESUMABLE, ProbeSpec, RunSpec
from spikex_lab.spec.training import EarlyStopping, Schedule, TrainingSpec

__all__ = [
    "ENDED",
    "LIVE",
    "RESUMABLE",
    "ComponentInfo",
    "ComponentRef",
    "EarlyStopping",
    "EdgeSpec",
    "Graph",
    "GraphNode",
    "InputSpec",
    "ModelSpec",
    "ModuleRef",
    "Name",
    "NodeSpec",
    "ProbeSpec",
    "Registry",
    "RunSpec",
    "Schedule",
    "Shape",
    "TimeSpec",
    "TrainingSpec",
    "check_name",
    "load_document",
    "load_file",
]
