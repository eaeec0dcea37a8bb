"""Units add up, in dimension and in magnitude, or the refusal says where and how to mend it."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest

from spikex_lab.catalog import Component, library
from spikex_lab.catalog.dimensions import units
from spikex_lab.catalog.inference import infer
from spikex_lab.catalog.parser import parse
from spikex_lab.catalog.units import KNOWN, ONE, Unit, check_unit, pint_agrees
from spikex_lab.errors import InvalidError

NAMES = {
    "v": "mV", "E": "mV", "I": "pA", "g": "nS", "C": "pF", "tau": "ms", "n": "1", "f": "Hz",
    "j": "uA/cm**2", "G": "mS/cm**2", "A": "nA", "dt": "ms", "pi": "1",
}  # fmt: skip


def of(text: str) -> Unit | None:
    return infer(parse(text, where=""), {name: Unit.read(u) for name, u in NAMES.items()}, "here")


def neuron(**changes: Any) -> Component:
    """A leaky neuron in physical units, with `changes`."""
    return Component.of(
        {
            "schema": "spikex/component@1",
            "id": "neurons/test",
            "name": "Test",
            "kind": "neuron",
            "version": "1.0.0",
            "authors": ["A"],
            "license": "BSD-3-Clause",
            "summary": "For tests.",
            "parameters": {
                "tau": {"value": 10.0, "unit": "ms", "doc": "d"},
                "C": {"value": 250.0, "unit": "pF", "doc": "d"},
                "g": {"value": 30.0, "unit": "nS", "doc": "d"},
                "E": {"value": -70.0, "unit": "mV", "doc": "d"},
                "th": {"value": -50.0, "unit": "mV", "doc": "d"},
                "t_ref": {"value": 2.0, "unit": "ms", "doc": "d"},
            },
            "state": {"v": {"init": "E", "unit": "mV", "doc": "d"}},
            "inputs": {"I": {"unit": "pA", "doc": "d"}},
            "equations": ["dv/dt = (g*(E - v) + I)/C"],
            "integrator": "exact",
            "spike": {"when": "v >= th", "reset": "v = E", "refractory": "t_ref"},
            "conventions": {
                "threshold": ">=",
                "reset_moment": "same_step",
                "reset_kind": "value",
                "input_gain": "1",
            },
        }
        | changes
    )


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("g*(E - v)", "pA"),
        ("tau*I/C", "mV"),
        ("G*v", "uA/cm**2"),
        ("I/(g*dt)", "mV/ms"),
        ("v**2/E", "mV"),
        ("sqrt(v*E)", "mV"),
        ("exp((v - E)/v)", "1"),
        ("max(v, 0) + min(E, v)", "mV"),
        ("v if n > 0 else E", "mV"),
        ("0*v + E", "mV"),
        ("clip(n, 0, 1)*f", "Hz"),
        ("step(v - E)", "1"),
        ("v // E", "1"),
        ("v % E", "mV"),
        ("n**tau if 1 > 2 else 1", None),
    ],
)
def test_the_unit_of_an_expression(text: str, unit: str | None) -> None:
    if unit is None:
        with pytest.raises(InvalidError, match="exponent"):
            of(text)
    else:
        found = of(text)
        assert found is not None
        assert found.agrees(Unit.read(unit)), str(found)


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("v + I", "v is in mV, but I is in pA", "a factor in Gohm is missing"),
        ("v + 3", "v is in mV, but 3 has no unit", "let: {value: …, unit: mV}"),
        ("3 + v", "v is in mV, but 3 has no unit", "unit: mV"),
        ("I + A", "I is in pA, but A is in nA", "multiply by a constant from let: {value: 1000"),
        ("exp(v)", "exp takes a number without a unit, but v is in mV", "1/mV"),
        ("exp(f*dt)", "f*dt is in Hz*ms", "value: 0.001, unit: 1/(Hz*ms)"),
        ("v**n", "the unit of v**n depends on n", "divide v by something in mV"),
        ("n**v", "the exponent of n**v is in mV", "no unit"),
        ("v if I > v else v", "I is in pA, but v is in mV", "a factor in nS"),
        ("v if n > 0 else I", "v is in mV, but I is in pA", ""),
        ("clip(v, 0, 1)", "v is in mV, but 1 has no unit", ""),
        ("floor(v)", "floor takes a number without a unit", ""),
    ],
)
def test_what_does_not_add_up_says_so(text: str, what: str, hint: str) -> None:
    with pytest.raises(InvalidError) as error:
        of(text)
    assert what in error.value.what
    assert hint in error.value.hint
    assert error.value.where == "here"


@pytest.mark.parametrize(
    ("changes", "where", "what"),
    [
        ({"equations": ["dv/dt = g*(E - v) + I"]}, "equations/0", "dv/dt is in mV/ms, but"),
        ({"equations": ["dv/dt = (E - v + I)/tau"]}, "equations/0", "I is in pA"),
        ({"state": {"v": {"init": "tau", "unit": "mV", "doc": "d"}}}, "state/v/init", "ms"),
        ({"jumps": ["v += I"]}, "jumps/0", "I is in pA"),
        ({"let": {"a": {"value": "g*E", "unit": "nA"}}}, "let/a", "nA"),
        ({"let": {"a": "E + tau"}}, "let/a", "tau is in ms"),
        ({"spike": {"when": "v >= tau"}}, "spike/when", "tau is in ms"),
        ({"spike": {"when": "v >= th", "scale": "tau"}}, "spike/scale", "tau is in ms"),
        ({"spike": {"when": "v >= th", "reset": ["v = E", "v -= 2"]}}, "spike/reset/1", "2"),
        ({"spike": {"when": "v >= th", "after": "v = I"}}, "spike/after/0", "I is in pA"),
        ({"spike": {"when": "v >= th", "refractory": "E"}}, "spike/refractory", "a duration"),
        ({"output": "v + I"}, "output", "I is in pA"),
    ],
)
def test_every_key_is_looked_at(changes: dict[str, Any], where: str, what: str) -> None:
    component = neuron(**changes)  # its form is right
    with pytest.raises(InvalidError) as error:
        component.check_units()
    assert error.value.where == f"neurons/test/{where}"
    assert what in error.value.what
    assert error.value.hint
    assert error.value.problems[0].pointer == f"/{where}"


def test_a_plain_number_is_in_the_unit_of_what_it_gives() -> None:
    neuron(
        state={"v": {"init": -65, "unit": "mV", "doc": "d"}},
        let={"k": {"value": 5, "unit": "nS"}, "free": 2, "drop": "0*I"},
        jumps=["v = v + k*E/g*free"],
        spike={"when": "v >= th", "reset": "v = 0", "refractory": 2},
    ).check_units()


def test_all_faults_are_told_and_those_of_a_variant_name_it() -> None:
    component = neuron(
        parameters={
            "E": {"value": -70.0, "unit": "mV", "doc": "d"},
            "tau": {"value": 1.0, "unit": "ms", "doc": "d"},
            "kind": {"value": "a", "choices": ["a", "b"], "doc": "d"},
        },
        equations=["dv/dt = (E - v)/tau + I"],
        spike={"when": "v >= E", "reset": "v = E"},
        variants=[
            {"when": {"kind": "b"}, "spike": {"reset": ["v = tau"]}},
        ],
    )
    with pytest.raises(InvalidError, match="1 more") as error:
        component.check_units()
    first, second = error.value.problems
    assert first.pointer == "/equations/0"
    assert second.pointer == "/spike/reset/0"
    assert "(kind=b)" in second.message


def test_the_whole_library_adds_up() -> None:
    for name in library().ids():
        library().get(name).check_units()


def test_it_is_quick() -> None:
    slowest = 0.0
    for name in library().ids():
        component = library().get(name)
        start = time.process_time()
        component.check_units()
        slowest = max(slowest, time.process_time() - start)
    assert slowest < 0.3  # 5 ms when it was written


def test_names_and_outputs_have_units() -> None:
    found = units(neuron(let={"r": "1/g"}, output="r*I").spec)
    assert found["r"].agrees(Unit.read("Gohm"))
    assert found["output"].agrees(Unit.read("mV"))
    assert "dt" not in found


def test_units_are_compared_without_loading_pint() -> None:
    import subprocess
    import sys

    code = """
import sys
from spikex_lab.catalog import library
lif = library().get("neurons/lif")
lif.check_units()
assert not {"pint", "torch"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_pint_knows_every_unit_by_the_same_name() -> None:
    for name in KNOWN:
        assert pint_agrees(name)
        size, dimensions = Unit.read(name).base
        assert math.isfinite(size)
        assert dimensions or name in ("rad", "bit")
    assert Unit.read("M").agrees(Unit.read("mol/(m**3)")) is False
    assert Unit.read("mol/m**3").ratio(Unit.read("M")) == pytest.approx(1e-3)
    assert Unit.read("min").ratio(Unit.read("s")) == pytest.approx(60)
    assert Unit.read("h").ratio(Unit.read("s")) == pytest.approx(3600)
    assert Unit.read("C").agrees(Unit.read("A*s"))
    assert Unit.read("mV").ratio(Unit.read("ms")) is None


@pytest.mark.parametrize(
    "unit",
    [
        "", " ", "mVolt", "mV;import os", "__import__", "mV**99", "mV**mV", "9**9**9", "2*mV",
        "-mV",
        "exp(mV)", "mV + mV", "(" * 5000, "m" * 10_000, "mV/0", "mV**0.5", "µV", "мV", "mV\n",
        "1/1e3",
        "pint.Unit", "mV if s else s", "a[t]", "mV[t]", "1**9",
    ],
)  # fmt: skip
def test_hostile_units_are_refused_at_once(unit: str) -> None:
    start = time.process_time()
    with pytest.raises(ValueError, match=r"unit"):
        check_unit(unit)
    assert time.process_time() - start < 0.1


def test_powers_of_powers_end() -> None:
    lets = {"a0": {"value": "E**2"}} | {
        f"a{at}": {"value": f"a{at - 1}**64/a{at - 1}"} for at in range(1, 60)
    }
    with pytest.raises(InvalidError, match="power above 64"):
        neuron(let=lets).check_units()
    lets = {"a0": {"value": "sqrt(C*v)"}} | {
        f"a{at}": {"value": f"sqrt(a{at - 1})"} for at in range(1, 60)
    }
    neuron(let=lets).check_units()
    with pytest.raises(InvalidError, match="r is in"):
        neuron(let={"r": {"value": "C**60/g**60*I**60", "unit": "mV"}}).check_units()


@pytest.mark.parametrize(
    ("unit", "shown"),
    [("1", ""), ("uA/cm**2", "µA/cm²"), ("Mohm", "MΩ"), ("us", "µs"), ("1/(mV*ms)", "1/(mV·ms)")],
)
def test_units_for_people(unit: str, shown: str) -> None:
    assert Unit.read(unit).shown == shown
    assert Unit.read(str(Unit.read(unit))) == Unit.read(unit)


def test_folded_units_have_the_shortest_name() -> None:
    assert Unit.read("pA*ms/pF").folded == "mV"
    assert Unit.read("mS/cm**2*mV").folded == "uA/cm**2"
    assert Unit.read("mV/mV") == ONE
