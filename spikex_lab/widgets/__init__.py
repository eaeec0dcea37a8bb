"""Notebook panels: ipywidgets that show and control what the store keeps. No torch."""

from __future__ import annotations

from spikex_lab.widgets.lab import Lab
from spikex_lab.widgets.training import TrainingPanel

__all__ = ["Lab", "TrainingPanel"]
