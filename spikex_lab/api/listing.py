"""Tables of things: what ``sx.models()`` and its like return."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

from spikex_lab.api import display

if TYPE_CHECKING:
    import pandas as pd


class Row(dict[str, Any]):
    """A dict whose keys are attributes too: ``row["name"]`` or ``row.name``."""

    def __getattr__(self, key: str) -> Any:
        try:
            return self[key]
        except KeyError:
            raise AttributeError(key) from None


class Table(display.Displayed, Sequence[Row]):
    """A page of rows: iterate it, index it, ask ``"digits" in table``, or take it to pandas.

    `columns` are shown; a row may hold more. `total` counts what matched, on all pages.
    """

    def __init__(
        self, columns: Sequence[str], rows: Sequence[dict[str, Any]], total: int | None = None
    ):
        self.columns = list(columns)
        self.rows = [Row(row) for row in rows]
        self.total = len(self.rows) if total is None else total

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __contains__(self, item: object) -> bool:
        if isinstance(item, str):
            return any(item in (row.get("name"), row.get("id")) for row in self.rows)
        return item in self.rows

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a DataFrame."""
        import pandas as pd

        return pd.DataFrame(self.rows, columns=self.columns if not self.rows else None)

    def to_dict(self) -> dict[str, Any]:
        """Return ``{"items": […], "total": n}``: the form of every list in JSON."""
        return {"items": [dict(row) for row in self.rows], "total": self.total}

    def _note(self) -> str:
        return f"{len(self)} of {self.total}" if self.total != len(self) else ""

    def _cells(self) -> list[list[Any]]:
        return [[row.get(c) for c in self.columns] for row in self.rows]

    def _html(self) -> str:
        return display.table(
            self.columns, self._cells(), note=self._note() or ("" if self.rows else "none yet")
        )

    def __repr__(self) -> str:
        if not self.rows:
            return "(none yet)"
        cells = [[display.plain(display.number(v)) for v in row] for row in self._cells()]
        widths = [max(len(c), *(len(row[i]) for row in cells)) for i, c in enumerate(self.columns)]
        lines = [
            "  ".join(v.ljust(w) for v, w in zip(row, widths, strict=True)).rstrip()
            for row in [self.columns, *cells]
        ]
        return "\n".join([*lines, self._note()]).rstrip()
