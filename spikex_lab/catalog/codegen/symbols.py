"""How a name is typeset: by its ``latex:`` field, read by a grammar of our own, or by its letters.

A ``latex:`` field is never handed on as it is. It is read into a `mathtree.Math`, from a short list
of commands, and written anew by the printers: what is not on the list has no way through.
"""

from __future__ import annotations

import re

from spikex_lab.catalog.codegen.mathtree import (
    THIN,
    Ident,
    Mark,
    Math,
    Number,
    Op,
    Over,
    Row,
    Scripts,
    Words,
    indexed,
    row,
)
from spikex_lab.catalog.units import Unit
from spikex_lab.errors import nearest

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε",
    "zeta": "ζ", "eta": "η", "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ",
    "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "varrho": "ϱ",
    "sigma": "σ", "varsigma": "ς", "tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ",
    "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ",
    "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ",
    "Omega": "Ω",
}  # fmt: skip
LETTERS = {**GREEK, "infty": "∞", "ell": "ℓ", "partial": "∂", "nabla": "∇", "hbar": "ℏ"}
"""Commands that are one letter."""
ACCENTS = {
    "hat": "^", "bar": "¯", "overline": "¯", "tilde": "~", "dot": "˙", "ddot": "¨", "vec": "→",
}  # fmt: skip
"""Commands that put a sign above their argument."""
SIGNS = {
    "ast": "∗", "star": "⋆", "dagger": "†", "circ": "∘", "bullet": "∙", "wedge": "∧", "vee": "∨",
    "parallel": "∥", "perp": "⊥", "uparrow": "↑", "downarrow": "↓", "oplus": "⊕", "ominus": "⊖",
    "prime": "′",
}  # fmt: skip
"""Commands that are a sign without room around it."""
OPERATORS = {"cdot": "·", "times": "×", "pm": "±", "mp": "∓", "to": "→", "rightarrow": "→"}
WORDS = {"mathrm": "upright", "text": "upright", "mathbf": "bold", "mathcal": "script"}
"""Commands whose argument is a word of letters and digits."""
_SPACES = frozenset(",;:! ")
MAX_DEPTH = 8
_TOKEN = re.compile(r"\\(?P<command>[A-Za-z]+|[,;:! ])|(?P<number>[0-9]+)|(?P<char>[ -~])")


def field(text: str) -> Math:
    """Read a ``latex:`` field.

    Raises
    ------
    ValueError : a command that is not on the list, braces that do not match, nothing at all.

    Examples
    --------
    >>> field(r"\\tau_m")
    Scripts(base=Ident(text='τ', style=''), sub=Ident(text='m', style=''), sup=None)
    """
    return _Reader(text).whole()


def check_latex(text: str) -> str:
    """Return `text`; raise `ValueError` unless it is a symbol that `field` can read."""
    field(text)
    return text


def by_name(name: str) -> Math:
    """Return the symbol of a name without a ``latex:`` field: Greek, indices, words upright.

    Examples
    --------
    >>> by_name("tau_m") == field(r"\\tau_m")
    True
    """
    head, *rest = [part for part in name.split("_") if part]
    indices = [_part(part) for part in rest]
    digits = re.fullmatch(r"([A-Za-z]+?)([0-9]+)", head)
    if digits is not None:
        head = digits[1]
        indices.insert(0, Number(digits[2]))
    symbol = _part(head)
    for index in indices:
        symbol = indexed(symbol, index)
    return symbol


def _part(text: str) -> Math:
    if text.isdigit():
        return Number(text)
    return Ident(GREEK.get(text, text))


def unit_words(unit: str) -> Math:
    """Return a unit, upright, with powers: ``mS cm⁻²``; empty words for ``1``."""
    parts: list[Math] = []
    for name, power in Unit.read(unit).powers:
        symbol: Math = Ident(_unit_name(name), "upright")
        if power != 1:
            sign: tuple[Math, ...] = (Op("−"),) if power < 0 else ()
            symbol = Scripts(symbol, None, row(*sign, Number(str(abs(power)))))
        parts += [THIN, symbol] if parts else [symbol]
    return row(*parts) if parts else Words("")


def _unit_name(name: str) -> str:
    if name.endswith("ohm"):
        return name.removesuffix("ohm") + "Ω"
    return f"μ{name[1:]}" if name.startswith("u") else name


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str]] = []
        position = 0
        while position < len(text):
            token = _TOKEN.match(text, position)
            if token is None or token.group() in tuple('\\$&#%~"`@'):
                raise self.error(f"{text[position]!a} has no place in a symbol")
            self.tokens.append((str(token.lastgroup), token[str(token.lastgroup)]))
            position = token.end()
        self.at = 0

    def error(self, what: str) -> ValueError:
        return ValueError(f"latex: {what}; a symbol looks like \\tau_m or V_{{th}}")

    def whole(self) -> Math:
        result = self._row(0, inside=False, index=False)
        if result == Row(()):
            raise self.error("nothing in it")
        return result

    def _peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def _row(self, depth: int, *, inside: bool, index: bool) -> Math:
        """Read parts up to the closing brace (or the end); in an `index`, words are words."""
        if depth > MAX_DEPTH:
            raise self.error("nested too deep")
        parts: list[Math] = []
        while True:
            kind, text = self._peek()
            if kind == "end" or (kind, text) == ("char", "}"):
                if inside != (kind == "char"):
                    raise self.error("a brace is missing")
                self.at += 1
                return row(*parts) if parts else Row(())
            part = self._atom(depth, index=index)
            if part is not None:
                parts.append(self._scripts(part, depth))

    def _scripts(self, base: Math, depth: int) -> Math:
        sub: Math | None = None
        sup: Math | None = None
        primes = ""
        while self._peek()[1] in ("_", "^", "'") and self._peek()[0] == "char":
            sign = self._peek()[1]
            self.at += 1
            if sign == "'":
                primes += "′"
            elif (sub if sign == "_" else sup) is not None:
                raise self.error(f'"{sign}" twice')
            elif sign == "_":
                sub = self._argument(depth, index=True)
            else:
                sup = self._argument(depth, index=True)
        if primes:
            sup = Mark(primes) if sup is None else row(Mark(primes), sup)
        return base if sub is None and sup is None else Scripts(base, sub, sup)

    def _argument(self, depth: int, *, index: bool) -> Math:
        """Read what follows a command, a _ or a ^: a group in braces or one sign."""
        while self._peek() == ("char", " "):
            self.at += 1
        if self._peek() == ("char", "{"):
            self.at += 1
            return self._row(depth + 1, inside=True, index=index)
        result = self._atom(depth + 1, index=False)
        if result is None:
            raise self.error("something is missing at the end")
        return result

    def _atom(self, depth: int, *, index: bool) -> Math | None:
        kind, text = self._peek()
        if kind == "end" or text in ("}", "_", "^"):
            raise self.error("something is missing" if kind == "end" else f'"{text}" stands alone')
        self.at += 1
        if kind == "number":
            return Number(text)
        if kind == "command":
            return self._command(text, depth)
        if text == "{":
            return self._row(depth + 1, inside=True, index=index)
        if text == " ":
            return None
        if text.isalpha():
            while index and self._peek()[0] == "char" and self._peek()[1].isalpha():
                text += self._peek()[1]
                self.at += 1
            return Ident(text)
        if text in "+-*/=<>":
            return Op({"-": "−", "*": "∗"}.get(text, text))
        return Mark("′" if text == "'" else text)

    def _command(self, name: str, depth: int) -> Math | None:
        if name in _SPACES:
            return None
        if name in LETTERS:
            return Ident(LETTERS[name])
        if name in SIGNS:
            return Mark(SIGNS[name])
        if name in OPERATORS:
            return Op(OPERATORS[name])
        if name in ACCENTS:
            return Over(self._argument(depth, index=False), ACCENTS[name])
        if name in WORDS:
            return self._word(name)
        raise self.error(f'"\\{name[:30]}" is not allowed ({nearest(name, [*LETTERS, *ACCENTS])})')

    def _word(self, command: str) -> Math:
        """Read the word in braces behind \\mathrm and its like."""
        end = next((i for i, t in enumerate(self.tokens) if i > self.at and t[1] == "}"), None)
        if self._peek() != ("char", "{") or end is None:
            raise self.error(f"\\{command} needs a word in braces")
        inside = self.tokens[self.at + 1 : end]
        word = "".join(text for kind, text in inside if kind != "command")
        self.at = end + 1
        if not re.fullmatch(r"[A-Za-z0-9 ,+-]{1,40}", word) or len(inside) > len(word):
            raise self.error(f"\\{command} needs a word of letters and digits")
        if command == "text":
            return Words(word)
        return Ident(word, WORDS[command])  # type: ignore[arg-type]
