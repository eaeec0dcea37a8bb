"""How busy the machine and the coordinator are: one sample as a plain dict."""

from __future__ import annotations

import sys
from typing import Any

import psutil

SAMPLE_SECONDS = 2.0


class Sampler:
    """Samples CPU, memory and, where torch already runs on an NVIDIA device, the GPU.

    Examples
    --------
    >>> sorted(Sampler().sample())[:3]
    ['cpu', 'cpus', 'memory']
    """

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._process.cpu_percent()  # the first reading only sets the mark
        psutil.cpu_percent()
        self._children: dict[int, psutil.Process] = {}

    def sample(self) -> dict[str, Any]:
        """Return one sample.

        Returns
        -------
        dict with ``cpu`` (percent of one core used by this process and its children), ``cpus``,
        ``system_cpu`` (percent of the machine), ``memory`` (bytes resident), ``system_memory`` and
        ``system_memory_total`` (bytes), and ``gpus`` where there are any.
        """
        memory = psutil.virtual_memory()
        body: dict[str, Any] = {
            "cpu": round(self._process.cpu_percent() + self._children_cpu(), 1),
            "cpus": psutil.cpu_count() or 1,
            "system_cpu": psutil.cpu_percent(),
            "memory": self._process.memory_info().rss,
            "system_memory": memory.total - memory.available,
            "system_memory_total": memory.total,
        }
        gpus = _gpus()
        if gpus:
            body["gpus"] = gpus
        return body

    def _children_cpu(self) -> float:
        # A process object measures from its last reading, so each child's is kept.
        self._children = {
            child.pid: self._children.get(child.pid, child)
            for child in self._process.children(recursive=True)
        }
        total = 0.0
        for child in self._children.values():
            try:
                total += child.cpu_percent()
            except psutil.NoSuchProcess:  # ended between the two looks
                continue
        return total


def _gpus() -> list[dict[str, Any]]:
    """Memory of each CUDA device this process uses; never starts torch or a device itself."""
    torch = sys.modules.get("torch")
    cuda = getattr(torch, "cuda", None)  # torch may be half imported by the main thread
    if torch is None or not hasattr(cuda, "is_initialized") or not torch.cuda.is_initialized():
        return []
    found = []
    for index in range(torch.cuda.device_count()):
        free, total = torch.cuda.mem_get_info(index)
        found.append(
            {
                "device": f"cuda:{index}",
                "name": torch.cuda.get_device_name(index),
                "memory": total - free,
                "memory_total": total,
                "memory_here": torch.cuda.memory_reserved(index),
            }
        )
    return found
