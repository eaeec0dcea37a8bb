"""Runs in a notebook: they start at once, live by themselves, and leave what was promised."""

import _thread
import contextlib
import json
import signal
import subprocess
import sys
import threading
import time
import zipfile

import numpy as np
import pytest

import spikex_lab as sx
from spikex_lab.errors import ConflictError, InvalidError, NotFoundError, SpikexError

LONG = {"epochs": 100_000, "batch_size": 64}


def test_finished_run_says_what_it_did(trained):
    assert trained.state == "finished"
    assert trained.error is None
    at = trained.progress
    assert (at.epoch, at.epochs, at.fraction, at.eta) == (2, 2, 1.0, 0.0)
    assert set(at) >= {"epoch", "epochs", "batch", "batches", "fraction", "eta"}
    assert trained.summary["test_accuracy"] > 0.5
    assert trained.spec.training.seed == 3
    assert trained.spec.dataset_digest == sx.Dataset.open("digits").digest


def test_metrics_have_one_row_per_epoch(trained):
    frame = trained.metrics()
    assert list(frame.index) == [1, 2]
    assert frame.index.name == "epoch"
    for column in (
        "train_loss",
        "train_accuracy",
        "val_loss",
        "val_accuracy",
        "lr",
        "seconds",
        "spikes.lif1",
    ):
        assert np.isfinite(frame[column]).all(), column
    assert not {"seq", "run", "type", "final"} & set(frame.columns)


def test_events_are_gap_free_and_paged(trained):
    events = trained.events()
    assert [e["seq"] for e in events] == list(range(1, len(events) + 1))
    assert trained.events(after=3, limit=2) == events[3:5]
    kinds = {e["type"] for e in trained.events(types=["state", "metrics"])}
    assert kinds == {"state", "metrics"}
    assert [e["state"] for e in trained.events(types=["state"])] == [
        "queued",
        "starting",
        "running",
        "finished",
    ]
    assert "finished" in trained.logs().text


def test_artifacts_are_files_with_checksums(trained):
    import hashlib

    kept = trained.artifacts()
    assert {row.name for row in kept} >= {
        "weights.safetensors",
        "best.safetensors",
        "report.html",
        "spec.json",
        "metrics.csv",
        "evaluation.json",
    }
    for row in kept:
        data = trained.artifact(row.name).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (row.size, row.sha256)
    with pytest.raises(NotFoundError, match=r"weights\.safetensors"):
        trained.artifact("../../etc/passwd")


def test_open_takes_a_unique_beginning(trained):
    assert sx.Run.open(trained.id[:18]) == trained
    for bad in ("ffff", "../x", ""):
        with pytest.raises(NotFoundError):
            sx.Run.open(bad)


def test_displays(trained):
    for page in (trained._repr_html_(), trained.report()._repr_html_(), sx.runs()._repr_html_()):
        assert "<script" not in page
    assert "finished" in repr(trained)
    assert "aria-valuenow" in trained._repr_html_()
    bundle = trained._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}


def test_evaluate_repeats_the_run_s_own_figures_without_torch_here(trained):
    code = (
        "import sys, json, spikex_lab as sx\n"
        f"run = sx.Run.open('{trained.id}'); report = run.evaluate()\n"
        "print(json.dumps([report.accuracy, report.loss, 'torch' in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    accuracy, loss, torch_here = json.loads(done.stdout)
    own = trained.report()
    assert accuracy == own.accuracy
    assert loss == pytest.approx(own.loss)
    assert not torch_here
    assert trained.evaluations()[-1].accuracy == accuracy


def test_report_adds_up(trained, tmp_path):
    report = trained.report()
    confusion = report.confusion.to_numpy()
    assert confusion.sum() == report.samples == 359
    assert np.trace(confusion) / confusion.sum() == pytest.approx(report.accuracy)
    assert list(report.per_class.index) == [str(i) for i in range(10)]
    assert list(report.per_class["support"]) == confusion.sum(axis=1).tolist()
    assert json.loads(report.to_json(tmp_path / "r.json")) == json.loads(
        (tmp_path / "r.json").read_text()
    )
    page = report.to_html(tmp_path / "r.html")
    assert (tmp_path / "r.html").read_text() == page
    assert "<html" in page
    with pytest.raises(AttributeError, match="accuracy"):
        _ = report.acuracy


def test_evaluate_refuses(trained, tmp_path):
    with pytest.raises(NotFoundError, match="test"):
        trained.evaluate(split="tset")
    with pytest.raises(InvalidError, match="cuda:99"):
        trained.evaluate(device="cuda:99")
    with pytest.raises(InvalidError, match="no such file"):
        trained.evaluate(weights=tmp_path / "none")
    count = len(trained.evaluations())
    (tmp_path / "bad.safetensors").write_bytes(b"nothing")
    with pytest.raises(InvalidError, match=r"bad\.safetensors"):
        trained.evaluate(weights=tmp_path / "bad.safetensors")
    assert len(trained.evaluations()) == count


def test_exports(trained, tmp_path):
    kept = trained.artifact("weights.safetensors").read_bytes()
    assert trained.export("safetensors", tmp_path / "w.safetensors").read_bytes() == kept
    import torch
    from safetensors.torch import load

    state = torch.load(trained.export("pth", tmp_path / "w.pth"), weights_only=True)
    expected = load(kept)
    assert sorted(state) == sorted(expected)
    assert all(torch.equal(state[k], expected[k]) for k in state)
    assert "spikex/run@1" in trained.export("yaml", tmp_path / "r.yaml").read_text()
    assert (
        json.loads(trained.export("json", tmp_path / "r.json").read_text())["dataset"] == "digits"
    )
    with zipfile.ZipFile(trained.export("bundle", tmp_path / "all.spikex")) as archive:
        assert archive.read("artifacts/weights.safetensors") == kept
        assert archive.testzip() is None
    for form in ("onnx", "nir", "exe", "../x"):
        with pytest.raises(InvalidError, match="format"):
            trained.export(form, tmp_path / "x")
    assert not (tmp_path / "x").exists()
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_network_has_the_trained_weights(trained):
    import torch

    network = trained.network()
    data = sx.Dataset.open("digits").split("test")
    x, y = data.batch(slice(None))
    with torch.no_grad():
        predicted = network(torch.from_numpy(x)).argmax(1).numpy()
    assert (predicted == y).mean() == pytest.approx(trained.report().accuracy)


@pytest.mark.spine
def test_a_run_starts_at_once_and_obeys(home, request):
    model = sx.Model.create("m", template="mlp", dataset="digits")
    run = model.train(**LONG)
    request.addfinalizer(lambda: end(run))
    assert run.state in ("queued", "starting", "running")  # it did not wait for the end
    with pytest.raises(ConflictError, match="weights"):
        run.evaluate()
    with pytest.raises(ConflictError, match="alive"):
        run.delete()
    until(run, lambda: run.state == "running" and run.progress.epoch >= 1)
    run.pause()
    until(run, lambda: run.state == "paused")
    held = run.progress
    run.step()
    until(run, lambda: run.progress != held)
    assert run.state in ("paused", "running")
    run.resume()
    until(run, lambda: run.state == "running")
    wait_and_interrupt(run)
    assert run.state == "running", "the interrupt reached the run"
    assert run.wait(0.3) is run
    run.stop()
    assert run.wait(20).state == "stopped"
    with pytest.raises(ConflictError):
        run.pause()
    run.delete()
    with pytest.raises(NotFoundError):
        sx.Run.open(run.id)


def wait_and_interrupt(run):
    """Interrupt `run.wait` as a kernel's stop button does."""
    # What a shell starts in the background ignores interrupts, and so do its children.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.5, _thread.interrupt_main)
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            run.wait(20)
    finally:
        timer.join()
        signal.signal(signal.SIGINT, before)


def end(run):
    """Leave nothing running behind a test that failed."""
    with contextlib.suppress(SpikexError):
        run.stop()


def until(run, done, seconds=40):
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, (run.state, run.progress, run.logs().text)
        time.sleep(0.05)
