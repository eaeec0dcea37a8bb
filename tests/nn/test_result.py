"""What a run gives: spikes are counted when somebody asks, and what was counted is let go."""

from __future__ import annotations

import weakref

import torch

from spikex_lab.nn.result import Counts


def test_counts_let_go_of_what_they_have_counted() -> None:
    spikes = torch.tensor([1.0, 0.0, 1.0], requires_grad=True) * 1.0
    counts = Counts()
    counts.of("lif", spikes)
    held = weakref.ref(counts._waiting["lif"])
    assert [*counts] == ["lif"]
    assert len(counts) == 1
    assert counts["lif"] == 2.0
    assert not counts["lif"].requires_grad
    assert held() is None
    assert counts["lif"] == 2.0
    assert dict(counts) == {"lif": torch.tensor(2.0)}
