"""Nobody unknown gets anything: the walk reads the router, so a new route is in it by itself."""

from __future__ import annotations

import json
import re
import warnings
from typing import Any

import pytest
from jupyter_server.auth import Authorizer
from jupyter_server.utils import JupyterServerAuthWarning
from traitlets.config import Config

from spikex_lab.server.base import Handler
from spikex_lab.server.operations import operation
from spikex_lab.server.routes import ROUTES

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


async def test_without_credentials_every_route_and_method_refuses(jp_serverapp, http_server_client):
    routes = registered(jp_serverapp)
    assert len(routes) == len(ROUTES) + 1
    seen = 0
    for pattern, _handler in routes:
        path = address(pattern)
        for method in METHODS:
            for headers in ({}, {"Accept": "text/event-stream"}):
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
    assert seen == len(routes) * len(METHODS) * 2


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


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_foreign_page_changes_nothing_with_a_cookie(
    fetch, jp_serverapp, store, run, site, monkeypatch
):
    """The browser says where a request comes from; only a header token is exempt from that."""
    monkeypatch.setattr(Handler, "token_authenticated", property(lambda _self: False))
    monkeypatch.setitem(jp_serverapp.web_app.settings, "disable_check_xsrf", True)
    headers = {"Sec-Fetch-Site": site}
    control = ("runs", run.id, "control")
    answer = await fetch(*control, method="POST", body={"action": "stop"}, headers=headers)
    assert answer.code == 403
    assert store.runs.get(run.id).state == "queued"
    headers = {"Sec-Fetch-Site": "same-origin"}
    answer = await fetch(*control, method="POST", body={"action": "stop"}, headers=headers)
    assert answer.code == 202
    assert store.runs.get(run.id).state == "stopped"


async def test_a_cookie_needs_the_xsrf_token(fetch, store, run, monkeypatch):
    monkeypatch.setattr(Handler, "token_authenticated", property(lambda _self: False))
    answer = await fetch("runs", run.id, "control", method="POST", body={"action": "stop"})
    assert answer.code in (403, 404)
    assert store.runs.get(run.id).state == "queued"
