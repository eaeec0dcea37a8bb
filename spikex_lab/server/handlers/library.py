"""The component library: searched, read, contributed to, reviewed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from spikex_lab.errors import InvalidError
from spikex_lab.server.base import Handler
from spikex_lab.server.handlers.common import paged, whole
from spikex_lab.server.operations import Media, operation
from spikex_lab.server.schemas.library import (
    Component,
    ComponentQuery,
    Contribution,
    Entry,
    Library,
    LibraryQuery,
    NewReview,
    Review,
    ReviewList,
)
from spikex_lab.server.sending import Sender

if TYPE_CHECKING:
    from spikex_lab.store import Store


SCRIPT = "text/javascript; charset=utf-8"
FILES = ("application/octet-stream", SCRIPT)


class LibraryHandler(Handler):
    """The library: what is bundled, what is approved, and one's own."""

    @operation("read", Library, query=LibraryQuery)
    async def get(self, query: LibraryQuery) -> Library:
        """List one page, best first, and how many lines there are by kind and by tag."""

        def read(_store: Store) -> Library:
            from spikex_lab.api.library import find

            found = find(query.q, query.kind, query.tag, page=query.page, page_size=query.page_size)
            items = [Entry.model_validate(row) for row in found]
            return Library(**paged(items, found.total, query), kinds=found.kinds, tags=found.tags)

        return await self.work(read)

    @operation("write", Component, status=201, body=Contribution, errors=(409,))
    async def post(self, body: Contribution) -> Component:
        """Keep a component of one's own as its next version; with `submit`, hand it in for review
        once it has passed its check. None of its code is run."""

        def keep(_store: Store) -> Component:
            from spikex_lab.api import component_data, define
            from spikex_lab.spec.documents import load_document

            source = load_document(body.source, where="source")
            if not isinstance(source, Mapping):  # a word would be taken for an id or a folder
                raise InvalidError("a definition is keys with values", where="source")
            row = (define.submit if body.submit else define.define)(source)
            return Component(**component_data.whole(row.ident, row.version))

        return await self.service.slow(keep)


class ComponentHandler(Handler):
    """One component."""

    @operation("read", Component, query=ComponentQuery)
    async def get(self, kind: str, component: str, query: ComponentQuery) -> Component:
        """Tell its page: equations, quantities, code in every language, papers, what agrees."""

        def read(_store: Store) -> Component:
            from spikex_lab.api import component_data

            return Component(**component_data.whole(f"{kind}/{component}", query.version))

        return await self.work(read)


class FileSender(Sender):
    """Base of those that send a component's file."""

    async def send_component_file(self, name: str, file: tuple[bytes, bool]) -> None:
        """Send it. JavaScript that follows from the equations comes as a module to be imported;
        everything else, whoever wrote it, is a download."""
        data, printed = file
        name = name.rpartition("/")[2]
        if printed and name.endswith(".js"):
            await self.finish(data, set_content_type=SCRIPT)
        else:
            await self.send_bytes(data, name)


class ComponentFileHandler(FileSender):
    """The files of a component."""

    @operation("read", Media(FILES), query=ComponentQuery)
    async def get(self, kind: str, component: str, file: str, query: ComponentQuery) -> None:
        """Send one: what follows from the equations, or as it lies in the component's folder."""

        def read(_store: Store) -> tuple[bytes, bool]:
            from spikex_lab.api import component_data

            return component_data.file(f"{kind}/{component}", file, query.version)

        await self.send_component_file(file, await self.work(read))


class ReviewsHandler(Handler):
    """What reviewers said of a component."""

    @operation("read", ReviewList)
    async def get(self, kind: str, component: str) -> ReviewList:
        """List it, oldest first, at most 200."""

        def read(_store: Store) -> ReviewList:
            from spikex_lab import api

            rows = api.Component.open(f"{kind}/{component}").reviews()
            return ReviewList(**whole([Review.model_validate(row) for row in rows]))

        return await self.work(read)

    @operation("write", Component, status=201, body=NewReview, errors=(409,))
    async def post(self, kind: str, component: str, body: NewReview) -> Component:
        """Approve or reject the version that is pending, which is another person's."""

        def decide(_store: Store) -> Component:
            from spikex_lab.api import component_data, define

            row = define.review(f"{kind}/{component}", body.verdict, body.comment)
            return Component(**component_data.of_row(row))

        return await self.work(decide)
