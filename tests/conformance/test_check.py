"""The checker finds what is wrong: each fault put in on purpose, and the check that tells it."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikex_lab import toolchain
from spikex_lab.catalog import Component, library
from spikex_lab.catalog.codegen import cpp
from spikex_lab.catalog.expr import Binary, Num
from spikex_lab.conformance import gradients, javascript, native, outside, printed, samples
from spikex_lab.conformance.cases import CASES, case, find
from spikex_lab.conformance.check import check
from spikex_lab.conformance.declared import declared
from spikex_lab.conformance.documents import documents
from spikex_lab.conformance.ranges import ranges
from spikex_lab.conformance.report import Check, Report, to_dict
from spikex_lab.errors import InvalidError, NotFoundError, SpikexError
from tests.conformance.definitions import component


def by_name(checks: Any) -> dict[str, Check]:
    return {one.name: one for one in checks}


def test_a_good_component_has_nothing_wrong_and_says_what_it_compared() -> None:
    report = check(component())
    assert report.ok, [one for one in report.checks if not one.ok]
    found = by_name(report.checks)
    assert {"schema", "units", "parameters", "finite", "gradients smoothed"} <= set(found)
    assert found["Python"].error <= 1e-9
    if toolchain.compiler():
        assert found["C++"].error <= 1e-9
        assert not found["C++"].skipped
    if javascript.node():
        assert found["JavaScript"].error <= 1e-9
    assert 0 < found["gradients smoothed"].error <= 1e-6


def test_the_report_as_json_has_numbers_only() -> None:
    found = [Check("a", "b", math.inf), Check("c", "d", math.nan)]
    found.append(Check("e", "f", np.float64(2.0), 1.0))  # what comes out of a comparison in numpy
    bad = Report("neurons/x", checks=found)
    plain = json.loads(json.dumps(to_dict([bad]), allow_nan=False))
    assert plain["ok"] is False
    for one in plain["components"][0]["checks"]:
        assert one["ok"] is False
        assert isinstance(one["error"], float)
        assert isinstance(one["tolerance"], (int, float))


@pytest.mark.parametrize(
    ("changes", "name", "message"),
    [
        ({"references": []}, "references", "names its source"),
        (
            {"references": [{"authors": "A", "title": "T", "year": 2000}]},
            "references",
            "neither a DOI nor an address",
        ),
        ({"state": {"v": {"init": 0, "doc": " "}}}, "parameters", "v has no doc"),
        (
            {"conformance": [{"against": "x", "tolerance": "one dt"}]},
            "declared",
            "a case or a file",
        ),
        (
            {"conformance": [{"against": "x", "case": "no-such-case", "tolerance": 1}]},
            "no-such-case",
            "no conformance case",
        ),
        (
            {"conformance": [{"against": "x", "file": "brian2-2.9.json", "tolerance": 1}]},
            "conformance/brian2-2.9.json",
            "the trace is missing",
        ),
    ],
)
def test_faults_of_the_file(changes: dict[str, Any], name: str, message: str) -> None:
    report = check(component(**changes))
    assert not report.ok
    assert message in by_name(report.checks)[name].message


def test_a_parameter_that_nothing_uses() -> None:
    parameters = {
        "tau": {"value": 10.0, "unit": "ms", "doc": "Time."},
        "theta": {"value": 1.0, "doc": "Threshold."},
        "sigma": {"value": 0.0, "doc": "Noise."},
        "extra": {"value": 1.0, "doc": "Nothing."},
    }
    found = by_name(documents(component(parameters=parameters)))
    assert found["parameters"].message == "extra is used nowhere"


def test_files_missing_or_out_of_step(tmp_path: Path) -> None:
    source = library().get("neurons/lif").folder
    assert source is not None
    folder = tmp_path / "neurons" / "lif"
    shutil.copytree(source, folder)
    (folder / "lif.cpp").write_text("// by hand\n")
    (folder / "description.md").unlink()
    found = by_name(documents(Component.load(folder)))
    assert "lif.cpp is not in step" in found["rendered"].message
    assert "description.md is missing" in found["files"].message


def test_numbers_that_a_language_gets_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = cpp.CppPrinter.number
    monkeypatch.setattr(
        cpp.CppPrinter, "number", lambda self, value: plain(self, value * (1 + 1e-7))
    )
    odd = component(let={"half": 0.5}, equations=["dv/dt = (-half*v + I + J + sigma*xi)/tau"])
    found = by_name(printed.printed(odd))
    assert found["Python"].ok
    if toolchain.compiler():
        assert not found["C++"].ok
        assert 1e-9 < found["C++"].error < 1e-5


def test_text_that_the_compiler_warns_about(monkeypatch: pytest.MonkeyPatch) -> None:
    if toolchain.compiler() is None:
        pytest.skip("no C++ compiler")
    whole = cpp.render
    monkeypatch.setattr(
        cpp, "render", lambda component: whole(component) + "\nint f(int unused) { return 0; }\n"
    )
    native._library.cache_clear()
    report = check(component())
    assert not report.ok
    assert "unused" in by_name(report.checks)["printed"].message


def test_float32_is_compared_exactly_where_rounding_is_alike() -> None:
    program = component(spike={"when": "v > theta", "reset": "v = 0*theta"}).program()
    assert printed.rounded_alike(program)
    odd = replace(program.body[0], value=Binary("**", program.body[0].value, Num(2.5)))
    assert not printed.rounded_alike(replace(program, body=(odd, *program.body[1:])))


def test_a_state_that_overflows_inside_its_ranges() -> None:
    found = by_name(
        ranges(
            component(
                equations=["dv/dt = (tau*v*v/tau + I + J + sigma*xi)/tau"],
                integrator="rk4",
                bench={"dt": 1.0, "duration": 500, "input": 5.0},
                spike={"when": "v > 1e300*theta", "reset": "v -= theta"},
            )
        )
    )
    assert not found["finite"].ok
    assert "v is not finite with" in found["finite"].message


def test_ranges_are_tried_to_their_ends() -> None:
    tried = list(samples.inside(component()))
    assert {1, 100} <= {params["tau"] for params in tried}
    assert all(1 <= params["tau"] <= 100 for params in tried)
    assert len(tried) > 16
    for params in samples.inside(library().get("synapses/ampa")):
        assert params["tau_r"] < params["tau_d"]


def test_a_gradient_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    from spikex_lab.nn import surrogate

    assert all(one.ok for one in gradients.gradients(component()))
    slope = surrogate.Surrogate.derivative
    monkeypatch.setattr(
        surrogate.Surrogate, "derivative", lambda self, u: slope(self, u) * (1 + 1e-4)
    )
    found = by_name(gradients.gradients(component()))
    assert not found["gradients smoothed"].ok
    assert found["gradients below threshold"].ok


def test_what_is_detached_is_held() -> None:
    """A reset that is not detached has another gradient; both agree with their differences."""
    for detach in (True, False):
        spike = {"when": "v > theta", "reset": "v -= theta", "detach": detach}
        found = by_name(gradients.gradients(component(spike=spike)))
        assert found["gradients smoothed"].ok, detach


def test_a_surrogate_whose_slope_is_not_its_own() -> None:
    good = library().get("surrogates/atan")
    assert gradients.slope(good).ok
    wrong = good.spec.model_copy(update={"derivative": "alpha/2/(1 + (pi/2*alpha*u)**2)*1.001"})
    assert not gradients.slope(Component(wrong)).ok
    none = good.spec.model_copy(update={"antiderivative": None})
    assert gradients.slope(Component(none)).skipped


def test_cases_by_name() -> None:
    @case("of-these-tests")
    def of_these_tests(component: Component, settings: Any) -> float:
        return float(settings["error"])

    try:
        entry = {"against": "x", "case": "of-these-tests", "settings": {"error": 0.5}}
        [good] = declared(component(conformance=[{**entry, "tolerance": 0.5}]))
        [bad] = declared(component(conformance=[{**entry, "tolerance": 0.4}]))
        assert (good.ok, bad.ok) == (True, False)
        assert good.error == 0.5
    finally:
        del CASES["of-these-tests"]
    with pytest.raises(NotFoundError, match="no conformance case"):
        find("of-these-tests")


def test_no_case_is_registered_twice() -> None:
    def other(component: Component, settings: Any) -> float:
        return 0.0

    find("cable-decay")
    other.__module__ = "elsewhere"
    with pytest.raises(SpikexError, match="two conformance cases"):
        case("cable-decay")(other)


def test_a_component_that_cannot_be_read() -> None:
    with pytest.raises(InvalidError, match='did you mean "neurons/lif"'):
        check("neurons/liff")


TRACE = {
    "schema": "spikex/outside-trace@1",
    "simulator": "Test",
    "version": "1",
    "requirements": ["numpy"],
    "script": ["print()"],
    "runs": [
        {
            "name": "one",
            "parameters": {"theta": 0.5},
            "stimulus": {"duration": 20, "dt": 0.5, "inputs": {"I": [{"value": 1.0}]}},
            "spike_times": [7.0, 14.0],
            "states": {"v": {"t": [0.5, 1.0], "values": [0.0, 0.1]}},
        }
    ],
}


@pytest.fixture
def ours() -> Component:
    return component()


def run_of(**changes: Any) -> outside.OutsideRun:
    return outside.OutsideRun.parse({**TRACE["runs"][0], **changes}, where="run")  # type: ignore[index]


def test_measures_of_a_trace(ours: Component) -> None:
    mine = outside._ours(ours, run_of(), {})
    same = run_of(spike_times=mine.spike_times.tolist())
    assert outside.spikes(mine, same) == 0
    late = run_of(spike_times=(mine.spike_times + 0.25).tolist())
    assert outside.spikes(mine, late) == pytest.approx(0.25)
    assert outside.intervals(mine, late) == pytest.approx(0, abs=1e-12)
    fewer = run_of(spike_times=mine.spike_times[:-1].tolist())
    assert outside.spikes(mine, fewer) == math.inf
    assert outside.counts(mine, fewer) == 1
    assert outside.intervals(mine, fewer) < 1e-12
    stretched = run_of(spike_times=(mine.spike_times * 1.25).tolist())
    assert outside.intervals(mine, stretched) == pytest.approx(0.2)
    none = run_of(spike_times=[])
    assert outside.intervals(mine, none) == (math.inf if len(mine.spike_times) > 1 else 0)
    v = mine["v"]
    kept = {"v": {"t": [0.5, 1.0, 5.0], "values": [v[0], v[1], v[9]]}}
    assert outside.states(mine, run_of(states=kept)) == 0
    kept["v"]["values"][1] += 0.1 * (v[9] - v[0])
    assert outside.states(mine, run_of(states=kept)) == pytest.approx(0.1)
    with pytest.raises(InvalidError, match="outside the run"):
        outside.states(mine, run_of(states={"v": {"t": [500.0], "values": [0.0]}}))


def kept_with(trace: Any, **entry: Any) -> list[Check]:
    made = component(
        conformance=[{"against": "Test 1", "file": "test-1.json", "tolerance": 0.1, **entry}]
    )
    made._files["conformance/test-1.json"] = json.dumps(trace).encode()
    return list(declared(made))


def test_a_trace_that_was_tampered_with_is_found() -> None:
    mine = outside._ours(component(), run_of(), {})
    run = {**TRACE["runs"][0], "spike_times": mine.spike_times.tolist(), "states": {}}  # type: ignore[index]
    [good] = kept_with({**TRACE, "runs": [run]})
    assert good.ok
    run["spike_times"][0] += 1.0
    [bad] = kept_with({**TRACE, "runs": [run]})
    assert not bad.ok
    assert bad.error == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("trace", "entry", "message"),
    [
        ({**TRACE, "schema": "other"}, {}, "schema"),
        ({**TRACE, "runs": []}, {}, "runs"),
        ([], {}, "conformance/test-1.json"),
        (TRACE, {"settings": {"compare": "colour"}}, 'no way to compare "colour"'),
        (TRACE, {"settings": {"runs": "two"}}, 'no run "two"'),
    ],
)
def test_a_trace_that_is_none(trace: Any, entry: dict[str, Any], message: str) -> None:
    [bad] = kept_with(trace, **entry)
    assert not bad.ok
    assert message in bad.message


def test_random_inputs_are_the_same_at_every_run() -> None:
    first, again = (samples.drive(component(), 50) for _ in range(2))
    for one, other in zip(
        [*first.inputs, *first.noise], [*again.inputs, *again.noise], strict=True
    ):
        assert np.array_equal(one, other)
