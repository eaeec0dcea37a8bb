"""Which words may name a parameter, a state or an input, and which never may.

Names travel into Python, C++, JavaScript and Triton, so they are ASCII, short, and no word that
any of these languages keeps for itself. Generated code sees them only with a prefix (``p_beta``).
"""

from __future__ import annotations

import keyword
import re

from spikex_lab.errors import InvalidError

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")

FUNCTIONS: dict[str, int] = {
    "abs": 1, "atan": 1, "ceil": 1, "clip": 3, "cos": 1, "cosh": 1, "detach": 1, "erf": 1, "exp": 1,
    "exprel": 1, "floor": 1, "log": 1, "max": 2, "min": 2, "relu": 1, "round": 1, "sigmoid": 1,
    "sign": 1, "sin": 1, "sinh": 1, "sqrt": 1, "step": 1, "tan": 1, "tanh": 1,
}  # fmt: skip
"""Functions of the equation language and how many arguments each takes."""

RESERVED = frozenset(
    {
        "t",
        "dt",
        "pi",
        "spike",
        "spiked",
        "refractory",
        "preset",
        "learn",
        "integrator",
        "surrogate",
        "component",
        "registry",
        "stateful",
        "shape",
    }
)
"""Words with a meaning of their own in a component's file."""

_PYTHON = frozenset(keyword.kwlist) | frozenset(keyword.softkwlist)
_C = frozenset(
    [
        "alignas",
        "alignof",
        "and_eq",
        "asm",
        "auto",
        "bitand",
        "bitor",
        "bool",
        "break",
        "case",
        "catch",
        "char",
        "char16_t",
        "char32_t",
        "char8_t",
        "class",
        "co_await",
        "co_return",
        "co_yield",
        "compl",
        "concept",
        "const",
        "const_cast",
        "consteval",
        "constexpr",
        "constinit",
        "continue",
        "decltype",
        "default",
        "delete",
        "do",
        "double",
        "dynamic_cast",
        "else",
        "enum",
        "explicit",
        "export",
        "extern",
        "false",
        "float",
        "for",
        "friend",
        "goto",
        "if",
        "inline",
        "int",
        "long",
        "mutable",
        "namespace",
        "new",
        "noexcept",
        "not_eq",
        "nullptr",
        "operator",
        "or_eq",
        "private",
        "protected",
        "public",
        "register",
        "reinterpret_cast",
        "requires",
        "restrict",
        "return",
        "short",
        "signed",
        "sizeof",
        "static",
        "static_assert",
        "static_cast",
        "struct",
        "switch",
        "template",
        "this",
        "thread_local",
        "throw",
        "true",
        "try",
        "typedef",
        "typeid",
        "typename",
        "typeof",
        "union",
        "unsigned",
        "using",
        "virtual",
        "void",
        "volatile",
        "wchar_t",
        "while",
        "xor",
        "xor_eq",
    ]
)
_JAVASCRIPT = frozenset(
    [
        "arguments",
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "eval",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "function",
        "get",
        "if",
        "implements",
        "import",
        "in",
        "instanceof",
        "interface",
        "let",
        "new",
        "null",
        "of",
        "package",
        "private",
        "protected",
        "public",
        "return",
        "set",
        "static",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "undefined",
        "var",
        "void",
        "while",
        "with",
        "yield",
    ]
)
KEYWORDS = _PYTHON | _C | _JAVASCRIPT


def check_name(name: str, *, where: str) -> str:
    """Return `name`; raise `InvalidError` unless every language of the house can carry it.

    Examples
    --------
    >>> check_name("tau_m", where="parameters")
    'tau_m'
    """
    if not NAME.fullmatch(name):
        raise InvalidError(
            f"{name[:40]!a} is no name",
            where=where,
            hint="a name is an ASCII letter, then letters, digits and _, at most 64",
        )
    if name in KEYWORDS:
        raise InvalidError(
            f'"{name}" is a keyword of Python, C++ or JavaScript',
            where=where,
            hint="choose another name",
        )
    if name in RESERVED or name in FUNCTIONS:
        raise InvalidError(
            f'"{name}" has a meaning of its own in equations',
            where=where,
            hint="choose another name",
        )
    return name
