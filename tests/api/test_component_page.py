"""How a component is shown: everything on one page, everything that a user wrote escaped."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import pytest
from hostile import SVG, hostile

from spikex_lab.api.agreement import agreement
from spikex_lab.api.component import Component
from spikex_lab.api.component_code import LANGUAGES
from spikex_lab.api.component_page import page, prose
from spikex_lab.api.drawing import drawing
from spikex_lab.catalog import library
from spikex_lab.errors import InvalidError

HTML = [
    *("a", "button", "code", "details", "div", "li", "p", "pre", "span", "strong", "summary"),
    *("table", "tbody", "td", "th", "thead", "tr", "ul"),
    *("math", "mfrac", "mi", "mn", "mo", "mover", "mrow", "mspace", "msqrt", "msub", "msubsup"),
    *("msup", "mtable", "mtd", "mtext", "mtr"),
    *("svg", "g", "path", "line", "polyline", "polygon", "rect", "circle", "ellipse"),
    *("text", "tspan"),
]


class Tags(HTMLParser):
    """Collects the elements and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, set[str]] = {}
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, set()).add(value or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_markup_in_any_field_is_shown_as_text() -> None:
    found = Tags(page(hostile()))
    assert found.tags <= set(HTML)
    assert not {name for name in found.attributes if name.startswith("on") or name == "id"}
    assert all(link.startswith("https://doi.org/") for link in found.attributes.get("href", ()))
    assert not any("javascript" in style or "url" in style for style in found.attributes["style"])
    assert any("<script>" in words for words in found.words)


def test_latex_in_texts_is_left_alone_by_the_notebook_s_renderer() -> None:
    assert page(hostile()).startswith('<div class="mathjax_ignore tex2jax_ignore"')


@pytest.mark.parametrize("name", library().ids())
def test_every_component_has_a_page(name: str) -> None:
    text = page(library().get(name))
    found = Tags(text)
    assert found.tags <= set(HTML)
    spec = library().get(name).spec
    for reference in spec.references:
        if reference.doi is not None:
            assert f"https://doi.org/{reference.doi}" in found.attributes["href"]
    shown = " ".join(found.words)
    for word in (spec.name, spec.summary, *spec.parameters, *spec.state, *spec.presets):
        assert word in shown
    assert len(text) < 300_000


def test_equations_quantities_and_code_of_one() -> None:
    component = Component(library().get("neurons/lif"))
    text = component._repr_html_()
    assert "<mfrac>" in text
    for part in ("pF", "Resting potential.", "&gt; 0", "C++", "JavaScript", "LaTeX", "MathML"):
        assert part in text
    assert component._repr_mimebundle_()["text/html"] == text


@pytest.mark.parametrize(
    ("language", "part"),
    [
        ("python", "def step(fire"),
        ("cpp", "struct"),
        ("javascript", "export"),
        ("latex", r"\begin{aligned}"),
        ("mathml", "<math"),
    ],
)
def test_code_in_every_language(language: str, part: str) -> None:
    assert part in Component(library().get("neurons/lif")).code(language)
    assert language in LANGUAGES


def test_code_that_is_written_by_hand() -> None:
    dense = Component(library().get("synapses/dense"))
    assert "def forward" in dense.code()
    with pytest.raises(InvalidError, match=r'no code in "latex" \(known: python'):
        dense.code("latex")
    with pytest.raises(InvalidError, match='no code in "cobol"'):
        dense.code("cobol")


def checks(**changes: Any) -> bytes:
    one = {
        "name": "n", "ok": True, "against": "NEST 3.10", "quantity": "relative error",
        "error": 0.0003, "tolerance": 0.01, "message": "", "skipped": False,
    }  # fmt: skip
    inside = {**one, "against": "closed form", "quantity": "interval in ms", "error": 0.0}
    return json.dumps({"id": "neurons/lif", "checks": [inside, {**one, **changes}]}).encode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "✓</span> agrees with NEST 3.10 to 0.03 %"),
        ({"error": 0.0}, "✓</span> agrees exactly with NEST 3.10"),
        ({"error": 1.5, "quantity": "spikes"}, "agrees with NEST 3.10 to 1.5"),
        ({"error": 0.5, "ok": False}, "✗</span> differs from NEST 3.10 by 50 %"),
        ({"error": None, "ok": False}, "differs from NEST 3.10 by more than can be said"),
    ],
)
def test_what_the_checker_found_is_said(changes: dict[str, Any], said: str) -> None:
    text = agreement(checks(**changes))
    assert said in text
    assert text.index("NEST") < text.index("closed form")  # other simulators first


def test_what_was_not_compared_is_not_claimed() -> None:
    assert "NEST" not in agreement(checks(skipped=True))
    assert "NEST" not in agreement(checks(quantity="faults"))
    assert agreement(None) == ""
    assert "cannot be read" in agreement(b"[]")
    assert "cannot be read" in agreement(b"\xff{")


@pytest.mark.parametrize(
    "inside",
    [
        "<script>harm()</script>",
        "<style>*{background:url(https://x.test)}</style>",
        '<image href="https://x.test/a.png"/>',
        '<use href="#a"/>',
        "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'>x</body></foreignObject>",
        '<a href="javascript:harm()"><text>x</text></a>',
        '<animate attributeName="href" to="javascript:harm()"/>',
        '<set attributeName="onclick" to="harm()"/>',
        "<iframe/>",
    ],
)
def test_a_drawing_keeps_only_shapes_and_words(inside: str) -> None:
    text = drawing(SVG.format(inside + '<line x1="1" y1="2" x2="3" y2="4"/>').encode())
    found = Tags(text)
    assert found.tags == {"svg", "line"}
    assert "harm" not in text
    assert "x.test" not in text


@pytest.mark.parametrize(
    "attribute",
    [
        "onclick='harm()'", "style='background:url(x)'", "fill='url(#a)'", "href='#x'",
        "id='MathJax'",
        "class='x'", "stroke='var(--x)'", "d='M0 0&quot; onclick=&quot;harm()'",
        "clip-path='url(#a)'",
        "filter='url(https://x.test)'", "fill='red;x:expression(1)'",
    ],
)  # fmt: skip
def test_a_drawing_keeps_only_known_attributes(attribute: str) -> None:
    text = drawing(SVG.format(f"<path {attribute} opacity='0.5'/>").encode())
    assert '<path opacity="0.5"></path>' in text


@pytest.mark.parametrize(
    "data",
    [
        None, b"", b"<svg", b"<html/>", b"x" * 40_000, b"\xff\xfe",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("<text>&a;</text>").encode(),
        SVG.format("<g>" * 600 + "</g>" * 600).encode(),
        SVG.replace("0 0 320 160", '0 0 1 1&quot; onload=&quot;harm()').format("").encode(),
    ],
)  # fmt: skip
def test_what_is_no_drawing_is_not_shown(data: bytes | None) -> None:
    assert drawing(data) == ""


def test_drawings_of_the_library_come_through_whole() -> None:
    for name in library().ids():
        entry = library().get(name)
        data = entry.file(entry.spec.diagram) if entry.spec.diagram else None
        if data is not None:
            shown = Tags(drawing(data))
            given = Tags(data.decode())
            assert shown.tags == given.tags - {"title", "desc"}, name
            assert set(given.attributes) - {"xmlns", "viewbox"} <= set(shown.attributes), name


def test_descriptions_are_paragraphs_lists_and_code() -> None:
    text = prose("# Title\n\nOne **bold** `x < y`\nline.\n\n- first\n- second\n  goes on\n")
    assert "<strong>bold</strong>" in text
    assert "<code>x &lt; y</code>" in text
    assert text.count("<li>") == 2
    assert "second goes on" in text
    assert "#" not in text
