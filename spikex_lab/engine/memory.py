"""Whether a run keeps what its way back needs (fast), or computes it once more (low); and whether
it fits at all."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import psutil

from spikex_lab.errors import InvalidError

if TYPE_CHECKING:
    import torch

    from spikex_lab.engine.plan import Plan
    from spikex_lab.nn.forecast import Forecast
    from spikex_lab.nn.network import Network

COMFORT = 0.7
"""``auto`` runs fast where the forecast takes at most this part of what is free."""
_CGROUPS = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Decision:
    """How a run uses memory; part of the run, for it decides in which order sums are taken.

    Attributes
    ----------
    mode : ``fast`` or ``low``.
    chunk : steps at a time; None: all at once.
    needed, free : bytes forecast and there when it was decided; None where nothing is known.
    """

    mode: Literal["fast", "low"]
    chunk: int | None = None
    needed: int | None = None
    free: int | None = None

    def body(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)

    def __str__(self) -> str:
        told = f"memory {self.mode}"
        if self.chunk is not None:
            told += f", {self.chunk} steps at a time"
        if self.needed is not None and self.free is not None:
            told += f", needs about {size(self.needed)} of {size(self.free)} that are free"
        return told


def decide(network: torch.nn.Module, plan: Plan, before: dict[str, Any], room: int) -> Decision:
    """Return how the run of `plan` is to use memory.

    Parameters
    ----------
    before : what the run decided when it began, from its checkpoint; it stays so.
    room : bytes that are free.

    Raises
    ------
    InvalidError : it does not fit, by forecast.
    """
    from spikex_lab.nn import chunks
    from spikex_lab.nn.network import Network

    training = plan.spec.training
    wanted = before.get("mode", training.memory)
    if not isinstance(network, Network) or training.algorithm != "bptt":
        return Decision("low" if wanted == "low" else "fast")
    fast, low = (_forecast(network, plan, mode) for mode in ("fast", "low"))
    cut = not chunks.obstacle(network)
    if wanted == "auto":
        wanted = "low" if cut and fast.total > COMFORT * room and low.total < fast.total else "fast"
    chosen = low if wanted == "low" and cut else fast
    if chosen.total > room:
        raise _too_large(chosen, low if cut else fast, room, plan)
    chunk = before.get("chunk", chosen.chunk) if before else chosen.chunk
    return Decision(wanted, chunk, chosen.total, room)


def apply(network: torch.nn.Module, decision: Decision) -> None:
    """Let `network` run as was decided."""
    from spikex_lab.nn import buffers
    from spikex_lab.nn.network import Network

    if isinstance(network, Network):
        network.chunk = decision.chunk
    if decision.mode == "low":
        buffers.give_back_large()
    else:
        buffers.keep_large()


def _forecast(network: Network, plan: Plan, mode: Literal["fast", "low"]) -> Forecast:
    from spikex_lab.nn.forecast import forecast

    training = plan.spec.training
    return forecast(
        network,
        min(training.batch_size, len(plan.train)),
        memory=mode,
        optimizer=training.optimizer,
        evaluated=plan.evaluation_batch,
    )


def _too_large(chosen: Forecast, least: Forecast, room: int, plan: Plan) -> InvalidError:
    batch = plan.spec.training.batch_size
    by_sample = (least.input + least.kept + least.work) / batch
    fitting = int((COMFORT * room - least.weights) / by_sample)
    ways = []
    if least.total <= room and chosen.memory == "fast" and least.memory == "low":
        ways.append(f"training.memory: low needs {size(least.total)}")
    if 1 <= fitting < batch:
        ways.append(f"a batch_size of {fitting}")
    ways.append("fewer steps, or a smaller network")
    return InvalidError(
        f"needs about {size(chosen.total)} of memory, {size(room)} are free",
        where=f"training (memory {chosen.memory})",
        hint="; ".join(ways),
    )


def free(device: torch.device) -> int:
    """Return the bytes that are free on `device`; on a CPU also within the limits of its cgroup."""
    if device.type == "cuda":
        import torch

        return int(torch.cuda.mem_get_info(device)[0])
    room = int(psutil.virtual_memory().available)
    return min([room, *_left_in_cgroups()])


def _left_in_cgroups() -> list[int]:
    """Return what each limit above this process leaves (cgroup v2, and v1's memory controller)."""
    try:
        lines = Path("/proc/self/cgroup").read_text("utf-8").splitlines()
    except OSError:  # not Linux
        return []
    found = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            base, names = _CGROUPS, ("memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            base = _CGROUPS / "memory"
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        else:
            continue
        place = base / path.lstrip("/")
        for folder in (place, *place.parents):
            found += _left(folder, *names)
            if folder == base:
                break
    return found


def _left(folder: Path, limit: str, usage: str, cached: str) -> list[int]:
    """Return what the limit of one cgroup leaves; files read once count as free."""
    try:
        most = (folder / limit).read_text("utf-8").strip()
        used = int((folder / usage).read_text("utf-8"))
        stat = (folder / "memory.stat").read_text("utf-8").split()
    except (OSError, ValueError):  # no such group here, as seen from inside a container
        return []
    if most == "max":
        return []
    cache = int(stat[stat.index(cached) + 1]) if cached in stat else 0
    return [max(0, int(most) - used + cache)]


def size(count: int) -> str:
    """Return a number of bytes for people.

    Examples
    --------
    >>> size(2_500_000_000), size(31_000_000)
    ('2.5 GB', '31 MB')
    """
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
