"""Results as files: the table, the JSON, the plots."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.suite import plot, scaling, table
from benchmarks.suite.results import Result
from benchmarks.suite.scaling import Curve
from spikex_lab import durable


def write(
    folder: Path, document: dict[str, Any], results: list[Result], curves: list[Curve]
) -> list[Path]:
    """Write what there is into `folder`: ``bench.md``, ``bench.json``, plots; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, bytes] = {
        "bench.md": text(document, results, curves).encode(),
        "bench.json": (json.dumps(document, indent=1) + "\n").encode(),
    }
    if results:
        files["bench.svg"] = plot.bars(results)
    if curves:
        files["scaling.svg"] = plot.growth(curves)
    for name, content in files.items():
        _replace(folder / name, content)
    durable.sync_folder(folder)
    return [folder / name for name in files]


def _replace(path: Path, content: bytes) -> None:
    """Write `path` beside itself first: who reads it finds the old file or the new one, whole."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    durable.write_temporary(beside, [content])
    beside.chmod(0o644)
    beside.replace(path)


def text(document: dict[str, Any], results: list[Result], curves: list[Curve]) -> str:
    """Return the whole report in Markdown."""
    machine = document["machine"]
    parts = [
        "# Benchmarks",
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, "
        f"Python {machine['python']}, torch {machine['torch']}; load {machine['load']:.1f} "
        "at the end. Figures of one run: ratios are what they are good for.",
        *(table.render(result) for result in results),
    ]
    if results:
        parts.append(table.closing(results))
    parts += [scaling.render(curve) for curve in curves]
    return "\n\n".join(parts).rstrip() + "\n"
