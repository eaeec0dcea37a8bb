"""Makes the kernel pack: every scan and rule of the library, events and products, for several
levels of processors.

``python -m spikex_lab.nn.packing FOLDER CACHE`` writes one shared library per level
into FOLDER. What was compiled before, of the same text, comes from CACHE. Nothing of it runs here,
so a level is made whatever the processor.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import get_args

from spikex_lab import durable, toolchain
from spikex_lab.catalog import Component
from spikex_lab.catalog.body import Selection
from spikex_lab.catalog.codegen import kernel, pack, rule, words
from spikex_lab.catalog.codegen.factors import over_batch
from spikex_lab.catalog.codegen.kernel import Kernel, Real, Recurrence
from spikex_lab.catalog.codegen.rule import RuleKernel
from spikex_lab.catalog.library import library
from spikex_lab.nn import packed, products
from spikex_lab.nn.events import native

KINDS = ("neuron", "synapse", "dendrite", "learning")
"""Kinds of components that scan, and rules."""
_TOGETHER = 6
"""Kernels in one compilation."""
_LINKED = ("-fopenmp", "-Wl,--as-needed")
"""Where the pack runs it needs the C library, and what torch brings: OpenMP, and C++'s."""


def components() -> list[Component]:
    """Return what the library has of these kinds."""
    found = [library().get(name) for kind in KINDS for name in library().ids(kind)]
    return [one for one in found if one.has_equations]


def own() -> list[tuple[str, tuple[str, ...]]]:
    """Return the texts that are not printed, and the flags they are compiled with."""
    written = [
        (native.source(), (*native.FLAGS, *native.THREADS)),
        (products.source(), (*toolchain.FAST, products.FUSED)),
    ]
    return [(text + packed.mark(text), flags) for text, flags in written]


def rules(component: Component, real: Real) -> dict[str, RuleKernel]:
    """Return the kernels of a learning rule by their names in the pack."""
    found = {}
    for chosen in _selections(component):
        step = over_batch(component, chosen)
        made = RuleKernel(step.program, step.axes, real)
        found[pack.digest(made.source)] = made
    return found


def kernels(component: Component, real: Real) -> dict[str, Kernel]:
    """Return the scans of a component by their names in the pack; without states, none."""
    slope = pack.surrogates()[0] if component.spec.spike is not None else None
    found = {}
    for chosen in _selections(component):
        program = component.program(chosen)
        for back, masked in _forms(component, chosen):
            if program.states:
                made = pack.whole(Kernel(program, slope, (), real, back, masked))
                found[pack.name(made)] = made
    return found


def _forms(component: Component, chosen: Selection) -> list[tuple[Recurrence | None, bool]]:
    """Return what may come back to a component, and whether its samples may have lengths then:
    nothing, or what goes out of a neuron, through dense weights. One with weights of its own that
    lead back to it does not scan."""
    alone: list[tuple[Recurrence | None, bool]] = [(None, False), (None, True)]
    back = component.spec.recurrence
    if back is not None:
        params = {**component.placeholders(), **dict(chosen)}
        heard = back.weight in component.weights(component.resolve(params), (1,))
        return [] if heard else alone
    loop = Recurrence(next(iter(component.spec.inputs)), "out")
    return [*alone, *([(loop, False)] if component.kind == "neuron" else [])]


def _selections(component: Component) -> Iterator[Selection]:
    coarse = component.spec.coarse
    for variant in words.variants(component):
        yield variant.chosen[0]
        if coarse is not None:
            yield tuple(
                sorted({**dict(variant.chosen[0]), "integrator": coarse.integrator}.items())
            )


def build(
    folder: Path,
    *,
    cache: Path,
    given: Iterable[Component] | None = None,
    levels: Sequence[pack.Level] | None = None,
) -> list[Path]:
    """Write the shared libraries of the pack into `folder`, in the place of what is there; return
    their paths.

    Parameters
    ----------
    cache : where compiled parts are kept and found again.
    given : the components; default: the library's.
    levels : default: all of this kind of machine.

    Returns
    -------
    Nothing where there is no compiler, or no level for this kind of machine.
    """
    wanted = pack.LEVELS.get(platform.machine(), ()) if levels is None else levels
    durable.folder(folder, where="pack")
    for old in folder.glob("*.so"):
        old.unlink()
    if toolchain.compiler() is None or platform.system() != "Linux":
        return []
    given = components() if given is None else list(given)
    texts = {
        real: [(text, toolchain.FAST) for text in _texts(given, real)] for real in get_args(Real)
    }
    made: list[Path] = []
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        for level in wanted:
            parts = workers.map(
                lambda text, flags, march=f"-march={level.march}": toolchain.build(
                    text, flags=(*flags, march), folder=cache, linked=False
                ),
                *zip(*own(), *(one for real in level.reals for one in texts[real]), strict=True),
            )
            made.append(folder / level.file)
            toolchain.link([part for part in parts if part is not None], made[-1], _LINKED)
    return made


def _texts(given: Iterable[Component], real: Real) -> Iterator[str]:
    """Return what is compiled: a few kernels of one component each, so that the prelude is read
    once for them, and that another component's change leaves them as they are."""
    seen: set[str] = set()
    for component in given:
        opening, each = _printed(component, real)
        fresh = iter([text for name, text in each.items() if name not in seen])
        seen.update(each)
        while few := list(islice(fresh, _TOGETHER)):
            yield opening + "".join(few)


def _printed(component: Component, real: Real) -> tuple[str, dict[str, str]]:
    """Return what stands in front of a component's kernels, and their texts by their names."""
    if component.kind == "learning":
        made = rules(component, real)
        return rule.opening(real), {name: made[name].functions(f"_{name}") for name in made}
    scans = kernels(component, real)
    return kernel.opening(real), {
        name: kernel.functions(one, f"_{name}") for name, one in scans.items()
    }


def main() -> None:
    """Make the whole pack; say what was made."""
    folder, cache = map(Path, sys.argv[1:])
    made = build(folder, cache=cache)
    for path in made:
        print(f"kernel pack: {path.name}, {path.stat().st_size / 2**20:.1f} MiB")
    if not made:
        print("kernel pack: none, for want of a C++ compiler or of a level for this machine")


if __name__ == "__main__":
    main()
