"""What a notebook user holds: models, runs, datasets, components, reports. No torch."""

from spikex_lab.api.component import Component
from spikex_lab.api.convert import convert
from spikex_lab.api.dataset import Dataset, datasets
from spikex_lab.api.library import library
from spikex_lab.api.model import Model, models, templates
from spikex_lab.api.report import Report
from spikex_lab.api.run import Run
from spikex_lab.api.runs import runs
from spikex_lab.api.target import Target, targets

__all__ = [
    "Component",
    "Dataset",
    "Model",
    "Report",
    "Run",
    "Target",
    "convert",
    "datasets",
    "library",
    "models",
    "runs",
    "targets",
    "templates",
]
