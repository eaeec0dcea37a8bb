"""JavaScript to read, to take away, and to play with in a browser: an ES module without imports.

A module exports ``parameters`` and ``presets`` (plain objects), ``states``, ``init(given, dt)``,
which returns a state with all that a step needs, and ``step(state, inputs…, noise…)``, which moves
it on by dt and returns what goes out. ``variants`` lists these for each choice of the equations.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import ClassVar

from spikex_lab.catalog.body import Selection
from spikex_lab.catalog.codegen import words
from spikex_lab.catalog.codegen.javascript_helpers import HELPERS, NEEDS
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

_PLAIN = frozenset({"abs", "atan", "ceil", "cos", "cosh", "exp", "floor", "log", "max", "min"}
    | {"pow", "sign", "sin", "sinh", "sqrt", "tan", "tanh"})  # fmt: skip
_OURS = ("cube", "erf", "exprel", "floor_divide", "remainder", "round", "square")
_WORDS = re.compile(
    "export|const|let|function|return|true|false|Math|NaN|parameters|presets|variants|given|state"
    "|when|inputs|noise|derivative|antiderivative|(?:states|init|step|preset)(?:_[a-z0-9_]+)?|"
    + "|".join({*_PLAIN, *HELPERS})
)
"""What a module may hold besides mangled names (and the text of the helpers, which is ours)."""


class JavaScriptPrinter(ScalarPrinter):
    """Writes expressions of numbers (float64)."""

    functions: ClassVar[Mapping[str, str]] = {name: f"Math.{name}" for name in _PLAIN} | {
        name: name for name in _OURS
    }

    def number(self, value: float) -> str:
        """Return a literal; a negative one in brackets, for a minus sign may stand before it."""
        return f"({value!r})" if value < 0 else repr(value)


def render(component: Component) -> str:
    """Return the file ``<name>.js`` of `component`.

    Examples
    --------
    >>> from spikex_lab.catalog import library
    >>> "export function step(" in render(library().get("neurons/leaky"))
    True
    """
    printer = JavaScriptPrinter(strict=True)
    found = words.variants(component) if component.kind != "surrogate" else []
    if component.kind == "surrogate":
        programs = [one.program for one in words.smooth(component)]
        lines = _surrogate(component, printer)
    else:
        programs = [one.program for one in found]
        lines = [line for one in found for line in [*_variant(component, one, printer), ""]]
        lines += _variants(found)
    used = set(printer.used)
    used |= {NEEDS[name] for name in used if name in NEEDS}
    if any(isinstance(line, Propagator) for one in programs for line in one.constants):
        used.add("propagator")
    said = [
        *words.head(component)[1:],
        "",
        "An ES module without imports; numbers are float64, times in ms.",
        f"Names: {words.names_legend(programs)}.",
    ]
    lead = remark(words.head(component)[0], width=200)
    lead += [line for text in said for line in remark(text)]
    texts = [
        check("\n".join([*lead, "", *_parameters(component), ""]), _WORDS),
        *(text for name, text in HELPERS.items() if name in used),
        check("\n".join(lines), _WORDS, texts=True),
    ]
    return "\n".join(texts) + "\n"


def _parameters(component: Component) -> list[str]:
    lines = ["// The parameters and their defaults.", "export const parameters = {"]
    for name, spec in words.numbers(component).items():
        value = "NaN" if spec.value is None else repr(spec.value)
        lines += indent([*remark(words.parameter(spec)), f"p_{name}: {value},"], 2)
    lines.append("};")
    if not component.spec.presets:
        return lines
    lines += ["", "// Named sets of parameters.", "export const presets = {"]
    for preset in words.presets(component):
        values = [f"p_{name}: {value!r}," for name, value in preset.values.items()]
        inside = [*remark(preset.doc), f"{preset.name}: {{", "  ...parameters,"]
        lines += indent([*inside, *indent(values, 2), "},"], 2)
    return [*lines, "};"]


def _variant(component: Component, variant: Variant, printer: JavaScriptPrinter) -> list[str]:
    program, ending = variant.program, variant.ending
    printer.strict = program.strict
    known = program_names(program)
    said = ["One time step" + (f" with {variant.label}" if variant.label else "") + "."]
    said += [f"  {line}" for line in words.equations(component, variant.chosen[0])]
    lines = [line for text in said for line in remark(text)]
    lines.append(f"export const states{ending} = [")
    for name in program.states:
        about = words.state(component, variant.chosen[0], name)
        lines += indent([*remark(about), f'"s_{name}",'], 2)
    lines += ["];", ""]
    lines += ["// The first state: parameters, constants and states of one element."]
    lines += [
        f"export function init{ending}(given = parameters, dt = {component.spec.bench.dt!r}) {{"
    ]
    lines += indent(_init(program, known, printer), 2)
    lines += ["}", ""]
    lines += remark(
        "One step: returns "
        + ("1 where it fires, else 0." if program.spiking else "what goes out.")
    )
    lines += [line for text in words.inputs(component, program) for line in remark(text)]
    lines.append(f"export function step{ending}({', '.join(_arguments(component, program))}) {{")
    read = {name for line in program.body for name in names(line.value)}
    kept = [*known["parameters"], *known["constants"], *known["states"], "dt"]
    changed = {line.target for line in program.body}
    for word in ("const", "let"):
        wanted = [one for one in kept if one in read and (one in changed) == (word == "let")]
        lines += indent(_unpacked(wanted, "state", word), 2)
    results = [program.output, *(f"n_{name}" for name in program.states)]
    lines += indent(statements(program.body, results, printer, once="const ", again="let "), 2)
    lines += [f"  state.s_{name} = n_{name};" for name in program.states]
    return [*lines, f"  return {program.output};", "}"]


def _init(program: Program, known: dict[str, list[str]], printer: JavaScriptPrinter) -> list[str]:
    lines = _unpacked(known["parameters"], "{ ...parameters, ...given }")
    for line in program.constants:
        lines += remark(line.note) if line.note else []
        if isinstance(line, Propagator):
            rows = [f"  [{', '.join(printer.show(rate) for rate in row)}]," for row in line.rates]
            lines += ["const t_prop = propagator(dt, [", *rows, "]);"]
            lines += [f"const {name} = t_prop[{i}][{j}];" for name, i, j in line.elements]
        else:
            lines.append(f"const {line.target} = {printer.show(line.value)};")
    kept = ["dt", *known["parameters"], *known["constants"]]
    first = [f"s_{name}: {printer.show(tree)}" for name, tree in program.initial.items()]
    return [*lines, "return {", *indent([f"{one}," for one in [*kept, *first]], 2), "};"]


def _unpacked(wanted: list[str], source: str, word: str = "const") -> list[str]:
    line = f"{word} {{ {', '.join(wanted)} }} = {source};"
    if len(line) <= 96:
        return [line] if wanted else []
    return [f"{word} {{", *(f"  {name}," for name in wanted), f"}} = {source};"]


def _arguments(component: Component, program: Program) -> list[str]:
    found = ["state"]
    for name in program.inputs:
        default = component.spec.inputs[name].default
        ending = "" if default is None or len(found) < 2 else f" = {default!r}"
        found.append(f"x_{name}{ending}")
    return [*found, *(f"z_{name}" for name in program.noise)]


def _variants(found: list[Variant]) -> list[str]:
    lines = [
        "// Each choice of the equations: when it holds, its functions, the arguments of a step.",
        "export const variants = [",
    ]
    for one in found:
        known = program_names(one.program)
        inside = [f"when: [{', '.join(_when(chosen) for chosen in one.chosen)}],"]
        inside += [
            f"{word}: {word}{one.ending}," if one.ending else f"{word},"
            for word in ("states", "init", "step")
        ]
        inside += [f"{word}: {json.dumps(known[word])}," for word in ("inputs", "noise")]
        lines += indent(["{", *indent(inside, 2), "},"], 2)
    return [*lines, "];"]


def _when(chosen: Selection) -> str:
    return _text(dict(chosen))


def _text(value: object) -> str:
    """Return plain data as JSON that is inert in a page, too."""
    return json.dumps(value).replace("<", "\\u003c").replace(">", "\\u003e")


def _surrogate(component: Component, printer: JavaScriptPrinter) -> list[str]:
    lines: list[str] = []
    for one in words.smooth(component):
        said = [one.doc, *words.inputs(component, one.program)]
        lines += [line for text in said for line in remark(text)]
        given = [*_arguments(component, one.program)[1:], "given = parameters"]
        lines.append(f"export function {one.name}({', '.join(given)}) {{")
        known = program_names(one.program)["parameters"]
        lines += indent(_unpacked(known, "{ ...parameters, ...given }"), 2)
        lines += indent(statements(one.lines, ["out"], printer, once="const ", again="let "), 2)
        lines += ["  return out;", "}", ""]
    return lines[:-1]
