"""A run's artifacts as downloads: never shown in the page, never guessed, never run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from spikex_lab.errors import NotFoundError
from spikex_lab.server.base import Handler

if TYPE_CHECKING:
    from spikex_lab.store import Store
    from spikex_lab.store.records import ArtifactRow

CHUNK = 256 * 1024


class ArtifactHandler(Handler, get="read"):
    """One file that a run has left."""

    async def get(self, run: str, name: str) -> None:
        """Send it as an attachment."""
        ref = self.id(run, "run")

        def find(store: Store) -> tuple[ArtifactRow, Path]:
            store.runs.get(ref)
            for row in store.runs.artifacts(ref):
                if row.name == name:
                    return row, store.objects.path(row.sha256)
            raise NotFoundError("the run has no such artifact")

        row, path = await self.work(find)
        self.set_header("Content-Length", str(row.size))
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(row.name)}")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Security-Policy", "sandbox; default-src 'none'")
        self.set_header("Content-Type", "application/octet-stream")
        with path.open("rb") as file:
            while chunk := await self.work(lambda _store: file.read(CHUNK)):
                self.write(chunk)
                await self.flush()
        await self.finish(set_content_type="application/octet-stream")
