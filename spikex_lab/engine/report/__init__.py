"""The report of a run: one HTML file that needs nothing else."""

from spikex_lab.engine.report.page import html

__all__ = ["html"]
