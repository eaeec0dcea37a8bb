"""What models, datasets and targets have in common: a row of the store with an id and a name."""

from __future__ import annotations

from typing import Any

from spikex_lab.api import context, display
from spikex_lab.errors import ConflictError, NotFoundError


class Stored(display.Displayed):
    """A row of the store under a name."""

    def __init__(self, row: Any) -> None:
        self._row = row

    @property
    def id(self) -> str:
        """The store's id."""
        return str(self._row.id)

    @property
    def name(self) -> str:
        """The name."""
        return str(self._row.name)


def refuse_taken(name: str, what: str) -> None:
    """Refuse a name before the work that would be for nothing; the store has the last word.

    Raises
    ------
    ConflictError : a `what` (``model``, ``dataset``) has it.
    """
    store = context.store()
    try:
        (store.models if what == "model" else store.datasets).get(name)
    except NotFoundError:
        return
    raise ConflictError(
        f'a {what} "{name}" exists', where="name", hint="choose another name, or delete it first"
    )
