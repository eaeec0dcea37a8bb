"""Equations as Presentation MathML: one table, aligned at the signs; browsers show it as it is."""

from __future__ import annotations

from html import escape
from xml.etree.ElementTree import fromstring

from spikex_lab.catalog.codegen.layout import Block, Line, blocks
from spikex_lab.catalog.codegen.mathtree import (
    Cases,
    Fence,
    Frac,
    Function,
    Ident,
    Mark,
    Math,
    Number,
    Op,
    Over,
    Root,
    Row,
    Scripts,
    Space,
    Words,
)
from spikex_lab.catalog.component import Component
from spikex_lab.errors import SpikexError

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
_ROOM = {"thin": "0.17em", "wide": "1.5em"}
_FONT = "font-family:'Latin Modern Math','STIX Two Math','Cambria Math','DejaVu Math TeX Gyre',math"
"""Fonts that know how mathematics is set; without one, brackets and braces do not grow."""
_LEFT, _RIGHT = (
    f"text-align:{side};text-align:-moz-{side};text-align:-webkit-{side}"
    for side in ("left", "right")
)
"""Cells are aligned by style: browsers know no columnalign, and each has its word for blocks."""
_BOLD = 0x1D400
_SCRIPT = {"N": "𝒩", "U": "𝒰", "L": "ℒ", "B": "ℬ", "E": "ℰ", "F": "ℱ", "H": "ℋ", "I": "ℐ",
           "M": "ℳ", "R": "ℛ"}  # fmt: skip
_TAGS = frozenset(
    {"math", "mfrac", "mi", "mn", "mo", "mover", "mrow", "mspace", "msqrt", "msub", "msubsup"}
    | {"msup", "mtable", "mtd", "mtext", "mtr"}
)


def mathml(node: Math) -> str:
    """Return `node` as MathML elements."""
    match node:
        case Ident(text, style):
            return _ident(text, style)
        case Number(text):
            return f"<mn>{escape(text)}</mn>"
        case Op(text):
            return f"<mo>{escape(text)}</mo>"
        case Mark(text):
            return f'<mo stretchy="false" lspace="0" rspace="0">{escape(text)}</mo>'
        case Words(text):
            return f"<mtext>{escape(_spaced(text))}</mtext>"
        case Space(width):
            return f'<mspace width="{_ROOM[width]}"/>'
        case Function(name):
            return f"<mi>{escape(name)}</mi><mo>&#x2061;</mo>"
        case Row(parts):
            return f"<mrow>{''.join(mathml(part) for part in parts)}</mrow>"
        case Frac(top, bottom):
            return f"<mfrac>{mathml(top)}{mathml(bottom)}</mfrac>"
        case Scripts():
            return _scripts(node)
        case Over(base, accent):
            return f'<mover accent="true">{mathml(base)}<mo stretchy="false">{accent}</mo></mover>'
        case Root(arg):
            return f"<msqrt>{mathml(arg)}</msqrt>"
        case Fence(left, body, right):
            return (
                f'<mrow><mo fence="true">{left}</mo>{mathml(body)}<mo fence="true">{right}</mo>'
                "</mrow>"
            )
        case Cases(rows):
            return _cases(rows)
    raise AssertionError(node)


def _ident(text: str, style: str) -> str:
    if style == "bold" and text.isalpha() and text.isascii():
        text = "".join(chr(_BOLD + ord(c.upper()) - 65 + 26 * c.islower()) for c in text)
        style = ""
    if style == "script":
        text, style = "".join(_script(char) for char in text), ""
    upright = ' mathvariant="normal"' if style and len(text) == 1 else ""
    return f"<mi{upright}>{escape(text)}</mi>"


def _script(char: str) -> str:
    if char in _SCRIPT or not ("A" <= char <= "Z"):
        return _SCRIPT.get(char, char)
    return chr(0x1D49C + ord(char) - 65)


def _scripts(node: Scripts) -> str:
    base = mathml(node.base)
    match node.sub, node.sup:
        case sub, None if sub is not None:
            return f"<msub>{base}{mathml(sub)}</msub>"
        case None, sup if sup is not None:
            return f"<msup>{base}{mathml(sup)}</msup>"
        case sub, sup if sub is not None and sup is not None:
            return f"<msubsup>{base}{mathml(sub)}{mathml(sup)}</msubsup>"
    return base


def _cases(rows: tuple[tuple[Math, Math], ...]) -> str:
    style = f'style="{_LEFT}"'
    cells = "".join(
        f"<mtr><mtd {style}>{mathml(value)}</mtd><mtd {style}>{mathml(test)}</mtd></mtr>"
        for value, test in rows
    )
    return f'<mrow><mo fence="true">{{</mo><mtable>{cells}</mtable></mrow>'


def _spaced(text: str) -> str:
    """Return `text` with its outer spaces kept, which MathML would drop."""
    inner = text.strip(" ")
    if not inner:
        return "\u00a0" if text else ""
    before = "\u00a0" if text.startswith(" ") else ""
    return before + inner + ("\u00a0" if text.endswith(" ") else "")


def table(found: list[Block], *, about: str = "") -> str:
    """Return `found` as one ``math`` element; `about` is said to who cannot see it."""
    rows: list[str] = []
    for block in found:
        if block.title:
            words = mathml(Words(f"{block.title}:"))
            rows.append(f'<mtr><mtd columnspan="2" style="{_LEFT}">{words}</mtd></mtr>')
        rows += [_line(line) for line in block.lines]
    label = f' aria-label="{escape(about)}"' if about else ""
    body = "\n".join(f"  {line}" for line in rows)
    text = (
        f'<math xmlns="{NAMESPACE}" display="block" style="{_FONT}"{label}>\n'
        f'<mtable displaystyle="true">\n{body}\n'
        "</mtable>\n</math>\n"
    )
    return check(text)


def inline(node: Math) -> str:
    """Return `node` as a ``math`` element inside a line of text."""
    return f'<math xmlns="{NAMESPACE}" style="{_FONT}">{mathml(node)}</math>'


def _line(line: Line) -> str:
    right = f"<mrow>{mathml(line.sign)}{mathml(line.right)}</mrow>"
    return (
        f'<mtr><mtd style="{_RIGHT}">{mathml(line.left)}</mtd><mtd style="{_LEFT}">{right}</mtd>'
        "</mtr>"
    )


def render(component: Component) -> str:
    """Return the file ``<name>.mml`` of `component`.

    Examples
    --------
    >>> from spikex_lab.catalog import library
    >>> "<mfrac>" in render(library().get("neurons/lif"))
    True
    """
    name = component.id.replace("--", "- -")  # which would end an XML comment
    return (
        f"<!-- Rendered from components/{name}/component.yaml by `spikex components render`: "
        "edit that file, not this. -->\n" + table(blocks(component.spec))
    )


def check(text: str) -> str:
    """Return `text`; raise unless it is well-formed and presentation elements only."""
    for element in fromstring(text).iter():  # noqa: S314 - our own text, without a DTD
        if element.tag.removeprefix(f"{{{NAMESPACE}}}") not in _TAGS:
            raise SpikexError(f"generated MathML holds {element.tag}", where="codegen")
    return text
