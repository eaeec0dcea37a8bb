"""The commands that work: what they print, what they return, what they leave."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest
import yaml

import spikex_lab as sx
from spikex_lab.cli import main
from spikex_lab.spec.templates import template

COMMAND = [sys.executable, "-m", "spikex_lab.cli"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    """A home in which ``train FILE --json`` was run, and what that said."""
    home = tmp_path_factory.mktemp("home")
    file = home / "small.yaml"
    data = template("mlp", model_name="small", dataset="digits").to_dict()
    file.write_text(yaml.safe_dump(data))
    settings = ["--set", "training.epochs=2", "--set", "training.seed=5"]
    env = {**os.environ, "SPIKEX_HOME": str(home)}
    done = subprocess.run(
        [*COMMAND, "train", file, *settings, "--json"], env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "epoch 2" in done.stderr
    return home, json.loads(done.stdout)


@pytest.fixture
def here(trained, monkeypatch):
    monkeypatch.setenv("SPIKEX_HOME", str(trained[0]))
    return trained[1]


def test_train_json_is_what_scripts_rely_on(here):
    assert set(here) == {"run", "state", "metrics", "seconds", "report"}
    assert here["state"] == "finished"
    for key in ("train_loss", "train_accuracy", "val_loss", "val_accuracy", "test_accuracy"):
        assert isinstance(here["metrics"][key], float), key
    assert here["metrics"]["test_accuracy"] > 0.5
    run = sx.Run.open(here["run"])
    epochs = run.metrics()["seconds"]
    assert here["seconds"] >= epochs.sum() - 0.01  # each rounded to a millisecond
    assert here["seconds"] > epochs.max()
    first, *_, last = (datetime.fromisoformat(event["time"]) for event in run.events())
    assert here["seconds"] < (last - first).total_seconds()  # of training, not of waiting for it
    page = Path(here["report"]).read_text()
    assert page.lstrip().lower().startswith("<!doctype html")


def test_train_file_makes_the_model_then_versions_of_it(home, spikex, tmp_path, monkeypatch):
    file = tmp_path / "m.yaml"
    data = template("mlp", model_name="m", dataset="digits").to_dict()
    # No place to run: the runs stay in the queue, which is all that is asked here.
    monkeypatch.setattr("spikex_lab.compute.submit", lambda store, run: None)
    versions = []
    for description in ("one", "one", "two"):
        file.write_text(yaml.safe_dump({**data, "description": description}))
        answer = spikex("train", file, "--detach", "--json", "--set", "training.epochs=7")
        assert answer.json["state"] == "queued", answer.err
        run = sx.Run.open(answer.json["run"])
        assert run.spec.training.epochs == 7
        versions.append(run.row.model_version)
    assert versions == [1, 1, 2]
    assert sx.Model.open("m").spec.training.epochs != 7, "--set belongs to the run"
    assert spikex("runs", "list", "--json").json["total"] == 3


def test_runs_show(here, spikex):
    shown = spikex("runs", "show", here["run"], "--json").json
    assert {"run", "state", "pid", "target", "progress", "metrics", "artifacts"} <= set(shown)
    assert shown["pid"] is None
    assert shown["target"] == "local"
    assert shown["progress"]["epoch"] == shown["progress"]["epochs"] == 2
    assert shown["metrics"] == here["metrics"]
    kept = {a["name"]: a for a in shown["artifacts"]}
    assert set(kept["weights.safetensors"]) == {"name", "size", "sha256"}
    text = spikex("runs", "show", here["run"][:18])
    assert "finished" in text.out
    assert text.err == ""


@pytest.mark.parametrize(
    "command",
    [
        "models list",
        "runs list",
        "datasets list",
        "components list",
        "targets list",
        "runs logs {run}",
    ],
)
def test_lists_are_items_and_a_total(here, spikex, command):
    answer = spikex(*command.format(**here).split(), "--json")
    assert answer.code == 0
    assert set(answer.json) == {"items", "total"}
    assert len(answer.json["items"]) == answer.json["total"] > 0
    assert answer.err == ""
    plain = spikex(*command.format(**here).split())
    assert len(plain.out.splitlines()) >= answer.json["total"]


@pytest.mark.parametrize(
    "command",
    [
        "models show small",
        "datasets show digits",
        "components show neurons/leaky",
        "targets show local",
        "db check",
        "db upgrade",
        "doctor",
        "store verify",
        "store collect",
        "components check",
        "components render --check",
    ],
)
def test_json_is_one_document_on_stdout(here, spikex, command):
    answer = spikex(*command.split(), "--json")
    assert answer.code == 0, answer
    assert isinstance(answer.json, dict)
    assert answer.err == ""
    words = spikex(*command.split())
    assert words.code == 0
    assert words.out.strip()


def test_components_check_json(here, spikex):
    found = spikex("components", "check", "neurons/leaky", "--json").json
    assert found["ok"] is True
    (one,) = found["components"]
    assert one["id"] == "neurons/leaky"
    for check in one["checks"]:
        assert set(check) >= {"name", "ok", "against", "error", "tolerance"}
        assert isinstance(check["error"], (int, float))


def test_evaluate_and_export(here, spikex, tmp_path):
    page = tmp_path / "report.html"
    answer = spikex("runs", "evaluate", here["run"], "--json", "--html", page)
    assert answer.json["accuracy"] == here["metrics"]["test_accuracy"]
    assert page.read_text().lstrip().lower().startswith("<!doctype html")
    for name in ("w.safetensors", "w.pth", "r.yaml", "r.json", "all.spikex"):
        assert spikex("runs", "export", here["run"], tmp_path / name).code == 0
        assert (tmp_path / name).stat().st_size > 100
    answer = spikex("models", "import", tmp_path / "all.spikex", "--name", "back", "--json")
    assert answer.json["name"] == "back"
    assert spikex("models", "delete", "back").code == 0


def test_weights_of_another_model_are_refused(here, spikex, tmp_path):
    other = sx.Model.create("other", template="perceptron", dataset="digits")
    from spikex_lab.engine import weights

    path = tmp_path / "other.safetensors"
    path.write_bytes(weights.save(other.build(seed=0)))
    kept = len(sx.Run.open(here["run"]).evaluations())
    answer = spikex("runs", "evaluate", here["run"], "--weights", path)
    assert answer.code == 2
    assert answer.out == ""
    assert "other.safetensors" in answer.err
    assert len(answer.err.splitlines()) == 1
    assert len(sx.Run.open(here["run"]).evaluations()) == kept
    other.delete()


def test_model_commands(here, spikex, tmp_path):
    assert (
        spikex("models", "create", "a", "--template", "snn-conv", "--dataset", "digits").code == 0
    )
    assert "conv" in spikex("models", "show", "a").out
    assert spikex("models", "export", "a", tmp_path / "a.yaml").out.strip() == str(
        tmp_path / "a.yaml"
    )
    assert spikex("models", "create", "b", "--from", tmp_path / "a.yaml").code == 0
    shown = [spikex("models", "show", name, "--json").json["spec"] for name in "ab"]
    assert shown[0]["nodes"] == shown[1]["nodes"]
    assert spikex("models", "rename", "b", "c").code == 0
    for name in "ac":
        assert spikex("models", "delete", name).code == 0
    assert spikex("models", "show", "c").code == 2


def test_datasets_upload_and_delete(home, spikex, tmp_path):
    import numpy as np

    path = tmp_path / "mine.npz"
    np.savez(path, x=np.zeros((40, 5), np.float32), y=np.arange(40) % 4)
    answer = spikex("datasets", "upload", path, "--name", "mine", "--classes", "a,b,c,d", "--json")
    assert answer.json["shape"] == [5]
    assert answer.json["classes"] == ["a", "b", "c", "d"]
    assert sum(answer.json["splits"].values()) == 40
    assert spikex("datasets", "delete", "mine").code == 0
    assert spikex("datasets", "show", "mine").code == 2


@pytest.mark.spine
def test_a_run_that_fails_exits_1_with_one_reason(here, spikex, tmp_path):
    import numpy as np

    signs = np.random.default_rng(0).choice([-1, 1], (40, 5))
    x = (3e38 * signs).astype(np.float32)  # sums of these are no numbers any more
    np.savez(tmp_path / "huge.npz", x=x, y=np.arange(40) % 2)
    assert spikex("datasets", "upload", tmp_path / "huge.npz", "--name", "huge").code == 0
    words = ["--template", "perceptron", "--dataset", "huge"]
    assert spikex("models", "create", "huge", *words).code == 0
    answer = spikex("train", "huge", "--json")
    assert answer.code == 1, answer
    assert answer.json["state"] == "failed"
    assert "Traceback" not in answer.err
    reason = spikex("runs", "show", answer.json["run"], "--json").json["error"]
    assert "loss" in reason or "number" in reason
    assert len(reason.splitlines()) == 1


@pytest.mark.spine
@pytest.mark.skipif(os.name == "nt", reason="SIGINT to a child is POSIX's")
def test_ctrl_c_ends_the_following_not_the_run(here, spikex):
    env = {**os.environ, "SPIKEX_HOME": os.environ["SPIKEX_HOME"]}
    child = subprocess.Popen(
        [*COMMAND, "train", "small", "--set", "training.epochs=100000"],
        env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        # a shell that put these tests into the background lets its children ignore Ctrl-C
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    for line in child.stderr:
        if line.startswith("epoch 1"):
            break
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=20)
    assert child.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    (live,) = spikex("runs", "list", "--state", "running", "--json").json["items"]
    assert f"spikex runs follow {live['id']}" in err
    assert f"spikex runs stop {live['id']}" in err
    pid = spikex("runs", "show", live["id"], "--json").json["pid"]
    assert pid
    assert pid != child.pid
    assert spikex("runs", "pause", live["id"]).code == 0
    until(lambda: sx.Run.open(live["id"]).state == "paused")
    assert spikex("runs", "resume", live["id"]).code == 0
    assert spikex("runs", "stop", live["id"]).code == 0
    follow = spikex("runs", "follow", live["id"], "--json")
    assert (follow.code, follow.json["state"]) == (1, "stopped")
    assert spikex("runs", "pause", live["id"]).code == 2
    assert spikex("runs", "delete", live["id"]).code == 0


@pytest.mark.spine
def test_a_checkpoint_of_another_run_is_refused(here, spikex):
    from spikex_lab.engine import checkpoint

    runs = []
    for name in ("mlp", "perceptron"):
        model = sx.Model.create(f"stopped-{name}", template=name, dataset="digits")
        run = model.train(epochs=100_000)
        until(lambda: run.progress.epoch >= 1)  # noqa: B023
        runs.append(run.stop().wait(20))
    mine, other = (next(run.folder.rglob(checkpoint.NAME)) for run in runs)
    mine.write_bytes(other.read_bytes())
    before = len(runs[0].events())
    answer = spikex("runs", "resume", runs[0].id, "--follow", "--json")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("spikex: checkpoint.pt: belongs to another model")
    assert answer.err.count("\n") == 1
    assert runs[0].state == "stopped"
    assert len(runs[0].events()) == before


@pytest.mark.skipif(os.name == "nt", reason="a pseudo-terminal is POSIX's")
def test_bars_on_a_terminal(here):
    pexpect = pytest.importorskip("pexpect")
    words = ["train", "small", "--set", "training.epochs=60"]
    child = pexpect.spawn(
        sys.executable,
        ["-m", "spikex_lab.cli", *words],
        encoding="utf-8",
        timeout=60,
        dimensions=(30, 120),
    )
    child.expect("left")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert "━" in child.before
    assert "test accuracy" in child.before
    assert "report" in child.before


def test_version_and_help(capfd):
    assert main(["--version"]) == 0
    assert capfd.readouterr().out.startswith("spikex ")
    assert main(["runs", "--help"]) == 0
    out = capfd.readouterr().out
    for word in ("follow", "pause", "resume", "stop", "export", "evaluate"):
        assert word in out
    assert main([]) == 2


def test_lab_puts_the_tutorials_and_overwrites_none(tmp_path, spikex, monkeypatch):
    calls = []
    monkeypatch.setattr(subprocess, "call", lambda command: calls.append(command) or 0)
    folder = tmp_path / "tutorials"
    assert spikex("lab", folder, "--no-browser").code == 0
    books = sorted(folder.glob("*.ipynb"))
    assert books
    books[0].write_text("mine")
    assert spikex("lab", folder, "--no-browser", "--port", "8899").code == 0
    assert books[0].read_text() == "mine"
    assert calls[1][1:] == [
        "-m", "jupyterlab", f"--ServerApp.root_dir={folder}", "--no-browser", "--port=8899",
    ]  # fmt: skip


def until(done, seconds=40):
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)
