"""The equation language: what it reads, what it refuses (trust case 16), and that order is kept."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest

from spikex_lab.catalog.codegen.torch import Printer, check, program_source
from spikex_lab.catalog.component import Component
from spikex_lab.catalog.evaluate import evaluate, holds
from spikex_lab.catalog.expr import Binary, Name, Num, affine, names
from spikex_lab.catalog.names import check_name
from spikex_lab.catalog.parser import parse, parse_test
from spikex_lab.catalog.statements import statement
from spikex_lab.errors import InvalidError, SpikexError

HOSTILE = [
    "().__class__",
    "''.join(x)",
    "lambda: 1",
    "(x := 3)",
    'f"{x}"',
    "[a for a in b]",
    "{1: 2}",
    "9**9**9",
    "9**99",
    "x**(9**9)",
    "(" * 3000 + "x" + ")" * 3000,
    "+".join(["x"] * 2000),
    "-" * 1990 + "x",
    "x" * 1_000_000,
    "(" * 10_000_000,
    "__import__",
    "import os",
    "x; y",
    "x\ny",
    "x.y",
    "x @ y",
    "eval(x)",
    "exp(x, y)",
    "exp(x=1)",
    "exp(*x)",
    "x if y",
    "x < y < z",
    "x = 3",
    "x[0]",
    "x[t-2]",
    "x[t+1]",
    "vаlue",  # a Cyrillic letter
    "τ",
    "1_000",
    "0x10",
    "1e999",
    "99999999999999999999",
    "True",
    "None",
    "x y",
    "",
    "   ",
    "2j",
    "'x'",
    "`x`",
    "x # y",
    "x\\y",
    "while",
    "typeof",
    "double",
    "a" * 65,
    "not x",
    "x > 1",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:20])
def test_hostile_text_is_refused_quickly(text: str) -> None:
    start = time.process_time()
    with pytest.raises(InvalidError) as caught:
        parse(text, where="equations/0")
    assert time.process_time() - start < 0.1
    assert "column" in caught.value.where
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "text",
    [
        "a + b*c - d",
        "-(v - E)/tau",
        "x**2",
        "exp(-dt/tau)",
        "a if v > 0 else b",
        "beta*mem[t-1] + I[t]",
        "1.5e-3 * .5",
        "min(a, max(b, 2))",
        "a // 2 % 3",
        "a if a > 0 and not b < 1 else 0",
    ],
)
def test_what_is_understood(text: str) -> None:
    assert names(parse(text, where="")) <= set("abcdvx") | {"E", "tau", "dt", "beta", "mem", "I"}


def test_order_is_kept() -> None:
    """Neither reordered nor regrouped: printed again it is what was written."""
    component = Component.of(leaky())
    printer = Printer(component.program())
    for text in [
        "a + b + c",
        "a - (b + c)",
        "a - (b - c)",
        "a*(b*c)",
        "a/(b*c)",
        "a/b*c",
        "(a + b)*c",
        "-a*b",
        "-(a*b)",
        "(-a) ** 2",
        "-a ** 2",
        "a ** -b",
        "a - -b",
        "2 * a ** 3",
    ]:
        node = parse(text, where="")
        again = parse(printer.show(node), where="")
        assert again == node, text
        values = {"a": 1.7, "b": -0.3, "c": 2.9}
        assert evaluate(node, values) == eval(text, {}, values)
    assert parse("a + b + c", where="") == Binary("+", Binary("+", Name("a"), Name("b")), Name("c"))


def test_numbers() -> None:
    assert (
        evaluate(parse("(h + 2*p - k)//s + 1", where=""), {"h": 28, "p": 2, "k": 5, "s": 2}) == 14
    )
    assert isinstance(evaluate(parse("7//2", where=""), {}), int)
    assert evaluate(parse("exp(1)*sqrt(4) + pi", where=""), {}) == pytest.approx(
        2 * math.e + math.pi
    )
    assert evaluate(parse("exprel(x)", where=""), {"x": 0.0}) == 1.0
    assert holds(parse_test("a >= 2 and not b < 1", where=""), {"a": 2, "b": 1})
    for text, values in [
        ("1/x", {"x": 0}),
        ("log(x)", {"x": -1.0}),
        ("x**64", {"x": 1e300}),
        ("y", {}),
    ]:
        with pytest.raises(InvalidError):
            evaluate(parse(text, where=""), values)


def test_linear_parts() -> None:
    rate, drive = affine(parse("(E - v + R*I)/tau", where=""), "v") or (Num(0), Num(0))
    values = {"E": -70.0, "R": 0.04, "I": 500.0, "tau": 10.0}
    assert evaluate(rate, values) == -0.1
    assert evaluate(drive, values) == pytest.approx(-5.0)
    assert affine(parse("v*v", where=""), "v") is None
    assert affine(parse("exp(v)", where=""), "v") is None
    assert affine(parse("1/v", where=""), "v") is None


def test_statements() -> None:
    assert statement("dv/dt = -v", where="").form == "ode"
    assert statement(" mem[t] = I ", where="").target == "mem"
    assert [statement(f"w {op} b", where="").form for op in ("=", "+=", "-=")] == ["=", "+=", "-="]
    for text in [
        "v",
        "v == 3",
        "d/dt = 3",
        "v[t-1] = 3",
        "dv/dx = 3",
        "v *= 2",
        "lambda = 3 +",
        "1 = v",
    ]:
        with pytest.raises(InvalidError):
            statement(text, where="equations/0")
    with pytest.raises(InvalidError, match="column 11"):
        statement("dv/dt = 3 $", where="equations/0")


@pytest.mark.parametrize(
    "name",
    [
        'x; system("id"); //',
        "lambda",
        "double",
        "typeof",
        "let",
        "спайк",
        "v-1",
        "",
        "_x",
        "1x",
        "a" * 65,
        "t",
        "dt",
        "spike",
        "exp",
        "x\n",
        "x y",
        "preset",
    ],
)
def test_names_that_may_not_be(name: str) -> None:
    with pytest.raises(InvalidError):
        check_name(name, where="parameters")


def leaky(**changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "schema": "spikex/component@1",
        "id": "neurons/own",
        "name": "Own",
        "kind": "neuron",
        "version": "1.0.0",
        "authors": ["me"],
        "license": "BSD-3-Clause",
        "summary": "A neuron for tests.",
        "parameters": {
            "tau": {"value": 10.0, "unit": "ms", "range": [0, None], "exclusive": True, "doc": "d"}
        },
        "state": {"v": {"doc": "d"}},
        "inputs": {"I": {"doc": "d"}},
        "equations": ["dv/dt = (I - v)/tau"],
        "integrator": "exact",
        "spike": {"when": "v >= 1", "reset": "v = 0"},
        "conventions": {
            "threshold": ">=",
            "reset_moment": "same_step",
            "reset_kind": "value",
            "input_gain": "1",
        },
    }
    for key, value in changes.items():
        if value is None:
            del data[key]
        else:
            data[key] = value
    return data


PAPER = {"authors": "A", "title": "T", "year": 2000, "doi": "nonsense"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"equations": ["dv/dt = (I - w)/tau"]}, 'unknown name "w"'),
        ({"equations": ["dv/dt = (I - v)/tua"]}, 'did you mean "tau"'),
        ({"equations": ["du/dt = -u"]}, 'an equation for "u", which is no state'),
        ({"equations": []}, "v has no equation"),
        ({"equations": ["dv/dt = -v", "dv/dt = I"]}, "two equations for v"),
        ({"equations": ["v[t] = I"]}, "a map needs no integrator"),
        ({"equations": ["v[t] = v + I"], "integrator": None}, "which v?"),
        ({"integrator": None}, "need an integrator"),
        ({"integrator": "leapfrog"}, "must be 'exact'"),
        ({"equations": ["dv/dt = v*v + I"]}, "not linear in v"),
        ({"equations": ["dv/dt = I - v*I"]}, "changes in time"),
        ({"equations": ["v = 3"]}, "all dx/dt"),
        ({"spike": {"when": "v"}}, "a test is expected"),
        ({"spike": {"when": "v < 1"}}, "a > b or a >= b"),
        ({"spike": {"when": "v > 1"}}, "but the test is >"),
        ({"spike": {"when": "v >= 1", "reset": "w = 0"}}, '"w" is no state'),
        ({"spike": {"when": "v >= 1", "reset": "v[t] = 0"}}, "what a spike does is written"),
        ({"spike": {"when": "v >= 1", "refractory": "t_ref"}}, 'unknown name "t_ref"'),
        ({"spike": {"when": "v >= 1", "rset": "v = 0"}}, 'did you mean "reset"'),
        ({"spike": None}, "nothing goes out"),
        ({"conventions": None}, "says its conventions"),
        ({"state": {"v": {"doc": "d", "unit": "milivolt"}}}, 'unknown unit "milivolt"'),
        ({"state": {"v": {"doc": "d", "unit": "mV; x"}}}, "is no unit"),
        ({"state": {"lambda": {"doc": "d"}}}, "keyword"),
        ({"state": {"tau": {"doc": "d"}}}, "said twice"),
        ({"inputs": {"I": {"doc": "d"}, "g": {"doc": "d"}}}, "every other input needs a default"),
        ({"noise": {"xi": {"distribution": "cauchy", "doc": "d"}}}, "noise/xi/distribution"),
        ({"noise": {"tau": {"distribution": "normal", "doc": "d"}}}, "said twice"),
        ({"state": {"v": {"doc": "d", "per": "synapse"}}}, "only a learning rule"),
        ({"jumps": ["w += I"]}, '"w" is no state'),
        ({"jumps": ["v += J"]}, 'unknown name "J"'),
        ({"jumps": ["dv/dt = I"]}, "what a spike does is written"),
        ({"id": "layers/own"}, 'begins with "neurons/"'),
        ({"id": "neurons/../../x"}, "is not a valid name"),
        ({"code": {"python": "../x.py"}}, "is not a valid name"),
        ({"references": [PAPER]}, "is no DOI"),
        ({"let": {"a": "exp(-dt/tua)"}}, 'did you mean "tau"'),
        ({"variants": [{"when": {"mode": "x"}}]}, '"mode" is no parameter that chooses'),
        ({"presets": {"fast": {"doc": "d", "parameters": {"tau": 0}}}}, "out of range"),
        ({"presets": {"fast": {"doc": "d", "parameters": {"tua": 1}}}}, 'did you mean "tau"'),
        ({"eqations": []}, 'did you mean "equations"'),
        ({"license": None}, "is missing"),
    ],
)
def test_components_that_do_not_add_up(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidError) as caught:
        Component.of(leaky(**changes))
    assert message in str(caught.value)


def test_text_never_leaves_its_comment() -> None:
    """Names, notes and choices of a component cannot become code, whatever they hold."""
    evil = '"""\nimport os; os.system("id")\n"""\\'
    data = leaky(
        name='"""; import os',
        summary='""" + open("x") \\',
        tags=[],
        let={"k": {"value": "exp(-dt/tau)", "doc": evil}},
        parameters={
            "tau": {"value": 10.0, "doc": evil},
            "mode": {"value": "a", "choices": ["a", 'b"""; import os #'], "doc": "d"},
        },
        equations=["dv/dt = (I - v)/tau*k"],
        variants=[{"when": {"mode": 'b"""; import os #'}, "equations": ["dv/dt = -v"]}],
    )
    from spikex_lab.catalog.codegen.torch import render

    component = Component.of(data)
    source = render(component)
    check(source)  # nothing but prefixed names, numbers and torch's functions
    compiled = compile(source, "x", "exec")
    assert set(compiled.co_names) <= {"torch", "constants", "step", "__doc__"} | {
        name for name in compiled.co_names if name.startswith(("step_", "constants_"))
    }


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "def f(p_x):\n    return p_x.__class__",
        "x_a = open",
        "def f():\n    return eval",
        "p_a = [q for q in p_b]",
    ],
)
def test_the_last_check_refuses_foreign_code(source: str) -> None:
    with pytest.raises(SpikexError):
        check(source)


def test_generated_names_carry_prefixes() -> None:
    source = program_source(Component.of(leaky()).program())
    assert "c_decay_v" in source
    assert "p_tau" in source
    assert " tau" not in source.replace("p_tau", "").replace("(I - v)/tau", "")
