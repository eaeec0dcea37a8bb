"""Components in Python that remember: over all steps at once, step by step, in networks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from spikex_lab.catalog import Component, Library, library
from spikex_lab.nn import build
from spikex_lab.nn.scripts import Layer, Mode
from spikex_lab.nn.stateful import StatefulLayer, is_stateful
from spikex_lab.spec import ModelSpec

YAML = """
schema: spikex/component@1
id: axons/{name}
name: A test
kind: axon
version: 1.0.0
authors: [t]
license: BSD-3-Clause
summary: A test.
parameters: {{gain: {{value: 2.0, doc: A gain.}}}}
inputs: {{x: {{doc: Input.}}, m: {{doc: What multiplies it., default: 3.0}}}}
code: {{python: {name}.py}}
"""
SUM = """
def begin(x, p, k):
    return (x * 0,)

def step(x, p, k, state, m):
    total = state[0] + p.gain * m * x
    return total, (total,)
"""
PRODUCT = """
def forward(x, p, w, mode, m):
    return p.gain * m * x
"""


@pytest.fixture
def shelf(tmp_path: Path) -> Library:
    """A library with a component that sums up, and one that does not remember."""
    for name, code in (("running-sum", SUM), ("product", PRODUCT)):
        folder = tmp_path / "axons" / name
        folder.mkdir(parents=True)
        (folder / "component.yaml").write_text(YAML.format(name=name))
        (folder / f"{name}.py").write_text(code)
    for plural in ("decoders", "encoders", "neurons", "synapses", "surrogates"):
        (tmp_path / plural).symlink_to(library().root / plural)
    return Library(tmp_path, trusted=True)


def spec_of(
    nodes: list[dict[str, Any]], edges: Any = "sequential", dt: float = 1.0, size: int = 4
) -> ModelSpec:
    return ModelSpec.parse(
        {
            "name": "t",
            "input": {"shape": [size]},
            "time": {"steps": 6, "dt": dt},
            "nodes": nodes,
            "edges": edges,
            "readout": "decoders/membrane",
        }
    )


def layer(name: str, size: int = 4, dt: float = 1.0, **params: Any) -> StatefulLayer:
    component = library().get(name)
    resolved = component.resolve(params)
    return StatefulLayer(component, resolved, (size,), dt=dt, seed=0).double()


def test_a_file_with_a_step_remembers(shelf: Library) -> None:
    assert is_stateful(shelf.get("axons/running-sum"))
    assert not is_stateful(shelf.get("axons/product"))
    assert is_stateful(library().get("axons/delay-line"))


def test_without_a_scan_it_is_stepped_through(shelf: Library) -> None:
    made = StatefulLayer(shelf.get("axons/running-sum"), {"gain": 2.0}, (4,))
    x = torch.rand(5, 2, 4)
    assert torch.allclose(made(x), 6 * x.cumsum(0))
    calls: list[int] = []
    _, state = made.scan(x, poll=lambda: calls.append(1))
    assert len(calls) == 5
    assert torch.allclose(made.scan(x, state)[0][-1], 12 * x.sum(0))


@pytest.mark.parametrize("name", ["running-sum", "product"])
@pytest.mark.parametrize("loop", [False, True])
def test_further_inputs_reach_python(name: str, loop: bool, shelf: Library) -> None:
    def run(edges: list[Any]) -> torch.Tensor:
        if loop:
            edges = [*edges, {"from": "it", "to": "first", "delay": 50}]
        spec = spec_of([first, {"id": "it", "component": f"axons/{name}"}], edges)
        return build(spec, shelf, seed=0).run(x).output

    first = {"id": "first", "component": "synapses/dense", "params": {"features": 4}}
    x = torch.rand(6, 2, 4)
    held = run([["input", "first"], ["first", "it"]])
    fed = run([["input", "first"], ["first", "it"], ["input", "it.m"]])
    still = (held / 3).diff(dim=0, prepend=0 * held[:1]) if name == "running-sum" else held / 3
    given = fed.diff(dim=0, prepend=0 * fed[:1]) if name == "running-sum" else fed
    assert torch.allclose(given, still * x, atol=1e-5)


def test_a_layer_without_memory_takes_the_default(shelf: Library) -> None:
    made = Layer(shelf.get("axons/product"), {"gain": 2.0}, (4,))
    x = torch.rand(2, 4)
    assert torch.equal(made(x, Mode(), *made.others(x)), 6 * x)


CASES = [
    ("axons/delay-line", {"delay": 2.0}),
    ("axons/delay-line", {"delay": 0.0}),
    ("axons/delay-line", {"delay": 1.3, "learned": True, "max_delay": 4.0}),
    ("axons/delay-line", {"delay": 1.3, "learned": True, "max_delay": 4.0, "width": 1.0}),
    ("axons/delay-distribution", {"features": 3, "high": 4.0, "max_delay": 5.0}),
    ("axons/delay-distribution", {"features": 3, "learned": True, "bias": True}),
    ("axons/delay-distribution", {"features": 3, "distribution": "lognormal"}),
    ("axons/delay-distribution", {"features": 3, "distribution": "distance"}),
    ("dendrites/cable", {"E_L": -65.0}),
]


@pytest.mark.parametrize(("name", "params"), CASES)
def test_steps_and_the_whole_agree(name: str, params: dict[str, Any]) -> None:
    """Over all steps, step by step, and in two parts with the state carried over."""
    made = layer(name, dt=0.5, **params)
    x = torch.rand(9, 2, 4, dtype=torch.float64)
    whole = made(x)
    stepper = made.start(x[0])
    assert torch.allclose(whole, torch.stack([stepper(value) for value in x]))
    first, state = made.scan(x[:4])
    assert torch.allclose(whole, torch.cat([first, made.scan(x[4:], state)[0]]))
    assert whole.std() > 0


def test_a_delay_line_takes_any_shape() -> None:
    component = library().get("axons/delay-line")
    for params in ({"delay": 2.0}, {"delay": 2.0, "learned": True}):
        made = StatefulLayer(component, component.resolve(params), (2, 3, 5), dt=1.0)
        x = torch.rand(7, 4, 2, 3, 5)
        assert torch.equal(made(x)[2:], x[:-2])
        assert made(x)[:2].abs().sum() == 0


@pytest.mark.parametrize("width", [0.0, 0.7])
@pytest.mark.parametrize("name", ["axons/delay-line", "axons/delay-distribution"])
def test_the_gradient_of_a_delay_is_right(name: str, width: float) -> None:
    """Against central differences, between whole steps; at a whole step it is not lost."""
    dense = {"features": 3, "high": 4.0}
    params = dense if name.endswith("distribution") else {"delay": 1.3}
    made = layer(name, dt=0.5, learned=True, width=width, max_delay=6.0, **params)
    learned = made.get_parameter("shift" if "features" in params else "delay")
    x = torch.rand(14, 2, 4, dtype=torch.float64)
    target = torch.rand(14, 2, 3 if "features" in params else 4, dtype=torch.float64)

    def loss() -> torch.Tensor:
        return ((made(x) - target) ** 2).sum()

    loss().backward()
    with torch.no_grad():
        for index in range(3):
            place = learned.flatten()[index : index + 1]
            place += 1e-6
            above = loss()
            place -= 2e-6
            slope = (above - loss()) / 2e-6
            place += 1e-6
            assert learned.grad.flatten()[index] == pytest.approx(slope.item(), rel=1e-5, abs=1e-8)
        learned.fill_(1.5)
    learned.grad = None
    loss().backward()
    assert (learned.grad.abs() > 0).all()


def test_a_delay_that_was_cut_can_come_back() -> None:
    made = layer("axons/delay-line", delay=9.0, max_delay=4.0, learned=True)
    x = torch.rand(14, 2, 4, dtype=torch.float64)
    assert torch.equal(made(x)[4:], x[:-4])
    made(x)[6].sum().backward()
    delay = made.get_parameter("delay")
    assert torch.allclose(delay.grad, (x[2] - x[3]).sum(0))


def test_a_delay_is_found() -> None:
    """A learned delay line finds the delay of another, from an echo of smooth noise."""
    made = layer("axons/delay-line", size=1, dt=1.0, delay=2.0, learned=True, width=2.0)
    noise = torch.randn(300, 1, 1, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    x = torch.nn.functional.avg_pool1d(noise.permute(1, 2, 0), 9, 1).permute(2, 0, 1)
    optimizer = torch.optim.Adam(made.parameters(), lr=0.1)
    for _ in range(150):
        optimizer.zero_grad()
        ((made(x)[20:] - x[13:-7]) ** 2).mean().backward()
        optimizer.step()
    assert made.get_parameter("delay").item() == pytest.approx(7.0, abs=0.2)


def test_delays_of_synapses_are_keyed_and_kept() -> None:
    component = library().get("axons/delay-distribution")
    params = component.resolve({"features": 3})
    one, two = (StatefulLayer(component, params, (4,), seed=seed) for seed in (1, 2))
    assert not torch.equal(one.get_buffer("draw"), two.get_buffer("draw"))
    assert set(one.state_dict()) == {"weight", "draw"}
    two.load_state_dict(one.state_dict())
    x = torch.rand(30, 2, 4)
    assert torch.equal(one(x), two(x))


def test_a_stateful_network_remembers_what_is_under_way() -> None:
    """A pulse that entered the delay line in one call comes out in the next."""
    spec = spec_of([{"id": "line", "component": "axons/delay-line", "params": {"delay": 4.0}}])
    net = build(spec)
    x = torch.zeros(6, 1, 4)
    x[4] = 1.0
    fresh = net.run(x).output
    assert fresh.sum() == 0
    net.stateful = True
    net.run(x)
    later = net.run(torch.zeros(6, 1, 4)).output
    assert later[2].sum() == 4
    assert later.sum() == 4


def test_under_autocast_sums_over_time_stay_wide() -> None:
    nodes = [
        {"id": "fc", "component": "synapses/dense", "params": {"features": 5}},
        {"id": "cable", "component": "dendrites/cable"},
    ]
    net = build(spec_of(nodes), seed=0)
    x = torch.rand(6, 2, 4)
    with torch.autocast("cpu", torch.bfloat16):
        low = net.run(x).output
    assert low.dtype == torch.float32
    assert torch.allclose(low, net.run(x).output, atol=0.05)


def test_nothing_is_left_behind_on_the_cpu() -> None:
    nodes = [
        {"id": "dist", "component": "axons/delay-distribution", "params": {"features": 5}},
        {"id": "line", "component": "axons/delay-line", "params": {"learned": True}},
        {"id": "cable", "component": "dendrites/cable"},
        {"id": "gap", "component": "synapses/gap-junction"},
    ]
    net = build(spec_of(nodes), seed=0).to("meta")
    assert net.run(torch.zeros(6, 2, 4, device="meta")).output.device.type == "meta"


def test_a_component_that_cannot_begin_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "axons" / "lost"
    folder.mkdir(parents=True)
    (folder / "component.yaml").write_text(YAML.format(name="lost"))
    (folder / "lost.py").write_text("def step(x, p, k, state, m):\n    return x, state\n")
    component = Component.load(folder, trusted=True)
    with pytest.raises(Exception, match="has no function begin"):
        StatefulLayer(component, {"gain": 1.0}, (4,))
