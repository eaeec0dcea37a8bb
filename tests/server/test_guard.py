"""Nobody unknown gets anything: the walk reads the router, so a new route is in it by itself."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import warnings
from typing import Any

import pytest
from jupyter_server.auth import Authorizer
from jupyter_server.utils import JupyterServerAuthWarning
from traitlets import TraitError
from traitlets.config import Config

from spikex_lab.errors import BusyError
from spikex_lab.server.app import SpikexServerApp
from spikex_lab.server.base import Handler
from spikex_lab.server.operations import operation
from spikex_lab.server.routes import ROUTES
from spikex_lab.server.service import Pool

from .server_support import configured, form, read

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def registered(app: Any) -> list[tuple[str, type]]:
    """Return (pattern, handler) of each route of the server that has to do with us."""
    found = []
    rules = list(app.web_app.wildcard_router.rules) + [
        inner
        for rule in app.web_app.default_router.rules
        for inner in getattr(rule.target, "rules", ())
    ]
    for rule in rules:
        pattern = getattr(getattr(rule.matcher, "regex", None), "pattern", "")
        if "spikex" in pattern or "spikex" in getattr(rule.target, "__module__", ""):
            found.append((pattern, rule.target))
    return found


def address(pattern: str) -> str:
    """Return an address that `pattern` matches."""
    plain = pattern.rstrip("$")
    plain = re.sub(r"\(\?P<\w+>(\[\^/\]|\.)\+\)", "0190b0a0-0000-7000-8000-000000000000", plain)
    plain = plain.replace("(?:/.*)?", "/nowhere").replace("\\", "")
    assert re.fullmatch(pattern, plain), (pattern, plain)
    return plain


async def xsrf_cookie(http_server_client: Any) -> dict[str, str]:
    """Return the headers of a browser that has seen the login page, and no more."""
    page = await http_server_client.fetch("/a%40b/login", raise_error=False)
    cookie = next(c for c in page.headers.get_list("Set-Cookie") if c.startswith("_xsrf="))
    value = cookie.partition(";")[0]
    return {"Cookie": value, "X-XSRFToken": value.partition("=")[2]}


async def test_without_credentials_every_route_and_method_refuses(jp_serverapp, http_server_client):
    routes = registered(jp_serverapp)
    assert len(routes) == len(ROUTES) + 1
    xsrf = await xsrf_cookie(http_server_client)
    kinds = ({}, {"Accept": "text/event-stream"}, xsrf, {**xsrf, "Authorization": "token no"})
    seen = 0
    for pattern, _handler in routes:
        path = address(pattern)
        for method in METHODS:
            for headers in kinds:
                answer = await http_server_client.fetch(
                    path,
                    method=method,
                    headers=headers,
                    body="{}" if method in ("POST", "PUT", "PATCH") else None,
                    follow_redirects=False,
                    raise_error=False,
                )
                assert answer.code in (401, 403), (method, path, answer.code)
                seen += 1
    assert seen == len(routes) * len(METHODS) * len(kinds)


def test_every_route_is_behind_the_one_guard(jp_serverapp):
    for pattern, handler in registered(jp_serverapp):
        assert issubclass(handler, Handler), pattern


def test_a_handler_without_a_declared_operation_is_an_error():
    with pytest.raises(TypeError, match="declare an operation"):

        class Open(Handler):
            async def get(self) -> None:
                await self.send("everything")

    with pytest.raises(TypeError, match="declare an operation"):

        class Wrong(Handler):
            @operation("look")  # type: ignore[arg-type]
            async def get(self) -> None:
                await self.send("everything")


async def test_the_server_starts_strict_without_a_warning(
    jp_configurable_serverapp, jp_server_config
):
    config = Config(jp_server_config)
    config.ServerApp.allow_unauthenticated_access = False
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        app = jp_configurable_serverapp(config=config)
    assert registered(app)
    said = [str(w.message) for w in caught if issubclass(w.category, JupyterServerAuthWarning)]
    assert not [text for text in said if "spikex" in text]


class _Reader(Authorizer):
    """Lets everybody read our resource, and nothing else of it."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return resource != "spikex" or action == "read"


@pytest.mark.parametrize(
    "jp_server_config",
    [{"ServerApp": {"jpserver_extensions": {"spikex_lab": True}, "authorizer_class": _Reader}}],
)
async def test_a_reader_writes_nowhere(home, fetch, jp_serverapp, http_server_client, store, run):
    header = {"Authorization": f"token {jp_serverapp.identity_provider.token}"}
    asked = 0
    for route in ROUTES:
        for method, declared in route.handler.operations.items():
            answer = await http_server_client.fetch(
                address(f"{jp_serverapp.base_url.rstrip('/')}{route.pattern}"),
                method=method.upper(),
                headers=header,
                body="{}" if method in ("post", "put", "patch") else None,
                raise_error=False,
            )
            asked += declared.action != "read"
            assert (answer.code == 403) == (declared.action != "read"), (method, route.path)
    assert asked > 15
    assert store.runs.list().total == store.models.list().total == 1


@pytest.mark.parametrize(
    "jp_server_config",
    [{"ServerApp": {"jpserver_extensions": {"spikex_lab": True}, "authorizer_class": _Reader}}],
)
async def test_a_reader_fills_no_disk(home, fetch, store):
    sent = form({"name": "mine"}, "a.npz", b"x" * 100_000)
    assert (await fetch("datasets", method="POST", **sent)).code == 403
    assert read(await fetch("datasets", "transfers"))["items"] == []
    assert not (home / "tmp").exists()


@pytest.mark.parametrize(
    "jp_server_config",
    [{"ServerApp": {"jpserver_extensions": {"spikex_lab": True}, "authorizer_class": _Reader}}],
)
async def test_each_action_is_put_to_the_authorizer(home, fetch, store, run):
    assert (await fetch("runs", run.id)).code == 200
    answer = await fetch("runs", run.id, "control", method="POST", body={"action": "stop"})
    assert answer.code == 403
    assert json.loads(answer.body)["title"] == "Forbidden"
    assert (await fetch("tutorials", "x", method="POST", body={})).code == 403
    assert store.runs.get(run.id).state == "queued"


class _Nobody(Authorizer):
    """Lets nobody do anything with our resource."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return resource != "spikex"


@pytest.mark.parametrize(
    "jp_server_config",
    [{"ServerApp": {"jpserver_extensions": {"spikex_lab": True}, "authorizer_class": _Nobody}}],
)
async def test_who_may_nothing_is_told_nothing(
    home, jp_serverapp, http_server_client, jp_auth_header
):
    for pattern, _handler in registered(jp_serverapp):
        for method in METHODS:
            answer = await http_server_client.fetch(
                address(pattern),
                method=method,
                headers={**jp_auth_header, "Content-Type": "application/json"},
                body="{}" if method in ("POST", "PUT", "PATCH") else None,
                raise_error=False,
            )
            assert answer.code in (403, 405), (method, pattern, answer.code)


@pytest.fixture
def browse(jp_serverapp, http_server_client, jp_base_url):
    """Call the API as a browser whose reader has signed in: with cookies, without the token."""

    async def signed_in() -> dict[str, str]:
        token = {"Authorization": f"token {jp_serverapp.identity_provider.token}"}
        found = {}
        for path, headers in (("login", {}), ("api/me", token)):
            page = await http_server_client.fetch(jp_base_url + path, headers=headers)
            for cookie in page.headers.get_list("Set-Cookie"):
                name, _, value = cookie.partition(";")[0].partition("=")
                found[name] = value
        cookies = "; ".join(f"{name}={value}" for name, value in found.items())
        return {"Cookie": cookies, "X-XSRFToken": found["_xsrf"]}

    async def call(*parts: str, body: Any = None, headers: Any = None, **kwargs: Any) -> Any:
        known = {**(await signed_in()), "Content-Type": "application/json", **(headers or {})}
        path = "/".join(["spikex/api/v1", *parts])
        known = {name: value for name, value in known.items() if value is not None}
        return await http_server_client.fetch(
            jp_base_url + path, body=body, headers=known, raise_error=False, **kwargs
        )

    return call


HOST = "127.0.0.1"
FOREIGN = [
    {"Origin": "https://evil.test"},
    {"Origin": "null"},
    {"Origin": f"http://{HOST}.evil.test"},
    {"Origin": f"http://evil.test#{HOST}"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.test"},
]


STOP = '{"action": "stop"}'


@pytest.mark.parametrize("headers", FOREIGN)
async def test_a_foreign_page_reads_and_changes_nothing_with_a_cookie(browse, store, run, headers):
    """The browser says where a request comes from; only a header token is exempt from that."""
    answer = await browse("runs", run.id, headers=headers)
    assert answer.code == 403
    assert b"digits" not in answer.body
    assert "Access-Control-Allow-Origin" not in answer.headers
    answer = await browse("runs", run.id, "control", method="POST", body=STOP, headers=headers)
    assert answer.code == 403
    for method in ("HEAD", "DELETE"):
        assert (await browse("runs", run.id, method=method, headers=headers)).code == 403
    asked = {**headers, "Access-Control-Request-Method": "DELETE"}
    answer = await browse("runs", run.id, method="OPTIONS", headers=asked)
    assert not [name for name in answer.headers if name.startswith("Access-Control-Allow")]
    assert store.runs.get(run.id).state == "queued"


async def test_our_own_page_does(browse, jp_serverapp, store, run):
    host = f"127.0.0.1:{jp_serverapp.port}"
    own = {"Sec-Fetch-Site": "same-origin", "Origin": f"http://{host}", "Host": host}
    assert (await browse("runs", run.id, headers=own)).code == 200
    answer = await browse("runs", run.id, "control", method="POST", body=STOP, headers=own)
    assert answer.code == 202
    assert store.runs.get(run.id).state == "stopped"


@pytest.mark.parametrize("headers", FOREIGN)
async def test_who_has_the_token_may_be_anywhere(fetch, run, headers):
    assert (await fetch("runs", run.id, headers=headers)).code == 200


async def test_a_rebound_name_is_refused(fetch, run):
    assert (await fetch("runs", run.id, headers={"Host": "evil.test"})).code == 403


async def test_a_cookie_needs_the_xsrf_token(browse, store, run):
    headers = {"X-XSRFToken": None}
    answer = await browse("runs", run.id, "control", method="POST", body=STOP, headers=headers)
    assert answer.code == 403
    assert store.runs.get(run.id).state == "queued"


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"]
)
async def test_what_a_form_can_send_is_no_body(fetch, store, run, kind):
    before = store.runs.get(run.id)
    body, headers = "action=stop&_method=DELETE", {"Content-Type": kind}
    for method in ("POST", "PATCH"):
        for path in (("runs", run.id, "control"), ("models", run.model_id), ("runs",), ("me",)):
            answer = await fetch(*path, method=method, body=body, headers=headers)
            assert answer.code in (405, 415), path
    for headers in ({"X-HTTP-Method-Override": "DELETE"}, {"X-Method-Override": "DELETE"}):
        await fetch("runs", run.id, headers=headers)
    assert store.runs.get(run.id) == before


async def test_a_get_changes_nothing(fetch, store, run):
    """Nothing that an image or a link can ask for has an effect."""
    assert all(
        declared.action == "read"
        for route in ROUTES
        for method, declared in route.handler.operations.items()
        if method in ("get", "head")
    )


async def test_a_token_in_an_address_is_refused(jp_serverapp, http_server_client, run):
    token = jp_serverapp.identity_provider.token
    path = f"{jp_serverapp.base_url}spikex/api/v1/runs/{run.id}"
    answer = await http_server_client.fetch(f"{path}?token={token}", raise_error=False)
    assert answer.code == 403
    assert "Set-Cookie" not in answer.headers
    header = {"Authorization": f"token {token}"}
    answer = await http_server_client.fetch(f"{path}?token=x", headers=header, raise_error=False)
    assert answer.code == 403


EVIL = "<script>alert(1)</script>"


async def test_every_answer_says_what_it_is(fetch, run):
    for path in (("models",), ("runs", run.id), ("nowhere",), ("models", EVIL), (EVIL,)):
        answer = await fetch(*path, params={"x" + EVIL: EVIL} if path == ("models",) else {})
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "json" in answer.headers["Content-Type"]
        if answer.code != 200:
            assert b"<" not in answer.body


@pytest.mark.parametrize("jp_server_config", [configured(rate_limit="5/minute")])
async def test_one_user_asks_so_often(home, fetch):
    codes = [(await fetch("health")).code for _ in range(7)]
    assert codes == [200] * 5 + [429] * 2
    answer = await fetch("health")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert read(answer)["status"] == 429


def test_a_rate_that_cannot_be_read_is_told_at_the_start():
    with pytest.raises(TraitError, match="rate_limit"):
        SpikexServerApp(rate_limit="often")


async def test_so_much_work_waits_and_no_more():
    pool = Pool(1, 2, "test")
    gate = threading.Event()
    held = [asyncio.create_task(pool.run(gate.wait)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(BusyError):
        await pool.run(gate.wait)
    gate.set()
    await asyncio.gather(*held)
    assert await pool.run(lambda: 7) == 7
    await pool.close()
