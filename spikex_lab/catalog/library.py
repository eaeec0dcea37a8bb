"""The library: the folder ``components/``, looked up by id, read one entry at a time."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from spikex_lab.catalog.component import Component
from spikex_lab.catalog.fields import PLURALS
from spikex_lab.errors import InvalidError, StorageError, nearest


def folder() -> Path:
    """Return where the bundled components are: beside a checkout's package or inside it."""
    package = Path(__file__).resolve().parents[1]
    for place in (package / "_components", package.parent / "components"):
        if place.is_dir():
            return place
    raise StorageError("the component library is missing", where=str(package), hint="install again")


class Library:
    """Components by id. Implements `spikex_lab.spec.Registry`.

    Examples
    --------
    >>> library().get("neurons/leaky").states
    ['mem']
    """

    def __init__(self, root: Path, *, trusted: bool = False) -> None:
        self.root = root
        self._trusted = trusted
        self._folders = {
            f"{file.parent.parent.name}/{file.parent.name}": file.parent
            for plural in PLURALS.values()
            for file in root.glob(f"{plural}/*/component.yaml")
        }
        self._loaded: dict[str, Component] = {}

    def get(self, component: str, *, where: str = "") -> Component:
        """Return the component `component` (``neurons/lif``).

        Raises
        ------
        InvalidError : there is none; the message names the nearest id.
        """
        found = self._loaded.get(component)
        if found is None:
            place = self._folders.get(component)
            if place is None:
                raise InvalidError(
                    f'no component "{component[:130]}"',
                    where=where,
                    hint=nearest(component, self.ids()),
                )
            found = self._loaded[component] = Component.load(place, trusted=self._trusted)
        return found

    def __contains__(self, component: object) -> bool:
        return component in self._folders

    def find(self, name: str, kind: str, *, where: str = "") -> Component:
        """Return the component of `kind` called `name`: its id, or the last part of it."""
        full = name if "/" in name else f"{PLURALS[kind]}/{name}"
        found = self.get(full, where=where)
        if found.kind != kind:
            raise InvalidError(f"{full} is a {found.kind}, not a {kind}", where=where)
        return found

    def ids(self, kind: str | None = None) -> list[str]:
        """Return the known ids, sorted; with `kind` (``neuron``) only those."""
        prefix = "" if kind is None else PLURALS.get(kind, kind) + "/"
        return sorted(name for name in self._folders if name.startswith(prefix))

    def search(self, text: str = "", kind: str | None = None) -> list[Component]:
        """Return the components in whose id, name, summary or tags every word of `text` occurs."""
        words = text.lower().split()
        found = []
        for name in self.ids(kind):
            component = self.get(name)
            parts = [name, component.name, component.summary, *component.tags]
            hay = " ".join(parts).lower()
            if all(word in hay for word in words):
                found.append(component)
        return found


@cache
def library() -> Library:
    """Return the bundled library."""
    return Library(folder(), trusted=True)
