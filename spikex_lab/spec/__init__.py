"""What the user asks for: networks, training, runs, as pydantic models. No torch below this floor."""

from spikex_lab.spec.model import ComponentRef, EdgeSpec, InputSpec, ModelSpec, NodeSpec, TimeSpec
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
    "InputSpec",
    "ModelSpec",
    "NodeSpec",
    "ProbeSpec",
    "Registry",
    "RunSpec",
    "Schedule",
    "Shape",
    "TimeSpec",
    "TrainingSpec",
]
