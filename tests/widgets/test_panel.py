from __future__ import annotations

import base64
import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets
import pytest

from spikex_lab.errors import ConflictError, InvalidError
from spikex_lab.widgets.controls import ALLOWED
from spikex_lab.widgets.feed import Feed
from spikex_lab.widgets.training import TrainingPanel

from .fakes import FakeRun, FakeSubject


def wait_for(condition: Callable[[], object], seconds: float = 6.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def widgets() -> int:
    return len(ipywidgets.widgets.widget._instances)


@pytest.fixture
def panel_of() -> Iterator[Callable[..., TrainingPanel]]:
    feed, made = Feed(), []

    def make(run: FakeRun | None = None) -> TrainingPanel:
        made.append(TrainingPanel(FakeSubject(run), source=feed))
        return made[-1]

    before = widgets()
    yield make
    for panel in made:
        panel.close()
    wait_for(lambda: not feed.running)
    assert widgets() == before, "closed panels left widgets behind"


def enabled(panel: TrainingPanel) -> set[str]:
    return {name for name, b in panel._controls.buttons.items() if not b.disabled}


def state(panel: TrainingPanel) -> str:
    found = re.search(r'data-state="(\w+)"', panel._name.value)
    return found[1] if found else ""


def test_an_ended_run_is_shown_whole(panel_of: Callable[..., TrainingPanel]) -> None:
    panel = panel_of(FakeRun().train(epochs=3, batches=20))
    wait_for(lambda: state(panel) == "finished")
    # the feed's thread writes the state first and draws the figures then
    wait_for(lambda: {"spikes/lif1", "spikes/out"} <= set(panel._figures.spikes._drawn))
    loss = {name: drawn.path for name, drawn in panel._figures.loss._drawn.items()}
    assert len(loss["batch/loss"].x) == 60
    assert loss["epoch/val_loss"].x.tolist() == [1, 2, 3]
    assert panel._bars.total.text == "100 %"
    assert panel._bars.epoch.text == "3 of 3"
    assert enabled(panel) == {"start"}
    assert "validation accuracy" in panel._foot.value


def test_a_live_run_moves_the_panel(panel_of: Callable[..., TrainingPanel]) -> None:
    run = FakeRun()
    run.state_is("running")
    panel = panel_of(run)
    wait_for(lambda: state(panel) == "running")
    assert not panel._form.widget.children[0].children[0].disabled or panel._settings.value is False
    run.batch(1, 10, epochs=4, batches=20)
    run.add("resources", cpu=150.0, cpus=2, memory=2**28, system_memory_total=2**33)
    wait_for(lambda: panel._bars.batch.fraction == 0.5)
    assert panel._bars.epoch.text == "2 of 4"
    assert panel._bars.total.text.startswith("38 % · ")
    assert panel._bars.total.text.endswith(" left")
    assert "CPU 1.5 of 2 cores" in panel._foot.value
    assert "256.0 MiB" in panel._foot.value
    run.state_is("finished")
    wait_for(lambda: state(panel) == "finished")
    assert "CPU" not in panel._foot.value


@pytest.mark.parametrize("of_run", [s for s in ALLOWED if s])
def test_buttons_follow_the_state(panel_of: Callable[..., TrainingPanel], of_run: str) -> None:
    run = FakeRun()
    run.state_is(of_run)
    panel = panel_of(run)
    wait_for(lambda: state(panel) == of_run)
    assert enabled(panel) == set(ALLOWED[of_run])


@pytest.mark.parametrize("action", ["pause", "resume", "step", "stop"])
def test_a_click_asks_the_run_once(panel_of: Callable[..., TrainingPanel], action: str) -> None:
    run = FakeRun()
    run.state_is("running" if action in ("pause", "stop") else "paused")
    panel = panel_of(run)
    wait_for(lambda: state(panel) == run.state and action in enabled(panel))
    panel._controls.buttons[action].click()
    wait_for(lambda: run.asked)
    wait_for(lambda: not enabled(panel))  # until the run has answered
    run.state_is("paused")
    wait_for(lambda: enabled(panel) == set(ALLOWED["paused"]))
    assert run.asked == [action]


def test_start_makes_one_run_with_the_forms_settings(
    panel_of: Callable[..., TrainingPanel],
) -> None:
    panel = panel_of()
    wait_for(lambda: enabled(panel) == {"start"})
    panel._form.fields["lr"].control.value = "0.01"
    for _ in range(3):
        panel._controls.buttons["start"].click()
    wait_for(lambda: state(panel) == "queued")
    panel._feed.settle()
    started = panel._subject.started
    assert [s["lr"] for s in started] == [0.01]
    assert enabled(panel) == {"stop"}
    assert panel.run is panel._subject.newest


def test_start_is_disabled_by_a_bad_value(panel_of: Callable[..., TrainingPanel]) -> None:
    panel = panel_of()
    wait_for(lambda: enabled(panel) == {"start"})
    panel._form.fields["epochs"].control.value = "0"
    wait_for(lambda: enabled(panel) == set())
    panel._act("start")  # even if a click slipped through
    assert panel._subject.started == []


def test_what_a_click_meets_is_said_with_its_hint(panel_of: Callable[..., TrainingPanel]) -> None:
    run = FakeRun()
    run.state_is("running")

    def refuse() -> None:
        raise ConflictError("it ended meanwhile", hint="start it again")

    run.pause = refuse  # type: ignore[method-assign]
    panel = panel_of(run)
    wait_for(lambda: "pause" in enabled(panel))
    panel._controls.buttons["pause"].click()
    wait_for(lambda: "it ended meanwhile (start it again)" in panel._message.value)
    assert "pause" in enabled(panel)


def test_a_reading_error_is_shown_and_goes_away(panel_of: Callable[..., TrainingPanel]) -> None:
    run = FakeRun()
    run.state_is("running")
    run.error = OSError("disk <gone>")
    panel = panel_of(run)
    wait_for(lambda: "disk &lt;gone&gt;" in panel._message.value)
    run.error = None
    wait_for(lambda: panel._message.value == "")


def test_a_newer_run_of_the_model_is_followed(panel_of: Callable[..., TrainingPanel]) -> None:
    panel = panel_of(FakeRun().train(1))
    wait_for(lambda: state(panel) == "finished")
    newer = FakeRun("0192aaaa-0000-7000-8000-000000000009")
    newer.state_is("running")
    panel._subject.newest = newer
    wait_for(lambda: state(panel) == "running")
    assert panel.run is newer


def test_log_filter_and_search(panel_of: Callable[..., TrainingPanel]) -> None:
    run = FakeRun()
    run.state_is("running")
    for level, text in (
        ("debug", "tiny"),
        ("info", "plain"),
        ("warning", "odd <b>"),
        ("error", "bad"),
    ):
        run.add("log", level=level, message=text)
    panel = panel_of(run)
    log = panel._log
    wait_for(lambda: "bad" in log._lines.value)
    assert "tiny" not in log._lines.value
    assert "odd &lt;b&gt;" in log._lines.value
    log.level.value = "warning"
    wait_for(lambda: "plain" not in log._lines.value)
    log.search.value = "ODD"
    wait_for(lambda: "bad" not in log._lines.value)
    assert "odd" in log._lines.value
    assert "1 of 5 lines" in log._count.value


def test_export_offers_only_what_is_there(panel_of: Callable[..., TrainingPanel]) -> None:
    empty = panel_of()
    wait_for(lambda: "start a run first" in empty._export._links.value)
    assert empty._export.png.disabled
    panel = panel_of(FakeRun().train(2))
    wait_for(lambda: "Curves CSV" in panel._export._links.value)
    links = dict(
        re.findall(r'download="([^"]+)" href="data:[^,]+,([^"]+)"', panel._export._links.value)
    )
    assert set(links) == {"digits.yaml", "digits.json", "digits-curves.csv", "digits-curves.svg"}
    assert base64.b64decode(links["digits-curves.svg"]).startswith(b"<svg")
    assert b"val_loss" in base64.b64decode(links["digits-curves.csv"])


def test_an_export_that_fails_says_so_and_the_panel_goes_on(
    panel_of: Callable[..., TrainingPanel],
) -> None:
    run = FakeRun().train(2)

    def refuse(format: str, path: Any) -> None:
        raise OSError("no space left")

    run.export = refuse  # type: ignore[method-assign]
    panel = panel_of(run)
    wait_for(lambda: "no space left" in panel._export._message.value)
    assert panel._message.value == ""
    assert state(panel) == "finished"


def test_the_panel_draws_at_most_two_thousand_points(
    panel_of: Callable[..., TrainingPanel],
) -> None:
    run = FakeRun()
    run.state_is("running")
    for epoch in range(50):
        for batch in range(100):
            run.batch(epoch, batch, epochs=50, batches=100)
    panel = panel_of(run)
    wait_for(lambda: panel._story.last_seq == len(run.log), 20)
    wait_for(lambda: len(panel._figures.loss._drawn["batch/loss"].path.x) > 900)
    for chart in panel._figures:
        for drawn in chart._drawn.values():
            assert len(drawn.path.x) <= 2000
            assert len(drawn.points.x) <= 240


def test_every_control_has_a_label(panel_of: Callable[..., TrainingPanel]) -> None:
    from spikex_lab.widgets.tree import tree

    controls = (ipywidgets.Button, ipywidgets.ToggleButton, ipywidgets.Dropdown, ipywidgets.Text)
    found = [w for w in tree(panel_of()) if isinstance(w, controls)]
    assert len(found) >= 20
    assert all(w.description for w in found)


def test_closing_frees_everything() -> None:
    before, threads = widgets(), threading.active_count()
    feed = Feed()
    panels = [TrainingPanel(FakeSubject(FakeRun().train(1)), source=feed) for _ in range(3)]
    wait_for(lambda: all(state(p) == "finished" for p in panels))
    for panel in panels:
        panel.close()
        panel.close()  # twice does no harm
    wait_for(lambda: not feed.running)
    assert widgets() == before
    assert threading.active_count() == threads


def test_refuses_what_cannot_be_trained() -> None:
    with pytest.raises(InvalidError, match="a str has no training to show"):
        TrainingPanel("digits")


def test_a_real_model_and_its_settings(store: Any) -> None:
    """The api's own objects, without training: the panel reads and checks as `Model.train` does."""
    import spikex_lab as sx

    model = sx.Model.create("digits", template="snn-mlp", dataset="digits")
    feed = Feed()
    panel = TrainingPanel(model, source=feed)
    try:
        wait_for(lambda: enabled(panel) == {"start"})
        shown = panel._form.values
        assert shown["dataset"] == "digits"
        assert shown["epochs"] == model.spec.training.epochs
        assert "version 1" in panel._name.value
        smaller = {**model.spec.to_dict(), "input": {"shape": [1, 4, 4]}}
        smaller.pop("dataset")
        panel._subject._model.spec = smaller
        panel._later(panel._form.check)
        wait_for(lambda: "(1, 4, 4)" in panel._form.fields["dataset"].problem)
        assert enabled(panel) == set()
    finally:
        panel.close()
