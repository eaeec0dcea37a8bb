"""Operators of one's own leave torch's compiler alone, and it them."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
import torch
from spikex_lab import nn

assert "torch._dynamo" not in sys.modules, "loaded by the import"
net = nn.Sequential(torch.nn.Linear(300, 400), nn.Neuron("leaky"))
x = (torch.rand(20, 30, 300) < 0.05).float()

def gradient(run):
    net.zero_grad()
    run(x).sum().backward()
    return net[0].weight.grad.clone()

plain = gradient(net)
print("torch._dynamo" in sys.modules)
print(torch.equal(gradient(torch.compile(net, backend="eager")), plain))
print(torch.equal(gradient(net), plain))
"""


def test_the_compiler_is_not_loaded_and_works_once_it_is() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["False", "True", "True"], done.stderr
