"""Where a model's components come from: what it brings along, over the bundled library."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from spikex_lab.catalog import kept
from spikex_lab.catalog.component import Component
from spikex_lab.catalog.fields import PLURALS
from spikex_lab.catalog.library import Library, library
from spikex_lab.errors import InvalidError, nearest

if TYPE_CHECKING:
    from spikex_lab.spec import ModelSpec

Find = Callable[[str], Component | None]


class Overlay:
    """Components of its own over a library. Implements `spikex_lab.spec.Registry`.

    Parameters
    ----------
    base : the library below; what is here in its stead hides it.
    own : the components above it, by id.
    find : asked for an id that neither has.
    """

    def __init__(
        self, base: Library, own: Mapping[str, Component], find: Find | None = None
    ) -> None:
        self.base = base
        self.own = dict(own)
        self._find = find

    def get(self, component: str, *, where: str = "") -> Component:
        """Return the component `component` (``neurons/lif``).

        Raises
        ------
        InvalidError : there is none; the message names the nearest id.
        """
        if component in self.own:
            return self.own[component]
        if component in self.base:
            return self.base.get(component, where=where)
        found = None if self._find is None else self._find(component)
        if found is None:
            raise InvalidError(
                f'no component "{component[:130]}"',
                where=where,
                hint=nearest(component, self.ids()),
            )
        return found

    def ids(self, kind: str | None = None) -> list[str]:
        """Return the known ids, sorted; with `kind` (``neuron``) only those."""
        prefix = "" if kind is None else PLURALS.get(kind, kind) + "/"
        own = {name for name in self.own if name.startswith(prefix)}
        return sorted(own | set(self.base.ids(kind)))


def registry(spec: ModelSpec, code: kept.Code | None = None) -> Library | Overlay:
    """Return the registry of `spec`'s components: the one place where a spec's ids get a meaning.

    Parameters
    ----------
    code : gives the Python of a component that was not installed with us, by its hash, where its
        user chose to run it; see `spikex_lab.catalog.kept`.

    Raises
    ------
    InvalidError : a definition that the model brings along does not add up.
    """
    return over(spec.components, code)


def over(
    definitions: Mapping[str, Mapping[str, Any]] | None, code: kept.Code | None = None
) -> Library | Overlay:
    """Return the bundled library with `definitions` (a spec's ``components:``) over it."""
    if not definitions:
        return library()
    return Overlay(library(), kept.components(definitions, code=code))


def shelf() -> Overlay:
    """Return the bundled library and below it the components of the user's own store.

    For what a person names in a notebook cell (``sx.nn.Neuron("mine")``). A run never looks here:
    its spec brings along what it needs.
    """
    import spikex_lab

    return Overlay(library(), {}, spikex_lab.own_component)
