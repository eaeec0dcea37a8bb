"""Definitions: what eight lines become, and every hostile one refused with its line and reason."""

from __future__ import annotations

from typing import Any

import pytest

from spikex_lab.catalog import library, sanity
from spikex_lab.catalog.define import define
from spikex_lab.errors import InvalidError, SpikexError, TooLargeError
from spikex_lab.spec.lines import line_of, lines

EIGHT = """\
id: neurons/mine
parameters: {tau: 10 ms, tau_w: 100 ms, b: 0.2}
equations:
  - dv/dt = (I - w - v)/tau
  - dw/dt = -w/tau_w
spike: {when: v >= 1, reset: [v = 0, w += b]}
"""
GOOD = """\
id: neurons/mine
parameters:
  tau: {value: 10, unit: ms}
  b: 0.2
state: {v: 0, w: 0}
inputs: {I: {}}
equations:
  - dv/dt = (I - w - v)/tau
  - dw/dt = -w/tau
spike: {when: v >= 1, reset: [v = 0, w += b]}
references:
  - {authors: A. Person, title: A title, year: 2000, doi: 10.1000/abc}
"""


def test_what_eight_lines_leave_out_is_filled_in() -> None:
    spec = define(EIGHT, author="Ada", version="1.2.3").spec
    assert (spec.kind, spec.name, spec.version, spec.authors) == (
        "neuron",
        "Mine",
        "1.2.3",
        ["Ada"],
    )
    assert spec.license == "not stated"
    assert spec.summary == "A neuron: dv/dt = (I - w - v)/tau"
    assert list(spec.state) == ["v", "w"]
    assert list(spec.inputs) == ["I"]
    assert (spec.parameters["tau"].value, spec.parameters["tau"].unit) == (10, "ms")
    assert spec.integrator == "exact"
    assert spec.surrogate == "surrogates/atan"
    told = spec.conventions
    assert told is not None
    assert (told.threshold, told.reset_moment, told.reset_kind) == (">=", "same_step", "zero")
    assert float(told.input_gain) == pytest.approx(0.09516, rel=1e-3)  # 1 - exp(-1/10)


def test_the_stored_form_says_everything_again() -> None:
    first = define(EIGHT, author="Ada")
    again = define(first.spec.to_dict(), author="somebody else", version="9.9.9")
    assert again.spec == first.spec


@pytest.mark.parametrize(
    ("spike", "conventions"),
    [
        ("v >= 1", (">=", "none", "none")),
        ("{when: v > 1, reset: v -= 1}", (">", "same_step", "subtract")),
        ("{when: v > 1, reset: v = b}", (">", "same_step", "value")),
        (
            "{when: v > 1, reset: v = 0.0, timing: next_step}",
            (">", "next_step", "zero"),
        ),
    ],
)
def test_the_conventions_are_read_off_the_spike(
    spike: str, conventions: tuple[str, str, str]
) -> None:
    text = GOOD.replace("{when: v >= 1, reset: [v = 0, w += b]}", spike)
    told = define(text, author="me").spec.conventions
    assert told is not None
    assert (told.threshold, told.reset_moment, told.reset_kind) == conventions


def test_what_is_not_linear_is_stepped_by_runge_kutta() -> None:
    assert define(GOOD.replace("- v)/tau", "- v*v)/tau"), author="me").spec.integrator == "rk4"
    maps = EIGHT.replace("dv/dt = (I - w - v)/tau", "v[t] = exp(-dt/tau)*v[t-1] + I[t] - w[t-1]")
    maps = maps.replace("dw/dt = -w/tau_w", "w[t] = exp(-dt/tau_w)*w[t-1]")
    assert define(maps, author="me").spec.integrator is None


def test_keywords_are_as_good_as_a_text() -> None:
    made = define(
        {
            "name": "My own",
            "equations": ["dv/dt = (x - v)/tau"],
            "parameters": {"tau": 5},
            "state": {"v": "-70 mV"},
            "inputs": {"x": "mV"},
            "spike": {"when": "v >= v_th", "reset": "v = v_0"},
            "let": {"v_th": {"value": -55, "unit": "mV"}, "v_0": {"value": -70, "unit": "mV"}},
        }
        | {"parameters": {"tau": "5 ms"}},
        author="me",
    )
    assert made.id == "neurons/my-own"
    assert (made.spec.state["v"].init, made.spec.state["v"].unit) == (-70, "mV")
    assert made.spec.inputs["x"].unit == "mV"


def test_equations_without_any_unit() -> None:
    """As a paper may print them; one unit somewhere, and all of them have to add up."""
    text = """\
id: neurons/printed
parameters: {a: 0.02, b: 0.2, c: -65, d: 8}
equations:
  - dv/dt = 0.04*v**2 + 5*v + 140 - u + I
  - du/dt = a*(b*v - u)
spike: {when: v >= 30, reset: [v = c, u += d]}
"""
    assert define(text, author="me").spec.integrator == "rk4"
    with pytest.raises(InvalidError, match=r"line 4, equations/0: .*is in mV"):
        define(text.replace("c: -65", "c: -65 mV") + "state: {v: {unit: mV}, u: 0}\n", author="me")


def _with(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


def _equation(text: str) -> str:
    return _with("(I - w - v)/tau", text)


HOSTILE: dict[str, tuple[str, str]] = {
    # a text, and what its refusal says; every one names its line
    "10 MB of parentheses": ("(" * 10_000_000, r"line 1: .*more than 100 kB"),
    "10 MB in an equation": (_equation("(" * 10_000_000), r"line 8: .*more than 100 kB"),
    "parentheses within the limit": (_equation("(" * 90_000), r"line 8, equations/0"),
    "1000 brackets": (_equation("(" * 900 + "v" + ")" * 900), r"line 8.*nested deeper than 32"),
    "power of a power": (_equation("9**9**9"), r"line 8.*column 12: a power in an exponent"),
    "power of a power as a value": (
        _with("  b: 0.2", "  b: 0.2\n  k: 9**9**9"),
        r"line 5, parameters/k: '9\*\*9\*\*9' is no number",
    ),
    "tau = 0": (_with("value: 10", "value: 0"), r"line 3, parameters/tau: tau = 0"),
    "tau = 0 in a preset": (
        GOOD + "presets: {fast: {doc: d, parameters: {tau: 0}}}\n",
        r"parameters/tau: tau = 0",
    ),
    "units": (_with("unit: ms", "unit: mV"), r"line 8, equations/0: .*1/mV"),
    "no equation": (_with("  - dw/dt = -w/tau\n", ""), r"line 5, state/w: w has no equation"),
    "unknown state": (_with("dw/dt", "dz/dt"), r'line 9, equations/1: .*"z", which is no state'),
    "unknown name": (_equation("(I - q - v)/tau"), r'line 8, equations/0: unknown name "q"'),
    "word of C": (_with("  b: 0.2", "  int: 0.2"), r'line 4, parameters/int: "int" is a keyword'),
    "word of JavaScript": (_with("  b: 0.2", "  typeof: 0.2"), r'line 4.*"typeof" is a keyword'),
    "code in a name": (_with("  b: 0.2", "  'x; system(\"id\"); //': 1"), r"line 2.*is no name"),
    "code in a state": (_with("v: 0,", "'v\\nimport os': 0,"), r"line 5.*is no name"),
    "code in a unit": (_with("unit: ms", "unit: 'x; f(); //'"), r"line 3.*is no unit"),
    "homoglyph in a name": (_with("  b: 0.2", "  \u0430: 0.2"), r"line 4.*is no name"),
    "homoglyph in an equation": (_equation("(I - v)/t\u0430u"), r"line 8.*unexpected character"),
    "homoglyph in the id": (_with("neurons/mine", "neurons/m\u0456ne"), r"line 1, id"),
    "attribute": (_equation("().__class__"), r"line 8, equations/0, column 11"),
    "lambda": (_equation("(lambda*1)()"), r'line 8.*"lambda" is a keyword'),
    "walrus": (_equation("(x := 1)"), r"line 8.*unexpected character ':'"),
    "f-string": (_equation("f'{v}'"), r"line 8.*unexpected character"),
    "comprehension": (_equation("[v for v in I]"), r'line 8.*"for" is a keyword'),
    "import": (_equation("__import__"), r"line 8.*unexpected character '_'"),
    "2000 terms": (_equation("+".join(["v"] * 2000)), r"line 8, equations/0"),
    "path of code": (GOOD + "code: {python: ../x.py}\n", r"line 13, code/python"),
    "absolute path": (GOOD + "diagram: /etc/passwd\n", r"line 13, diagram"),
    "code that is not there": (GOOD + "code: {python: x.py}\n", r"line 13.*no file x.py"),
    "no DOI": (_with("10.1000/abc", "javascript:f()"), r"line 12, references/0/doi: .*no DOI"),
    "tag of Python": (GOOD + "summary: !!python/name:os.system\n", r"line 13: the tag"),
    "alias": ("a: &a [1]\nb: *a\n", r"line 1: the anchor"),
    "nesting": ("[" * 100_000, r"line 1: nested deeper than 64"),
    "10^18 weights": (
        GOOD + "weights: {w: {shape: [1000000000, 1000000000], init: {uniform: 1}, doc: d}}\n",
        r"line 13, weights/w: weights of shape \[1000000000, 1000000000\] are too many",
    ),
    "4000 equations": (
        _with("  - dw/dt = -w/tau\n", "  - dw/dt = -w/tau\n" * 4000),
        r"4001 equations; at most 50",
    ),
    "2**16 variants": (
        _with("  b: 0.2", "\n".join(f"  o{i}: {{value: a, choices: [a, b]}}" for i in range(16)))
        + "variants:\n"
        + "".join(f"  - {{when: {{o{i}: b}}, equations: [dw/dt = -{i}*w]}}\n" for i in range(16)),
        r"65536 variants of the equations",
    ),
    "a key twice": (GOOD + "id: neurons/other\n", r'line 13: the key "id" is given twice'),
    "NaN": (_with("value: 10", "value: .nan"), r"line 3: .*not finite"),
    "a number without end": (_with("value: 10", f"value: {'9' * 400}"), r"line 3: .*64 bits"),
    "10 MB of text": (f"{GOOD}summary: {'a' * 10_000_000}", r"line 13: .*100 kB"),
    "unknown key": (GOOD + "equation: x\n", r'line 13, equation: .*did you mean "equations"'),
    "no width of the threshold": (_with("v >= 1,", "v >= 1, scale: b - b,"), r"line 10.*no number"),
    "no mapping": ("- a\n", r"line 1: a component is a mapping"),
    "300 parameters": (
        _with("  b: 0.2", "\n".join(f"  b{i}: 1" for i in range(300))),
        r"301 parameters; at most 200",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_refused_with_its_line_and_reason(name: str) -> None:
    text, reason = HOSTILE[name]
    with pytest.raises(SpikexError, match=reason):
        define(text, author="me")


def test_as_a_mapping_it_is_read_within_the_same_limits() -> None:
    with pytest.raises(TooLargeError):
        define({"id": "neurons/mine", "equations": ["dv/dt = " + "(" * 10_000_000]}, author="me")
    with pytest.raises(InvalidError, match="plain data"):
        define({"id": "neurons/mine", "equations": {"set"}}, author="me")
    loop: dict[str, Any] = {"id": "neurons/mine"}
    loop["let"] = loop
    with pytest.raises(InvalidError, match="plain data"):
        define(loop, author="me")


def test_equations_times_variants_have_a_bound() -> None:
    text = (
        "id: neurons/mine\nparameters:\n  tau: 10 ms\n"
        + "".join(f"  b{i}: true\n" for i in range(6))
        + "equations:\n"
        + "".join(f"  - ds{i}/dt = (s0 - s0 + s0 - s0 - s{i})/tau\n" for i in range(30))
        + "spike: {when: s0 >= 1}\nvariants:\n"
        + "".join(f"  - {{when: {{b{i}: true}}, integrator: euler}}\n" for i in range(6))
    )
    with pytest.raises(TooLargeError, match="in all their variants"):
        define(text, author="me")


def test_every_bundled_component_gives_numbers_at_its_first_step() -> None:
    looked_at = 0
    for name in library().ids():
        sanity.check(library().get(name))
        looked_at += library().get(name).has_equations
    assert looked_at > 20


def test_lines_of_keys_and_entries() -> None:
    found = lines("a: 1\nb:\n  - c\n  - {d: 1,\n     e/f: [1,\n 2]}\nz: {y: 1}\n")
    assert found["/b/1/d"] == 4
    assert found["/b/1/e~1f/1"] == 6
    assert found["/z/y"] == 7
    assert line_of(found, "/b/1/d/deeper/still") == 4
    assert line_of({}, "/b") is None


def test_an_unknown_key_is_seen_though_it_is_empty() -> None:
    with pytest.raises(InvalidError, match='did you mean "equations"'):
        define(GOOD + "equatons: []\n", author="me")


def test_parts_use_those_above_them() -> None:
    with pytest.raises(InvalidError, match='"late" has no value yet'):
        define(GOOD + "let: {early: late, late: early}\n", author="me")
