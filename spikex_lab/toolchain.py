"""C++ text → shared library, kept in a cache. Without a compiler the answer is None.

The key of the cache is all that decides the bytes: the source, the compiler and its version, the
flags, the processor. A library is written under another name and moved into its place, so two
processes that build the same one do not see each other's halves.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from spikex_lab import durable
from spikex_lab.errors import SpikexError
from spikex_lab.settings import Settings

FLAGS = ("-std=c++17", "-O2", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math")
"""No -ffast-math: it reorders sums and flushes the process's small numbers to 0. No fused
multiply-add: it rounds once where the reference rounds twice."""
FAST = (
    "-std=c++17", "-O3", "-fopenmp", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math",
    "-fno-exceptions", "-Wno-psabi",
)  # fmt: skip
"""For loops over many numbers; besides goes the processor (``-march=…``). Without exceptions, what
is made needs nothing of the C++ library."""
STRICT = ("-Wall", "-Wextra", "-Werror")
"""For text that is checked, not used."""
_LIMIT = 120.0
"""Seconds for one compilation."""


class CompileError(SpikexError):
    """The compiler refused generated text: a fault of ours, with the compiler's first words."""

    exit_code = 1


@functools.cache
def compiler() -> str | None:
    """Return the path of a C++ compiler that answers: ``SPIKEX_CXX``, else c++, g++ or clang++.

    An empty ``SPIKEX_CXX`` stands for "none", so that the way without one can be tried.
    """
    wanted = os.environ.get("SPIKEX_CXX")
    names = ("c++", "g++", "clang++") if wanted is None else (wanted,)
    paths = (shutil.which(name) for name in names if name)
    return next((path for path in paths if path and _version(path)), None)


@functools.cache
def processor() -> str:
    """Return what kind of processor this is, down to its instruction sets."""
    parts = [platform.system(), platform.machine()]
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return "/".join([*parts, platform.processor()])
    kept = ("model name", "flags", "Features", "CPU part")
    seen = {line.split(":")[0].strip(): line for line in lines if line.startswith(kept)}
    return "/".join([*parts, *sorted(seen.values())])


@functools.cache
def features() -> frozenset[str]:
    """Return the processor's instruction sets as Linux names them; nothing on other systems."""
    lines = processor().split("/")
    told = [line.partition(":")[2] for line in lines if line.startswith(("flags", "Features"))]
    return frozenset(word for line in told for word in line.split())


def library(
    source: str, *, flags: Sequence[str] = FLAGS, folder: Path | None = None
) -> ctypes.CDLL | None:
    """Return `source` compiled and loaded; None where there is no compiler.

    Parameters
    ----------
    source : C++ text that stands alone, with ``extern "C"`` functions.
    flags : for the compiler, besides those that make a shared library.
    folder : the cache; default: ``compiled`` in SPIKEX_HOME.

    Raises
    ------
    CompileError : the compiler refused the text.
    """
    path = build(source, flags=flags, folder=folder)
    return None if path is None else ctypes.CDLL(str(path))


def fast(source: str, *more: str) -> ctypes.CDLL | None:
    """Return `source` compiled for this machine's own processor, with threads, and loaded.

    A compiler without OpenMP or that word for the processor (Apple's) makes it for one thread and
    any processor. `more` are further flags; the rest is as `library` has it.
    """
    try:
        return library(source, flags=(*FAST, "-march=native", *more))
    except CompileError:  # the flags may be to blame; where the text is, it says so again
        plain = [flag for flag in FAST if flag != "-fopenmp"]
        return library(source, flags=(*plain, *more))


def build(
    source: str,
    *,
    flags: Sequence[str] = FLAGS,
    folder: Path | None = None,
    linked: bool = True,
) -> Path | None:
    """Return the path of `source` as a shared library, from the cache where it is there.

    Where it is not to be `linked`, as an object file for `link`.
    """
    path = compiler()
    if path is None:
        return None
    cache = durable.folder(folder or Settings().home / "compiled", where="compiled")
    made = cache / f"{_key(source, path, flags)}{'.so' if linked else '.o'}"
    if not made.is_file():
        with tempfile.TemporaryDirectory(dir=cache) as work:
            fresh = Path(work) / made.name
            kind = "-shared" if linked else "-c"
            _compile(source, path, [*flags, kind, "-fPIC", "-o", str(fresh)])
            fresh.replace(made)
    return made


def link(objects: Sequence[Path], made: Path, flags: Sequence[str] = ()) -> None:
    """Write the shared library `made` of object files: what they define, and no more.

    Raises
    ------
    CompileError : the linker refused them.
    """
    path = compiler()
    if path is None:
        raise CompileError("no C++ compiler was found", where="link")
    with tempfile.TemporaryDirectory(dir=made.parent) as work:
        fresh = Path(work) / made.name
        _run([path, *flags, "-shared", "-s", "-o", str(fresh), *map(str, objects)])
        fresh.replace(made)


def check(source: str, *, flags: Sequence[str] = (*FLAGS, *STRICT)) -> bool:
    """Compile `source` and keep nothing; return False where there is no compiler.

    Raises
    ------
    CompileError : the compiler refused the text, or warned.
    """
    path = compiler()
    if path is None:
        return False
    _compile(source, path, [*flags, "-fsyntax-only"])
    return True


def _compile(source: str, path: str, arguments: Sequence[str]) -> None:
    _run([path, "-x", "c++", *arguments, "-"], source)


def _run(command: Sequence[str], given: str = "") -> None:
    try:
        done = subprocess.run(  # noqa: S603 (a compiler found on the path, our own text)
            command,
            input=given,
            capture_output=True,
            text=True,
            timeout=_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        why = f"the compiler took more than {_LIMIT:.0f} s"
        raise CompileError(why, where=command[0]) from None
    if done.returncode:
        told = [line for line in done.stderr.splitlines() if "error" in line] or [done.stderr]
        raise CompileError(f"the compiler refused: {told[0][:300].strip()}", where=command[0])


def _key(source: str, path: str, flags: Sequence[str]) -> str:
    here = processor() if "-march=native" in flags else platform.machine()
    parts = [source, path, _version(path), *flags, here]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:40]


@functools.cache
def _version(path: str) -> str:
    """Return what the compiler says of itself; nothing where it is only a stub."""
    done = subprocess.run(  # noqa: S603
        [path, "--version"], capture_output=True, text=True, timeout=_LIMIT, check=False
    )
    return "" if done.returncode else done.stdout
