"""Equations as LaTeX: an ``aligned`` environment, to be put between ``\\[`` and ``\\]``.

Only characters and commands from this file reach the text; it needs the package amsmath.
"""

from __future__ import annotations

import re

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
from spikex_lab.catalog.codegen.symbols import ACCENTS, LETTERS, OPERATORS, SIGNS
from spikex_lab.catalog.codegen.text import comment
from spikex_lab.catalog.component import Component
from spikex_lab.errors import SpikexError

_LETTERS = {char: f"\\{name}" for name, char in LETTERS.items()}
_SIGNS = {char: f"\\{name}" for name, char in (SIGNS | OPERATORS).items()}
_SIGNS |= {
    "−": "-", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≈": r"\approx", "∼": r"\sim", "∗": r"\ast",
    "←": r"\leftarrow", "¬": r"\lnot", "⌊": r"\lfloor", "⌋": r"\rfloor", "⌈": r"\lceil",
    "⌉": r"\rceil", "|": r"\vert", "′": r"\prime",
}  # fmt: skip
_ACCENTS = {sign: f"\\{name}" for name, sign in ACCENTS.items() if name != "overline"}
_FUNCTIONS = frozenset(
    {"arctan", "cos", "cosh", "exp", "ln", "max", "min", "sin", "sinh", "tan", "tanh"}
)
_STYLES = {"": "mathrm", "upright": "mathrm", "bold": "mathbf", "script": "mathcal"}
_PLAIN = {"^": " ", "\\": "/", "{": "(", "}": ")", "~": "-", '"': "'"}
_COMMANDS = frozenset(
    [*_LETTERS.values(), *_SIGNS.values(), *_ACCENTS.values()]
    + [f"\\{name}" for name in _FUNCTIONS | set(_STYLES.values())]
    + [r"\frac", r"\sqrt", r"\left", r"\right", r"\text", r"\operatorname", r"\quad", r"\begin"]
    + [r"\end", r"\\", r"\,", r"\$", r"\&", r"\#", r"\_", r"\%"]
)
"""Every command that may stand in what is printed."""


def latex(node: Math) -> str:
    """Return `node` as LaTeX."""
    match node:
        case Ident(text, style):
            return _ident(text, style)
        case Number(text):
            return text
        case Op(text) | Mark(text):
            return " ".join(_SIGNS.get(char, char) for char in text)
        case Words(text):
            return rf"\text{{{escape(text)}}}" if text else ""
        case Space(width):
            return r"\," if width == "thin" else r"\quad"
        case Function(name):
            return f"\\{name}" if name in _FUNCTIONS else rf"\operatorname{{{name}}}"
        case Row(parts):
            return " ".join(latex(part) for part in parts)
        case Frac(top, bottom):
            return rf"\frac{{{latex(top)}}}{{{latex(bottom)}}}"
        case Scripts(base, sub, sup):
            text = latex(base) if isinstance(base, Ident | Number | Fence) else f"{{{latex(base)}}}"
            text += "" if sub is None else f"_{{{latex(sub)}}}"
            return text + ("" if sup is None else f"^{{{latex(sup)}}}")
        case Over(base, accent):
            return f"{_ACCENTS[accent]}{{{latex(base)}}}"
        case Root(arg):
            return rf"\sqrt{{{latex(arg)}}}"
        case Fence(left, body, right):
            return f"\\left{_SIGNS.get(left, left)} {latex(body)} \\right{_SIGNS.get(right, right)}"
        case Cases(rows):
            lines = r" \\ ".join(f"{latex(value)} & {latex(test)}" for value, test in rows)
            return rf"\begin{{cases}} {lines} \end{{cases}}"
    raise AssertionError(node)


def _ident(text: str, style: str) -> str:
    shown = "".join(_LETTERS.get(char, char) for char in text)
    if text in _LETTERS or (len(text) == 1 and not style):
        return shown
    if text.isascii():
        return rf"\{_STYLES[style]}{{{text}}}"
    head, tail = shown[: -len(text) + 1], text[1:]
    return rf"{head} \{_STYLES[style]}{{{tail}}}"


def escape(text: str) -> str:
    """Return `text` as it may stand in ``\\text{…}``: printable ASCII, nothing that acts."""
    line = "".join(char if " " <= char <= "~" else "?" for char in " ".join(text.split(" ")))
    line = "".join(_PLAIN.get(char, char) for char in line)
    return re.sub(r"([$&#_%])", r"\\\1", line)[:120]


def render(component: Component) -> str:
    """Return the file ``<name>.tex`` of `component`.

    Examples
    --------
    >>> from spikex_lab.catalog import library
    >>> r"\\begin{aligned}" in render(library().get("neurons/lif"))
    True
    """
    plural, name = component.id.split("/")
    head = (
        f"% Rendered from components/{plural}/{name}/component.yaml by `spikex components render`: "
        "edit that file, not this.\n"
        f"% {comment(component.name)}, version {component.spec.version}. "
        "Needs amsmath; put it between \\[ and \\].\n"
    )
    return head + check(aligned(blocks(component.spec)))


def aligned(found: list[Block]) -> str:
    """Return `found` as one ``aligned`` environment."""
    lines: list[str] = []
    for block in found:
        if block.title:
            lines.append(rf"& \text{{{escape(block.title)}:}}")
        lines += [_line(line) for line in block.lines]
    body = " \\\\\n".join(f"  {line}" for line in lines)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n"


def _line(line: Line) -> str:
    return f"{latex(line.left)} &{latex(line.sign)} {latex(line.right)}"


def check(text: str) -> str:
    """Return `text`; raise where it holds a command or a character that is none of this file's."""
    for command in re.findall(r"\\(?:[A-Za-z]+|[\s\S])?", text):
        if command not in _COMMANDS:
            raise SpikexError(f"generated LaTeX holds {command!a}", where="codegen")
    if not re.fullmatch(r"[\n -~]*", text) or re.search(r"(?<!\\)[$#%~]", text):
        raise SpikexError("generated LaTeX holds a foreign character", where="codegen")
    return text
