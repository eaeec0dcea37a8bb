"""The training of one run from where it stands to its last epoch."""

from __future__ import annotations

import copy
import math
import time
from contextlib import closing
from typing import Any

from spikex_lab.engine import algorithms, best, checkpoint, environment, loader, losses, probe
from spikex_lab.engine import schedule as schedules
from spikex_lab.engine.algorithms import Learned, Setting
from spikex_lab.engine.checkpoint import Checkpoint
from spikex_lab.engine.control import Governor
from spikex_lab.engine.measure import Judged, Place, over, scale_of
from spikex_lab.engine.memory import Decision
from spikex_lab.engine.plan import Plan
from spikex_lab.engine.progress import Clock, Progress
from spikex_lab.engine.protocols import ControlSource, EventSink
from spikex_lab.engine.rng import Streams
from spikex_lab.engine.step import Stepper
from spikex_lab.engine.tally import Tally
from spikex_lab.errors import InvalidError, WorkError

BATCH_EVENT_SECONDS = 0.05
"""At most 20 ``batch`` events a second."""
CHECKPOINT_SHARE = 0.05
"""Share of the time that rolling checkpoints may take."""


class Session:
    """Holds everything that changes while a run trains.

    Positions: `epoch` counts finished epochs, `batch` finished batches of the one under way. Events
    carry the number of the epoch they belong to, from 1.
    """

    def __init__(
        self, plan: Plan, network: Any, place: Place, *, sink: EventSink, control: ControlSource,
        folder: Any, threads: int, memory: Decision,
    ) -> None:  # fmt: skip
        self.plan = plan
        self.network = network
        self.place = place
        self.sink = sink
        self.folder = folder
        self.threads = threads
        self.memory = memory
        self.training = plan.spec.training
        self.governor = Governor(control, sink, on_pause=self.keep)
        self.streams = Streams(self.training.seed, place.device)
        self.loss = losses.build(self.training, network)
        setting = Setting(network, self.training, self.loss, place, self.governor.poll)
        self.stepper = Stepper(network, algorithms.build(setting), self.streams)
        self.scale = scale_of(network)
        self.tally = Tally(place.device, self.scale)
        self.clock = Clock(lambda: self.governor.paused_seconds)
        self.progress = Progress(self.training.epochs, plan.batches)
        self.epoch = 0
        self.batch = 0
        self.announced = 0
        self.history: list[dict[str, Any]] = []
        self.best: dict[str, Any] = {}
        self._last_event = 0.0
        self._kept_at = time.monotonic()
        self._keeping_took = 0.0

    # resume and checkpoint ------------------------------------------------------------------

    def restore(self, kept: Checkpoint) -> None:
        """Take up the state of `kept`."""
        from spikex_lab.engine import weights
        from spikex_lab.nn import events

        weights.restore(self.network, kept.model, where=checkpoint.NAME)
        events.restore(self.network, kept.choices)
        try:
            self.stepper.algorithm.restore(kept.optimizer)
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidError(
                f"does not fit the optimizer: {error}", where=checkpoint.NAME
            ) from None
        self.epoch, self.batch, self.announced = kept.epoch, kept.batch, kept.announced
        self.tally.restore(kept.sums)
        self.history = copy.deepcopy(kept.history)
        self.best = dict(kept.best)
        self.clock = Clock(
            lambda: self.governor.paused_seconds, total=kept.elapsed, epoch=kept.epoch_elapsed
        )

    def keep(self) -> None:
        """Write the rolling checkpoint; its event comes only after it is durable."""
        from spikex_lab.nn import events

        began = time.monotonic()
        self._check_finite()
        seq = self.sink.flush()
        size = checkpoint.save(
            self.folder,
            Checkpoint(
                identity=self.plan.identity,
                epoch=self.epoch,
                batch=self.batch,
                announced=self.announced,
                seq=seq,
                threads=self.threads,
                device=str(self.place.device),
                model=self.stepper.state(),
                optimizer=self.stepper.algorithm.state(),
                sums=self.tally.state(),
                history=self.history,
                best=self.best,
                elapsed=self.clock.total,
                epoch_elapsed=self.clock.epoch,
                memory={"mode": self.memory.mode, "chunk": self.memory.chunk},
                choices=events.state(self.network),
                versions=environment.versions(),
            ),
        )
        self._kept_at = time.monotonic()
        self._keeping_took = self._kept_at - began
        self.sink.emit("checkpoint", size=size, seconds=round(self._keeping_took, 4), of_seq=seq)

    def _keep_if_due(self, every: float) -> None:
        wait = max(every, self._keeping_took / CHECKPOINT_SHARE)
        if time.monotonic() - self._kept_at >= wait:
            self.keep()

    # training -------------------------------------------------------------------------------

    def train(self) -> None:
        """Train to the last epoch, or until early stopping says so."""
        while not self.done:
            self._begin_epoch()
            self._train_epoch()
            self._end_epoch()
            self._keep_if_due(0.0)
            self.governor.between()

    @property
    def done(self) -> bool:
        """Tell whether no epoch is left."""
        over_ = self.epoch >= self.training.epochs
        return over_ or best.exhausted(self.history, self.training.early_stopping)

    def _begin_epoch(self) -> None:
        self.sink.at(self.epoch + 1, self.batch)
        if self.announced <= self.epoch:
            self.sink.emit("epoch", epochs=self.training.epochs, batches=self.plan.batches)
            self.announced = self.epoch + 1

    def _train_epoch(self) -> None:
        self.network.train()
        batches = loader.batches(
            self.plan.split,
            self.plan.order(self.epoch),
            self.training.batch_size,
            device=self.place.device,
            dtype=self.place.dtype,
            start=self.batch,
            workers=self.training.workers,
        )
        lap = self.clock.now()
        with closing(batches):
            for x, y in batches:
                rate = self._rate(self.epoch * self.plan.batches + self.batch)
                learned = self._learn(x, y, rate)
                self._count(learned, y)
                self.batch += 1
                self.sink.at(self.epoch + 1, self.batch)
                now = self.clock.now()
                self.progress.batch_took(now - lap)
                lap = now
                self._tell(rate)
                self._keep_if_due(self.training.checkpoint_every)
                self.governor.between()

    def _learn(self, x: Any, y: Any, rate: float) -> Learned:
        """Learn from a batch; a deterministic run keeps to what its layers ran on in the first."""
        from spikex_lab.nn import events

        fixing = self.training.deterministic and self.epoch == self.batch == 0
        if fixing:
            events.forget(self.network)
        learned = self.stepper.learn(x, y, rate, self.epoch, self.batch)
        if fixing and (fixed := events.fix(self.network)):
            told = "; ".join(
                f"{name} {', '.join(f'{what} {kind}' for what, kind in sorted(ran.items()))}"
                for name, ran in fixed.items()
            )
            self.sink.emit("log", level="info", message=f"fixed for this run: {told}")
        return learned

    def _rate(self, step: int) -> float:
        """Return the learning rate of a step, counted from the beginning of the run."""
        total = self.training.epochs * self.plan.batches
        base = self.stepper.algorithm.rate
        return schedules.rate(self.training.schedule, base, step, total, self.plan.batches)

    def _count(self, learned: Learned, y: Any) -> None:
        self.tally.add(
            loss=learned.loss,
            scores=learned.scores,
            target=y,
            activity=learned.activity,
            norm=learned.norm,
        )

    def _tell(self, rate: float) -> None:
        """Emit a ``batch`` event if the last one is 50 ms old; only then wait for the device."""
        now = time.monotonic()
        if now - self._last_event < BATCH_EVENT_SECONDS:
            return
        self._last_event = now
        figures = self.tally.window()
        self._check(figures)
        self.sink.emit(
            "batch",
            loss=figures["loss"],
            accuracy=figures["accuracy"],
            lr=rate,
            grad_norm=figures["grad_norm"],
            spikes=figures["spikes"],
            batches=self.plan.batches,
            progress=self.progress.body(self.epoch, self.batch),
        )

    def _end_epoch(self) -> None:
        figures = self.tally.figures()
        self._check(figures)
        started = self.clock.now()
        validation = self._validate()
        self.progress.validation_took(self.clock.now() - started)
        self._probe()
        row = {
            "epoch": self.epoch + 1,
            "train_loss": figures["loss"],
            "train_accuracy": figures["accuracy"],
            "val_loss": validation.get("loss"),
            "val_accuracy": validation.get("accuracy"),
            "lr": self._rate((self.epoch + 1) * self.plan.batches - 1),
            "grad_norm": figures["grad_norm"],
            "seconds": round(self.clock.epoch, 3),
            "spikes": figures["spikes"],
        }
        self.history.append(row)
        self.epoch, self.batch = self.epoch + 1, 0
        self.tally.clear()
        self.clock.new_epoch()
        if best.index(self.history, self.training) == len(self.history) - 1:
            state = {name: t.detach().clone() for name, t in self.network.state_dict().items()}
            self.best = {"epoch": self.epoch, "model": state}
        self.sink.emit("metrics", **row, progress=self.progress.body(self.epoch, 0))

    def _validate(self) -> dict[str, Any]:
        if len(self.plan.validation) == 0:
            return {}
        tally = Tally(self.place.device, self.scale)

        def take(judged: Judged) -> None:
            result = judged.result
            tally.add(
                loss=judged.loss,
                scores=result.scores,
                target=judged.target,
                activity=result.activity,
            )

        over(
            self.network,
            self.plan.split,
            self.plan.validation,
            take,
            batch_size=self.plan.evaluation_batch,
            place=self.place,
            loss=self.loss,
            streams=self.streams,
            purpose="validate",
            epoch=self.epoch,
            poll=self.governor.poll,
            workers=self.training.workers,
        )
        return tally.figures()

    def _probe(self) -> None:
        if self.plan.spec.probe is not None:
            probe.record(
                self.network,
                self.plan,
                self.epoch,
                place=self.place,
                streams=self.streams,
                sink=self.sink,
                folder=self.folder,
                poll=self.governor.poll,
            )

    def _check_finite(self) -> None:
        if not self.tally.finite():
            self._check(self.tally.figures())

    def _check(self, figures: dict[str, Any]) -> None:
        algorithm = self.stepper.algorithm
        for name, word in (("loss", "the loss"), ("grad_norm", algorithm.change)):
            if not math.isfinite(figures[name]):
                raise WorkError(
                    f"{word} is no longer a finite number",
                    where=f"epoch {self.epoch + 1}, batch {self.batch}",
                    hint=algorithm.remedy,
                )
