"""What several handlers say in the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spikex_lab.server.operations import Paged

if TYPE_CHECKING:
    from spikex_lab.store import RunRow, Store


def paged(items: list[Any], total: int, query: Paged) -> dict[str, Any]:
    """Return a page of `total` items, as fields of `PageOf`."""
    return {"items": items, "total": total, "page": query.page, "page_size": query.page_size}


def whole(items: list[Any]) -> dict[str, Any]:
    """Return all there is, as fields of `Unpaged`."""
    return {"items": items, "total": len(items)}


def fresh(store: Store, ref: str) -> RunRow:
    """Return the run as it is now; one whose coordinator is gone is found out."""
    from spikex_lab.compute import reconcile

    row = store.runs.get(ref)
    return store.runs.get(ref) if reconcile(store, row) else row
