"""The same networks made of snnTorch's neurons and PyTorch's layers, stepped step by step.

Written to be compared with: nothing of `spikex_lab.nn` computes here but encoder and readout, and
the first weights are copied from it, under the same names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from spikex_lab.errors import InvalidError

if TYPE_CHECKING:
    import torch

    from spikex_lab.spec import ModelSpec
    from spikex_lab.spec.graph import GraphNode


class SnnTorchBackend:
    """Builds networks from snnTorch 1.0 (``pip install snntorch``)."""

    name = "snntorch"

    def build(self, spec: ModelSpec, seed: int | None = None) -> torch.nn.Module:
        """Return the network, with the same first weights as ours has for `seed`.

        Raises
        ------
        InvalidError : snnTorch is not installed, or has no counterpart of a component.
        """
        from importlib.util import find_spec

        if find_spec("snntorch") is None:
            raise InvalidError(
                "snnTorch is not installed", where="backend", hint="pip install snntorch"
            )
        from spikex_lab import nn

        ours = nn.build(spec, seed=seed)
        network = _module_class()(ours)
        network.load_state_dict(ours.state_dict())
        built: torch.nn.Module = network
        return built


def layer(node: GraphNode) -> torch.nn.Module:
    """Return snnTorch's or PyTorch's module for one node."""
    make = _LAYERS.get(node.component)
    if make is None:
        raise InvalidError(
            f"snnTorch has no counterpart of {node.component}",
            where=f"/nodes/{node.id}",
            hint='use the backend "spikex"',
        )
    return make(node)


def _dense(node: GraphNode) -> torch.nn.Module:
    from torch.nn import Linear

    return Linear(node.shape_in[0], node.params["features"], bias=bool(node.params["bias"]))


def _conv2d(node: GraphNode) -> torch.nn.Module:
    from torch.nn import Conv2d

    p = node.params
    return Conv2d(
        node.shape_in[0],
        p["channels"],
        p["kernel"],
        p["stride"],
        p["padding"],
        bias=bool(p["bias"]),
    )


def _pool(name: str) -> Callable[[GraphNode], torch.nn.Module]:
    def make(node: GraphNode) -> torch.nn.Module:
        import torch

        kind: Any = getattr(torch.nn, name)
        pool: torch.nn.Module = kind(node.params["kernel"], node.params["stride"] or None)
        return pool

    return make


def _plain(name: str) -> Callable[[GraphNode], torch.nn.Module]:
    def make(_node: GraphNode) -> torch.nn.Module:
        import torch

        module: torch.nn.Module = getattr(torch.nn, name)()
        return module

    return make


def _neuron(name: str, decays: Sequence[str]) -> Callable[[GraphNode], torch.nn.Module]:
    def make(node: GraphNode) -> torch.nn.Module:
        import snntorch

        p = node.params
        kind: Any = getattr(snntorch, name)
        module: torch.nn.Module = kind(
            **{decay: p[decay] for decay in decays},
            threshold=p["threshold"],
            reset_mechanism=p["reset"],
            reset_delay=bool(p["reset_delay"]),
            spike_grad=_surrogate(node),
        )
        # snnTorch keeps its constants as buffers; they are parameters of the spec, not weights
        module._non_persistent_buffers_set.update(module._buffers)
        return module

    return make


def _surrogate(node: GraphNode) -> Any:
    from snntorch import surrogate

    wanted = node.surrogate
    if wanted is None or wanted.component == "surrogates/atan":
        alpha: Any = wanted.params.get("alpha", 2.0) if wanted else 2.0
        return surrogate.atan(alpha=float(alpha))
    if wanted.component == "surrogates/fast-sigmoid":
        slope: Any = wanted.params.get("slope", 25.0)
        return surrogate.fast_sigmoid(slope=float(slope))
    raise InvalidError(
        f"snnTorch has no counterpart of {wanted.component}", where=f"/nodes/{node.id}/surrogate"
    )


_LAYERS: dict[str, Callable[[GraphNode], torch.nn.Module]] = {
    "synapses/dense": _dense,
    "synapses/conv2d": _conv2d,
    "layers/max-pool2d": _pool("MaxPool2d"),
    "layers/avg-pool2d": _pool("AvgPool2d"),
    "layers/flatten": _plain("Flatten"),
    "layers/relu": _plain("ReLU"),
    "layers/sigmoid": _plain("Sigmoid"),
    "neurons/leaky": _neuron("Leaky", ["beta"]),
    "neurons/synaptic": _neuron("Synaptic", ["alpha", "beta"]),
}
_STATES = {"neurons/leaky": ["mem"], "neurons/synaptic": ["syn", "mem"]}


def _module_class() -> Any:
    """Return the network's class; made here, so that importing this module loads no torch."""
    import torch

    from spikex_lab.catalog import library
    from spikex_lab.nn.result import Result
    from spikex_lab.nn.scripts import function
    from spikex_lab.spec.model import INPUT

    class SnnTorchNetwork(torch.nn.Module):
        """Steps all nodes once per time step, in the graph's order."""

        def __init__(self, ours: Any) -> None:
            super().__init__()
            self.spec, self.graph = ours.spec, ours.graph
            for node in self.graph.nodes.values():
                self._modules[node.id] = layer(node)
            encoder, readout = self.graph.encoder, self.graph.readout
            self._encode = function(library().get(encoder.component), "encode")
            self._decode = function(library().get(readout.component), "decode")
            self._static = "static" in library().get(encoder.component).spec.traits

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            """Return the scores ``[B, K]``."""
            return self.run(x).scores

        def run(
            self,
            x: torch.Tensor,
            *,
            generator: torch.Generator | None = None,
            record: Mapping[str, Sequence[str]] | None = None,
            poll: Callable[[], None] | None = None,
        ) -> Result:
            """Run a batch; see `spikex_lab.nn.Network.run`."""
            graph = self.graph
            encoder = SimpleNamespace(**graph.encoder.params)
            inputs = self._encode(x, encoder, graph.steps, generator)
            emitted: dict[str, list[torch.Tensor]] = {name: [] for name in graph.nodes}
            states: dict[str, list[torch.Tensor]] = {name: [] for name in graph.nodes}
            traces: dict[str, list[list[torch.Tensor]]] = {name: [] for name in graph.nodes}
            for step in range(graph.steps):
                if poll is not None:
                    poll()
                now = inputs if self._static else inputs[step]
                for name, node in graph.nodes.items():
                    heard = [_heard(edge, emitted, now, step) for edge in node.inputs]
                    present = [value for value in heard if value is not None]
                    value = present[0] if present else now.new_zeros(len(x), *node.shape_in)
                    for other in present[1:]:
                        value = value + other
                    out = self._step(name, node, value, states)
                    emitted[name].append(out)
                    if states[name]:
                        traces[name].append(list(states[name]))
            return self._result(emitted, traces, record or {})

        def _step(
            self, name: str, node: Any, value: torch.Tensor, states: dict[str, list[torch.Tensor]]
        ) -> torch.Tensor:
            module: Any = self._modules[name]
            if node.component not in _STATES:
                out: torch.Tensor = module(value)
                return out
            before = states[name] or [torch.zeros_like(value) for _ in _STATES[node.component]]
            spikes, *after = module(value, *before)
            states[name] = after
            return spikes  # type: ignore[no-any-return]

        def _result(
            self,
            emitted: dict[str, list[torch.Tensor]],
            traces: dict[str, list[list[torch.Tensor]]],
            record: Mapping[str, Sequence[str]],
        ) -> Result:
            graph = self.graph
            output = torch.stack(emitted[graph.output])
            own = _named(graph.nodes[graph.output], traces[graph.output])
            recorded = {}
            for name, quantities in record.items():
                known = {**_named(graph.nodes[name], traces[name])}
                known["spikes"] = known["output"] = torch.stack(emitted[name])
                recorded[name] = {quantity: known[quantity] for quantity in quantities}
            potential = own[list(own)[-1]] if own else None
            return Result(
                scores=self._decode(output, potential, SimpleNamespace(**graph.readout.params)),
                output=output,
                states=own,
                activity={
                    name: torch.stack(emitted[name]).detach().sum()
                    for name, node in graph.nodes.items()
                    if node.spiking
                },
                recorded=recorded,
            )

    def _heard(
        edge: Any, emitted: Mapping[str, list[torch.Tensor]], now: torch.Tensor, step: int
    ) -> torch.Tensor | None:
        if edge.source == INPUT:
            return now
        when = step - edge.delay
        return emitted[edge.source][when] if when >= 0 else None

    def _named(node: Any, steps: list[list[torch.Tensor]]) -> dict[str, torch.Tensor]:
        names = _STATES.get(node.component, [])
        return {name: torch.stack([s[i] for s in steps]) for i, name in enumerate(names)}

    return SnnTorchNetwork
