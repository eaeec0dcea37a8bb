"""What a run says: agreement, ratios, table, JSON, plots."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.suite import files, results, scaling, table
from benchmarks.suite.agreement import Agreement, farthest
from benchmarks.suite.results import Result
from benchmarks.suite.scaling import Curve

EQUAL = Agreement("snntorch", loss=1e-7, gradient=3e-7, allowed=1e-6)
OTHER = Agreement("snntorch", loss=1e-7, gradient=3e-3, allowed=1e-6)


def result(agreed: Agreement = EQUAL, **times: float) -> Result:
    times = times or {"ours": 10.0, "reference": 40.0, "snntorch": 50.0, "snntorch+cache": 30.0}
    rows = [
        results.row(
            name, time=time, low=time - 1, high=time + 1, wall=time, cpu=time, rounds=5,
            peak_mib=12.5, figure=0.071, times_ours=time / times["ours"],
        )
        for name, time in times.items()
    ]  # fmt: skip
    return Result("w2", "LIF alone", 2, "wall", "spikes", rows, [agreed], target=8.0)


def cells(text: str, start: str) -> list[str]:
    line = next(line for line in text.splitlines() if line.startswith(f"| {start}"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_table_is_sorted_by_time_and_says_all_figures() -> None:
    text = table.render(result())
    assert cells(text, "SPIKE-X Lab ") == [
        "SPIKE-X Lab", "10.0", "9.0–11.0", "1.00", "12", "7.1%",
    ]  # fmt: skip
    order = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| S")]
    order += [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| sn")]
    assert order == [
        "SPIKE-X Lab", "SPIKE-X Lab, reference", "snnTorch, buffers cached", "snnTorch",
    ]  # fmt: skip
    assert "2 threads · wall time" in text
    assert "snntorch: equal to ours in float32" in text
    widths = {len(line) for line in text.splitlines() if line.startswith("|")}
    assert len(widths) == 1


def test_targets_are_held_against_the_best_peer_and_the_best_as_shipped() -> None:
    text = table.closing([result()])
    assert cells(text, "w2") == [
        "w2", "2", "snnTorch", "5.00 ×", "snnTorch, buffers cached", "3.00 ×", "≥ 8.0 ×",
    ]  # fmt: skip
    assert "snnTorch: Equal to ours" in text
    assert "Norse" not in text
    assert "No peer took part" in table.closing([result(ours=1.0, reference=2.0)])


def test_who_computes_something_else_is_told_and_makes_the_run_fail() -> None:
    found = result(OTHER)
    assert not found.ok
    assert "NOT EQUAL to ours" in table.render(found)
    assert result().ok
    assert not Agreement("snntorch", math.nan, 0.0, 1e-6).ok
    assert not Agreement("snntorch", 0.0, math.nan, 1e-6).ok
    assert not Agreement("snntorch", 1e-7, 0.0, 1e-9, "float64").ok


def test_gradients_are_compared_by_their_largest_value() -> None:
    ours = {"w": np.array([4.0, 0.0], dtype=np.float32)}
    assert farthest({"w": np.array([4.0, 0.004], dtype=np.float32)}, ours) == pytest.approx(1e-3)
    assert farthest(ours, ours) == 0.0
    assert farthest({"v": ours["w"]}, ours) == math.inf
    assert farthest({"w": np.zeros(3)}, ours) == math.inf
    assert math.isnan(farthest({"w": np.array([math.nan, 0.0])}, ours))


def test_a_failure_is_a_row_with_its_reason() -> None:
    found = result()
    found.rows.append(results.row("spyx", error="ModuleNotFoundError: no jax"))
    assert cells(table.render(found), "Spyx")[1:3] == ["failed", "ModuleNotFoundError: no jax"]
    assert found.ok
    found.row("ours").error = "out of memory"
    assert not found.ok


def curve() -> Curve:
    found = [result(ours=t, reference=4 * t) for t in (1.0, 2.0, 20.0)]
    return Curve("steps", (10, 100, 1_000), found)


def test_json_has_the_keys_that_scripts_rely_on() -> None:
    document = results.document([result()], [curve()], {"rounds": 5})
    plain: dict[str, Any] = json.loads(json.dumps(document, allow_nan=False))
    assert plain["schema"] == "spikex/bench@1"
    assert set(plain) == {"schema", "machine", "settings", "ok", "results", "scaling"}
    assert {"processor", "cores", "load", "python", "torch"} <= set(plain["machine"])
    (one,) = plain["results"]
    assert set(one) == {
        "workload", "title", "threads", "clock", "unit", "figure", "ok", "agreement",
        "target", "best_peer", "measured", "rows",
    }  # fmt: skip
    assert (one["best_peer"], one["measured"]) == ("snntorch+cache", 3.0)
    assert set(one["rows"][0]) == {
        "name", "title", "cache", "time", "low", "high", "wall", "cpu", "rounds", "peak_mib",
        "figure", "times_ours", "error",
    }  # fmt: skip
    assert one["agreement"][0]["ok"] is True
    assert plain["scaling"][0]["axis"] == "T"
    assert plain["scaling"][0]["values"] == [10, 100, 1_000]
    assert plain["ok"] is True
    assert results.document([result(OTHER)], [], {})["ok"] is False


def test_growth_is_the_power_over_the_last_two_values() -> None:
    assert scaling.exponent((10, 100, 1_000), [1.0, 2.0, 20.0]) == pytest.approx(1.0)
    assert scaling.exponent((1, 4), [3.0, 6.0]) == pytest.approx(0.5)
    assert scaling.exponent((1, 4), [3.0, None]) is None
    assert cells(scaling.render(curve()), "ours, ms")[1:] == ["1", "2", "20", "1.00"]


def test_points_of_growth_cover_what_was_asked_for() -> None:
    assert [w.steps for w in scaling.points("steps")] == [10, 30, 100, 300, 1_000]
    assert [w.shape for w in scaling.points("neurons")][0::3] == [(100,), (100_000,)]
    assert [w.batch for w in scaling.points("batch")][0::3] == [1, 512]


def test_files_are_whole_and_the_plots_have_no_background(tmp_path: Path) -> None:
    document = results.document([result()], [curve()], {})
    written = files.write(tmp_path / "new", document, [result()], [curve()])
    assert sorted(p.name for p in written) == ["bench.json", "bench.md", "bench.svg", "scaling.svg"]
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == sorted(p.name for p in written)
    assert json.loads((tmp_path / "new" / "bench.json").read_text()) == document
    text = (tmp_path / "new" / "bench.md").read_text()
    assert "### w2" in text
    assert "### Growth with T" in text
    for name in ("bench.svg", "scaling.svg"):
        svg = (tmp_path / "new" / name).read_text()
        assert svg.startswith("<?xml")
        assert "fill: #ffffff" not in svg
        assert "fill: #000000" not in svg
    again = files.write(tmp_path / "new", document, [result()], [curve()])
    assert again == written
