"""Any ``torch.nn.Module`` as a network: snnTorch's, a plain ANN, a class of the user's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import torch
from torch import Tensor

from spikex_lab.catalog import Library, Overlay, library, registry
from spikex_lab.errors import InvalidError
from spikex_lab.nn.cell import Cell, Poll
from spikex_lab.nn.neuron import Neuron
from spikex_lab.nn.result import Result
from spikex_lab.nn.scripts import Script
from spikex_lab.nn.watch import Watch, first_tensor, is_spiking, tensors
from spikex_lab.spec import ComponentRef, ModelSpec

Time = Literal["auto", "whole", "loop", "sequence"]


class Foreign(torch.nn.Module):
    """A module of the user's own, run, recorded and scored like a `Network`.

    Parameters
    ----------
    module : takes a batch ``[B, *shape]`` or a sequence ``[T, B, *shape]``; gives ``[B, K]`` or
        ``[T, B, K]``, or a tuple that begins with it and ends with the potentials (as snnTorch's).
    input_shape : shape of one sample.
    steps : time steps that the encoder makes and that `loop` repeats.
    encoder, readout : components; default: the sample itself, and the potential of the last step. A
        module that gives no potential is scored by the sum of its outputs over time.
    time : who steps through time. ``whole``: the module by itself, given the frames; ``sequence``:
        the module, given ``[T, B, …]``; ``loop``: we call it once per step (snnTorch with
        ``init_hidden=True``). ``auto`` finds out with two empty samples.

    Raises
    ------
    InvalidError : the module does not take `input_shape`, or gives something else.
    """

    def __init__(
        self,
        module: torch.nn.Module,
        input_shape: Sequence[int],
        steps: int = 1,
        *,
        encoder: ComponentRef | str = "encoders/direct",
        readout: ComponentRef | str = "decoders/membrane",
        time: Time = "auto",
        spec: ModelSpec | None = None,
    ) -> None:
        super().__init__()
        self.module = module
        self.input_shape = tuple(input_shape)
        self.steps = steps
        self.spec = spec
        known = library() if spec is None else registry(spec)
        self._encode = _script(encoder, "encode", known)
        self._static = "static" in self._encode.component.spec.traits
        self._decode = _script(readout, "decode", known)
        self.time: Time = self._find_time() if time == "auto" else time

    @classmethod
    def load(cls, code: bytes, spec: ModelSpec) -> Foreign:
        """Return the network of a pickled module. The caller has checked hash and consent."""
        import cloudpickle

        module = cloudpickle.loads(code)
        if not isinstance(module, torch.nn.Module):
            raise InvalidError(
                f"the code holds a {type(module).__name__}, not a torch.nn.Module", where=spec.name
            )
        return cls(
            module,
            spec.input.shape,
            spec.time.steps,
            encoder=spec.input.encoder,
            readout=spec.readout,
            spec=spec,
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return the scores ``[B, K]``."""
        return self.run(x).scores

    def state_dict(self, *args: Any, **kwargs: Any) -> Any:
        """Return the module's own weights, under its own names."""
        return self.module.state_dict(*args, **kwargs)

    def load_state_dict(self, *args: Any, **kwargs: Any) -> Any:
        """Load weights under the module's own names."""
        return self.module.load_state_dict(*args, **kwargs)

    def run(
        self,
        x: Tensor,
        *,
        generator: torch.Generator | None = None,
        record: Mapping[str, Sequence[str]] | None = None,
        poll: Poll | None = None,
    ) -> Result:
        """Run a batch like `Network.run`; the nodes are the module's submodules by name."""
        x = x.to(
            next(
                (p.dtype for p in self.module.parameters() if p.is_floating_point()), torch.float32
            )
        )
        rank = len(self.input_shape)
        if (
            x.dim() not in (rank + 1, rank + 2)
            or tuple(x.shape[x.dim() - rank :]) != self.input_shape
        ):
            raise InvalidError(
                f"takes [batch, {', '.join(map(str, self.input_shape))}], got {list(x.shape)}",
                where="input",
            )
        if x.dim() == rank + 1 and not (self.time == "whole" and self._static):
            x = self._encode(x, self.steps, generator)
            if self._static:
                x = x.expand(self.steps, *x.shape)
        watch = Watch(self.module, dict(record or {}), poll, sequences=self.time == "sequence")
        self._fresh()
        with watch:
            outputs, states = self._through(x, poll)
        self._fresh()
        potential = next(reversed(states.values()), None)
        scores = outputs.sum(0) if potential is None else self._decode(outputs, potential)
        return Result(scores, outputs, states, watch.activity(), watch.recorded())

    def _through(self, x: Tensor, poll: Poll | None) -> tuple[Tensor, dict[str, Tensor]]:
        if self.time != "loop":
            found = tensors(self.module(x))
            batch = x.shape[0] if x.dim() == len(self.input_shape) + 1 else x.shape[1]
            return self._shaped(found, batch)
        rows = []
        for step in x.unbind(0):
            if poll is not None:
                poll()
            rows.append(tensors(self.module(step)))
        stacked = [torch.stack(series) for series in zip(*rows, strict=True)]
        return self._shaped(stacked, x.shape[1])

    def _shaped(self, found: list[Tensor], batch: int) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the outputs ``[T, B, K]`` and the states: what else has that shape."""
        if not found:
            raise InvalidError("gives no tensor", where=type(self.module).__name__)
        series = [value if value.dim() > 2 else value.unsqueeze(0) for value in found]
        output = series[0]
        if output.dim() != 3 or output.shape[1] != batch:
            raise InvalidError(
                f"gives {list(found[0].shape)}; [batch, classes] or [time, batch, classes] wanted",
                where=type(self.module).__name__,
            )
        more = [value for value in series[1:] if value.shape == output.shape]
        names = ["mem"] if len(more) == 1 else [*(f"state{i}" for i in range(len(more) - 1)), "mem"]
        return output, dict(zip(names, more, strict=False))

    # -- time ------------------------------------------------------------------------------------

    def _find_time(self) -> Time:
        """Show the module two empty samples and see who steps through time."""
        if any(isinstance(part, Cell) for part in self.module.modules()):
            return "sequence"
        if not self._static:
            return (
                "sequence"
                if self._gives(torch.zeros(self.steps, 2, *self.input_shape), 3)
                else "loop"
            )
        return (
            "whole"
            if self.steps == 1 or self._gives(torch.zeros(2, *self.input_shape), 3)
            else "loop"
        )

    def _gives(self, x: Tensor, rank: int) -> bool:
        """Say whether the module takes `x` and steps through time by itself."""
        place = next(self.module.parameters(), torch.zeros(()))
        x = x.to(place.device, place.dtype if place.is_floating_point() else torch.float32)
        calls: list[int] = []
        counters = [
            part.register_forward_hook(lambda *_, index=index: calls.append(index))
            for index, part in enumerate(self.module.modules())
            if is_spiking(part)
        ]
        modes = [(part, part.training) for part in self.module.modules()]
        self.module.eval()
        self._fresh()
        try:
            with torch.no_grad(), torch.random.fork_rng(devices=[]):
                output = first_tensor(self.module(x))
        except (RuntimeError, ValueError, TypeError, IndexError):
            return False
        finally:
            for counter in counters:
                counter.remove()
            for part, training in modes:
                part.training = training
            self._fresh()
        return len(calls) > len(set(calls)) or (output is not None and output.dim() == rank)

    def _fresh(self) -> None:
        """Let every neuron forget: ours, snnTorch's hidden states, SpikingJelly's memories."""
        part: Any
        for part in self.module.modules():
            if isinstance(part, Neuron):
                part.reset()
            elif hasattr(part, "reset_mem"):
                for name in part._non_persistent_buffers_set:
                    setattr(part, name, torch.zeros(0, device=getattr(part, name).device))
            elif hasattr(part, "_memories") and hasattr(part, "reset"):
                part.reset()


def _script(ref: ComponentRef | str, name: str, known: Library | Overlay) -> Script:
    ref = ComponentRef(component=ref) if isinstance(ref, str) else ref
    component = known.get(ref.component)
    return Script(component, name, component.resolve(ref.params))
