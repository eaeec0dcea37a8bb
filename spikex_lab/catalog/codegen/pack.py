"""The kernel pack: what its kernels are printed from, what they are called, which processor runs
which.

A kernel of the pack serves every use of its equations: any surrogate of the library that draws no
random numbers, the gradients of any of its parameters. Its name holds a digest of its whole text,
so equations that have changed, or a newer printer, never find an old kernel. The pack is made by
`spikex_lab.nn.packing` and found by `spikex_lab.nn.packed`.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Set
from dataclasses import dataclass, replace
from functools import cache

from spikex_lab import toolchain
from spikex_lab.catalog.codegen.kernel import Kernel, Real, source
from spikex_lab.catalog.library import library
from spikex_lab.catalog.program import Program


@dataclass(frozen=True)
class Level:
    """A class of processors: its name, the instruction sets it has, the compiler's name for it,
    and the number types that the pack has for it."""

    name: str
    needs: frozenset[str]
    march: str
    reals: tuple[Real, ...] = ("float",)

    @property
    def file(self) -> str:
        """The name of its shared library."""
        return f"{self.name}.so"


_V3 = {
    "abm", "avx", "avx2", "bmi1", "bmi2", "cx16", "f16c", "fma", "lahf_lm", "movbe", "pni",
    "popcnt", "sse4_1", "sse4_2", "ssse3",
}  # fmt: skip
_V4 = {*_V3, "avx512bw", "avx512cd", "avx512dq", "avx512f", "avx512vl"}
"""What Linux calls the instruction sets of ``x86-64-v3`` and ``x86-64-v4``."""
LEVELS = {
    "x86_64": (
        Level("avx512", frozenset(_V4), "x86-64-v4"),
        Level("avx2", frozenset(_V3), "x86-64-v3"),
        Level("x86-64", frozenset(), "x86-64", ("float", "double")),
    ),
    "aarch64": (Level("aarch64", frozenset(), "armv8-a", ("float", "double")),),
}
"""By machine, the best first. The last one runs on every such machine, and alone has float64: that
is for checks, not for speed."""


def levels(machine: str | None = None, features: Set[str] | None = None) -> list[Level]:
    """Return the levels that a processor can run, the best first; default: this processor.

    Examples
    --------
    >>> [level.name for level in levels("x86_64", {"sse4_2", "avx"})]
    ['x86-64']
    """
    machine = platform.machine() if machine is None else machine
    features = toolchain.features() if features is None else features
    return [level for level in LEVELS.get(machine, ()) if level.needs <= features]


@cache
def surrogates() -> tuple[Program, ...]:
    """Return the surrogates that a kernel of the pack has: ``Call.surrogate`` is a place here."""
    found = [library().get(name) for name in sorted(library().ids("surrogate"))]
    return tuple(one.surrogate() for one in found if not one.spec.noise)


def whole(kernel: Kernel) -> Kernel:
    """Return the kernel that does what `kernel` does with any surrogate and any learned values."""
    plain = replace(kernel, surrogate=None)
    learned = tuple(name for name in plain.fixed if name != "dt")
    choices = () if kernel.surrogate is None else surrogates()
    return replace(plain, learned=learned, choices=choices)


def name(kernel: Kernel) -> str:
    """Return what a kernel is called in the pack: ``forward_<name>``, ``backward_<name>``."""
    return digest(source(kernel))


def digest(text: str) -> str:
    """Return the name that goes with a kernel's text; that of a rule is ``learn_<name>``."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
