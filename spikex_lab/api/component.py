"""Entries of the neural component library as a notebook user holds them."""

from __future__ import annotations

import re
from typing import Any

from spikex_lab.api import display, refs
from spikex_lab.api.listing import Table
from spikex_lab.errors import InvalidError

_LINK = "color:var(--jp-content-link-color, #1976d2)"
_DOI = re.compile(r"10\.\d{4,9}/[-._;()/:A-Za-z0-9<>]+")


class Component(display.Displayed):
    """One entry of the library: equations, parameters, generated code, papers.

    Examples
    --------
    >>> sx.Component.open("neurons/lif")  # doctest: +SKIP
    """

    def __init__(self, entry: Any) -> None:
        self._entry = entry

    @classmethod
    def open(cls, id: str) -> Component:
        """Return the component ``plural/name``."""
        from spikex_lab.catalog import library

        return cls(library().get(refs.component(id)))

    @property
    def id(self) -> str:
        """Folder's plural and name: ``neurons/lif``."""
        return str(self._entry.id)

    @property
    def spec(self) -> Any:
        """Everything in its ``component.yaml``."""
        return self._entry.spec

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        for holder in (self.__dict__["_entry"], self.__dict__["_entry"].spec):
            if hasattr(holder, name):
                return getattr(holder, name)
        raise AttributeError(f"a component has no {name!r}")

    def code(self, language: str = "python") -> str:
        """Return its readable code: rendered from the equations, else as it was written.

        Raises
        ------
        InvalidError : it is not to be had in `language`.
        """
        if language != "python":
            raise InvalidError(
                f'no code in "{refs.shown(language)}"', where=self.id, hint="known: python"
            )
        return _python(self._entry)

    def to_dict(self) -> dict[str, Any]:
        """Return its ``component.yaml`` as plain data."""
        return dict(self._entry.spec.model_dump(mode="json", by_alias=True, exclude_none=True))

    def __repr__(self) -> str:
        return f"Component({self.id!r}: {self._entry.summary})"

    def _html(self) -> str:
        data = self.to_dict()
        body = f"<div>{display.esc(data.get('summary', ''))}</div>"
        lines = equations(data)
        if lines:
            body += display.code("\n".join(lines))
        parameters = data.get("parameters") or {}
        if parameters:
            rows = [
                (
                    name,
                    _value(p.get("value")),
                    "" if p.get("unit") == "1" else p.get("unit"),
                    p.get("doc"),
                )
                for name, p in parameters.items()
            ]
            body += display.table(["parameter", "default", "unit", "meaning"], rows)
        python = _python(self._entry)
        if python:
            body += display.details("PyTorch code", display.code(python))
        body += _references(data.get("references") or [])
        return display.card(str(data.get("name", self.id)), body, note=self.id)


def library(search: str | None = None, *, kind: str | None = None) -> Table:
    """Return the components as a table; `search` looks in names, summaries and tags."""
    from spikex_lab.catalog import library as bundled

    rows = [
        {
            "id": c.id,
            "name": c.name,
            "kind": c.kind,
            "summary": c.summary,
            "tags": ", ".join(c.tags),
        }
        for c in bundled().search(search or "", kind)
    ]
    return Table(["id", "name", "kind", "summary"], rows)


def equations(data: dict[str, Any]) -> list[str]:
    """Return the equations in a ``component.yaml``, one a line, with what a spike does."""
    spike = data.get("spike") or {}
    named = {**data, "fires when": spike.get("when"), "reset": "; ".join(spike.get("reset") or [])}
    words = ("fires when", "reset", "output", "derivative")
    return [*(data.get("equations") or []), *(f"{w}: {named[w]}" for w in words if named.get(w))]


def _python(entry: Any) -> str:
    """Return the Python of a component: rendered from its equations, else written by hand."""
    from spikex_lab.catalog.render import rendered

    for name, text in rendered(entry).items():
        if name.endswith(".py"):
            return text
    written = entry.spec.code.get("python")
    return str((entry.folder / written).read_text("utf-8")) if written else ""


def _references(references: list[dict[str, Any]]) -> str:
    lines = []
    for r in references:
        authors = r.get("authors", "")
        who = ", ".join(map(str, authors)) if isinstance(authors, list) else str(authors)
        text = display.esc(f"{who} ({r.get('year', '')}). {r.get('title', '')}.")
        doi = str(r.get("doi") or "")
        if _DOI.fullmatch(doi):
            link = display.esc(f"https://doi.org/{doi}")
            shown = f"doi:{display.esc(doi)}"
            how = f'style="{_LINK}" target="_blank" rel="noopener noreferrer"'
            text += f' <a href="{link}" {how}>{shown}</a>'
        lines.append(f"<li>{text}</li>")
    return f'<ul style="margin:6px 0;padding-left:18px">{"".join(lines)}</ul>' if lines else ""


def _value(value: Any) -> Any:
    return "required" if value is None else str(value)
