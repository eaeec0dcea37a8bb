# Rendered from components/neurons/sigma-delta/component.yaml by `spikex components render`: edit that file, not this.
"""Sigma-delta unit, version 1.0.0. Adds up the changes it hears, and tells on how much its own activation has changed, if by enough."""

import torch


def constants(dt, p_theta):
    """What does not change from step to step, then the first value of each state."""
    return [0, 0, 0]


def step(fire, p_theta, s_acc, s_told, s_sent, x_I):
    """One time step with accumulate=true, activation=relu: what goes out, then the new state."""
    # the sum so far
    l_total = s_acc + x_I
    # the activation
    l_act = torch.relu(l_total)
    # acc[t] = total
    n_acc = l_total
    # told[t] = told[t-1]
    n_told = s_told
    # sent[t] = act - told[t]
    n_sent = l_act - n_told
    # abs(sent) >= theta
    spike = fire(torch.abs(n_sent) - p_theta, p_theta)
    # sent = spike*sent
    n_sent = spike * n_sent
    # told = told + sent
    n_told = n_told + n_sent
    # sent
    out = n_sent
    return out, n_acc, n_told, n_sent


def step_accumulate_none(fire, p_theta, s_acc, s_told, s_sent, x_I):
    """One time step with accumulate=true, activation=none: what goes out, then the new state."""
    # the sum so far
    l_total = s_acc + x_I
    # the sum itself
    l_act = l_total
    # acc[t] = total
    n_acc = l_total
    # told[t] = told[t-1]
    n_told = s_told
    # sent[t] = act - told[t]
    n_sent = l_act - n_told
    # abs(sent) >= theta
    spike = fire(torch.abs(n_sent) - p_theta, p_theta)
    # sent = spike*sent
    n_sent = spike * n_sent
    # told = told + sent
    n_told = n_told + n_sent
    # sent
    out = n_sent
    return out, n_acc, n_told, n_sent


def step_no_accumulate_relu(fire, p_theta, s_acc, s_told, s_sent, x_I):
    """One time step with accumulate=false, activation=relu: what goes out, then the new state."""
    # the value itself
    l_total = x_I
    # the activation
    l_act = torch.relu(l_total)
    # acc[t] = total
    n_acc = l_total
    # told[t] = told[t-1]
    n_told = s_told
    # sent[t] = act - told[t]
    n_sent = l_act - n_told
    # abs(sent) >= theta
    spike = fire(torch.abs(n_sent) - p_theta, p_theta)
    # sent = spike*sent
    n_sent = spike * n_sent
    # told = told + sent
    n_told = n_told + n_sent
    # sent
    out = n_sent
    return out, n_acc, n_told, n_sent


def step_no_accumulate_none(fire, p_theta, s_acc, s_told, s_sent, x_I):
    """One time step with accumulate=false, activation=none: what goes out, then the new state."""
    # the value itself
    l_total = x_I
    # the sum itself
    l_act = l_total
    # acc[t] = total
    n_acc = l_total
    # told[t] = told[t-1]
    n_told = s_told
    # sent[t] = act - told[t]
    n_sent = l_act - n_told
    # abs(sent) >= theta
    spike = fire(torch.abs(n_sent) - p_theta, p_theta)
    # sent = spike*sent
    n_sent = spike * n_sent
    # told = told + sent
    n_told = n_told + n_sent
    # sent
    out = n_sent
    return out, n_acc, n_told, n_sent
