"""Spyx: its neurons in `jax.lax.scan`, forward, backward and optimizer in one compiled function."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import spyx.axn
import spyx.nn
from flax import nnx

from benchmarks.suite.data import Data
from benchmarks.suite.workloads import Workload

Array = jax.Array
Weights = dict[str, Array]


class JaxSubject:
    """A workload in JAX, compiled when it is built.

    Parameters
    ----------
    differentiated : from weights to (what is looked at, gradients).
    optimizer : None where nothing is trained.
    """

    def __init__(
        self,
        differentiated: Callable[[Weights], tuple[Array, Weights]],
        weights: Weights,
        cotangent: Array | None,
        optimizer: optax.GradientTransformation | None,
    ) -> None:
        self._weights, self._cotangent = weights, cotangent
        self._differentiated = differentiated
        self._trained = optimizer is not None
        self._state: Any = optimizer.init(weights) if optimizer else ()
        self._last: Any = None

        def advance(weights: Weights, state: Any) -> Any:
            output, gradients = differentiated(weights)
            if optimizer is None:
                return output, gradients
            updates, state = optimizer.update(gradients, state)
            return output, optax.apply_updates(weights, updates), state

        given = (0, 1) if self._trained else ()
        advance = jax.jit(advance, donate_argnums=given)
        self._advance = advance.lower(weights, self._state).compile()

    def step(self) -> None:
        self._last = None
        found = jax.block_until_ready(self._advance(self._weights, self._state))
        if self._trained:
            self._last, self._weights, self._state = found
        else:
            self._last, _ = found

    def figure(self) -> float:
        return float(jnp.mean(self._last))

    def gradients(self) -> tuple[float, dict[str, np.ndarray[Any, Any]]]:
        output, gradients = jax.jit(self._differentiated)(self._weights)
        loss = output if self._cotangent is None else (output * self._cotangent).sum()
        return float(loss), {name: np.asarray(grad) for name, grad in gradients.items()}


def build(work: Workload, data: Data, variant: str) -> JaxSubject:  # noqa: ARG001 (has but one)
    x, y, cotangent = jnp.asarray(data.x), jnp.asarray(data.y), jnp.asarray(data.cotangent)
    weights = {name: jnp.asarray(w) for name, w in data.weights.items()}
    if not work.trains:
        leaves = {"x": x} if work.kind == "neuron" else weights

        def sent_back(leaves: Weights) -> tuple[Array, Weights]:
            spikes, back = jax.vjp(lambda given: _layers(work, given, x), leaves)
            return spikes, back(cotangent)[0]

        return JaxSubject(sent_back, leaves, cotangent, None)
    forward = {"mlp": _mlp, "cnn": _cnn, "recurrent": _recurrent}[work.kind]

    def loss(weights: Weights) -> Array:
        return _loss(work, forward(work, weights, x), y)

    return JaxSubject(jax.value_and_grad(loss), weights, None, optax.adam(work.lr))


def _layers(work: Workload, leaves: Weights, x: Array) -> Array:
    driven = leaves["x"] if work.kind == "neuron" else _linear(x, leaves, "fc1")
    return _spikes(work, driven)


def _loss(work: Workload, output: Array, y: Array) -> Array:
    if work.loss == "sum":
        return optax.softmax_cross_entropy_with_integer_labels(output, y).mean()
    each = optax.softmax_cross_entropy_with_integer_labels(output, y[None])
    return each.mean() if work.loss == "spikes" else each.sum() / work.batch


def _linear(x: Array, weights: Weights, name: str) -> Array:
    return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def _spikes(work: Workload, driven: Array, *, static: bool = False) -> Array:
    """Return the spikes of fresh leaky neurons; static `driven` ``[B, …]`` is never repeated."""
    shape = driven.shape[1:] if static else driven.shape[2:]
    neurons = spyx.nn.LIF(shape, beta=work.beta, activation=spyx.axn.arctan(1.0), rngs=nnx.Rngs(0))
    if not static:
        spikes: Array = spyx.nn.run(neurons, driven)[0]
        return spikes

    def step(state: Array, _: None) -> tuple[Array, Array]:
        fired, state = neurons(driven, state)
        return state, fired

    first = neurons.initial_state(driven.shape[0])
    return jax.lax.scan(step, first, None, length=work.steps)[1]


def _mlp(work: Workload, weights: Weights, x: Array) -> Array:
    hidden = _spikes(work, _linear(x, weights, "fc1"), static=work.input == "static")
    return _spikes(work, _linear(hidden, weights, "fc2"))


def _cnn(work: Workload, weights: Weights, x: Array) -> Array:
    def convolved(x: Array, name: str) -> Array:  # channels last: what XLA's CPU back end likes
        kernel = weights[f"{name}.weight"].transpose(2, 3, 1, 0)
        y = jax.lax.conv_general_dilated(
            x, kernel, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )
        y = y + weights[f"{name}.bias"]
        batch, rows, columns, channels = y.shape
        # not nnx.max_pool, whose backward pass is slower
        return y.reshape(batch, rows // 2, 2, columns // 2, 2, channels).max((2, 4))

    s = _spikes(work, convolved(x.transpose(0, 2, 3, 1), "conv1"), static=True)
    h = convolved(s.reshape(-1, *s.shape[2:]), "conv2")
    s = _spikes(work, h.reshape(*s.shape[:2], *h.shape[1:]))
    flat = s.transpose(0, 1, 4, 2, 3).reshape(*s.shape[:2], -1)
    return _spikes(work, _linear(flat, weights, "fc1"))


def _recurrent(work: Workload, weights: Weights, x: Array) -> Array:
    hidden, sinks = work.sizes[0], math.exp(-1 / 200)
    neurons = spyx.nn.ALIF(
        (hidden,),
        beta=math.exp(-1 / 20),
        gamma=sinks,
        activation=spyx.axn.arctan(1.0),
        rngs=nnx.Rngs(0),
    )

    def step(carry: tuple[Array, Array], driven: Array) -> tuple[tuple[Array, Array], Array]:
        last, state = carry
        spikes, state = neurons(driven + _linear(last, weights, "rec"), state)
        return (spikes, state), spikes

    first = jnp.zeros((work.batch, hidden)), neurons.initial_state(work.batch)
    spikes = jax.lax.scan(step, first, _linear(x, weights, "fc1"))[1]
    return _linear(spikes, weights, "fc2").sum(0)
