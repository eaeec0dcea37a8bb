"""C++: it compiles alone, and steps as the reference does, variant by variant."""

from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path

import numpy as np
import pytest

from spikex_lab import toolchain
from spikex_lab.catalog import Component, library
from spikex_lab.catalog.codegen import cpp, words
from spikex_lab.catalog.expr import Call, Name
from spikex_lab.catalog.parser import parse
from spikex_lab.conformance import reference
from spikex_lab.conformance.printed import rounded_alike
from spikex_lab.errors import SpikexError

from .scalars import FLAGS, TOLERANCE, Native, cases, components, error
from .test_equations import leaky

_POINTER = ctypes.POINTER(ctypes.c_double)
pytestmark = pytest.mark.skipif(toolchain.compiler() is None, reason="no C++ compiler")


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> Native:
    return Native(cases(), tmp_path_factory.mktemp("compiled"))


def test_every_file_compiles_alone(tmp_path: Path) -> None:
    """Each in its own run of the compiler, with every warning an error."""
    surrogates = [name for name in library().ids() if library().get(name).kind == "surrogate"]
    found = [*components(), *(library().get(name) for name in surrogates)]
    for component in found:
        name = tmp_path / f"{words.module(component)}.cpp"
        name.write_text(cpp.render(component), encoding="ascii")
    files = sorted(str(path) for path in tmp_path.iterdir())
    assert len(files) == len(found)
    done = subprocess.run(
        [str(toolchain.compiler()), *FLAGS, "-fsyntax-only", *files],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[:2000]


def test_float64_agrees_with_the_reference(native: Native) -> None:
    for case in cases():
        assert error(case.truth, *native.run(case)) <= TOLERANCE, case


def test_float32_equals_the_reference(native: Native) -> None:
    """Where a step only adds, subtracts, multiplies, divides and takes roots: bit by bit."""
    exact = [case for case in cases() if rounded_alike(case.program)]
    assert {"neurons/leaky", "neurons/synaptic", "neurons/lif"} <= {c.component.id for c in exact}
    for case in exact:
        truth = reference.run(case.component, case.selection, case.params, case.drive, single=True)
        out, states = native.run(case, "float", truth.constants)
        for mine, other in zip([truth.output, *truth.states], [out, *states], strict=True):
            np.testing.assert_array_equal(mine, other, err_msg=str(case))


def test_the_comparison_can_fail(native: Native) -> None:
    case = next(case for case in cases() if case.component.id == "neurons/lif")
    out, states = native.run(case)
    assert error(case.truth, out, [states[0] + 1e-6, states[1]]) > TOLERANCE
    assert sum(case.truth.output) > 0


def test_presets_are_named_constructors(tmp_path: Path) -> None:
    """Each preset gives the values that the component resolves to."""
    texts, expected = [], []
    for component in components():
        for preset in words.presets(component):
            names = list(words.numbers(component))
            expected.append(_resolved(component, preset.name, names))
            space = words.module(component)
            fields = "".join(f"p[{i}] = made.p_{name};" for i, name in enumerate(names))
            texts.append(
                f'extern "C" void preset_{len(texts)}(double* p) {{ (void)p; const auto made = '
                f"{space}::Parameters<double>::{preset.name}(); (void)made; {fields} }}"
            )
    files = [cpp.render(one) for one in components() if one.spec.presets]
    loaded = toolchain.library("\n".join([*files, *texts]), flags=FLAGS, folder=tmp_path)
    assert loaded is not None
    assert len(expected) > 1
    for index, values in enumerate(expected):
        got = np.zeros(len(values))
        getattr(loaded, f"preset_{index}")(got.ctypes.data_as(_POINTER))
        assert got.tolist() == values


def _resolved(component: Component, name: str, numbers: list[str]) -> list[float]:
    labels = dict(
        zip((p.name for p in words.presets(component)), component.spec.presets, strict=True)
    )
    given = component.resolve({**component.placeholders(), "preset": labels[name]})
    return [float(given[number]) for number in numbers]


def test_surrogates(tmp_path: Path) -> None:
    """The derivative is torch's; the antiderivative's slope is the derivative."""
    import torch

    from spikex_lab.nn import Surrogate

    found = [library().get(name) for name in library().ids() if name.startswith("surrogates/")]
    texts = []
    for index, one in enumerate(found):
        for part in words.smooth(one):
            fed = ", ".join(["x[k]", *("0.5" for _ in part.program.noise)])
            texts.append(
                f'extern "C" void {part.name}_{index}(const double* x, long n, double* y) {{ const '
                f"{cpp.name_of(one)}<double> given; "
                f"for (long k = 0; k < n; ++k) y[k] = given.{part.name}({fed}); }}"
            )
    loaded = toolchain.library(
        "\n".join([*map(cpp.render, found), *texts]), flags=FLAGS, folder=tmp_path
    )
    x = np.array([-3.1, -0.77, -0.31, -0.013, 0.021, 0.29, 0.83, 2.7])
    h = 1e-5

    def values(part: str, index: int, at: np.ndarray) -> np.ndarray:
        y = np.zeros_like(at)
        pointers = (at.ctypes.data_as(_POINTER), ctypes.c_long(len(at)), y.ctypes.data_as(_POINTER))
        getattr(loaded, f"{part}_{index}")(*pointers)
        return y

    for index, one in enumerate(found):
        slope = values("derivative", index, x)
        if not one.spec.noise:
            torch_slope = Surrogate(one).derivative(torch.tensor(x))
            np.testing.assert_allclose(slope, torch_slope.expand(len(x)).numpy(), atol=1e-9)
        if one.spec.antiderivative is not None:
            rise = values("antiderivative", index, x + h) - values("antiderivative", index, x - h)
            np.testing.assert_allclose(rise / (2 * h), slope, rtol=1e-5, atol=1e-6, err_msg=one.id)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a - (b - c)", "a - (b - c)"),
        ("a - b - c", "a - b - c"),
        ("a/(b*c)", "a / (b * c)"),
        ("-(-a)", "-(-a)"),
        ("a - -b", "a - -b"),
        ("-a**2", "-square(a)"),
        ("(a + b)**3", "cube(a + b)"),
        ("a**-2", "T(1) / square(a)"),
        ("2/a", "T(2) / a"),
        ("3/a", "T(1) / a * T(3)"),  # torch: the reciprocal, then the product
        ("1/3*a", "T(0.3333333333333333) * a"),
        ("7//2*a", "T(3) * a"),
        ("pi/2*a", "T(1.5707963267948966) * a"),
        ("a % b", "remainder(a, b)"),
        ("(a if a > b else b)*c", "(a > b ? a : b) * c"),
        ("a if a > b and (b > c or not c > 0) else 0",
         "a > b && (b > c || !(c > T(0))) ? a : T(0)"),
        ("clip(a, 0, b)", "smaller(larger(a, T(0)), b)"),
        ("detach(a)*sigmoid(b)", "a * (T(1) / (T(1) + std::exp(-b)))"),
        ("step(a)", "a > T(0) ? T(1) : T(0)"),
    ],
)  # fmt: skip
def test_order_is_kept_and_literals_are_done(text: str, expected: str) -> None:
    assert cpp.CppPrinter(strict=True).show(parse(text, where="")) == expected


@pytest.mark.parametrize(("strict", "test"), [(True, ">"), (False, ">=")])
def test_the_threshold_itself(strict: bool, test: str) -> None:
    """At a margin of 0 the comparison with the reference ends, so the test is looked at here."""
    for function in ("fire", "hit"):
        shown = cpp.CppPrinter(strict).show(Call(function, (Name("n_v"),)))
        assert shown == f"n_v {test} T(0) ? T(1) : T(0)"


def test_source_takes_another_integrator() -> None:
    """`source` prints one selection, also one that no file has, and calls its struct Step."""
    component = library().get("neurons/lif")
    text = cpp.source(component, component.selection(component.resolve({"integrator": "rk4"})))
    assert "d4_v" in text
    assert text.count("struct Step ") == 1
    assert "d4_v" not in cpp.source(component)
    assert cpp.name_of(component) == "neurons_lif::Step"


def test_equations_units_and_papers_are_said() -> None:
    text = cpp.render(library().get("neurons/lif"))
    assert text.splitlines()[0].startswith("// Rendered from components/neurons/lif/component.yaml")
    for said in (
        "dv/dt = (E_L - v + tau_m*I/C_m)/tau_m", "[ms] Membrane time constant; above 0",
        "T p_tau_m = T(10.0);", "doi:10.1007/s004220050570", "at a spike: v = v_reset",
    ):  # fmt: skip
        assert said in text


EVIL = '*/ } int main() { system("id"); } // ??/\n#include "x"\\'


def hostile() -> Component:
    """A component whose every free text tries to become code."""
    return Component.of(
        leaky(
            name="Own ??/", summary='""" + open("x") ' + "\\", license='"); system("id"); //',
            let={"k": {"value": "exp(-dt/tau)", "doc": EVIL}},
            parameters={
                "tau": {"value": 10.0, "doc": EVIL},
                "mode": {"value": "a", "choices": ["a", '"}; </script><b>'], "doc": EVIL},
            },
            state={"v": {"doc": EVIL}}, inputs={"I": {"doc": EVIL}},
            equations=["dv/dt = (I - v)/tau*k"],
            variants=[{"when": {"mode": '"}; </script><b>'}, "equations": ["dv/dt = -v"]}],
            presets={'x"; }': {"doc": EVIL, "parameters": {"tau": 3.0}}, "x": {"doc": "\u2028 }"}},
            references=[{"authors": "??/", "title": "\u00e9\u00e9/", "year": 2000}],
        )
    )  # fmt: skip


def test_text_never_leaves_its_comment(tmp_path: Path) -> None:
    source = cpp.render(hostile())
    assert source.isascii()
    toolchain.check(source, flags=["-std=c++11", *toolchain.STRICT])  # where ??/ still means \
    code = [line.split("//")[0] for line in source.splitlines()]
    assert not any(word in line for line in code for word in ("system", "main", '"', "</"))
    names = [line.split()[2] for line in code if "static Parameters" in line]
    assert names == ["preset_x()", "preset_x_2()"]


@pytest.mark.parametrize(
    "line", ["system(1);", 'puts("x");', "#include <x>", "a\\", "@x", "x = `y`;", "_x = 1;", "'a'"]
)
def test_the_last_check_refuses_foreign_code(line: str) -> None:
    from spikex_lab.catalog.codegen.scalar import check

    assert check("const T n_v = T(1) + s_v;  // 'x'\n", cpp._WORDS)
    with pytest.raises(SpikexError):
        check(f"const T n_v = s_v;\n{line}\n", cpp._WORDS)
