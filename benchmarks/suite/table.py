"""Results as text that a reader can check."""

from __future__ import annotations

from benchmarks.suite.results import Result, Row, notes

_HEAD = ("quartiles", "× ours", "peak MiB")


def closing(results: list[Result]) -> str:
    """Return what follows the tables: the targets, and what is not equal."""
    footnotes = "\n".join(f"- {note}" for note in notes(results))
    return f"{_targets(results)}\n\n### What is not equal\n\n{footnotes}\n"


def render(result: Result) -> str:
    """Return one result as a Markdown table, with who was found equal to ours."""
    threads = f"{result.threads} thread{'s' if result.threads > 1 else ''}"
    time = "processor time" if result.clock == "cpu" else "wall time"
    head = f"### {result.workload} · {threads} · {time}\n{result.title}\n"
    for found in result.agreement:
        verdict = (
            f"equal to ours in {found.dtype}"
            if found.ok
            else "NOT EQUAL to ours, so nothing was timed"
        )
        head += (
            f"\n{found.twin}: {verdict} (loss {found.loss:.1e}, "
            f"gradients {found.gradient:.1e} of {found.allowed:.0e} allowed)"
        )
    rows = sorted(result.rows, key=lambda row: (row.time is None, row.time or 0.0))
    table = [
        ("", result.unit, *_HEAD, result.figure),
        *(_cells(row, result.figure) for row in rows),
    ]
    return f"{head}\n\n{grid(table)}"


def _cells(row: Row, figure: str) -> tuple[str, ...]:
    if row.error is not None:
        return row.title, "failed", row.error, "", "", ""
    percent = figure in ("spikes", "accuracy")
    shown = "" if row.figure is None else f"{row.figure:.1%}" if percent else f"{row.figure:.4f}"
    return (
        row.title,
        _number(row.time),
        "" if row.low is None else f"{_number(row.low)}–{_number(row.high)}",
        "" if row.times_ours is None else f"{row.times_ours:.2f}",
        "" if row.peak_mib is None else f"{row.peak_mib:.0f}",
        shown,
    )


def _targets(results: list[Result]) -> str:
    table: list[tuple[str, ...]] = [
        (
            "workload",
            "threads",
            "best peer as shipped",
            "measured",
            "best peer",
            "measured",
            "target",
        )
    ]
    for result in results:
        shipped, best = result.best_peer(shipped=True), result.best_peer()
        if best is not None:
            table.append((
                result.workload, str(result.threads), *_against(shipped), *_against(best),
                "" if result.target is None else f"≥ {result.target:.1f} ×",
            ))  # fmt: skip
    if len(table) == 1:
        return "No peer took part, so there is nothing to hold the targets against."
    return f"### Ours against the best peer\n\n{grid(table)}"


def _against(peer: Row | None) -> tuple[str, str]:
    if peer is None or peer.times_ours is None:
        return "", ""
    return peer.title, f"{peer.times_ours:.2f} ×"


def grid(rows: list[tuple[str, ...]]) -> str:
    """Return a Markdown table with aligned columns; the first column to the left."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "| "
        + " | ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        + " |"
        for row in rows
    ]
    rule = "| " + " | ".join(
        "-" * width if i == 0 else "-" * (width - 1) + ":" for i, width in enumerate(widths)
    )
    return "\n".join([lines[0], rule + " |", *lines[1:]])


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}" if value < 100 else f"{value:.0f}"
