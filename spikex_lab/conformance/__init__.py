"""Does a component do what it says? Simulation on generated scalar code, and the checker.

No torch at import. `simulate` runs a component's equations; `check` compares printers, closed
forms and other simulators' traces with the reference.
"""

from spikex_lab.conformance.simulation import NotFiniteError, simulate
from spikex_lab.conformance.trace import Trace

__all__ = ["NotFiniteError", "Trace", "simulate"]
