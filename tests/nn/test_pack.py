"""The kernel pack: made of a few components, it serves them where nothing else could."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import torch

from spikex_lab import toolchain
from spikex_lab.catalog import Component, body, library
from spikex_lab.catalog.codegen import kernel, pack
from spikex_lab.catalog.codegen.kernel import Kernel, Recurrence
from spikex_lab.nn import fused, packed, packing, products, rules, scanning, use_kernels
from spikex_lab.nn.cell import Cell
from spikex_lab.nn.events import directions, native
from spikex_lab.nn.flow import Flow
from spikex_lab.nn.plasticity import Rule

NAMES = ("neurons/adlif", "neurons/plif", "synapses/nmda")
RULES = ("learning/stdp", "learning/r-stdp")
MINE = """
id: neurons/mine
equations: [dv/dt = (I - v)/tau]
parameters: {tau: {value: 10, unit: ms, trainable: true}}
spike: {when: v >= 1, reset: v = 0}
"""

pytestmark = pytest.mark.skipif(
    toolchain.compiler() is None or platform.system() != "Linux" or not pack.levels(),
    reason="no C++ compiler here, or no pack for this machine",
)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def built() -> list[pack.Level]:
    first, *rest = pack.levels()
    return [first, *rest[-1:]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """A pack of five components, for the best level of this processor and the plainest."""
    folder = tmp_path_factory.mktemp("pack")
    given = [library().get(name) for name in (*NAMES, *RULES)]
    made = packing.build(folder, cache=cache, given=given, levels=built())
    assert [path.name for path in made] == [level.file for level in built()]
    return folder


@pytest.fixture
def used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The pack in its place, for this process."""
    monkeypatch.setattr(packed, "FOLDER", folder)
    return folder


def kernel_of(component: Component, surrogate: str = "surrogates/atan", **more: Any) -> Kernel:
    slope = library().get(surrogate).surrogate() if component.spec.spike is not None else None
    return Kernel(component.program(), slope, **more)


SCRIPT = """
import json, logging, sys
sys.modules["numba"] = None
from pathlib import Path
import torch
from spikex_lab import toolchain
from spikex_lab.catalog import library
from spikex_lab.catalog.define import define
from spikex_lab.nn import fused, packed, use_kernels
from spikex_lab.nn.cell import Cell
from spikex_lab.nn.surrogate import Surrogate

assert toolchain.compiler() is None
packed.FOLDER, names, mine = Path(sys.argv[1]), sys.argv[2].split(), sys.argv[3]
lines = []
handler = logging.Handler()
handler.emit = lambda record: lines.append(record.getMessage())
log = logging.getLogger("spikex_lab.nn")
log.addHandler(handler)
log.setLevel("INFO")

def results(component, surrogate, learn, dtype, **more):
    params = component.resolve({"learn": learn} if learn else {})
    slope = Surrogate(surrogate) if component.spec.spike is not None else None
    cell = Cell(component, params, surrogate=slope).to(dtype)
    found = []
    for kind in ("reference", "fused"):
        torch.manual_seed(0)
        strength = 2 * component.spec.bench.input
        x = (strength * torch.rand(20, 3, 7, dtype=dtype)).requires_grad_()
        with use_kernels(kind):
            out, last, kept = cell.scan(x, keep=cell.states, **more)
        mix = torch.rand(out.shape, dtype=dtype)
        loss = (out * mix).sum() + sum(one.sum() for one in kept.values())
        leaves = [x, *(cell.get_parameter(name) for name in learn)]
        found.append([out.detach(), *torch.autograd.grad(loss, leaves)])
    apart = [
        float((a - b).abs().max() / a.abs().max().clamp(min=1e-30)) for a, b in zip(*found)
    ]
    return {
        "of": [component.id, surrogate, learn, str(dtype)],
        "equal": torch.equal(found[0][0], found[1][0]),
        "out": apart[0],
        "gradients": apart[1:],
    }

told = []
for name in names:
    component = library().get(name)
    trainable = [key for key, one in component.spec.parameters.items() if one.trainable]
    for number, surrogate in enumerate(["atan", "boxcar", "triangular", "gaussian", "sigmoid"]):
        for learn in ([], trainable, trainable[number % len(trainable):][:1]):
            for dtype in (torch.float32, torch.float64):
                told.append(results(component, surrogate, learn, dtype))
for name in names:  # samples of several lengths
    lengths = torch.tensor([20, 3, 11])
    told.append(results(library().get(name), "atan", [], torch.float32, lengths=lengths))
served, quiet = len(fused._machines), list(lines)

component = define(mine, author="me")
cell = Cell(component, component.resolve({"learn": ["tau"]}))
optimizer = torch.optim.Adam(cell.parameters(), lr=0.5)
x = 2 * torch.rand(20, 3, 7)
losses = []
for _ in range(5):
    out, _, _ = cell.scan(x)
    loss = (out.mean() - 0.5) ** 2
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(float(loss.detach()))
print(json.dumps({
    "told": told, "served": served, "quiet": quiet, "lines": lines, "losses": losses,
    "compiled": [str(one) for one in Path(sys.argv[4]).rglob("*.so")],
}))
"""


def test_without_compiler_and_numba_it_serves_the_library_and_a_new_neuron_trains(
    folder: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    bare = {**os.environ, "SPIKEX_CXX": "", "SPIKEX_HOME": str(home), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder), " ".join(NAMES), MINE, str(home)],
        env=bare,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["quiet"] == []  # nothing ran on the reference
    assert found["served"] > 60
    for one in found["told"]:
        single = one["of"][3] == "torch.float32"
        assert one["equal"] or not one["of"][0].startswith("neurons/"), one
        assert one["out"] < (1e-6 if single else 1e-12), one
        assert max(one["gradients"]) < (1e-5 if single else 1e-11), one
    assert len(found["lines"]) == 1
    assert found["lines"][0].startswith("neurons/mine runs on the reference: ")
    assert found["losses"][-1] < found["losses"][0]
    assert found["compiled"] == []


def test_one_kernel_serves_every_surrogate_and_every_learned_set(used: Path) -> None:
    component = library().get("neurons/adlif")
    ready = [
        packed.find(kernel_of(component, name, learned=learned))
        for name in ("surrogates/atan", "surrogates/erf")
        for learned in ((), ("p_v_th",))
    ]
    assert all(one is not None for one in ready)
    assert len({pack.name(one.kernel) for one in ready if one is not None}) == 1
    assert sorted({one.surrogate for one in ready if one is not None}) == [0, 2]


def test_a_kernel_printed_for_one_surrogate_has_no_switch() -> None:
    component = library().get("neurons/adlif")
    assert "switch" not in kernel.functions(kernel_of(component))
    assert "switch" in kernel.functions(pack.whole(kernel_of(component)))


def test_the_same_equations_under_another_name_are_served(used: Path) -> None:
    given = (
        library()
        .get("neurons/plif")
        .spec.model_copy(update={"id": "neurons/mine", "version": "7.0.0"})
    )
    assert packed.find(kernel_of(Component(given))) is not None


def test_other_equations_surrogates_and_texts_are_not(
    used: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plif = library().get("neurons/plif")
    given = kernel_of(plif)
    assert packed.find(given) is not None
    spec = plif.spec
    other = Component(
        spec.model_copy(
            update={"spike": spec.spike.model_copy(update={"when": spec.spike.when + " + 1e-9"})}
        )
    )
    assert other.program() != plif.program()
    assert packed.find(kernel_of(other)) is None
    assert packed.find(kernel_of(library().get("neurons/lif"))) is None
    assert given.surrogate is not None
    slope = library().get("surrogates/stochastic").surrogate()
    assert packed.find(Kernel(plif.program(), slope)) is None
    text = kernel.prelude()
    monkeypatch.setattr(kernel, "prelude", lambda: text.replace("1.0 / 24", "1.0 / 25"))
    assert packed.find(given) is None  # made by another printer


def test_the_pack_comes_before_the_compiler(used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    component = library().get("neurons/adlif")
    monkeypatch.setattr(toolchain, "library", lambda *_, **__: pytest.fail("compiled"))
    fused.machine.cache_clear()
    atan = library().get("surrogates/atan")
    chosen = component.selection(component.resolve({}))
    machine = fused.machine(component, chosen, atan, ("p_v_th",), "double")
    assert machine is not None
    assert machine.learned == ("p_v_th",)
    fused.machine.cache_clear()


@pytest.mark.parametrize(
    ("flags", "names"),
    [
        (set(), ["x86-64"]),
        ({"avx2", "avx512f"}, ["x86-64"]),  # a machine that hides the rest of a level lacks it
        (pack.LEVELS["x86_64"][1].needs, ["avx2", "x86-64"]),
        (pack.LEVELS["x86_64"][0].needs | {"amx_tile"}, ["avx512", "avx2", "x86-64"]),
    ],
)
def test_the_processor_chooses_the_level(
    flags: set[str], names: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for level in pack.LEVELS["x86_64"]:
        (tmp_path / level.file).touch()
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(toolchain, "features", lambda: frozenset(flags))
    monkeypatch.setattr(packed.ctypes, "CDLL", lambda path: Path(path).stem)
    packed.libraries.cache_clear()
    assert packed.libraries(tmp_path) == tuple(names)
    packed.libraries.cache_clear()


def test_on_arm_there_is_one_level() -> None:
    assert [level.name for level in pack.levels("aarch64", {"asimd"})] == ["aarch64"]
    assert pack.levels("riscv64", set()) == []


def test_a_pack_that_cannot_be_loaded_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / pack.levels()[0].file).write_bytes(b"no library")
    monkeypatch.setattr(packed, "FOLDER", tmp_path)
    given = kernel_of(library().get("neurons/plif"))
    with caplog.at_level("INFO", logger="spikex_lab.nn.packed"):
        assert packed.find(given) is None
        assert packed.find(given) is None
    assert [one.getMessage().split(":")[0] for one in caplog.records] == [
        "the kernel pack is not used"
    ]


def test_what_was_compiled_is_not_compiled_again(
    folder: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toolchain, "_compile", lambda *_: pytest.fail("compiled again"))
    given = [library().get(name) for name in (*NAMES, *RULES)]
    (tmp_path / "older.so").touch()
    made = packing.build(tmp_path, cache=cache, given=given, levels=built())
    assert sorted(tmp_path.iterdir()) == sorted(made)
    monkeypatch.setattr(toolchain, "compiler", lambda: None)
    assert packing.build(tmp_path, cache=cache, given=given) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(shutil.which("readelf") is None, reason="no readelf")
def test_it_needs_no_more_than_torch_brings(folder: Path) -> None:
    made = list(folder.iterdir())
    told = subprocess.run(
        ["readelf", "-d", *made], capture_output=True, text=True, check=True
    ).stdout
    needed = {line.split("[")[1].split("]")[0] for line in told.splitlines() if "NEEDED" in line}
    needed = {name for name in needed if not name.startswith("ld-linux")}  # the C library's own
    assert needed <= {"libgomp.so.1", "libstdc++.so.6", "libgcc_s.so.1", "libm.so.6", "libc.so.6"}


def test_events_and_products_are_served(used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolchain, "library", lambda *_, **__: pytest.fail("compiled"))
    native._library.cache_clear()
    products._function.cache_clear()
    assert native.here()
    x = (torch.rand(96, 200, 1, 1) < 0.05).float()
    weight = torch.rand(70, 200, 1, 1)
    events = directions.forward(x, weight, None, directions.Field(), x.numel())
    assert events is not None
    exact = x.flatten(1).double() @ weight.flatten(1).double().t()
    torch.testing.assert_close(events.flatten(1).double(), exact, rtol=1e-5, atol=1e-5)
    assert products.here()
    product = products.product(x.flatten(1), weight.flatten(1))
    torch.testing.assert_close(product.double(), exact, rtol=1e-5, atol=1e-5)
    native._library.cache_clear()
    products._function.cache_clear()


def test_a_pack_made_of_another_text_does_not_serve_it(used: Path) -> None:
    assert packed.own(products.source()) is not None
    assert packed.own(products.source() + "// changed") is None


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_served(name: str, used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolchain, "library", lambda *_, **__: pytest.fail("compiled"))
    rules._machine.cache_clear()
    rule = Rule(library().get(name))
    spikes = {"pre": (torch.rand(20, 3, 9) < 0.3).float(), "post": torch.ones(20, 3, 5)}
    if "reward" in rule.inputs:
        spikes["reward"] = torch.rand(20, 3)
    for dtype in (torch.float32, torch.float64):
        weight = torch.rand(5, 9, dtype=dtype)
        with use_kernels("reference"):
            one, _ = rule.run(weight, spikes)
        assert rules.serving(rule.component, rule.selection, weight) is not None
        other, _ = rule.run(weight, spikes)
        torch.testing.assert_close(other, one, rtol=1e-6, atol=1e-6)
        assert not torch.equal(other, weight)
    rules._machine.cache_clear()


def test_every_rule_of_the_library_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(packed, "rule", lambda used: asked.append(pack.digest(used.source)))
    monkeypatch.setattr(toolchain, "fast", lambda _: None)
    rules._machine.cache_clear()
    components = [one for one in packing.components() if one.kind == "learning"]
    for component in components:
        for params in _settings(component):
            rule = Rule(component, params)
            rules.serving(component, rule.selection, torch.zeros(2, 3))
    rules._machine.cache_clear()
    assert set(asked) == {name for one in components for name in packing.rules(one, "float")}
    assert len(components) == 8


def test_every_scan_of_the_library_is_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(packed, "find", lambda used: asked.append(pack.name(pack.whole(used))))
    monkeypatch.setattr(toolchain, "library", lambda *_, **__: None)
    monkeypatch.setattr(fused.jitted, "functions", lambda _: None)
    fused.machine.cache_clear()
    components = [one for one in packing.components() if one.kind != "learning"]
    for component in components:
        shape = (7,) if component.spec.weights else None
        inputs = [Flow(torch.zeros(1, 7), static=True) for _ in component.spec.inputs]
        loop = Recurrence(next(iter(component.spec.inputs)), "out")
        loops = component.kind == "neuron" and component.spec.recurrence is None
        for params, dt in product(_settings(component), (0.025, 1.0)):
            cell = Cell(component, component.resolve(params), dt=dt, shape=shape, seed=0)
            if cell.states:
                scanning.found_for(cell, inputs)
                scanning.found_for(cell, inputs, masked=True)
                if loops:
                    scanning.found_for(cell, inputs, scanning.Back(loop, torch.zeros(7, 7), None))
    fused.machine.cache_clear()
    found = {name for one in components for name in packing.kernels(one, "float")}
    assert set(asked) == found


def _settings(component: Component) -> list[dict[str, Any]]:
    given = component.placeholders()
    variants = [{**given, **dict(one)} for one in body.selections(component.spec)]
    return [*variants, *({**given, "preset": name} for name in component.spec.presets)]
