"""A passive cable of equal compartments with sealed ends, stepped exactly."""

import math
from types import SimpleNamespace

import torch


def rates(p, n):
    """Return (A in 1/ms, capacitance of a compartment in pF): dV/dt = A (V - E_L) + I/C."""
    diameter, piece = p.diameter * 1e-4, p.length / n * 1e-4  # cm
    area = math.pi * diameter * piece
    capacitance = p.C_m * area * 1e6
    leak = area / p.R_m * 1e6  # nS
    axial = math.pi * diameter**2 / 4 / (p.R_i * piece) * 1e9  # nS, between two neighbours
    step = torch.ones(n - 1, dtype=torch.float64)
    joined = torch.diag(step, 1) + torch.diag(step, -1)
    flow = axial * (joined - torch.diag(joined.sum(0)))
    return (flow - leak * torch.eye(n, dtype=torch.float64)) / capacitance, capacitance


def prepare(x, p, w, mode):
    """Return the propagator and what one pA in each compartment adds during a step."""
    matrix, capacitance = rates(p, x.shape[-1])
    decay = torch.matrix_exp(matrix * mode.dt)
    gain = torch.linalg.solve(matrix, decay - torch.eye(len(matrix), dtype=matrix.dtype)) / capacitance
    return SimpleNamespace(decay=decay.to(x), gain=gain.to(x))


def begin(x, p, k):
    """Return the potentials ``[B, n]`` at rest."""
    return (torch.full_like(x, p.E_L),)


def step(x, p, k, state):
    """Return the potentials ``[B, n]`` after a step with currents `x` ``[B, n]``."""
    # both matrices are symmetric
    potential = p.E_L + (state[0] - p.E_L) @ k.decay + x @ k.gain
    return potential, (potential,)
