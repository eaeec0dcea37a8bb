"""The kernel pack at run time: ready machine code for the library, if it travelled along.

A wheel made by ``make wheel`` carries it; a checkout has none and compiles what it uses.
"""

from __future__ import annotations

import ctypes
import logging
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from spikex_lab.catalog.codegen import pack
from spikex_lab.catalog.codegen.kernel import Kernel
from spikex_lab.catalog.codegen.rule import RuleKernel

FOLDER = Path(__file__).resolve().parents[1] / "_kernels"
"""Where the pack lies in an installed package."""
_log = logging.getLogger(__name__)


class Ready(NamedTuple):
    """A kernel of the pack: what it was printed from, its way there and its way back, and the place
    of the surrogate among those that it has."""

    kernel: Kernel
    functions: tuple[Any, ...]
    surrogate: int


def find(kernel: Kernel) -> Ready | None:
    """Return the kernel of the pack that does what `kernel` does; None where there is none."""
    if not libraries(FOLDER):
        return None
    known = pack.whole(kernel)
    if kernel.surrogate is not None and kernel.surrogate not in known.choices:
        return None
    surrogate = 0 if kernel.surrogate is None else known.choices.index(kernel.surrogate)
    name = pack.name(known)
    functions = _functions(f"forward_{name}", f"backward_{name}")
    return None if functions is None else Ready(known, functions, surrogate)


def rule(kernel: RuleKernel) -> Any | None:
    """Return the function of the pack that is `kernel`'s ``learn``; None where there is none."""
    if not libraries(FOLDER):
        return None
    found = _functions(f"learn_{pack.digest(kernel.source)}")
    return None if found is None else found[0]


def mark(text: str) -> str:
    """Return what is put behind a text that is not printed, so that `own` knows it again."""
    return f'\nextern "C" {{ int {_marked(text)} = 1; }}\n'


def own(text: str) -> ctypes.CDLL | None:
    """Return the best library of the pack that was made with `text`; None where there is none."""
    return next((one for one in libraries(FOLDER) if hasattr(one, _marked(text))), None)


def _marked(text: str) -> str:
    return f"own_{pack.digest(text)}"


def _functions(*names: str) -> tuple[Any, ...] | None:
    """Return the functions of these names, of the best library that has them."""
    for library in libraries(FOLDER):
        if hasattr(library, names[0]):
            return tuple(getattr(library, name) for name in names)
    return None


@lru_cache
def libraries(folder: Path) -> tuple[ctypes.CDLL, ...]:
    """Return the pack's libraries that this processor can run, the best first."""
    found = []
    for path in (folder / level.file for level in pack.levels()):
        if path.is_file():
            try:
                found.append(ctypes.CDLL(str(path)))
            except OSError as error:  # another C library, or no OpenMP under the expected name
                _log.info("the kernel pack is not used: %s", error)
    return tuple(found)
