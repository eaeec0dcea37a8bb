"""Settings, usage and exit statuses: one line each, whatever went wrong."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from spikex_lab.errors import InvalidError, WorkError

from .conftest import Answer, check


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("SPIKEX_MAX_COORDINATORS", "many", "SPIKEX_MAX_COORDINATORS"),
        ("SPIKEX_DATABASE_URL", "nonsense", "SPIKEX_DATABASE_URL"),
        ("SPIKEX_HOME", __file__, "SPIKEX_HOME"),
        ("SPIKEX_HOME", "/proc/none", "SPIKEX_HOME"),
    ],
)
def test_settings_that_are_none(tmp_path, monkeypatch, spikex, name, value, word):
    monkeypatch.setenv("SPIKEX_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(name, value)
    assert word in check(spikex("models", "list"))
    if word != "SPIKEX_HOME":  # a home that is not there has no database, which is no fault
        assert word in check(spikex("db", "check"))


def test_whatever_an_error_says_it_is_one_line(kept, monkeypatch, spikex):
    def fails(*_: object, **__: object) -> None:
        raise InvalidError("two\nlines\x1b[2J", where="a\nb", hint="c\r\nd")

    monkeypatch.setattr("spikex_lab.api.models", fails)
    assert check(spikex("models", "list")).count("\n") == 0
    assert spikex("models", "list").err == "spikex: a b: two lines (c d)\n"


def test_work_that_failed_is_1_and_no_bad_input(kept, monkeypatch, spikex):
    def fails(*_: object, **__: object) -> None:
        raise WorkError("the loss is no longer a finite number", hint="lower training.lr")

    monkeypatch.setattr("spikex_lab.api.models", fails)
    message = "spikex: the loss is no longer a finite number (lower training.lr)\n"
    assert spikex("models", "list") == Answer(1, "", message)


def test_an_interrupt_is_130_without_a_traceback(kept, monkeypatch, spikex):
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("spikex_lab.api.models", interrupted)
    answer = spikex("models", "list")
    assert (answer.code, answer.out) == (130, "")
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["models", "create"],
        ["runs", "list", "--page", "0"],
        ["runs", "list", "--page", "x"],
        ["train", "taken", "--set", "training.epochs"],
        ["train", "taken", "--nonsense"],
    ],
)
def test_wrong_usage(refused, arguments):
    refused(*arguments)


def test_debug_adds_the_traceback(kept):
    env = {**os.environ, "SPIKEX_HOME": str(kept), "SPIKEX_DEBUG": "1"}
    command = [sys.executable, "-m", "spikex_lab.cli", "models", "show", "nope"]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert done.returncode == 2
    assert "Traceback" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("spikex: no model")


def test_lab_brings_the_tutorials_and_hands_on_what_is_jupyters(tmp_path, monkeypatch, spikex):
    started: list[list[str]] = []
    monkeypatch.setattr("spikex_lab.cli.lab.subprocess.call", lambda c: started.append(c) or 0)
    answer = spikex("lab", tmp_path / "t", "--no-browser", "--", "--allow-root")
    assert answer.code == 0, answer.err
    notebook = tmp_path / "t" / "01_quickstart.ipynb"
    assert notebook.is_file()
    assert started[0][1:] == [
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={tmp_path / 't'}",
        "--no-browser",
        "--allow-root",
    ]
    notebook.write_text("mine")
    assert spikex("lab", tmp_path / "t").code == 0
    assert notebook.read_text() == "mine"
