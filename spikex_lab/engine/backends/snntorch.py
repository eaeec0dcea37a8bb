"""The same networks made of snnTorch's neurons and PyTorch's layers, stepped step by step.

Written to be compared with: nothing of `spikex_lab.nn` computes here but encoder and readout, and
the first weights are copied from it, under the same names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from spikex_lab.engine.backends.snntorch_layers import STATES, layer
from spikex_lab.errors import InvalidError

if TYPE_CHECKING:
    import torch

    from spikex_lab.spec import ModelSpec


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


def _module_class() -> Any:
    """Return the network's class; made here, so that importing this module loads no torch."""
    import torch

    from spikex_lab.catalog import registry
    from spikex_lab.nn.result import Result
    from spikex_lab.nn.scripts import function
    from spikex_lab.spec.model import INPUT

    class SnnTorchNetwork(torch.nn.Module):
        """Steps all nodes once per time step, in the graph's order."""

        def __init__(self, ours: Any) -> None:
            super().__init__()
            self.spec, self.graph = ours.spec, ours.graph
            for node in self.graph.nodes.values():
                self._modules[node.id] = layer(node, self.graph.dt)
            encoder, readout = self.graph.encoder, self.graph.readout
            known = registry(ours.spec)
            self._encode = function(known.get(encoder.component), "encode")
            self._decode = function(known.get(readout.component), "decode")
            self._static = "static" in known.get(encoder.component).spec.traits

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
            if node.component not in STATES:
                out: torch.Tensor = module(value)
                return out
            wanted = STATES[node.component]
            result = module(value, *(states[name] or [torch.zeros_like(value) for _ in wanted]))
            states[name] = list(result[-len(wanted) :])
            return result[0]  # type: ignore[no-any-return]

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
        names = STATES.get(node.component, [])
        return {name: torch.stack([s[i] for s in steps]) for i, name in enumerate(names)}

    return SnnTorchNetwork
