"""What a panel is about: a model, or one run of it, as far as the panel needs to know."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from spikex_lab.api.files import stem
from spikex_lab.errors import InvalidError, NotFoundError, SpikexError
from spikex_lab.widgets.form import PLACES

NOWHERE = {"target": "local", "device": "cpu"}
"""Where to compute as long as nobody has said it."""
_devices: list[str] = []
_probing = threading.Lock()


class Subject:
    """A model and the run of it that is shown.

    Use `Subject.of`. Everything is asked of `spikex_lab.api` and nothing is kept that could be old.
    """

    def __init__(self, model: Any, run: Any, *, pinned: bool) -> None:
        self._model = model
        self.run = run
        self.pinned = pinned

    @classmethod
    def of(cls, subject: Any) -> Subject:
        """Return the subject for a `Model` (with its newest run) or a `Run`.

        Raises
        ------
        InvalidError : for anything else.
        """
        if isinstance(subject, Subject):
            return subject
        from spikex_lab.api import Model, Run

        if isinstance(subject, Run):
            return cls(None, subject, pinned=True)
        if isinstance(subject, Model):
            made = cls(subject, None, pinned=False)
            made.run = made.newer_run()
            return made
        raise InvalidError(
            f"a {type(subject).__name__} has no training to show",
            where="TrainingPanel",
            hint="give a model (sx.Model.open(name)) or a run (sx.Run.open(id))",
        )

    @property
    def title(self) -> str:
        """The model's name."""
        if self._model is not None:
            return str(self._model.name)
        return str(self.run.row.model_name or self.run.name)

    @property
    def note(self) -> str:
        """Which run of which version, on what."""
        if self.run is None:
            return f"version {self._model.version} · not trained yet"
        row = self.run.row
        version = f"version {row.model_version} · " if row.model_version else ""
        return f"{version}{row.dataset} · {row.device} · run {row.id[:13]}"

    @property
    def stem(self) -> str:
        """How the names of saved files begin."""
        return stem(self.title, "run")

    def settings(self, *, of_run: bool) -> dict[str, Any]:
        """Return what the form shows: the settings of the run, or the model's own for a next one.

        The place to compute is that of the run in both.
        """
        run = None if self.run is None else self.run.spec
        place = {key: getattr(run, key) for key in PLACES} if run is not None else NOWHERE
        if run is not None and (of_run or self._model is None):
            return {**run.training.to_dict(), **place}
        spec = self._model.spec
        return {**spec.training.to_dict(), **place, "dataset": spec.dataset}

    def choices(self) -> dict[str, list[str]]:
        """Return the names that the form offers, by field."""
        from spikex_lab.api import datasets, targets
        from spikex_lab.catalog import library

        return {
            "dataset": [row["name"] for row in datasets()],
            "loss": ["auto", *(ident.split("/")[1] for ident in library().ids("loss"))],
            "target": [row["name"] for row in targets()],
            "device": _devices or ["cpu"],
        }

    def misfit(self, dataset: str) -> str:
        """Return what is wrong with the dataset of this name for the model; empty if it fits."""
        from spikex_lab.api import Dataset
        from spikex_lab.api.checks import fits

        spec = self._model.spec if self._model is not None else self.run.spec.model
        try:
            fits(spec, Dataset.open(dataset))
        except SpikexError as error:
            return str(error)
        return ""

    def newer_run(self) -> Any:
        """Return the model's newest run if it is newer than the one shown; None for a given run."""
        if self.pinned:
            return None
        from spikex_lab.api import Run, runs

        found = runs(model=self._model.id, page_size=1)
        if not len(found) or (self.run is not None and found[0]["id"] <= self.run.id):
            return None
        return Run(found[0]["id"])

    def start(self, settings: dict[str, Any]) -> Any:
        """Start a new run of the model with the form's settings; return it."""
        return self._its_model().train(**settings)

    def probe_devices(self, tell: Callable[[list[str]], None]) -> None:
        """Find this machine's devices in the background, once per kernel, and `tell` them.

        A short child process looks, because it has to load torch; meanwhile there is the CPU.
        """
        if _devices:
            return
        threading.Thread(target=_probe, args=(tell,), name="spikex-devices", daemon=True).start()

    def _its_model(self) -> Any:
        from spikex_lab.api import Model

        if self._model is None:
            row = self.run.row
            if row.model_id is None:
                raise NotFoundError(
                    "the run's model is gone", hint="make it again from the exported settings"
                )
            self._model = Model.open(row.model_id)
        return self._model


class NewRuns:
    """A source without events: it only gives its receiver a turn from time to time."""

    id = ""
    state = "idle"

    def events(self, _after: int = 0, _limit: int = 0, /) -> Sequence[dict[str, Any]]:
        """Return nothing."""
        return []


def _probe(tell: Callable[[list[str]], None]) -> None:
    from spikex_lab.api import Target

    with _probing:
        if not _devices:
            try:
                found = [str(row["name"]) for row in Target.open("local").devices()]
            except SpikexError:
                return  # the CPU stays the only choice; `spikex doctor` says why
            _devices.extend(found)
    tell(list(_devices))
