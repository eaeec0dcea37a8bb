"""The ``spikex`` command."""

from spikex_lab.cli.main import main

__all__ = ["main"]
