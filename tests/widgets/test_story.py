from __future__ import annotations

from spikex_lab.widgets.story import LOG_LINES, RunStory

from .fakes import FakeRun


def told(run: FakeRun) -> RunStory:
    story = RunStory()
    story.apply(run.log)
    return story


def test_a_whole_run() -> None:
    story = told(FakeRun().train(epochs=3, batches=20))
    assert story.state == "finished"
    assert not story.live
    assert story.progress.fraction == 1.0
    assert len(story.curves["batch/loss"]) == 60
    assert story.curves["epoch/val_accuracy"].x.tolist() == [1, 2, 3]
    assert len(story.curves["spikes/lif1"]) == 60
    assert story.figures["val_loss"] == story.curves["epoch/val_loss"].last
    assert any("epoch 2 of 3" in line.text for line in story.log)


def test_events_read_twice_count_once() -> None:
    run = FakeRun().train(epochs=1)
    story = told(run)
    story.apply(run.log)
    assert len(story.curves["batch/loss"]) == 20
    assert story.last_seq == len(run.log)


def test_a_resumed_run_reads_as_if_never_interrupted() -> None:
    whole = told(FakeRun().train(epochs=2, batches=10))
    run = FakeRun()
    for state in ("queued", "starting", "running"):
        run.state_is(state)
    for batch in range(1, 6):
        run.batch(0, batch, epochs=2, batches=10)
    checkpoint = len(run.log)
    for batch in range(6, 9):  # beyond the checkpoint: lost with the process
        run.batch(0, batch, epochs=2, batches=10, loss=99.0)
    run.state_is("interrupted", reason="killed")
    run.state_is("queued")
    run.state_is("running", resumed_from={"seq": checkpoint, "epoch": 0, "batch": 5})
    for epoch in range(2):
        for batch in range(6 if epoch == 0 else 1, 11):
            run.batch(epoch, batch, epochs=2, batches=10)
        run.metrics_of(epoch + 1, 2)
    run.state_is("finished")
    story = told(run)
    assert story.curves["batch/loss"].x.tolist() == whole.curves["batch/loss"].x.tolist()
    assert story.curves["batch/loss"].y.tolist() == whole.curves["batch/loss"].y.tolist()
    assert any("killed" in line.text and line.level == "warning" for line in story.log)


def test_the_final_figures_are_no_further_epoch() -> None:
    run = FakeRun().train(epochs=2)
    run.add("metrics", epoch=2, final=True, val_loss=0.1, test_accuracy=0.975)
    story = told(run)
    assert story.curves["epoch/val_loss"].x.tolist() == [1, 2]
    assert story.figures["test_accuracy"] == 0.975
    assert "epoch/test_accuracy" not in story.curves


def test_a_failure_is_told_once_with_its_reason() -> None:
    run = FakeRun()
    run.state_is("running")
    run.add("error", message="the loss is not a number")
    run.state_is("failed", error="the loss is not a number")
    story = told(run)
    assert story.error == "the loss is not a number"
    assert [(line.level, line.text) for line in story.log][1:] == [
        ("error", "the loss is not a number"),
        ("error", "failed"),
    ]


def test_the_log_is_bounded() -> None:
    run = FakeRun()
    for i in range(LOG_LINES + 500):
        run.add("log", level="info", message=str(i))
    story = told(run)
    assert len(story.log) == LOG_LINES
    assert story.log[-1].text == str(LOG_LINES + 499)


def test_unknown_events_and_strange_levels_do_no_harm() -> None:
    run = FakeRun()
    run.add("weather", sun=True)
    run.add("log", level="SHOUT", message="hello")
    assert told(run).log[-1].level == "info"
