"""Datasets as a notebook user holds them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikex_lab.api import context, display, reading, refs, samples, scratch
from spikex_lab.api.listing import Table
from spikex_lab.api.stored import Stored, refuse_taken
from spikex_lab.errors import ConflictError, NotFoundError, nearest

if TYPE_CHECKING:
    from spikex_lab.data import Dataset as Data
    from spikex_lab.data import Split

BUILT_IN = "digits"
_SHOWN = 10


class Dataset(Stored):
    """Named data with splits, kept in the store and shared by all runs.

    Examples
    --------
    >>> sx.Dataset.open("digits").shape  # doctest: +SKIP
    (1, 8, 8)
    """

    @classmethod
    def open(cls, name: str) -> Dataset:
        """Return the dataset `name`; the built-in ``digits`` is always there.

        Raises
        ------
        NotFoundError : with what to do where it is a known set that was not downloaded yet.
        """
        store = context.store()
        try:
            return cls(store.datasets.get(refs.existing(name, "dataset")))
        except NotFoundError:
            if name == BUILT_IN:
                return cls(_install_digits())
            raise _unknown(name) from None

    @classmethod
    def upload(
        cls, path: str | Path, name: str, *, classes: Sequence[str] | None = None
    ) -> Dataset:
        """Read the file or folder at `path` (``.npz`` or IDX) and keep it as the dataset `name`.

        Raises
        ------
        InvalidError : the file is damaged, holds objects, a label is out of range; nothing is kept.
        ConflictError : the name is taken.
        """
        refs.new(name, "dataset")
        refuse_taken(name, "dataset")
        with scratch.temporary() as folder:
            return cls(_keep(name, reading.read(Path(path), name, classes, folder)))

    @classmethod
    def download(
        cls,
        name: str,
        *,
        source: str | Path | None = None,
        progress: Callable[..., None] | None = None,
    ) -> Dataset:
        """Fetch a known set (mnist, fashion-mnist, kmnist, cifar-10); checksums are verified.

        `source` is a folder or an archive with the same files, used in place of the network.
        A set that is here already is returned as it is.
        """
        from spikex_lab.data import known

        if name not in known.KNOWN:
            raise NotFoundError(
                f'no known dataset "{refs.shown(name)}"',
                hint=nearest(str(name), sorted(known.KNOWN)),
            )
        try:
            return cls(context.store().datasets.get(name))
        except NotFoundError:
            pass
        if source is not None:
            with scratch.temporary() as folder:
                files = known.fetch(name, folder, source=Path(source), progress=progress)
                return cls(_keep(name, files))
        context.store().datasets.check_room(known.KNOWN[name].size)  # before all of it has come
        place = scratch.folder() / f"download-{name}"  # stays on failure: the next try resumes
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        files = known.fetch(name, place, source=None, progress=progress)
        row = _keep(name, files)
        shutil.rmtree(place, ignore_errors=True)
        return cls(row)

    @property
    def info(self) -> dict[str, Any]:
        """Shape, classes, splits, source, licence, citation."""
        return dict(self._row.info)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return tuple(self.info["shape"])

    @property
    def classes(self) -> list[str]:
        """Names of the classes; a label is an index into them."""
        return list(self.info["classes"])

    @property
    def splits(self) -> dict[str, int]:
        """Number of samples of each split."""
        return dict(self.info["splits"])

    @property
    def digest(self) -> str:
        """SHA-256 over what a run's numbers depend on; part of every run's spec."""
        return str(self._row.digest)

    @cached_property
    def data(self) -> Data:
        """The data, memory-mapped from the store's objects."""
        from spikex_lab.data import Dataset as Data

        return Data.open(context.store().datasets.files(self.id))

    def split(self, name: str = "train") -> Split:
        """Return the split `name`: ``.x`` [N, *shape], ``.y`` [N], as kept (no copy)."""
        if name not in self.splits:
            raise NotFoundError(
                f'{self.name} has no split "{refs.shown(name)}"',
                hint=nearest(name, list(self.splits)),
            )
        return self.data.split(name)

    def delete(self) -> None:
        """Take it out of the list; runs that used it keep what they recorded."""
        context.store().datasets.delete(self.id)

    def __repr__(self) -> str:
        parts = ", ".join(f"{k} {v:,}" for k, v in self.splits.items())
        return f"Dataset({self.name!r}: shape {self.shape}, {len(self.classes)} classes, {parts})"

    def _html(self) -> str:
        info = self.info
        body = display.facts(
            {
                "shape": " × ".join(map(str, self.shape)),
                "classes": f"{len(self.classes)} ({few(self.classes)})",
                **{k: f"{v:,} samples" for k, v in self.splits.items()},
                "licence": info.get("licence"),
            }
        )
        note = display.esc(info.get("citation") or info.get("source") or "")
        return display.card(
            self.name, body + self._samples() + f"<div>{note}</div>", note="dataset"
        )

    def _samples(self) -> str:
        """Return a strip of the first training sample of each class, where samples are pictures."""
        if not samples.is_picture(self.shape):
            return ""
        split = self.split("train")
        labels = split.y[:5000]
        images = []
        for label, word in enumerate(self.classes[:_SHOWN]):
            found = (labels == label).nonzero()[0]
            if len(found):
                picture = samples.png(split.x[int(found[0])], self.info["value_range"])
                images.append(
                    f'<img alt="{display.esc(word)}" title="{display.esc(word)}" width="40" '
                    f'height="40" style="image-rendering:pixelated;margin-right:4px" '
                    f'src="data:image/png;base64,{picture}"/>'
                )
        return f"<div>{''.join(images)}</div>"


def datasets() -> Table:
    """Return the datasets in the store as a table; ``digits`` is always among them.

    Examples
    --------
    >>> "digits" in sx.datasets()  # doctest: +SKIP
    True
    """
    Dataset.open(BUILT_IN)
    found = context.store().datasets.list(page_size=200)
    rows = [
        {
            "name": row.name,
            "shape": "×".join(map(str, row.info["shape"])),
            "classes": len(row.info["classes"]),
            "samples": sum(row.info["splits"].values()),
            "source": row.info.get("source", ""),
            "id": row.id,
        }
        for row in found.items
    ]
    return Table(["name", "shape", "classes", "samples", "source"], rows, found.total)


def few(words: Sequence[str], count: int = 12) -> str:
    """Return the first words, and whether there are more."""
    return ", ".join(words[:count]) + ("…" if len(words) > count else "")


def _keep(name: str, files: Sequence[Path], *, ours: bool = False) -> Any:
    """Add a dataset that lies in `files`; one that another process added meanwhile is as good."""
    import json

    from spikex_lab.data import Dataset as Data

    by_role = {path.name: path for path in files}
    info = json.loads(by_role["dataset.json"].read_text("utf-8"))
    digest = Data.open(by_role).digest
    return context.store().datasets.add(name, info, by_role, digest=digest, ours=ours)


def _install_digits() -> Any:
    from spikex_lab.data import builtin

    with scratch.temporary() as folder:
        files = builtin.digits(folder)
        try:
            return _keep(BUILT_IN, files, ours=True)
        except ConflictError:
            return context.store().datasets.get(BUILT_IN)


def _unknown(name: object) -> NotFoundError:
    from spikex_lab.data import known

    if name in known.KNOWN:
        return NotFoundError(
            f'dataset "{name}" is not downloaded yet', hint=f"spikex datasets download {name}"
        )
    names = [BUILT_IN, *(row.name for row in context.store().datasets.list())]
    return NotFoundError(
        f'no dataset "{refs.shown(name)}"', hint=nearest(str(name), sorted({*names, *known.KNOWN}))
    )
