"""Importing costs little and loads nothing heavy: measured in a fresh interpreter."""

import os
import subprocess
import sys
import time

import pytest

HEAVY = ["torch", "pandas", "matplotlib", "alembic", "sqlalchemy", "snntorch", "bqplot"]
NAMES_KEPT_LIGHT = ["torch", "matplotlib", "alembic"]


def fresh(code: str, tmp_path) -> tuple[str, float]:
    """Run `code` in a new interpreter; return its output and its best time of three, in seconds."""
    env = {**os.environ, "SPIKEX_HOME": str(tmp_path)}
    best, out = float("inf"), ""
    for _ in range(3):
        begin = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
        )
        best, out = min(best, time.perf_counter() - begin), done.stdout
    return out, best


def loaded(names: list[str]) -> str:
    return f"import sys; print(*[n for n in {names} if n in sys.modules])"


def test_import_spikex_lab_is_light(tmp_path):
    out, _ = fresh(f"import spikex_lab as sx; sx.__version__; dir(sx); {loaded(HEAVY)}", tmp_path)
    assert out.split() == []


def test_import_spikex_lab_takes_under_300_ms(tmp_path):
    code = "import time; t = time.perf_counter(); import spikex_lab; print(time.perf_counter() - t)"
    out, _ = fresh(code, tmp_path)
    assert float(out) < 0.3


def test_api_names_load_no_torch_and_no_database(tmp_path):
    out, _ = fresh(
        f"import spikex_lab as sx; sx.Model, sx.Run, sx.runs, sx.Component; {loaded(HEAVY)}",
        tmp_path,
    )
    assert out.split() == []


def test_using_the_store_from_python_loads_no_torch(tmp_path):
    code = (
        "import spikex_lab as sx\n"
        "m = sx.Model.create('m', template='snn-mlp', dataset='digits')\n"
        "m.summary(); m._repr_html_(); sx.models(); sx.runs(); sx.library(); sx.targets()\n"
        f"{loaded(['torch', 'matplotlib'])}"
    )
    env = {**os.environ, "SPIKEX_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], ["runs", "--help"]])
def test_help_is_light(arguments, tmp_path):
    code = f"from spikex_lab.cli import main; assert main({arguments}) == 0; {loaded(HEAVY)}"
    out, seconds = fresh(code, tmp_path)
    assert out.splitlines()[-1].split() == []
    assert seconds < 0.5


def test_bad_names_are_attribute_errors():
    import spikex_lab

    with pytest.raises(AttributeError, match="nonsense"):
        _ = spikex_lab.nonsense


def test_every_name_of_the_front_door_is_there():
    import spikex_lab as sx

    for name in sx.__all__:
        if name != "TrainingPanel":  # wants the [lab] extra; its own tests import it
            assert getattr(sx, name) is not None
