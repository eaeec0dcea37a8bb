"""Presentation MathML: well-formed, presentation elements only, every text escaped."""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

import pytest

from spikex_lab.catalog import library
from spikex_lab.catalog.codegen.layout import blocks
from spikex_lab.catalog.codegen.mathml import NAMESPACE, check, inline, mathml, render, table
from spikex_lab.catalog.codegen.mathtree import Words
from spikex_lab.catalog.codegen.symbols import field
from spikex_lab.catalog.render import PRINTERS, printable, rendered
from spikex_lab.errors import SpikexError

from .test_dimensions import neuron

ELEMENTS = {
    "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msub", "msup", "msubsup",
    "mover", "msqrt", "mtable", "mtr", "mtd",
}  # fmt: skip
ATTRIBUTES = {
    "display", "displaystyle", "style", "aria-label", "columnspan", "width", "stretchy", "fence",
    "lspace", "rspace", "accent", "mathvariant",
}  # fmt: skip
CHILDREN = {"mfrac": 2, "msub": 2, "msup": 2, "msubsup": 3, "mover": 2}
PRINTED = [name for name in library().ids() if printable(library().get(name))]


def tag(element: Element) -> str:
    return element.tag.removeprefix(f"{{{NAMESPACE}}}")


@pytest.mark.parametrize("name", PRINTED)
def test_every_component_is_valid(name: str) -> None:
    text = render(library().get(name))
    root = fromstring(text)
    assert tag(root) == "math"
    for element in root.iter():
        assert tag(element) in ELEMENTS
        assert set(element.attrib) <= ATTRIBUTES
        assert len(element) == CHILDREN.get(tag(element), len(element))
        if tag(element) in ("mi", "mn", "mo"):
            assert element.text
            assert not len(element)
    rows = [row for row in root[0] if tag(row) == "mtr"]
    assert len(rows) == sum(
        len(block.lines) + bool(block.title) for block in blocks(library().get(name).spec)
    )


def test_it_is_rendered_beside_the_component() -> None:
    assert {".tex", ".mml"} <= set(PRINTERS)
    files = rendered(library().get("neurons/lif"))
    assert files["lif.mml"].startswith("<!-- Rendered from components/neurons/lif/component.yaml")
    assert rendered(library().get("synapses/dense")) == {}


def test_what_a_formula_looks_like() -> None:
    text = mathml(field(r"\tau_m"))
    assert text == "<msub><mi>τ</mi><mi>m</mi></msub>"
    assert mathml(field("I^{+}")) == "<msup><mi>I</mi><mo>+</mo></msup>"
    assert mathml(field(r"\mathbf{W}")) == "<mi>𝐖</mi>"
    assert mathml(field(r"\mathrm{d}")) == '<mi mathvariant="normal">d</mi>'
    assert mathml(field(r"\bar\beta")).startswith('<mover accent="true"><mi>β</mi>')
    assert "<math" in inline(field("x"))
    lif = render(library().get("neurons/lif"))
    assert "<mfrac><mrow><mi" in lif
    assert "<mtext>if\u00a0</mtext><mi>V</mi><mo>≥</mo>" in lif


def test_hostile_words_are_escaped() -> None:
    choices = ["a", '</mtext><script>alert("1")</script>']
    component = neuron(
        name='"><img src=x onerror=alert(1)>',
        parameters={
            "E": {"value": 0.0, "unit": "mV", "doc": "d"},
            "tau": {"value": 1.0, "unit": "ms", "doc": "d"},
            "kind": {"value": "a", "choices": choices, "doc": "d"},
        },
        equations=["dv/dt = (E - v)/tau"],
        spike={"when": "v >= E", "reset": "v -= E"},
        variants=[{"when": {"kind": choices[1]}, "spike": {"reset": ["v = E"]}}],
    )
    page = table(blocks(component.spec), about=component.name)
    assert "<script" not in page
    assert "<img" not in page
    root = fromstring(page)
    assert root.get("aria-label") == component.name
    words = [element.text or "" for element in root.iter() if tag(element) == "mtext"]
    assert any("<script>" in text for text in words)


@pytest.mark.parametrize(
    "text", ["<math><script/></math>", "<math><maction/></math>", "<math><semantics/></math>"]
)
def test_the_last_look_refuses_foreign_elements(text: str) -> None:
    with pytest.raises(SpikexError, match="generated MathML"):
        check(text)


def test_an_id_cannot_end_the_comment() -> None:
    assert fromstring(render(neuron(id="neurons/a--b--"))) is not None


def test_outer_spaces_of_words_stay() -> None:
    assert mathml(Words(" a b ")) == "<mtext>\u00a0a b\u00a0</mtext>"
