"""What a run fixes in its process: CPU threads, determinism, device, precision."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

from spikex_lab.spec import TrainingSpec

if TYPE_CHECKING:
    import torch

MAX_DEFAULT_THREADS = 4
"""More threads than this seldom help networks of a teaching size, and hinder the runs beside."""


def default_threads(training: TrainingSpec) -> int:
    """Return the CPU threads of a run that begins: as asked, else one per core up to four."""
    return training.threads or min(os.cpu_count() or 1, MAX_DEFAULT_THREADS)


@contextmanager
def fixed(threads: int, *, deterministic: bool) -> Iterator[None]:
    """Run the body with that many CPU threads, and if asked with deterministic kernels only.

    The thread count changes the order of sums and so the numbers: it is part of a run and kept in
    its checkpoint.
    """
    import torch

    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    tuned = torch.backends.cudnn.benchmark
    torch.set_num_threads(threads)
    if deterministic:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.backends.cudnn.benchmark = False
        torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        yield
    finally:
        torch.set_num_threads(before[0])
        # only where it was changed: the call loads torch's compiler, which takes a second
        if torch.are_deterministic_algorithms_enabled() != before[1]:
            torch.use_deterministic_algorithms(before[1])
        torch.backends.cudnn.benchmark = tuned


def dtype_of(precision: str) -> torch.dtype:
    """Return the dtype of weights and inputs; bfloat16 keeps float32 and computes in autocast."""
    import torch

    return torch.float64 if precision == "float64" else torch.float32


def autocast(precision: str, device: torch.device) -> AbstractContextManager[object]:
    """Return the context in which forward passes run."""
    import torch

    if precision != "bfloat16":
        return nullcontext()
    return torch.autocast(device.type, dtype=torch.bfloat16)


def advice(precision: str, device: torch.device) -> str | None:
    """Return a line for the log where a precision costs time on `device` instead of saving it.

    bfloat16 is computed everywhere, but without instructions for it by way of float32.
    """
    if precision != "bfloat16" or _has_bfloat16(device):
        return None
    what = "CPU" if device.type == "cpu" else "GPU"
    return (
        f"this {what} has no instructions for bfloat16: it computes slower than in float32 here, "
        "and no more precisely; use training.precision: float32"
    )


def _has_bfloat16(device: torch.device) -> bool:
    """Say whether `device` computes in bfloat16 itself; where torch cannot tell, believe it."""
    import torch

    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type != "cpu" or not hasattr(torch.cpu, "get_capabilities"):
        return True
    known = torch.cpu.get_capabilities()
    flags = [there for name, there in known.items() if name.endswith("bf16")]
    return any(flags) or not flags


def versions() -> dict[str, str]:
    """Return the versions that decide a run's numbers."""
    import platform

    import numpy
    import torch

    return {
        "python": platform.python_version(),
        "torch": str(torch.__version__),  # a plain str: torch's own class is refused by its loader
        "numpy": str(numpy.__version__),
        "spikex-lab": package_version(),
        "machine": platform.machine(),
    }


def package_version() -> str:
    """Return this package's version."""
    import spikex_lab

    return str(getattr(spikex_lab, "__version__", "0"))
