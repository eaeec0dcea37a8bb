"""snnTorch's and PyTorch's modules for the nodes of a graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from spikex_lab.errors import InvalidError

if TYPE_CHECKING:
    import torch

    from spikex_lab.spec.graph import GraphNode

    Make = Callable[[GraphNode, float], torch.nn.Module]


def layer(node: GraphNode, dt: float) -> torch.nn.Module:
    """Return snnTorch's or PyTorch's module for one node; steps are `dt` ms long."""
    for edge in node.edges:
        if edge.state is not None or edge.port is not None:
            raise InvalidError(
                "snnTorch has neither states that leave a node nor further inputs",
                where=f"edge {edge}",
                hint='use the backend "spikex"',
            )
    make = _LAYERS.get(node.component)
    if make is None:
        raise InvalidError(
            f"snnTorch has no counterpart of {node.component}",
            where=f"/nodes/{node.id}",
            hint='use the backend "spikex"',
        )
    return make(node, dt)


def _dense(node: GraphNode, _dt: float) -> torch.nn.Module:
    from torch.nn import Linear

    return Linear(node.shape_in[0], node.params["features"], bias=bool(node.params["bias"]))


def _conv2d(node: GraphNode, _dt: float) -> torch.nn.Module:
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


def _pool(name: str) -> Make:
    def make(node: GraphNode, _dt: float) -> torch.nn.Module:
        import torch

        kind: Any = getattr(torch.nn, name)
        pool: torch.nn.Module = kind(node.params["kernel"], node.params["stride"] or None)
        return pool

    return make


def _plain(name: str) -> Make:
    def make(_node: GraphNode, _dt: float) -> torch.nn.Module:
        import torch

        module: torch.nn.Module = getattr(torch.nn, name)()
        return module

    return make


def _neuron(name: str, *parameters: str) -> Make:
    """Return what makes snnTorch's layer `name`; `parameters` are called there as they are here."""

    def make(node: GraphNode, dt: float) -> torch.nn.Module:
        import snntorch
        import torch

        p = node.params
        learned = list(p.get("learn", ()))
        given: dict[str, Any] = {key: p[key] for key in parameters}
        if name == "Lapicque":
            given["time_step"] = dt
        inside = []
        if "all_to_all" in given:
            given["learn_recurrent"] = p["all_to_all"] or "V" in learned
            inside = ["weight", "bias"] if p["all_to_all"] else ["V"] if "V" in learned else []
            if p["all_to_all"]:
                given["linear_features"] = _features(node)
        kind: Any = getattr(snntorch, name)
        module: torch.nn.Module = kind(
            **given,
            threshold=p["threshold"],
            reset_mechanism=p["reset"],
            spike_grad=_surrogate(node),
        )
        # snnTorch keeps its constants as buffers; they are parameters of the spec, not weights
        module._non_persistent_buffers_set.update(module._buffers)
        if "V" in learned and p["all_to_all"]:
            module.register_parameter("V", torch.nn.Parameter(torch.tensor(float(p["V"]))))
        elif "V" in learned:
            del module.V  # it is there twice
        for key in {*learned} - {"V"}:
            _learn(module, key)
        _rename(module, inside)
        return module

    return make


def _features(node: GraphNode) -> int:
    if len(node.shape_in) != 1:
        raise InvalidError(
            f"snnTorch joins neurons of one dimension, these have {list(node.shape_in)}",
            where=f"/nodes/{node.id}",
            hint="put layers/flatten before it",
        )
    return node.shape_in[0]


def _learn(module: torch.nn.Module, name: str) -> None:
    """Turn a constant of the layer into one that is learned (not every layer can by itself)."""
    import torch

    value = getattr(module, name).detach().clone()
    delattr(module, name)
    module.register_parameter(name, torch.nn.Parameter(value))


def _rename(module: torch.nn.Module, names: Sequence[str]) -> None:
    """Give weights that snnTorch keeps in ``recurrent`` the names that they have here."""

    def out(_module: Any, state: dict[str, Any], prefix: str, _meta: Any) -> None:
        for name in names:
            state[f"{prefix}{name}"] = state.pop(f"{prefix}recurrent.{name}")

    def into(_module: Any, state: dict[str, Any], prefix: str, *_: Any) -> None:
        for name in names:
            if f"{prefix}{name}" in state:
                state[f"{prefix}recurrent.{name}"] = state.pop(f"{prefix}{name}")

    if names:
        module.register_state_dict_post_hook(out)  # type: ignore[no-untyped-call]
        module.register_load_state_dict_pre_hook(into)  # type: ignore[no-untyped-call]


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


_LAYERS: dict[str, Make] = {
    "synapses/dense": _dense,
    "synapses/conv2d": _conv2d,
    "layers/max-pool2d": _pool("MaxPool2d"),
    "layers/avg-pool2d": _pool("AvgPool2d"),
    "layers/flatten": _plain("Flatten"),
    "layers/relu": _plain("ReLU"),
    "layers/sigmoid": _plain("Sigmoid"),
    "layers/tanh": _plain("Tanh"),
    "neurons/alpha": _neuron("Alpha", "alpha", "beta"),
    "neurons/lapicque": _neuron("Lapicque", "R", "C"),
    "neurons/leaky": _neuron("Leaky", "beta", "reset_delay"),
    "neurons/rleaky": _neuron("RLeaky", "beta", "reset_delay", "all_to_all", "V"),
    "neurons/rsynaptic": _neuron("RSynaptic", "alpha", "beta", "all_to_all", "V"),
    "neurons/synaptic": _neuron("Synaptic", "alpha", "beta", "reset_delay"),
}
STATES = {
    "neurons/alpha": ["syn_exc", "syn_inh", "mem"],
    "neurons/lapicque": ["mem"],
    "neurons/leaky": ["mem"],
    "neurons/rleaky": ["spk", "mem"],
    "neurons/rsynaptic": ["spk", "syn", "mem"],
    "neurons/synaptic": ["syn", "mem"],
}
"""The states as snnTorch's layers take and give them: the last of what they give."""
