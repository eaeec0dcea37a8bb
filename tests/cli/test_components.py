"""``spikex components simulate`` and ``check``: their JSON, their words, their exit status."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from spikex_lab.catalog import library
from spikex_lab.cli import main


def say(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["components", *words])
    out, err = capsys.readouterr()
    return code, out, err


def test_simulate_as_json(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = say(
        capsys, "simulate", "neurons/adex", "--input", "800", "--duration", "100", "--dt", "0.1",
        "--json",
    )  # fmt: skip
    found = json.loads(out)
    assert code == 0
    assert len(found["t"]) == len(found["states"]["V"]) == 1000
    assert found["spike_times"][0] == pytest.approx(17.7, abs=0.3)


def test_simulate_in_words_with_a_picture(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "lif.png"
    code, out, err = say(
        capsys, "simulate", "neurons/lif", "--input", "500", "--duration", "60", "--set",
        "t_ref=5", "--plot", str(picture),
    )  # fmt: skip
    assert code == 0
    assert "spikes     3" in out
    assert "13.9 32.8" in out
    assert str(picture) in err
    assert picture.read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["neurons/liff"], 'did you mean "neurons/lif"'),
        (["neurons/lif", "--dt", "0"], "dt is above 0 ms"),
        (["neurons/lif", "--preset", "x"], 'no preset "x"'),
        (["neurons/lif", "--set", "tau_m"], "name=value"),
        (["neurons/lif", "--set", "dt=3"], "dt is no parameter"),
        (["neurons/lif", "--set", "tau_m=-1"], "out of range"),
        (["neurons/lif", "--plot", "x.doc"], 'no picture is written to ".doc"'),
        (["neurons/lif", "--plot", "nowhere/x.png"], 'there is no folder "nowhere"'),
        (["synapses/dense"], "cannot be simulated"),
    ],
)
def test_simulate_refuses(
    home: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    code, out, err = say(capsys, "simulate", *words)
    assert code == 2
    assert message in err
    assert err.count("\n") == 1
    assert not out


def test_check_as_json(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = say(capsys, "check", "layers/dropout", "--json")
    found = json.loads(out)
    [one] = found["components"]
    assert (code, found["ok"], one["id"]) == (0, True, "layers/dropout")
    for check in one["checks"]:
        assert {"name", "ok", "against", "error", "tolerance"} <= set(check)


def test_check_a_folder_that_is_wrong(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = library().get("layers/relu").folder
    assert source is not None
    folder = tmp_path / "layers" / "relu"
    shutil.copytree(source, folder)
    assert say(capsys, "check", str(folder))[0] == 0
    file = folder / "component.yaml"
    file.write_text(file.read_text("utf-8").replace("case: torch-function", "case: torch-fiction"))
    code, out, _ = say(capsys, "check", str(folder))
    assert code == 1
    assert 'no conformance case "torch-fiction" (did you mean "torch-function"?)' in out
    assert "1 not ok" in out


def test_check_of_an_unknown_component(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = say(capsys, "check", "neurons/liff")
    assert code == 2
    assert 'did you mean "neurons/lif"' in err
