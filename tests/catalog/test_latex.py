"""Typeset equations: the source form in its order, and no way for a name or a field to act."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from spikex_lab.catalog import Component, library
from spikex_lab.catalog.codegen.latex import aligned, check, escape, latex, render
from spikex_lab.catalog.codegen.layout import blocks
from spikex_lab.catalog.codegen.symbols import by_name, check_latex, field
from spikex_lab.catalog.codegen.typeset import Typesetter
from spikex_lab.catalog.expr import Name, walk
from spikex_lab.catalog.parser import parse, parse_test
from spikex_lab.catalog.render import printable
from spikex_lab.errors import InvalidError, SpikexError

from .test_dimensions import neuron

KATEX = Path(__file__).resolve().parents[2] / "labextension" / "node_modules" / "katex"


def shown(text: str, *, test: bool = False) -> str:
    tree = (parse_test if test else parse)(text, where="")
    names = {part.id for part in walk(tree) if isinstance(part, Name)}
    symbols = {name: by_name(name) for name in names}
    return re.sub(r"\s+", " ", latex(Typesetter(symbols).show(tree))).replace(r" \, ", " ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b - c", "a + b - c"),
        ("a - (b - c)", r"a - \left( b - c \right)"),
        ("(a + b) + c", "a + b + c"),
        ("a + (b + c)", r"a + \left( b + c \right)"),
        ("a*(b + c)", r"a \left( b + c \right)"),
        ("a*2", r"a \cdot 2"),
        ("2*a", "2 a"),
        ("a*-b", r"a \left( - b \right)"),
        ("-(a + b)*c", r"- \left( a + b \right) c"),
        ("a/b", r"\frac{a}{b}"),
        ("-a/b", r"- \frac{a}{b}"),
        ("a - -b/c", r"a - \left( - \frac{b}{c} \right)"),
        ("(a + b)/(c*d)", r"\frac{a + b}{c d}"),
        ("a*b/c*d", r"\frac{a b}{c} d"),
        ("a/(b/c)", r"\frac{a}{b / c}"),
        ("a/(b/c*d)", r"\frac{a}{\left( b / c \right) d}"),
        ("m*m*m*h", "m^{3} h"),
        ("m*h*m", "m h m"),
        ("v_1*v_1", "v_{1}^{2}"),
        ("a**2", "a^{2}"),
        ("(a + b)**2", r"\left( a + b \right)^{2}"),
        ("-a**2", "- a^{2}"),
        ("(-a)**2", r"\left( - a \right)^{2}"),
        ("a**-b", "a^{- b}"),
        ("exp(-dt/tau)", r"\mathrm{e}^{- \mathrm{dt} / \tau}"),
        ("sqrt(a)", r"\sqrt{a}"),
        ("abs(a)", r"\left\vert a \right\vert"),
        ("floor(a)", r"\left\lfloor a \right\rfloor"),
        ("a // b", r"\left\lfloor \frac{a}{b} \right\rfloor"),
        ("a % b", r"a \text{ mod } b"),
        ("log(a)", r"\ln \left( a \right)"),
        ("atan(a)", r"\arctan \left( a \right)"),
        ("step(a)", r"\Theta \left( a \right)"),
        ("erf(a)", r"\operatorname{erf} \left( a \right)"),
        ("clip(a, 0, 1)", r"\operatorname{clip} \left( a , 0 , 1 \right)"),
        ("1e-5*a", r"10^{- 5} a"),
        ("2.5e30", r"2.5 \cdot 10^{30}"),
        ("65.0", "65"),
        ("x[t-1] + x[t]", "x_{t - 1} + x_{t}"),
        ("I_syn[t]", r"I_{\mathrm{syn} , t}"),
        ("tau_m + g_Na + mem", r"\tau_{m} + g_{\mathrm{Na}} + \mathrm{mem}"),
        ("Delta_T + x1 + alpha_1", r"\Delta_{T} + x_{1} + \alpha_{1}"),
        (
            "a if b > c else d",
            r"\begin{cases} a & \text{if } b > c \\ d & \text{otherwise} \end{cases}",
        ),
        (
            "(a if b > c else d)*e",
            r"\left( \begin{cases} a & \text{if } b > c \\ d & \text{otherwise} \end{cases} "
            r"\right) e",
        ),
    ],
)
def test_expressions(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_tests() -> None:
    assert shown("a >= b and not (c != d or e == 1)", test=True) == (
        r"a \ge b \wedge \lnot \left( c \ne d \vee e = 1 \right)"
    )


def test_the_leaky_neuron_whole() -> None:
    text = render(library().get("neurons/leaky"))
    assert text.startswith("% Rendered from components/neurons/leaky/component.yaml")
    body = re.sub(r"\s+", " ", text.split("\n", 2)[2]).replace(r" \, ", " ")
    assert r"U_{t} &= \mathrm{decay} U_{t - 1} + X_{t} - S_{t - 1} \theta \\" in body
    assert r"S_{t} &= \begin{cases} 1 & \text{if } U_{t} > \theta \\ 0 &" in body
    assert r"& \text{where reset = zero:}" in body
    assert r"\text{where reset = subtract, reset\_delay = false:}" in body
    assert r"U_{t} &\leftarrow U_{t} - \left( S_{t} - S_{t - 1} \right) \theta" in body


def test_differential_equations_reset_and_refractory_period() -> None:
    body = re.sub(r"\s+", " ", render(library().get("neurons/lif"))).replace(r" \, ", " ")
    slope = r"\frac{\mathrm{d} V}{\mathrm{d} t} &= \frac{E_{L} - V + \tau_{m} I / C_{m}}{\tau_{m}}"
    assert slope in body
    assert r"\text{if } V \ge V_{\mathrm{th}} &: V \leftarrow V_{r}" in body
    assert r"\text{after a spike} &: V \text{ held for } t_{\mathrm{ref}}" in body


def test_jumps_noise_constants_and_presets() -> None:
    component = neuron(
        let={
            "E_0": {"value": -7.5, "unit": "mV"},
            "x": {"value": "exprel(v/E_0)", "latex": r"\hat x"},
        },
        noise={"xi": {"distribution": "normal", "doc": "d"}},
        equations=["dv/dt = (g*(E - v*x) + I)/C"],
        integrator="euler",
        jumps=["v += xi*E", "v = max(v, E_0)"],
        spike={"when": "v >= th", "edge": "rising", "reset": ["v = E"], "timing": "next_step"},
        presets={
            "odd_&_{}\\": {"doc": "d", "equations": ["dv/dt = I/C"]},
            "plain": {"doc": "d", "parameters": {"E": -60.0}},
        },
    )
    body = re.sub(r"\s+", " ", render(component)).replace(r" \, ", " ")
    assert r"v &\leftarrow v + \xi E \quad \text{(at each step)}" in body
    assert r"\xi &\sim \mathcal{N} \left( 0 , 1 \right)" in body
    assert r"\text{with} & E_{0} = - 7.5 \mathrm{mV}" in body.replace(r"&\,", "&")
    assert r"\operatorname{exprel} \left( x \right) = \frac{\mathrm{e}^{x} - 1}{x}" in body
    assert r"\hat{x} &= \operatorname{exprel} \left(" in body
    assert r"(on the way up only)" in body
    assert r"(a step later)" in body
    assert r"& \text{preset odd\_\&\_()/:}" in body
    assert "plain" not in body
    check(aligned(blocks(component.spec)))


def test_symbols_of_the_file_come_first() -> None:
    component = neuron(
        state={"v": {"init": "E", "unit": "mV", "latex": "V^{+}", "doc": "d"}},
        inputs={"I": {"unit": "pA", "latex": "1/R", "doc": "d"}},
        equations=["dv/dt = (g*(E - v) + I*2)/C"],
    )
    body = render(component)
    assert "V^{+}" in body
    assert r"\left( 1 / R \right) \cdot 2" in body  # a sign in a symbol: brackets


@pytest.mark.parametrize(
    "text",
    [
        r"\tau_m", "V_{th}", r"\bar\beta", r"\hat x", "I^{+}", r"\dot{\theta}_{0,1}", "x'",
        r"\Theta_\infty",
        r"\mathrm{Na}", r"\mathcal{N}", r"[Mg^{2+}]_o", r"\Delta V", r"f_1 e^{-k t}",
        r"\text{soma}", "A_2^+",
    ],
)  # fmt: skip
def test_symbols_that_are_allowed(text: str) -> None:
    assert check_latex(text) == text
    assert check(latex(field(text)))


@pytest.mark.parametrize(
    "text",
    [
        "", " ", r"\href{javascript:alert(1)}{x}", r"\input{/etc/passwd}", r"\write18{id}",
        r"\def\x{}", r"\begin{array}", r"}\end{aligned}", "{", "}", "_", "^", "x_", "x__y", "x_a_b",
        r"\hat", "$", "$$", "a&b", "a%b", "#1", "~", "^^5c", "a\nb", "а", "τ", "<script>" + '"',
        "{" * 40 + "}" * 40, r"\text{\href}", r"\text{}", r"\mathrm{$}", r"\catcode", "\\\\", "\\",
        r"\unknown", "@", "`",
    ],
)  # fmt: skip
def test_symbols_that_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="latex"):
        check_latex(text)
    with pytest.raises(InvalidError, match="latex") as error:
        neuron(inputs={"I": {"unit": "pA", "latex": text, "doc": "d"}})
    assert "/inputs/I/latex" in str(error.value)


def test_text_cannot_leave_its_braces() -> None:
    hostile = r"}\end{aligned}\href{javascript:alert(1)}{x}$\$%#&_^~" + "\n\x00\u202e"
    safe = escape(hostile)
    assert not re.search(r"(?<!\\)[{}$%#&_^~]", safe.replace(r"\$", ""))
    assert r"\end" not in safe
    check(rf"\text{{{safe}}}")


@pytest.mark.parametrize("text", [r"\input{x}", "$x$", "a % b", "α", r"\href", "x\\"])
def test_the_last_look_refuses_what_no_printer_wrote(text: str) -> None:
    with pytest.raises(SpikexError, match="generated LaTeX"):
        check(text)


def test_hostile_names_and_words_do_not_act() -> None:
    choices = ["subtract", r"zero}\input{/etc/passwd}"]
    component = neuron(
        name=r"\input{x} % $",
        parameters={
            "E": {"value": 0.0, "unit": "mV", "doc": "d"},
            "input": {"value": 1.0, "unit": "ms", "doc": "d"},
            "reset": {"value": "subtract", "choices": choices, "doc": "d"},
        },
        equations=["dv/dt = (E - v)/input"],
        spike={"when": "v >= E", "reset": "v -= E"},
        variants=[{"when": {"reset": choices[1]}, "spike": {"reset": ["v = E"]}}],
    )
    text = render(component)
    assert r"\input" not in text
    assert r"\mathrm{input}" in text
    assert r"\text{where reset = zero)/input(/etc/passwd):}" in text


def test_every_component_renders_in_katex(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None or not KATEX.is_dir():
        pytest.skip("node and KaTeX come with the front end")
    texts = {
        name: render(library().get(name))
        for name in library().ids()
        if printable(library().get(name))
    }
    assert len(texts) > 10
    (tmp_path / "texts.json").write_text(json.dumps(texts))
    (tmp_path / "try.cjs").write_text(
        f"const katex = require({str(KATEX)!r});"
        "const all = JSON.parse(require('fs').readFileSync(process.argv[2]));"
        "for (const [name, text] of Object.entries(all)) {"
        "  try { katex.renderToString(text, {displayMode: true, strict: 'error'}); }"
        "  catch (error) { console.log(name + ': ' + error.message); } }"
    )
    command = [node, str(tmp_path / "try.cjs"), str(tmp_path / "texts.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == ""


def test_a_component_made_of_code_has_no_equations() -> None:
    found: list[Any] = blocks(library().get("synapses/dense").spec)
    assert found == []
    assert isinstance(library().get("synapses/dense"), Component)
