"""Real processes on tiny workloads: ours alone, who fails, what the command line says."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

import benchmarks.bench
from benchmarks.suite import agreement, course, crew, results, speed
from benchmarks.suite.contestants import OURS
from benchmarks.suite.crew import Crew
from benchmarks.suite.results import Result
from benchmarks.suite.workloads import ACCURACY, Workload
from spikex_lab.cli import bench
from spikex_lab.errors import NotFoundError

TINY = Workload("w2", "tiny", "neuron", 4, 2, (8,), "dense", target=8.0)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No environment of peers."""
    monkeypatch.setattr(crew, "ENVIRONMENT", tmp_path / "nowhere")


@pytest.mark.usefixtures("alone")
def test_ours_and_the_reference_are_compared_and_timed() -> None:
    found = speed.measure(TINY, OURS, threads=1, rounds=3)
    assert found.ok, found
    assert [a.twin for a in found.agreement] == ["reference"]
    for row in found.rows:
        assert row.error is None
        assert row.rounds == 3
        assert row.time is not None
        assert row.figure is not None
        assert row.low is not None
        assert row.low <= row.time
    assert found.clock == "cpu"
    assert found.best_peer() is None


@pytest.mark.usefixtures("alone")
def test_one_that_cannot_run_says_why() -> None:
    found = speed.measure(replace(TINY, beta=-1.0), ["ours"], threads=1, rounds=1)
    assert not found.ok
    assert "beta" in (found.row("ours").error or "")
    assert found.row("ours").time is None


class Scripted(Crew):
    """A crew without processes: everybody answers what `answers` says."""

    answers: ClassVar[dict[str, list[dict[str, Any] | None]]] = {}

    def __init__(self, names: Sequence[str], *_: object) -> None:
        self.members = dict.fromkeys(names)  # type: ignore[arg-type]
        self.failed = {}
        self.asked: list[tuple[str, str]] = []

    def __exit__(self, *_: object) -> None:
        pass

    def gather(self) -> None:
        pass

    def ask(self, name: str, do: str, **_: Any) -> dict[str, Any] | None:
        self.asked.append((name, do))
        if do == "warm_up":
            return {"peak_bytes": 1 << 20}
        if do != "turn" and do != "learn":
            return {}
        answer = self.answers[name].pop(0)
        if answer is None:
            self.failed[name] = "gone"
            self.members.pop(name)
        return answer


def took(seconds: float, **more: float) -> dict[str, Any]:
    return {"wall": 2 * seconds, "cpu": seconds, "figure": 0.5, **more}


def test_float64_decides_where_float32_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(losses: dict[str, float]) -> Callable[..., dict[str, Any]]:
        def ask(_: Crew, name: str, do: str, path: str, dtype: str) -> dict[str, Any]:
            assert do == "gradients"
            apart = name != "ours" and dtype == "float32"
            np.savez(path, w=np.ones(3) + (0.5 if apart else losses.get(name, 0.0)))
            return {"loss": 1.0 + losses.get(name, 0.0)}

        return ask

    found = Scripted(OURS)
    monkeypatch.setattr(Scripted, "ask", answer({}))
    (one,) = agreement.check(TINY, found)
    assert (one.ok, one.dtype, one.gradient) == (True, "float64", 0.0)
    monkeypatch.setattr(Scripted, "ask", answer({"reference": 1e-6}))
    (one,) = agreement.check(TINY, found)
    assert not one.ok


def test_nothing_is_timed_where_a_twin_computes_something_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    far = agreement.Agreement("reference", 0.0, 1.0, 1e-6)
    monkeypatch.setattr(agreement, "check", lambda *_: [far])
    monkeypatch.setattr(speed, "Crew", Scripted)
    found = speed.measure(TINY, OURS, threads=1, rounds=1)
    assert not found.ok
    assert [row.time for row in found.rows] == [None, None]


def test_times_are_those_of_the_clock_and_ratios_those_to_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(agreement, "check", lambda *_: [])
    monkeypatch.setattr(speed, "Crew", Scripted)
    for threads, factor in ((1, 1), (2, 2)):
        answers = {
            "ours": [took(1.0), took(3.0), took(2.0)],
            "snntorch": [took(8.0), took(9.0), took(8.0)],
            "spyx": [took(1.0), None],
        }
        monkeypatch.setattr(Scripted, "answers", answers)
        found = speed.measure(TINY, list(answers), threads=threads, rounds=3)
        assert found.row("ours").time == 2000.0 * factor
        assert (found.row("ours").wall, found.row("ours").cpu) == (4000.0, 2000.0)
        assert found.row("snntorch").times_ours == 4.0
        assert found.row("ours").peak_mib == 1.0
        assert (found.row("spyx").time, found.row("spyx").error) == (None, "gone")


def test_a_course_ends_for_each_when_it_knows_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    knows = [took(1.0, accuracy=accuracy) for accuracy in (0.5, 0.8, 0.98, 0.99)]
    answers = {"ours": knows[1:], "reference": list(knows), "snntorch": [knows[0]] * 4}
    monkeypatch.setattr(Scripted, "answers", answers)
    monkeypatch.setattr(course, "Crew", Scripted)
    monkeypatch.setattr(course.known, "fetch", lambda *_, **__: [])
    monkeypatch.setattr(agreement, "check", lambda *_: [])
    said: list[str] = []
    found = course.measure(
        Path(), list(answers), threads=2, say=said.append, turn=10, most=4, enough=0.97
    )
    assert [row.rounds for row in found.rows] == [2, 3, 4]
    assert [row.time for row in found.rows] == [4.0, 6.0, None]
    assert found.row("reference").times_ours == 1.5
    assert found.row("snntorch").error == "no more than 50.00% in 4 turns"
    assert "  reference: 98.00% after 30 batches" in said


@pytest.mark.usefixtures("alone")
def test_a_process_that_dies_is_out_and_none_outlives_the_crew() -> None:
    with Crew(["ours", "reference"], TINY, 1) as found:
        found.gather()
        processes = [member._process for member in found.members.values()]
        processes[0].kill()
        assert found.ask("ours", "turn") is None
        assert "ended with -9" in found.failed["ours"]
        assert found.ask("reference", "turn") is not None
    assert all(process.poll() is not None for process in processes)


@pytest.mark.usefixtures("alone")
def test_time_to_accuracy_counts_training_until_it_is_enough(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 64)
    x = np.zeros((64, 1, 4, 4), dtype=np.uint8)
    x[np.arange(64), 0, y] = 255  # the row that is lit is the class

    def fetch(name: str, folder: Path, source: Path | None = None) -> list[Path]:
        for split in ("train", "test"):
            np.save(folder / f"{split}_x.npy", x)
            np.save(folder / f"{split}_y.npy", y)
        return []

    monkeypatch.setattr(course.known, "fetch", fetch)
    small = replace(ACCURACY, steps=5, batch=8, shape=(16,), sizes=(20, 3), lr=0.02)
    said: list[str] = []
    found = course.measure(
        tmp_path, OURS, threads=1, say=said.append, work=small, turn=16, most=20, enough=0.9
    )
    assert found.ok, found
    for row in found.rows:
        assert row.time is not None, row
        assert row.time == row.cpu
        assert row.figure is not None
        assert row.figure >= 0.9
    assert found.rows[0].rounds == found.rows[1].rounds  # same numbers, same course
    assert len(said) == sum(row.rounds for row in found.rows)


def test_batches_show_everything_once_per_epoch_in_new_order() -> None:
    found = course.batches(10, 5, seed=0)
    first = [*next(found), *next(found)]
    second = [*next(found), *next(found)]
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def call(*arguments: str) -> tuple[int, str, str]:
        try:
            code = benchmarks.bench.main(list(arguments))
        except SystemExit as left:
            code = int(left.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.mark.usefixtures("alone")
def test_without_peers_it_says_what_to_do_and_runs_ours(
    run: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def measure(work: Workload, names: Sequence[str], **_: object) -> Result:
        rows = [results.row(name, time=1.0, figure=0.1, times_ours=1.0) for name in names]
        return Result(work.id, work.title, 1, "cpu", "spikes", rows)

    monkeypatch.setattr(speed, "measure", measure)
    code, out, err = run("w3", "--threads", "1", "--json")
    assert code == 0
    assert "make bench" in err
    document: dict[str, Any] = json.loads(out)
    assert [found["workload"] for found in document["results"]] == ["w3-static", "w3-poisson"]
    for found in document["results"]:
        assert [row["name"] for row in found["rows"]] == list(OURS)
        assert found["best_peer"] is None
    text = run("w3", "--threads", "1")[1]
    assert text.index("w3-static") < text.index("w3-poisson") < text.index("No peer took part")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("w9",), 'no workload "w9"'),
        (("w2", "--peers", "nengo"), 'no peer "nengo"'),
        (("w2", "--rounds", "0"), "--rounds"),
        (("w2", "--threads", "one"), "--threads"),
        (("w7", "--mnist", "nowhere", "--threads", "1"), "nowhere"),
    ],
)
@pytest.mark.usefixtures("alone")
def test_bad_input_is_one_line_and_status_2(
    run: Callable[..., tuple[int, str, str]], arguments: tuple[str, ...], words: str
) -> None:
    code, out, err = run(*arguments)
    assert code == 2
    assert out == ""
    assert words in err
    assert "Traceback" not in err


def test_the_command_runs_the_script_of_its_checkout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from spikex_lab.cli import main

    called: list[list[str]] = []
    monkeypatch.setattr(bench.subprocess, "call", lambda command: called.append(command) or 1)
    assert main(["bench", "w2", "--rounds", "5", "--peers", "spyx", "--no-cache", "--json"]) == 1
    assert called == [[
        sys.executable, str(bench.script()), "w2", "--rounds=5", "--peers=spyx", "--no-cache",
        "--json",
    ]]  # fmt: skip


def test_an_installed_package_has_no_benchmarks_and_says_where_they_are(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="make bench"):
        bench.script(tmp_path / "spikex_lab")


def test_help_needs_no_torch() -> None:
    code = (
        "import sys; from spikex_lab.cli import main; main(['bench', '--help']);"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0
