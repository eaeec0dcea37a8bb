"""Standard C++17 that compiles alone: to read, to take away, and to simulate with.

A file holds ``Parameters`` with the component's defaults, its presets as named constructors, and
for each variant of the equations a struct ``Step`` with its states as fields, ``constants(dt)``,
``init()`` and ``step(inputs…, noise…)``. Compile it with ``-ffp-contract=off`` and never with
``-ffast-math``: then its float32 is the reference's wherever only ``+ - * / sqrt`` occur.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from spikex_lab.catalog.body import Selection, selections
from spikex_lab.catalog.codegen import words
from spikex_lab.catalog.codegen.cpp_helpers import HELPERS, NEEDS
from spikex_lab.catalog.codegen.scalar import (
    ScalarPrinter,
    check,
    indent,
    program_names,
    remark,
    statements,
)
from spikex_lab.catalog.codegen.words import Variant
from spikex_lab.catalog.component import Component
from spikex_lab.catalog.expr import names
from spikex_lab.catalog.program import Program, Propagator

_PLAIN = frozenset({"abs", "atan", "ceil", "cos", "cosh", "erf", "exp", "floor", "log", "pow"}
    | {"sin", "sinh", "sqrt", "tan", "tanh"})  # fmt: skip
_OURS = {"max": "larger", "min": "smaller", "round": "std::nearbyint"} | {
    name: name for name in ("cube", "exprel", "floor_divide", "remainder", "sign", "square")
}
_WORDS = re.compile(
    "template|typename|T|struct|using|explicit|static|const|void|double|return|maybe_unused|std|NAN"
    "|Parameters|given|length|made|constants|init|step|derivative|antiderivative|Propagator|m"
    r"|(?:Step|preset)(?:_[a-z0-9_]+)?|Surrogate|nearbyint|" + "|".join({*_PLAIN, *HELPERS})
)
"""What a file may hold besides mangled names (and the text of the helpers, which is ours)."""
_DECLARE = {"once": "const T ", "again": "T ", "unused": "[[maybe_unused]] "}


class CppPrinter(ScalarPrinter):
    """Writes expressions in the number type ``T``."""

    functions: ClassVar[Mapping[str, str]] = {name: f"std::{name}" for name in _PLAIN} | _OURS

    def number(self, value: float) -> str:
        """Return a literal of type ``T``."""
        return f"T({value!r})"


def name_of(component: Component, ending: str = "") -> str:
    """Return how a driver names a struct: ``neurons_lif::Step``.

    Examples
    --------
    >>> from spikex_lab.catalog import library
    >>> name_of(library().get("neurons/lif"))
    'neurons_lif::Step'
    """
    kind = "Surrogate" if component.kind == "surrogate" else "Step"
    return f"{words.module(component)}::{kind}{ending}"


def render(component: Component) -> str:
    """Return the file ``<name>.cpp`` of `component`: one struct for each variant.

    Examples
    --------
    >>> from spikex_lab.catalog import library
    >>> "struct Step" in render(library().get("neurons/leaky"))
    True
    """
    if component.kind == "surrogate":
        return _file(component, _surrogate(component))
    return _file(component, [_step(component, one) for one in words.variants(component)])


def source(component: Component, chosen: Selection | None = None) -> str:
    """Return the same file with one variant, whose struct is called ``Step``.

    Parameters
    ----------
    chosen : a selection of the equations, also one with another integrator; None: the default.
    """
    key = selections(component.spec)[0] if chosen is None else chosen
    return _file(component, [_step(component, Variant(component.program(key), (key,), ""))])


_Part = tuple[list[str], set[str], list[Program]]
"""Lines, the functions called in them, and the programs they come from."""


def _file(component: Component, parts: list[_Part]) -> str:
    guard, space = f"SPIKEX_{words.module(component).upper()}", words.module(component)
    said = [
        *words.head(component)[1:],
        "",
        "Standard C++17 without dependencies; T is float or double. For exact results compile with",
        "-ffp-contract=off and never with -ffast-math.",
        f"Names: {words.names_legend([one for _, _, programs in parts for one in programs])}.",
    ]
    used = set().union(*(calls for _, calls, _ in parts))
    wanted = {_OURS.get(name, name) for name in used}
    wanted |= {NEEDS[name] for name in wanted if name in NEEDS}
    lead = remark(words.head(component)[0], width=200)
    lead += [line for text in said for line in remark(text)]
    code = [*_parameters(component), ""]
    code += [line for part, _, _ in parts for line in [*part, ""]]
    lines = [
        check("\n".join(lead), _WORDS),
        f"#ifndef {guard}\n#define {guard}\n\n#include <cmath>\n\nnamespace {space} {{\n",
        *(text for name, text in HELPERS.items() if name in wanted),
        check("\n".join(code), _WORDS),
        f"}}  // namespace {space}\n\n#endif\n",
    ]
    return "\n".join(lines)


def _parameters(component: Component) -> list[str]:
    """Return the struct of all parameters that are numbers, presets as named constructors."""
    inside: list[str] = []
    for name, spec in words.numbers(component).items():
        inside += remark(words.parameter(spec))
        number = "NAN" if spec.value is None else repr(spec.value)
        inside.append(f"T p_{name} = T({number});")
    for preset in words.presets(component):
        ending = (
            next(one.ending for one in words.variants(component) if preset.chosen in one.chosen)
            if component.kind != "surrogate"
            else ""
        )
        inside += ["", *remark(preset.doc)]
        inside += [f"// Its equations: Step{ending}."] if ending else []
        inside.append(f"static Parameters {preset.name}() {{")
        values = [f"made.p_{name} = T({value!r});" for name, value in preset.values.items()]
        inside += [*indent(["Parameters made;", *values, "return made;"], 4), "}"]
    first = [
        "// The parameters and their defaults.",
        "template <typename T>",
        "struct Parameters {",
    ]
    return [*first, *indent(inside, 4), "};"]


def _step(component: Component, variant: Variant) -> _Part:
    program, chosen, name = variant.program, variant.chosen[0], f"Step{variant.ending}"
    printer = CppPrinter(program.strict)
    known = program_names(program)
    said = ["One time step" + (f" with {variant.label}" if variant.label else "") + "."]
    said += [f"  {line}" for line in words.equations(component, chosen)]
    dt = f"{component.spec.bench.dt!r}"
    inside = [f"using Parameters<T>::{one};" for one in known["parameters"]]
    inside += ["", "// [ms] Length of a step", f"T dt = T({dt});"]
    if known["constants"]:
        inside += ["", "// Follow from parameters and dt; constants() computes them."]
        inside += [f"T {one} = T(0);" for one in known["constants"]]
    if program.states:
        inside += ["", "// States."]
    for state in program.states:
        inside += [*remark(words.state(component, chosen, state)), f"T s_{state} = T(0);"]
    inside += [
        "",
        f"explicit {name}(const Parameters<T>& given = Parameters<T>(), T length = T({dt}))",
        "    : Parameters<T>(given) {",
        "    constants(length);",
        "    init();",
        "}",
        "",
        "// Call it again after a change of a parameter or of dt.",
        "void constants(T length) {",
        *indent(["dt = length;", *_constants(program, printer)], 4),
        "}",
        "",
        "// Back to the first values of the states.",
        "void init() {",
        *indent([f"s_{one} = {printer.show(tree)};" for one, tree in program.initial.items()], 4),
        "}",
        "",
        "// One step: returns "
        + ("1 where it fires, else 0." if program.spiking else "what goes out."),
        *[line for text in words.inputs(component, program) for line in remark(text)],
        f"T step({_arguments(component, program)}) {{",
        *indent(_body(program, printer), 4),
        "}",
    ]
    lines = [line for text in said for line in remark(text)]
    lines += [
        "template <typename T>",
        f"struct {name} : Parameters<T> {{",
        *indent(inside, 4),
        "};",
    ]
    calls = printer.used
    if any(isinstance(line, Propagator) for line in program.constants):
        calls = calls | {"propagator"}
    return lines, calls, [program]


def _constants(program: Program, printer: CppPrinter) -> list[str]:
    lines: list[str] = []
    for line in program.constants:
        lines += remark(line.note) if line.note else []
        if isinstance(line, Propagator):
            size = len(line.rates)
            rows = [
                ", ".join(f"double({printer.show(rate)})" for rate in row) for row in line.rates
            ]
            inside = [f"const double t_rates[{size}][{size}] = {{"]
            inside += [*(f"    {{{row}}}," for row in rows), "};"]
            inside.append(f"const Propagator<{size}> t_prop(double(dt), t_rates);")
            inside += [f"{name} = T(t_prop.m[{i}][{j}]);" for name, i, j in line.elements]
            lines += ["{", *indent(inside, 4), "}"]
        else:
            lines.append(f"{line.target} = {printer.show(line.value)};")
    return lines


def _body(program: Program, printer: CppPrinter) -> list[str]:
    results = [program.output, *(f"n_{state}" for state in program.states)]
    lines = statements(program.body, results, printer, **_DECLARE)
    lines += [f"s_{state} = n_{state};" for state in program.states]
    return [*lines, f"return {program.output};"]


def _arguments(component: Component, program: Program) -> str:
    """Return the declared arguments of ``step``; defaults where nothing without one follows."""
    read = {name for line in program.body for name in names(line.value)}
    found: list[str] = []
    for name in program.inputs:
        default = component.spec.inputs[name].default
        ending = "" if default is None or program.noise or not found else f" = T({default!r})"
        unused = "" if f"x_{name}" in read else "[[maybe_unused]] "
        found.append(f"{unused}T x_{name}{ending}")
    for name in program.noise:
        unused = "" if f"z_{name}" in read else "[[maybe_unused]] "
        found.append(f"{unused}T z_{name}")
    return ", ".join(found)


def _surrogate(component: Component) -> list[_Part]:
    """Return the struct of a surrogate: its derivative, and what that is the derivative of."""
    printer = CppPrinter(strict=True)
    functions = words.smooth(component)
    methods: list[str] = []
    used: set[str] = set()
    for one in functions:
        used.update(program_names(one.program)["parameters"])
        said = [one.doc, *words.inputs(component, one.program)]
        methods += ["", *[line for text in said for line in remark(text)]]
        methods += [f"T {one.name}({_arguments(component, one.program)}) const {{"]
        methods += indent(statements(one.lines, ["out"], printer, **_DECLARE), 4)
        methods += ["    return out;", "}"]
    inside = [f"using Parameters<T>::{name};" for name in sorted(used)]
    inside += ["", "explicit Surrogate(const Parameters<T>& given = Parameters<T>())"]
    inside += ["    : Parameters<T>(given) {}", *methods]
    lines = ["// What stands for the derivative of the threshold.", "template <typename T>"]
    lines += ["struct Surrogate : Parameters<T> {", *indent(inside, 4), "};"]
    return [(lines, printer.used, [one.program for one in functions])]
