"""The one guard of every route: who are you, may you, is what you send within limits."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import wraps
from logging import Logger
from types import TracebackType
from typing import Any, ClassVar, TypeVar

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from pydantic import BaseModel
from tornado import web
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError

from spikex_lab.errors import InvalidError, NotFoundError, Problem, SpikexError
from spikex_lab.server import logs, preconditions, problems
from spikex_lab.server.operations import ACTIONS, PARTS, Operation
from spikex_lab.server.service import Service
from spikex_lab.spec.base import SpecModel
from spikex_lab.spec.documents import load_document

METHODS = ("get", "head", "post", "put", "patch", "delete")
RESOURCE = "spikex"
BODY_LIMIT = 4 * 1024 * 1024
"""Bytes of a JSON body."""
SMALL = 32 * 1024
"""Bytes of a body that is parsed at once; a larger one in a thread, so that nobody waits for it."""
JSON = "application/json; charset=utf-8"
_OURS = frozenset({"same-origin", "none"})
_NOT_OURS = frozenset({"_xsrf", "no_track_activity"})
"""Arguments of any query that are the Jupyter server's."""

T = TypeVar("T")


def guard(method: Callable[..., Any], declared: Operation) -> Callable[..., Any]:
    """Return `method` behind authentication, authorization, the user's rate, and its schemas."""

    @wraps(method)
    async def answering(self: Handler, *_: Any, **parts: str) -> None:
        try:
            for name, text in parts.items():
                self.check_part(name, text)
            taken = await self.taken(declared)
            await self.answer(declared, await method(self, **parts, **taken))
        except SpikexError as error:
            self.send_problem(error)
        except StreamClosedError:
            return  # whoever asked has gone

    return web.authenticated(authorized(declared.action, resource=RESOURCE)(answering))


@web.stream_request_body  # so that `prepare` refuses a body before it is read
class Handler(APIHandler):
    """Base of all our handlers.

    A subclass declares each of its methods with `operations.operation`; a method without that is
    an error when the class is made, so at the server's start. A method is given the parts of its
    address and what it declared (``query=``, ``body=``, ``match=``), and returns its answer.

    Examples
    --------
    >>> class Hello(Handler):
    ...     @operation("read", Greeting)
    ...     async def get(self) -> Greeting:
    ...         return Greeting(text="hello")
    """

    auth_resource = RESOURCE
    operations: ClassVar[Mapping[str, Operation]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        own = {name: cls.__dict__[name] for name in METHODS if name in cls.__dict__}
        declared = {name: getattr(method, "operation", None) for name, method in own.items()}
        if any(one is None or one.action not in ACTIONS for one in declared.values()):
            raise TypeError(f"{cls.__name__} must declare an operation for each of its methods")
        cls.operations = {name: one for name, one in declared.items() if one is not None}
        for name, one in cls.operations.items():
            setattr(cls, name, guard(own[name], one))

    def initialize(self) -> None:
        """Begin with an empty body."""
        self._chunks: list[bytes] = []

    def set_default_headers(self) -> None:
        """Say on every answer that it is nobody else's, and not to be kept."""
        super().set_default_headers()  # nosniff is among them
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "private, no-cache")

    async def prepare(self) -> None:  # type: ignore[override]
        """Refuse whoever is unknown, foreign pages, and bodies that are too large or not JSON."""
        if "token" in self.request.query_arguments:
            self.current_user = self._jupyter_current_user = None
            raise HTTPError(403, "a token belongs into the header Authorization, not in an address")
        await JupyterHandler.prepare(self)  # not APIHandler's: a foreign page is told 403, not 404
        if self.current_user is None:
            raise HTTPError(401)
        if self._is_foreign():
            raise HTTPError(403, "this page is of another site")
        declared = self.operations.get((self.request.method or "").lower())
        if declared is None:
            return
        try:
            await self._check_right(declared)
            self.service.rates.count(self.user_key)
            await self.check_body(declared)
        except SpikexError as error:
            self.send_problem(error)

    async def _check_right(self, declared: Operation) -> None:
        """Refuse who may not do this, before a body is read. The guard asks once more."""
        asked = self.authorizer.is_authorized(self, self.current_user, declared.action, RESOURCE)
        if not await ensure_async(asked):
            raise HTTPError(403)

    def check_xsrf_cookie(self) -> None:
        """Refuse a write with cookies alone (the Jupyter server's check answers 404 at times)."""
        if getattr(self, "_jupyter_current_user", self) is None:  # tornado calls this too early
            raise HTTPError(401)
        try:
            super().check_xsrf_cookie()
        except HTTPError:
            raise HTTPError(403, "the XSRF token is missing, or another page's") from None

    def get_login_url(self) -> str:
        """Refuse whoever is unknown: a program is not led to a page."""
        raise HTTPError(401)

    def _is_foreign(self) -> bool:
        """Return whether a page of another site asks, with its reader's cookies."""
        if self.token_authenticated:
            return False
        if not self.check_origin():
            return True
        if self.request.headers.get("Sec-Fetch-Site", "none") in _OURS:
            return False
        # The operator has let this origin in.
        return not (
            "Origin" in self.request.headers and (self.allow_origin or self.allow_origin_pat)
        )

    async def check_body(self, declared: Operation) -> None:
        """Refuse a body before it is read: its length and type.

        Raises
        ------
        HTTPError : 411, 413, 415.
        """
        length = self.body_length()
        if length > BODY_LIMIT:
            raise HTTPError(413, f"the body may have {BODY_LIMIT} bytes at most")
        media = self.request.headers.get("Content-Type", "").split(";")[0].strip().lower()
        if declared.body is not None and (length or media) and media != "application/json":
            raise HTTPError(415, "the body must be application/json")

    def body_length(self) -> int:
        """Return how many bytes the body says that it has.

        Raises
        ------
        HTTPError : 411: it does not say.
        """
        if "Transfer-Encoding" in self.request.headers:
            raise HTTPError(411, "say the body's length")
        return int(self.request.headers.get("Content-Length") or 0)

    def data_received(self, chunk: bytes) -> Any:
        """Collect the body, whose length `prepare` has checked."""
        self._chunks.append(chunk)

    @web.authenticated
    @authorized("read", resource=RESOURCE)  # type: ignore[untyped-decorator]
    async def options(self, *_parts: Any, **_named: Any) -> None:  # type: ignore[override]
        """Say which methods there are (to those who may know)."""
        self.set_header("Allow", self.allowed)
        self.set_status(204)
        await self.finish()

    # --- what handlers use --------------------------------------------------------------------

    @property
    def service(self) -> Service:
        """What the extension's handlers share."""
        service: Service = self.settings["spikex_service"]
        return service

    @property
    def user_key(self) -> str:
        """Who asks: everybody with the server's token is one user."""
        return "token" if self.token_authenticated else str(self.current_user.username)

    @property
    def allowed(self) -> str:
        """The methods of this address."""
        return ", ".join(sorted(name.upper() for name in {*self.operations, "options"}))

    async def work(self, function: Callable[..., T], *args: Any) -> T:
        """Run ``function(store, *args)`` off the event loop."""
        return await self.service.work(function, *args)

    def set_version(self, version: int) -> None:
        """Let the answer carry the entity tag of `version`."""
        self.set_header("Etag", preconditions.tag(version))

    # --- what the guard does ------------------------------------------------------------------

    def check_part(self, name: str, text: str) -> None:
        """Refuse a part of the address that cannot name anything."""
        part = PARTS[name]
        if not part.knows(text):
            raise NotFoundError(f"no such {part.what}")

    async def taken(self, declared: Operation) -> dict[str, Any]:
        """Return what the operation takes, parsed.

        Raises
        ------
        InvalidError : with one problem per bad field.
        """
        found: dict[str, Any] = {}
        query = self.query()
        if declared.query is not None:
            found["query"] = declared.query.parse(query, where="query")
        elif query:
            name = next(iter(query))[:80]
            raise InvalidError(
                f'unknown argument "{name}"', where="query",
                problems=[Problem(f"/{name}", "is unknown: there are none")],
            )  # fmt: skip
        if declared.conditional:
            found["match"] = preconditions.Match(self.request.headers.get("If-Match"))
        if isinstance(declared.body, type):
            data, schema = b"".join(self._chunks), declared.body
            if len(data) > SMALL:
                found["body"] = await self.work(lambda _store: _parsed(data, schema))
            else:
                found["body"] = _parsed(data, schema)
        return found

    def query(self) -> dict[str, str]:
        """Return the arguments of the query that are ours; the last one of each name."""
        names = self.request.query_arguments
        return {
            name: self.get_query_argument(name, strip=False)
            for name in names
            # JupyterLab's client adds the time as a name, so that nothing between keeps answers.
            if name not in _NOT_OURS and not (name.isascii() and name.isdigit())
        }

    async def answer(self, declared: Operation, result: Any) -> None:
        """Send what a method returned; what it has sent itself is left alone."""
        if self._finished:
            return
        if self.get_status() not in declared.answers:
            self.set_status(declared.status)
        if 304 in declared.answers and self.check_etag_header():
            self.set_status(304)
            await self.finish()
        elif isinstance(result, BaseModel):
            await self.finish(result.model_dump_json(by_alias=True), set_content_type=JSON)
        else:
            await self.finish()

    def compute_etag(self) -> None:
        """Return None: a body's own hash is no tag of a version."""

    # --- errors -------------------------------------------------------------------------------

    @property
    def log(self) -> Logger:
        """The server's log, without secrets; the line that tells of each request goes there too."""
        return logs.guarded(super().log.getChild("spikex"))

    def log_exception(
        self,
        typ: type[BaseException] | None,  # noqa: ARG002 (it is the error's)
        value: BaseException | None,
        tb: TracebackType | None,  # noqa: ARG002 (likewise)
    ) -> None:
        """Log what was not foreseen; tornado would write the whole address with it."""
        if not isinstance(value, HTTPError):
            told = (self.request.method, self.request.path[:200])
            self.log.error("%s %s failed", *told, exc_info=value)

    def send_problem(self, error: SpikexError) -> None:
        """Answer with what `error` says."""
        if error.status >= 500:
            self.log.error("%s %s: %s", self.request.method, self.request.path[:200], error)
        self.send_error(error.status, exc_info=(type(error), error, None))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer every error as ``application/problem+json``."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if status_code == 429:
            self.set_header("Retry-After", str(getattr(error, "retry_after", 5)))
        if status_code == 401:
            self.set_header("WWW-Authenticate", "token")
        if status_code == 405:
            self.set_header("Allow", self.allowed)
        body = json.dumps(problems.from_exception(error, status_code))
        # What was sent is told back: nothing that guesses types may take it for a page.
        self.finish(body.replace("<", "\\u003c"), set_content_type=problems.MEDIA_TYPE)


def _parsed(data: bytes, schema: type[SpecModel]) -> SpecModel:
    """Return a JSON body as a `schema`."""
    return schema.parse(load_document(data, where="body"), where="body", strict=True)
