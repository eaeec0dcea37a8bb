"""A simulation as a picture. Needs matplotlib, so it is imported only when one is asked for."""

from __future__ import annotations

import io
from typing import Any

from matplotlib.figure import Figure

from spikex_lab.conformance.trace import Trace

_ROW, _WIDTH = 1.5, 7.0
_INK = "0.5"
"""Grey on no ground: a notebook's page is white or black, and a picture cannot know which."""


class Picture(Figure):
    """A figure that shows itself once as a cell's value, whichever backend is set."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=110)
        return buffer.getvalue()


def figure(trace: Trace) -> Figure:
    """Return the states, one below the other, then what flowed in."""
    rows = {name: trace.states[name] for name in trace.states}
    if not trace.fires:
        rows["output"] = trace.output
    rows |= trace.inputs
    drawn = Picture(
        facecolor="none", figsize=(_WIDTH, 0.9 + _ROW * len(rows)), layout="constrained"
    )
    axes: list[Any] = list(drawn.subplots(len(rows), 1, sharex=True, squeeze=False)[:, 0])
    for axis, (name, series) in zip(axes, rows.items(), strict=True):
        unit = trace.units.get(name, "1")
        axis.plot(trace.t, series, linewidth=1, color="#1e88e5" if name in trace.states else _INK)
        axis.set_ylabel(name if unit == "1" else f"{name} ({unit})")
        axis.margins(x=0)
        axis.set_facecolor("none")
        axis.tick_params(colors=_INK)
        axis.yaxis.label.set_color(_INK)
        for side, spine in axis.spines.items():
            spine.set_visible(side in ("bottom", "left"))
            spine.set_color(_INK)
    if axes and len(trace.spike_times):
        axes[0].plot(
            trace.spike_times,
            [1.04] * len(trace.spike_times),
            "|",
            color=_INK,
            markersize=7,
            clip_on=False,
            transform=axes[0].get_xaxis_transform(),
        )
    if axes:
        axes[-1].set_xlabel("t (ms)", color=_INK)
        drawn.suptitle(trace.component, fontsize=10, color=_INK)
    return drawn
