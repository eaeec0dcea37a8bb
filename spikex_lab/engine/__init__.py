"""What happens to a model: train, evaluate, record; events, control, checkpoints."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spikex_lab.engine.evaluation import Evaluation
    from spikex_lab.engine.protocols import Backend, ControlSource, EventSink, JobContext
    from spikex_lab.engine.trainer import Outcome, Trainer

_HOME = {
    "Backend": "protocols",
    "ControlSource": "protocols",
    "EventSink": "protocols",
    "Evaluation": "evaluation",
    "JobContext": "protocols",
    "Outcome": "trainer",
    "Trainer": "trainer",
}

__all__ = [
    "Backend",
    "ControlSource",
    "Evaluation",
    "EventSink",
    "JobContext",
    "Outcome",
    "Trainer",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
