"""Plots that read on dark and on light pages alike: no background, grey text."""

from __future__ import annotations

import io
from typing import Any, Literal

from benchmarks.suite.results import Result
from benchmarks.suite.scaling import BASE, Curve

GREY = "#8a8a8a"
OURS = "#2a9d6f"
COLOURS = {
    "ours": OURS, "reference": "#8fbfa8", "snntorch": "#d9822b", "spikingjelly": "#4a86c8",
    "norse": "#b45fa0", "sinabs": "#b0a030", "spyx": "#cc5a5a",
}  # fmt: skip


def bars(results: list[Result]) -> bytes:
    """Return an SVG: for each workload, everybody's time by ours."""
    figure, axes = _grid(len(results), columns=min(2, len(results)), height=2.6)
    for axis, result in zip(axes, results, strict=False):
        rows = sorted((r for r in result.rows if r.times_ours), key=lambda r: -(r.times_ours or 0))
        colours = [COLOURS[row.name.split("+")[0]] for row in rows]
        bars = axis.barh(
            [row.title for row in rows], [row.times_ours or 1.0 for row in rows], color=colours
        )
        for bar, row in zip(bars, rows, strict=True):
            if row.cache:
                bar.set_alpha(0.55)
        axis.bar_label(
            bars, [f"{row.times_ours:.2g} ×" for row in rows], color=GREY, fontsize=7, padding=2
        )
        axis.axvline(1.0, color=OURS, linewidth=0.8)
        axis.margins(x=0.15)
        _title(axis, f"{result.workload}, {result.threads} thread(s): time ÷ ours")
    return _svg(figure)


def growth(curves: list[Curve]) -> bytes:
    """Return an SVG: time and memory against T, N and B, both on logarithmic scales."""
    figure, axes = _grid(2 * len(curves), columns=len(curves), height=2.8)
    quantities: tuple[tuple[Literal["time", "peak_mib"], str], ...] = (
        ("time", "ms"), ("peak_mib", "MiB above model and input"),
    )  # fmt: skip
    for i, (quantity, label) in enumerate(quantities):
        for axis, curve in zip(axes[i * len(curves) :], curves, strict=False):
            for name in curve.names():
                axis.plot(
                    curve.values,
                    [figure or float("nan") for figure in curve.series(name, quantity)],
                    marker="o", markersize=3, linewidth=1.2, color=COLOURS[name], label=name,
                )  # fmt: skip
            axis.set_xscale("log")
            axis.set_yscale("log")
            axis.set_xlabel(curve.letter, color=GREY)
            axis.set_ylabel(label, color=GREY)
    axes[0].legend(fontsize=7, frameon=False, labelcolor=GREY)
    _title(axes[0], BASE.title)
    return _svg(figure)


def _title(axis: Any, text: str) -> None:
    axis.set_title(text, color=GREY, fontsize=8)


def _grid(count: int, *, columns: int, height: float) -> tuple[Any, list[Any]]:
    from matplotlib.figure import Figure

    rows = -(-count // columns)
    figure = Figure(figsize=(5.2 * columns, height * rows), layout="constrained")
    axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axis in axes[:count]:
        axis.patch.set_alpha(0)
        axis.tick_params(which="both", colors=GREY, labelsize=7)
        for name, spine in axis.spines.items():
            spine.set_visible(name in ("left", "bottom"))
            spine.set_color(GREY)
    for axis in axes[count:]:
        axis.remove()
    return figure, axes


def _svg(figure: Any) -> bytes:
    import matplotlib as mpl

    out = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "spikex"}):  # the same figures give the same file
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    return out.getvalue()
