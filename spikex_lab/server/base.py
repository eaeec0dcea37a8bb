"""The one guard of every route: who are you, may you, is what you send within limits."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ClassVar, Literal, TypeVar

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web
from tornado.web import HTTPError

from spikex_lab.errors import InvalidError, NotFoundError, Problem, SpikexError, nearest
from spikex_lab.server import problems
from spikex_lab.server.service import Service
from spikex_lab.spec.base import SpecModel
from spikex_lab.spec.documents import load_document

Action = Literal["read", "write", "execute"]
ACTIONS: tuple[Action, ...] = ("read", "write", "execute")
METHODS = ("get", "head", "post", "put", "patch", "delete")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
RESOURCE = "spikex"
BODY_LIMIT = 1024 * 1024
PAGE_LIMIT = 200

T = TypeVar("T")
Body = TypeVar("Body", bound=SpecModel)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def guard(method: Callable[..., Any], action: Action) -> Callable[..., Any]:
    """Return `method` behind authentication and the authorization of `action`."""

    @wraps(method)
    async def answering(self: Handler, *args: Any, **kwargs: Any) -> None:
        try:
            result = method(self, *args, **kwargs)
            if result is not None:
                await result
        except SpikexError as error:
            self.send_problem(error)

    return web.authenticated(authorized(action, resource=RESOURCE)(answering))


@web.stream_request_body  # so that `prepare` refuses a body before it is read
class Handler(APIHandler):
    """Base of all our handlers.

    A subclass says what each of its methods is to the authorizer ("read", "write" or "execute" of
    the resource "spikex"); a method without that is an error when the class is made, so at the
    server's start.

    Examples
    --------
    >>> class Hello(Handler, get="read"):
    ...     async def get(self):
    ...         await self.send("hello")
    """

    auth_resource = RESOURCE
    actions: ClassVar[Mapping[str, Action]] = {}

    def __init_subclass__(cls, **actions: Action) -> None:
        super().__init_subclass__()
        cls.actions = actions
        own = {name for name in METHODS if name in cls.__dict__}
        if own != actions.keys() or not set(actions.values()) <= set(ACTIONS):
            raise TypeError(f"{cls.__name__} must declare one action for each of its methods")
        for name, action in actions.items():
            setattr(cls, name, guard(cls.__dict__[name], action))

    def initialize(self) -> None:
        """Begin with an empty body."""
        self._chunks: list[bytes] = []

    async def prepare(self) -> None:  # type: ignore[override]
        """Refuse whoever is unknown, foreign pages, and bodies that are too large or not JSON."""
        await super().prepare()
        if self.current_user is None:
            raise HTTPError(403)
        if self.request.method in SAFE:
            return
        site = self.request.headers.get("Sec-Fetch-Site", "same-origin")
        if site not in ("same-origin", "none") and not self.token_authenticated:
            raise HTTPError(403, "requests from other sites may not change anything")
        self._check_body()

    def _check_body(self) -> None:
        headers = self.request.headers
        if "Transfer-Encoding" in headers:
            raise HTTPError(411, "say the body's length")
        length = int(headers.get("Content-Length") or 0)
        if length > BODY_LIMIT:
            raise HTTPError(413, f"the body may have {BODY_LIMIT} bytes at most")
        media = headers.get("Content-Type", "").split(";")[0].strip().lower()
        if length and media != "application/json":
            raise HTTPError(415, "the body must be application/json")

    def data_received(self, chunk: bytes) -> None:
        """Collect the body, whose length `prepare` has checked."""
        self._chunks.append(chunk)

    @web.authenticated
    @authorized("read", resource=RESOURCE)  # type: ignore[untyped-decorator]
    async def options(self, *_parts: Any, **_named: Any) -> None:  # type: ignore[override]
        """Say which methods there are (to those who may know)."""
        allowed = sorted(name.upper() for name in {*self.actions, "options"})
        self.set_header("Allow", ", ".join(allowed))
        self.set_status(204)
        await self.finish()

    # --- what handlers use --------------------------------------------------------------------

    @property
    def service(self) -> Service:
        """What the extension's handlers share."""
        service: Service = self.settings["spikex_service"]
        return service

    async def work(self, function: Callable[..., T], *args: Any) -> T:
        """Run ``function(store, *args)`` off the event loop."""
        return await self.service.work(function, *args)

    async def send(self, body: Any, *, status: int = 200) -> None:
        """Answer with JSON."""
        self.set_status(status)
        await self.finish(json.dumps(body, allow_nan=False, default=str))

    def body(self, schema: type[Body]) -> Body:
        """Return the JSON body as a `schema`.

        Raises
        ------
        InvalidError : with one problem per bad field.
        """
        return schema.parse(load_document(b"".join(self._chunks), where="body"), where="body")

    def id(self, text: str, what: str) -> str:
        """Return `text` if it has the form of an id; whatever else is unknown."""
        if not _UUID.fullmatch(text):
            raise NotFoundError(f"no such {what}")
        return text

    def number(self, name: str, default: int, *, low: int, high: int) -> int:
        """Return the query's argument `name`, a whole number in [low, high]."""
        text = self.get_query_argument(name, None)
        if text is None:
            return default
        if not re.fullmatch(r"\d{1,18}", text) or not low <= int(text) <= high:
            message = f"must be a whole number from {low} to {high}"
            raise InvalidError(f'"{name}" {message}', problems=[Problem(f"/{name}", message)])
        return int(text)

    def paging(self) -> tuple[int, int]:
        """Return the query's `page` (from 1) and `page_size` (≤ 200)."""
        page = self.number("page", 1, low=1, high=10**9)
        return page, self.number("page_size", 50, low=1, high=PAGE_LIMIT)

    def choice(self, name: str, known: tuple[str, ...]) -> str | None:
        """Return the query's argument `name`, one of `known`, or None."""
        text = self.get_query_argument(name, None)
        if text is not None and text not in known:
            message = f"must be one of {', '.join(known)}"
            hint = nearest(text[:80], known)
            raise InvalidError(
                f'"{name}" {message}', hint=hint, problems=[Problem(f"/{name}", message)]
            )
        return text

    # --- errors -------------------------------------------------------------------------------

    def send_problem(self, error: SpikexError) -> None:
        """Answer with what `error` says."""
        if error.status >= 500:
            self.log.error("%s %s: %s", self.request.method, self.request.path, error)
        self.send_error(error.status, exc_info=(type(error), error, None))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer every error as ``application/problem+json``."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if status_code == 429:
            self.set_header("Retry-After", "5")
        body = problems.from_exception(error, status_code)
        self.finish(json.dumps(body), set_content_type=problems.MEDIA_TYPE)
