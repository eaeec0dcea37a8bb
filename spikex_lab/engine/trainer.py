"""Trains one run: what a notebook, the command line and a coordinator all end up in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from spikex_lab.engine import backends, checkpoint, environment, losses, memory, probe, weights
from spikex_lab.engine.control import StopRequested
from spikex_lab.engine.plan import Plan, check_network
from spikex_lab.engine.protocols import Backend, ControlSource, EventSink
from spikex_lab.errors import InvalidError
from spikex_lab.spec import RunSpec

if TYPE_CHECKING:
    import torch

    from spikex_lab.data import Dataset
    from spikex_lab.engine.checkpoint import Checkpoint
    from spikex_lab.engine.session import Session


@dataclass(frozen=True)
class Outcome:
    """How a job ended, and its figures. Failures are raised instead."""

    state: Literal["finished", "stopped"]
    metrics: dict[str, Any] = field(default_factory=dict)


class Trainer:
    """Trains the run that `spec` describes; goes on by itself from a checkpoint in `folder`.

    Parameters
    ----------
    dataset : the one that ``spec.dataset`` names.
    sink, control : where events go and commands come from. The final state (``finished``,
        ``stopped``, ``failed``) is the caller's to write: he knows when all is kept.
    folder : working folder: rolling checkpoint and files on their way to the sink.
    backend : builds the network; default: the one that ``spec.backend`` names.
    module : a network in place of ``spec.model``'s nodes (`spikex_lab.nn.foreign.Foreign`).
    attempt : from the second on, the first event tells readers which events of the attempts before
        still count, also when no checkpoint was left and all begins again.
    run : the run's row as plain data, for the report.
    start : a file of the weights to begin with; default: those drawn from the seed.

    Notes
    -----
    Random numbers are keyed by (seed, purpose, epoch, batch): a run stopped or killed anywhere and
    resumed ends with the same weights, byte for byte, as one that was left alone.
    """

    def __init__(
        self,
        spec: RunSpec,
        dataset: Dataset,
        *,
        sink: EventSink,
        control: ControlSource,
        folder: Path,
        backend: Backend | None = None,
        module: torch.nn.Module | None = None,
        attempt: int = 1,
        run: Mapping[str, Any] | None = None,
        start: Path | None = None,
    ) -> None:
        self._spec = spec
        self._dataset = dataset
        self._sink = sink
        self._control = control
        self._folder = folder
        self._backend = backend
        self._module = module
        self._attempt = attempt
        self._start = start
        self._run = {"spec": spec.to_dict(), **(run or {})}

    def fit(self) -> Outcome:
        """Train, evaluate, keep the artifacts; or stop where asked, with a checkpoint.

        Raises
        ------
        InvalidError : when model, dataset, device or checkpoint do not fit, or by forecast there is
        too little memory; nothing was written then. WorkError : when the loss or the gradient is no
        longer a number. StorageError : when a checkpoint or an event cannot be kept.
        """
        import torch

        plan = Plan.of(self._spec, self._dataset)
        device = _device(self._spec.device)
        kept, damaged = checkpoint.load(self._folder, plan.identity)
        training = self._spec.training
        threads = kept.threads if kept else environment.default_threads(training)
        with environment.fixed(threads, deterministic=training.deterministic):
            # Weights and buffers that nobody seeds by key come from the same stream each time.
            torch.manual_seed(training.seed)
            network = self._network(device)
            room = memory.free(device)
            decision = memory.decide(network, plan, kept.memory if kept else {}, room)
            memory.apply(network, decision)
            session = self._session(plan, network, device, threads, decision)
            try:
                return self._go(session, kept, damaged)
            finally:
                session.stepper.close()

    def _network(self, device: torch.device) -> torch.nn.Module:
        training = self._spec.training
        network = self._module
        if network is None:
            if self._spec.model.module is not None:
                raise InvalidError(
                    "is the user's own code, which was not handed over", where="model"
                )
            backend = self._backend or backends.get(self._spec.backend)
            network = backend.build(self._spec.model, seed=training.seed)
        check_network(self._spec, network, self._dataset)
        if self._start is not None:
            weights.load(network, self._start)
        return network.to(device, environment.dtype_of(training.precision))

    def _session(
        self,
        plan: Plan,
        network: torch.nn.Module,
        device: torch.device,
        threads: int,
        decision: memory.Decision,
    ) -> Session:
        from spikex_lab.engine.measure import Place
        from spikex_lab.engine.session import Session

        place = Place(device, self._spec.training.precision)
        return Session(
            plan,
            network,
            place,
            sink=self._sink,
            control=self._control,
            folder=self._folder,
            threads=threads,
            memory=decision,
        )

    def _go(self, session: Session, kept: Checkpoint | None, damaged: list[str]) -> Outcome:
        from spikex_lab.engine.finish import finish

        probe.check(session.network, session.plan, session.place, session.streams)
        if kept:
            session.restore(kept)
        self._announce(session, kept)
        for line in damaged:
            found = "going on from the one before" if kept else "beginning again"
            self._sink.emit("log", level="warning", message=f"{line}; {found}")
        try:
            session.governor.poll()
            session.train()
            figures = finish(session, self._dataset, self._run)
        except StopRequested:
            self._sink.emit("state", state="stopping")
            session.keep()
            return Outcome("stopped", dict(session.history[-1]) if session.history else {})
        self._sink.flush()
        return Outcome("finished", figures)

    def _announce(self, session: Session, kept: Checkpoint | None) -> None:
        """Emit the attempt's first event: running, and from where."""
        body: dict[str, Any] = {
            "device": str(session.place.device),
            "threads": session.threads,
            "memory": session.memory.body(),
            "versions": environment.versions(),
            "progress": session.progress.body(session.epoch, session.batch),
        }
        if kept:
            body["resumed_from"] = checkpoint.describe(kept)
        elif self._attempt > 1:
            body["resumed_from"] = {"seq": 0, "epoch": 0, "batch": 0}
        self._sink.at(session.epoch, session.batch)
        self._sink.emit("state", state="running", **body)
        self._sink.emit("log", level="info", message=_summary(session, kept))
        advice = environment.advice(session.training.precision, session.place.device)
        if advice:
            self._sink.emit("log", level="warning", message=advice)


def _summary(session: Session, kept: Checkpoint | None) -> str:
    """Return the log's first line of an attempt."""
    weights = sum(p.numel() for p in session.network.parameters() if p.requires_grad)
    plan = session.plan
    loss = losses.for_network(session.training, session.network)
    unused = ", ".join(session.stepper.algorithm.unused)
    aside = f" ({session.training.algorithm} does not use {unused})" if unused else ""
    told = (
        f"{weights:,} weights to train on {len(plan.train):,} samples, {len(plan.validation):,} "
        f"held out for validation; loss {loss}{aside}; {session.place.device}, "
        f"{session.threads} threads; {session.memory}"
    )
    if kept is None:
        return told
    return f"going on after {kept.epoch} epochs and {kept.batch} batches; {told}"


def _device(name: str) -> torch.device:
    """Return the device, after making sure that it is there."""
    import torch

    from spikex_lab.engine import devices

    if name != "cpu":
        devices.check_here(name)
    if name == "xla":
        import_module("torch_xla")  # makes torch know the device
    return torch.device(name)
