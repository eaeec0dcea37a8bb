"""Who takes part: ourselves twice, and the peers, each also with a cache for large buffers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

CACHE = "+cache"
"""Suffix of a contestant that runs with glibc told to keep large buffers (see `worker`)."""


@dataclass(frozen=True)
class Contestant:
    """One library in one form.

    Attributes
    ----------
    module : its module under ``benchmarks.peers``.
    package : the package it needs; its version is shown.
    note : what of it is not equal to the others, for the table's footnotes.
    """

    name: str
    title: str
    module: str
    package: str
    note: str = ""


OURS = ("ours", "reference")

_ALL = (
    Contestant("ours", "SPIKE-X Lab", "ours", "spikex-lab"),
    Contestant(
        "reference", "SPIKE-X Lab, reference", "ours", "spikex-lab",
        'use_kernels("reference"): the equations step by step in PyTorch.',
    ),
    Contestant(
        "snntorch", "snnTorch", "snntorch", "snntorch",
        "Equal to ours: reset one step late, by subtraction, detached; ATan. "
        "W5: plain Leaky, as it has no adaptive threshold.",
    ),
    Contestant(
        "spikingjelly", "SpikingJelly", "spikingjelly", "spikingjelly",
        "Multi-step LIFNode. Resets in the same step, by subtraction, detached; ATan. "
        "W3: loss on spikes, not membranes. W5: plain LIFNode, as it has no adaptive threshold.",
    ),
    Contestant(
        "norse", "Norse", "norse", "norse",
        "LIFBox: resets in the same step to 0, not detached; SuperSpike. W3: loss on spikes. "
        "W5: LSNN, with a synaptic current as third state.",
    ),
    Contestant(
        "sinabs", "Sinabs", "sinabs", "sinabs",
        "Resets in the same step, by subtraction, not detached; exponential surrogate, several "
        "spikes per step allowed (W5: one). W3: loss on spikes.",
    ),
    Contestant(
        "spyx", "Spyx", "spyx", "spyx",
        "JAX, the whole step compiled; matrix products are XLA's, not MKL's. "
        "Resets one step late, by subtraction, not detached, and "
        "fires one step late; its arctan (1/π of ours). W3: loss on spikes. W5: a spike raises the "
        "threshold by 0.005, and takes off the raised threshold.",
    ),
)  # fmt: skip

CONTESTANTS = {each.name: each for each in _ALL}
PEERS = tuple(name for name in CONTESTANTS if name not in OURS)


def bare(name: str) -> str:
    """Return `name` without the suffix that asks for the cache."""
    return name.removesuffix(CACHE)


def cached(name: str) -> bool:
    """Say whether the contestant runs with the cache for large buffers."""
    return name.endswith(CACHE)


def title(name: str) -> str:
    """Return what a table calls the contestant."""
    return CONTESTANTS[bare(name)].title + (", buffers cached" if cached(name) else "")


def lineup(peers: Iterable[str], *, cache: bool) -> list[str]:
    """Return ourselves and `peers`, each of these twice where `cache` is set."""
    names = list(OURS)
    for peer in peers:
        names.append(peer)
        if cache:
            names.append(peer + CACHE)
    return names
