"""How a component looks in a notebook: equations, quantities, presets, code, papers.

Equations are MathML made from the parsed source form; every text of the component is escaped.
"""

from __future__ import annotations

import re
from typing import Any

from spikex_lab.api import display
from spikex_lab.api.agreement import agreement
from spikex_lab.api.component_code import LANGUAGES, code
from spikex_lab.api.drawing import drawing
from spikex_lab.api.papers import papers
from spikex_lab.catalog import Component
from spikex_lab.catalog.codegen import mathml
from spikex_lab.catalog.codegen.layout import blocks, symbols
from spikex_lab.catalog.parts import ParameterSpec
from spikex_lab.catalog.schema import By, ComponentSpec
from spikex_lab.catalog.units import Unit

_NUMBERS = ("number", "integer", "numbers")
_FEW = 4


def page(entry: Component) -> str:
    """Return the HTML of `entry`."""
    spec = entry.spec
    parts = [
        f"<div>{display.esc(spec.summary)}</div>",
        _drawn(entry),
        _equations(spec),
        _conventions(spec),
        *_quantities(spec),
        _presets(spec),
        agreement(entry.file("conformance.json")),
        _folded("About", prose(entry.description)),
        *(_folded(name, _listing(code(entry, key))) for key, (name, _) in LANGUAGES.items()),
        _folded(f"Papers ({len(spec.references)})", papers(spec.references), shown=True),
        display.facts({"version": spec.version, "by": ", ".join(spec.authors),
                       "licence": spec.license, "tags": ", ".join(spec.tags)}),
    ]  # fmt: skip
    return display.card(spec.name, "".join(parts), note=spec.id)


def prose(text: str) -> str:
    """Return a description (Markdown) as HTML: paragraphs, lists, bold, code; nothing else."""
    result = []
    for part in re.split(r"\n\s*\n", text.strip()):
        lines = part.split("\n")
        if all(re.match(r"\s*[-*] |\s{2,}\S", line) for line in lines):
            items = re.split(r"(?:^|\n)\s*[-*] ", part)[1:]
            result.append(f"<ul>{''.join(f'<li>{_words(item)}</li>' for item in items)}</ul>")
        elif part:
            result.append(f'<p style="margin:6px 0">{_words(part.lstrip("# "))}</p>')
    return "".join(result)


def _words(text: str) -> str:
    safe = display.esc(" ".join(text.split()), 4000)
    safe = re.sub(r"`([^`]+)`", r"<code>\1</code>", safe)
    return re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", safe)


def _drawn(entry: Component) -> str:
    picture = drawing(entry.file(entry.spec.diagram)) if entry.spec.diagram else ""
    return f'<div style="margin:8px 0;color:{display.TEXT}">{picture}</div>' if picture else ""


def _equations(spec: ComponentSpec) -> str:
    found = blocks(spec)
    if not found:
        return ""
    shown = mathml.table(found, about=f"Equations of {spec.name}")
    return f'<div style="margin:8px 0;overflow-x:auto;font-size:15px">{shown}</div>'


def _conventions(spec: ComponentSpec) -> str:
    given = spec.conventions
    if given is None:
        return display.facts({"integrator": spec.integrator})

    def said(value: Any) -> str:
        return f"parameter {value.by}" if isinstance(value, By) else str(value).replace("_", " ")

    return display.facts(
        {
            "fires at": given.threshold,
            "reset": said(given.reset_kind),
            "reset moment": said(given.reset_moment),
            "input gain": given.input_gain,
            "integrator": (spec.integrator or "").replace("_", " "),
            "surrogate": spec.surrogate,
        }
    )


def _quantities(spec: ComponentSpec) -> list[str]:
    """Return the tables of parameters, states and inputs."""
    looks = symbols(spec)

    def symbol(name: str) -> display.Markup:
        return display.Markup(mathml.inline(looks[name]))

    parts = []
    if spec.parameters:
        rows = [
            (
                symbol(name) if one.sort in _NUMBERS else "",
                name,
                _value(one),
                _unit(one.unit),
                _range(one),
                one.doc,
            )
            for name, one in spec.parameters.items()
        ]
        parts.append(display.table(["", "parameter", "default", "unit", "range", "meaning"], rows))
    flowing: list[tuple[Any, ...]] = [
        (symbol(name), name, "state", _figure(one.init), _unit(one.unit), one.doc)
        for name, one in spec.state.items()
    ]
    flowing += [
        (symbol(name), name, "input", _figure(one.default), _unit(one.unit), one.doc)
        for name, one in spec.inputs.items()
    ]
    flowing += [
        (symbol(name), name, "noise", one.distribution, "", one.doc)
        for name, one in spec.noise.items()
    ]
    if flowing:
        parts.append(display.table(["", "name", "", "initial", "unit", "meaning"], flowing))
    return [f'<div style="margin:8px 0;overflow-x:auto">{part}</div>' for part in parts]


def _presets(spec: ComponentSpec) -> str:
    if not spec.presets:
        return ""
    rows = [
        (name, ", ".join(f"{key} = {_figure(value)}" for key, value in one.parameters.items()),
         one.doc)
        for name, one in spec.presets.items()
    ]  # fmt: skip
    body = display.table(["preset", "values", "meaning"], rows)
    return _folded(f"Presets ({len(rows)})", body, shown=len(rows) <= _FEW)


def _listing(text: str | None) -> str:
    return "" if text is None else display.code(text)


def _folded(title: str, body: str, *, shown: bool = False) -> str:
    if not body:
        return ""
    fold = display.details(title, body)
    return fold.replace("<details", "<details open", 1) if shown else fold


def _value(given: ParameterSpec) -> str:
    return "required" if given.value is None else _figure(given.value)


def _figure(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(_figure(item) for item in value)
    return f"{value:.6g}" if isinstance(value, float) else "" if value is None else str(value)


def _unit(unit: str) -> str:
    return Unit.read(unit).shown


def _range(given: ParameterSpec) -> str:
    if given.choices is not None:
        return ", ".join(given.choices)
    low, high = given.range or (None, None)
    more, less = (">", "<") if given.exclusive else ("≥", "≤")
    if low is not None and high is not None and not given.exclusive:
        return f"{_figure(low)} to {_figure(high)}"
    parts = [f"{more} {_figure(low)}"] if low is not None else []
    return ", ".join(parts + ([f"{less} {_figure(high)}"] if high is not None else []))
