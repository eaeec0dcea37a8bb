"""The wheel alone, in an empty environment outside the checkout, does the main job."""

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    tools = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT],
        check=True,
        env=tools,
    )
    return next(out.glob("*.whl"))


def test_wheel_carries_components_notebooks_front_end_and_configuration(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for part in [
        "spikex_lab/_components/neurons/leaky/component.yaml",
        "spikex_lab/_notebooks/01_quickstart.ipynb",
        "spikex_lab/_notebooks/02_neurons.ipynb",
        "spikex_lab/data/digits.npz",
        "share/jupyter/labextensions/@spikex/lab/package.json",
        "etc/jupyter/jupyter_server_config.d/spikex_lab.json",
    ]:
        assert any(name.endswith(part) for name in names), f"{part} is not in the wheel"
    assert not [n for n in names if "node_modules" in n or n.startswith("tests/")]
    assert wheel.stat().st_size < 20 * 2**20


@pytest.mark.timeout(900)
def test_wheel_in_an_empty_environment_runs_the_demo(wheel, tmp_path):
    venv.create(tmp_path / "env", with_pip=True)
    bin_dir = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin")
    pip = [bin_dir / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "-c", ROOT / "constraints.txt", wheel], check=True, cwd=tmp_path)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    environment["SPIKEX_HOME"] = str(tmp_path / "home")
    done = subprocess.run(
        [bin_dir / "spikex", "demo", "--json"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["state"] == "finished"
    assert result["metrics"]["test_accuracy"] > 0.9
    assert Path(result["report"]).is_file()
