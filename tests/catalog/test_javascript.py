"""JavaScript: the module does what the reference does, variant by variant."""

from __future__ import annotations

import json
import math
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikex_lab.catalog import library
from spikex_lab.catalog.codegen import javascript, words
from spikex_lab.catalog.codegen.javascript_helpers import HELPERS
from spikex_lab.catalog.evaluate import evaluate
from spikex_lab.catalog.parser import parse
from spikex_lab.conformance.javascript import node
from spikex_lab.errors import SpikexError

from .scalars import STEPS, TOLERANCE, Case, cases, components, error
from .test_cpp import hostile

pytestmark = pytest.mark.skipif(node() is None, reason="no node")

DRIVER = """\
import { readFileSync } from "node:fs";
const results = [];
for (const one of JSON.parse(readFileSync(0, "utf8"))) {
  const { variants } = await import(one.file);
  const { when, states, init, step, inputs, noise } = variants[one.variant];
  const state = init(one.params, one.dt);
  const rows = [];
  for (let k = 0; k < one.series[0].length; k += 1) {
    const out = step(state, ...one.series.map((values) => values[k]));
    rows.push([out, ...states.map((name) => state[name])]);
  }
  results.push({ when, inputs, noise, rows });
}
console.log(JSON.stringify(results));
"""


def run_node(folder: Path, script: str, given: Any = None) -> Any:
    """Return what `script`, a module in `folder`, prints as JSON."""
    (folder / "script.mjs").write_text(script, encoding="utf-8")
    done = subprocess.run(
        [str(node()), "script.mjs"], input=json.dumps(given), cwd=folder,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[:2000]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[Case, dict[str, Any]]:
    """What node makes of every case: one process for all."""
    folder = tmp_path_factory.mktemp("modules")
    place: dict[str, list[str]] = {}
    for component in components():
        (folder / f"{words.module(component)}.mjs").write_text(
            javascript.render(component), "ascii"
        )
        place[component.id] = [one.ending for one in words.variants(component)]
    given = [
        {
            "file": f"./{words.module(case.component)}.mjs",
            "variant": place[case.component.id].index(case.ending),
            "params": {f"p_{name}": case.params[name] for name in case.program.parameters},
            "dt": case.drive.dt,
            "series": [one.tolist() for one in [*case.drive.inputs, *case.drive.noise]],
        }
        for case in cases()
    ]
    return dict(zip(cases(), run_node(folder, DRIVER, given), strict=True))


def test_agrees_with_the_reference(answers: dict[Case, dict[str, Any]]) -> None:
    for case, answer in answers.items():
        rows = np.array(answer["rows"], dtype=float)
        assert rows.shape == (STEPS, 1 + len(case.program.states))
        assert error(case.truth, rows[:, 0], list(rows[:, 1:].T)) <= TOLERANCE, case


def test_a_module_says_when_its_variants_hold(answers: dict[Case, dict[str, Any]]) -> None:
    for case, answer in answers.items():
        assert dict(case.selection) in answer["when"]
        assert answer["inputs"] == [f"x_{name}" for name in case.program.inputs]
        assert answer["noise"] == [f"z_{name}" for name in case.program.noise]


def test_parameters_and_presets(tmp_path: Path) -> None:
    """A module by itself: its defaults and presets are what the component resolves to."""
    component = library().get("neurons/lif")
    (tmp_path / "lif.mjs").write_text(javascript.render(component), "ascii")
    script = """
        import * as lif from "./lif.mjs";
        const state = lif.init({ p_v_reset: -60 }, 0.5);
        const { parameters, presets, states } = lif;
        console.log(JSON.stringify({ parameters, presets, states, state }));
    """
    told = run_node(tmp_path, script)
    assert told["parameters"] == {f"p_{k}": v for k, v in component.resolve({}).items()}
    unit = component.resolve({"preset": "unit"})
    assert told["presets"]["preset_unit"] == {
        f"p_{name}": unit[name] for name in component.spec.parameters
    }
    assert told["states"] == ["s_v", "s_refractory"]
    assert told["state"]["p_v_reset"] == -60
    assert told["state"]["p_tau_m"] == 10
    assert told["state"]["dt"] == 0.5
    assert told["state"]["s_v"] == -70


def test_helpers(tmp_path: Path) -> None:
    """What JavaScript lacks: erf to 1e-15, rounding half to even, whole division, exprel, expm."""
    x = [0.0, 1e-20, 1e-5, 0.1, 0.5, 1.0, 2.0, 2.4999, 2.5, 2.7, 3.5, 5.0, 6.0, 7.0, 30.0]
    x += np.linspace(0.001, 6, 500).tolist()
    x = [*x, *(-value for value in x)]
    ties = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4, 2.6, -2.6, 0.0, 1e15 + 0.5]
    rates, dt = [[-0.1, 0.3, 0.0], [0.02, -2.0, 0.0], [0.0, 7.0, -40.0]], 0.7
    script = "\n".join(HELPERS.values()) + (
        f"const x = {json.dumps(x)}; const ties = {json.dumps(ties)};"
        "console.log(JSON.stringify({ erf: x.map(erf), round: ties.map(round),"
        " exprel: x.map((a) => exprel(a / 5)),"
        f" propagator: propagator({dt}, {json.dumps(rates)}) }}));"
    )
    told = run_node(tmp_path, script)
    off = [abs(a - math.erf(b)) for a, b in zip(told["erf"], x, strict=True)]
    assert max(off) < 1e-15
    assert told["round"] == [round(value) for value in ties]
    exact = [math.expm1(a / 5) / (a / 5) if a else 1.0 for a in x]
    np.testing.assert_allclose(told["exprel"], exact, rtol=1e-14)
    import torch

    whole = torch.zeros(6, 6, dtype=torch.float64)
    whole[:3, :3], whole[:3, 3:] = torch.tensor(rates, dtype=torch.float64), torch.eye(3)
    np.testing.assert_allclose(told["propagator"], torch.linalg.matrix_exp(dt * whole), atol=1e-14)


def test_surrogates(tmp_path: Path) -> None:
    import torch

    from spikex_lab.nn import Surrogate

    found = [library().get(name) for name in library().ids() if name.startswith("surrogates/")]
    x = [-3.1, -0.77, -0.31, -0.013, 0.021, 0.29, 0.83, 2.7]
    script, h = f"const x = {json.dumps(x)}; const h = 1e-5; const told = [];\n", 1e-5
    for index, one in enumerate(found):
        (tmp_path / f"m{index}.mjs").write_text(javascript.render(one), "ascii")
        rest = "".join(", 0.5" for _ in one.spec.noise)
        above, below = (f"m{index}.antiderivative(u {sign} h{rest})" for sign in "+-")
        rise = f"x.map((u) => {above} - {below})"
        script = f'import * as m{index} from "./m{index}.mjs";\n{script}'
        script += f"told.push([x.map((u) => m{index}.derivative(u{rest})), "
        script += f"{rise if one.spec.antiderivative else 'null'}]);\n"
    for one, (slope, rise) in zip(
        found, run_node(tmp_path, script + "console.log(JSON.stringify(told));"), strict=True
    ):
        if not one.spec.noise:
            expected = (
                Surrogate(one).derivative(torch.tensor(x, dtype=torch.float64)).expand(len(x))
            )
            np.testing.assert_allclose(slope, expected.numpy(), atol=1e-9)
        if rise is not None:
            np.testing.assert_allclose(np.array(rise) / (2 * h), slope, rtol=1e-5, atol=1e-6)


def test_signs_and_brackets(tmp_path: Path) -> None:
    """No two signs run together, and every language is right about what binds tighter."""
    values = {"a": 1.7, "b": -0.3, "c": 2.9}
    texts = ["-(-a)", "a - -b", "-(-2*a)", "a - (b - c)", "-a**2", "a/(b/c)", "b % -c", "-3//c"]
    texts += ["(a if b > 0 else c)*a", "a if not (b > 0 or c > a and a > 1) else c", "a**-b"]
    shown = [
        javascript.JavaScriptPrinter(strict=True).show(parse(text, where="")) for text in texts
    ]
    helpers = "\n".join(text for name, text in HELPERS.items() if name != "propagator")
    given = "".join(f"const {name} = {value};\n" for name, value in values.items())
    told = run_node(tmp_path, f"{helpers}{given}console.log(JSON.stringify([{', '.join(shown)}]));")
    assert told == pytest.approx([evaluate(parse(text, where=""), values) for text in texts])


def test_text_never_leaves_its_place(tmp_path: Path) -> None:
    """Comments stay comments; a choice's name is data, and inert in a page."""
    source = javascript.render(hostile())
    assert source.isascii()
    assert "<" not in "".join(line.split("//")[0] for line in source.splitlines() if "when" in line)
    (tmp_path / "own.mjs").write_text(source, "ascii")
    told = run_node(
        tmp_path,
        'import * as own from "./own.mjs";\n'
        "const when = own.variants.map((one) => one.when);\n"
        "console.log(JSON.stringify([when, Object.keys(own.presets)]));",
    )
    assert told[0] == [[{"mode": "a"}], [{"mode": '"}; </script><b>'}]]
    assert told[1] == ["preset_x", "preset_x_2"]


@pytest.mark.parametrize(
    "line", ["eval(s_v);", "fetch(1);", "`${x}`", "import(x);", "'a'", "_x", '"a\\x41"']
)
def test_the_last_check_refuses_foreign_code(line: str) -> None:
    from spikex_lab.catalog.codegen.scalar import check

    assert check('const n_v = "a\\"b";', javascript._WORDS, texts=True)
    with pytest.raises(SpikexError):
        check(f"const n_v = s_v;\n{line}\n", javascript._WORDS, texts=True)
