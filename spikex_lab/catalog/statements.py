"""Lines of a component: ``dv/dt = …``, ``mem[t] = …``, ``v = v_reset``, ``w += b``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from spikex_lab.catalog.expr import Expr
from spikex_lab.catalog.parser import MAX_LENGTH, parse
from spikex_lab.errors import InvalidError

_LEFT = re.compile(
    r"""[ \t]*(?: d(?P<ode>[A-Za-z][A-Za-z0-9_]{0,63})[ \t]*/[ \t]*dt[ \t]*(?P<ode_is>=)
        | (?P<map>[A-Za-z][A-Za-z0-9_]{0,63})[ \t]*\[[ \t]*t[ \t]*\][ \t]*(?P<map_is>=)
        | (?P<set>[A-Za-z][A-Za-z0-9_]{0,63})[ \t]*(?P<set_is>=|\+=|-=) )(?!=)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One line: the state it gives, how (``ode``, ``map``, ``=``, ``+=``, ``-=``), its value."""

    target: str
    form: Literal["ode", "map", "=", "+=", "-="]
    value: Expr
    text: str
    where: str


def statement(text: str, *, where: str) -> Statement:
    """Read one line.

    Raises
    ------
    InvalidError : with the column where reading stopped.

    Examples
    --------
    >>> statement("dv/dt = -v/tau", where="equations").target
    'v'
    """
    if len(text) > MAX_LENGTH + 100:
        raise InvalidError(
            f"line of {len(text)} characters", where=where, hint=f"at most {MAX_LENGTH}"
        )
    left = _LEFT.match(text)
    if left is None:
        raise InvalidError(
            f"{text[:60]!a} gives no state its value",
            where=where,
            hint="write dv/dt = …, v[t] = …, v = …, v += … or v -= …",
        )
    value = parse(text[left.end() :], where=where, offset=left.end())
    for group, form in (("ode", "ode"), ("map", "map")):
        if left[group] is not None:
            return Statement(left[group], form, value, text.strip(), where)  # type: ignore[arg-type]
    return Statement(left["set"], left["set_is"], value, text.strip(), where)  # type: ignore[arg-type]
