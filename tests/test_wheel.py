"""The wheel alone, in an empty environment outside the checkout, does the main job."""

import json
import os
import platform
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from spikex_lab.catalog.codegen import pack

ROOT = Path(__file__).parent.parent


def built(out, **more):
    tools = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        **more,
    }
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT],
        check=True,
        env=tools,
    )
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return built(tmp_path_factory.mktemp("wheel"), SPIKEX_BUILD_PACK="")


def installed(wheel, folder):
    """Install `wheel` in an environment of its own; return its programs, and variables for them."""
    venv.create(folder / "env", with_pip=True)
    bin_dir = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
    pip = [bin_dir / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "-c", ROOT / "constraints.txt", wheel], check=True, cwd=folder)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    environment["SPIKEX_HOME"] = str(folder / "home")
    return bin_dir, environment


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
    assert not [n for n in names if n.endswith(".so")]
    assert wheel.name.endswith("-py3-none-any.whl")
    assert wheel.stat().st_size < 20 * 2**20


@pytest.mark.timeout(900)
def test_wheel_in_an_empty_environment_runs_the_demo(wheel, tmp_path):
    bin_dir, environment = installed(wheel, tmp_path)
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


WHOLE = """
from dataclasses import replace
from spikex_lab import toolchain
from spikex_lab.nn import packed, packing, products
from spikex_lab.nn.events import native

assert toolchain.compiler() is None
assert native.here() and products.here()
missing = []
for component in packing.components():
    for real in ("float", "double"):
        if component.kind == "learning":
            rules = packing.rules(component, real).values()
            missing += [component.id for rule in rules if packed.rule(rule) is None]
            continue
        for whole in packing.kernels(component, real).values():
            slope = whole.choices[-1] if whole.choices else None
            if packed.find(replace(whole, surrogate=slope, choices=(), learned=())) is None:
                missing.append(component.id)
print(missing)
"""


@pytest.mark.slow
@pytest.mark.skipif(platform.system() != "Linux", reason="the kernel pack is for Linux")
@pytest.mark.timeout(3600)
def test_wheel_with_the_kernel_pack_serves_the_library_without_a_compiler(tmp_path):
    """All of the pack is compiled: minutes, unless ``build/kernels`` has it already."""
    wheel = built(tmp_path / "wheel", SPIKEX_BUILD_PACK="1")
    machine = platform.machine()
    assert wheel.name.endswith(f"-py3-none-linux_{machine}.whl")
    assert wheel.stat().st_size < 20 * 2**20
    names = zipfile.ZipFile(wheel).namelist()
    libraries = [Path(name).name for name in names if name.startswith("spikex_lab/_kernels/")]
    assert sorted(libraries) == sorted(level.file for level in pack.LEVELS[machine])
    bin_dir, environment = installed(wheel, tmp_path)
    environment["SPIKEX_CXX"] = ""
    done = subprocess.run(
        [bin_dir / "python", "-c", WHOLE],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
    done = subprocess.run(
        [bin_dir / "spikex", "demo", "--json"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["metrics"]["test_accuracy"] > 0.9
    assert not list((tmp_path / "home").rglob("*.so"))
