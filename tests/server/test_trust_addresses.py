"""What an address may do: lead nowhere else, and name what is there. Cases 5 and 8 of trust.md."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest

from spikex_lab.server.route import ROOT
from spikex_lab.server.routes import ROUTES

from .server_support import configured, form, read

PROBLEM = "application/problem+json"
ELSEWHERE = [
    "//evil.test", "///evil.test", "/\\evil.test", "\\\\evil.test", "https:evil.test",
    "https:/evil.test", "https://evil.test", "https:///evil.test", "//evil.test/%2e%2e",
    "javascript:alert(1)", "data:text/html,x", "/a%40b//evil.test/..", "//evil.test\\@127.0.0.1",
    "http://127.0.0.1@evil.test/", "\t//evil.test", "/\t/evil.test", "https://evil.test#/a%40b/",
]  # fmt: skip
BROKEN = ["/x\r\nSet-Cookie: a=b", "/x\nLocation: https://evil.test"]
PARAMETERS = ("next", "url", "redirect", "redirect_uri", "return", "goto", "continue", "to")
MARKUP = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(1)'>",
    "</title><svg onload=alert(1)>{{7*7}}",
]
REFUSED = {404, 405, 409, 411, 415, 422, 428}


def leads(answer: Any) -> str | None:
    """Where a browser would go from the answer; a backslash is a slash to it."""
    place = answer.headers.get("Location")
    if place is None:
        return None
    plain = re.sub(r"[\t\r\n]", "", place).replace("\\", "/")
    return urlsplit(urljoin(answer.effective_url, plain)).netloc


@pytest.mark.parametrize("jp_server_config", [configured(rate_limit="100000/second")])
async def test_no_route_of_ours_leads_anywhere(home, fetch):
    """Whatever parameter is sent, nothing is followed: an unknown one is a mistake."""
    asked = 0
    for route in ROUTES:
        if "get" not in route.handler.operations:
            continue
        parts = [re.sub(r"\{.*\}", "x", part) for part in route.path.split("/")[1:]]
        for name in PARAMETERS:
            answer = await fetch(*parts, params={name: ELSEWHERE[0]}, follow_redirects=False)
            asked += 1
            assert answer.code in (404, 422), (route.path, name, answer.code)
            assert leads(answer) is None
    assert asked > 150


@pytest.mark.parametrize("place", [*ELSEWHERE, *BROKEN])
async def test_a_login_leads_back_to_this_server(
    jp_serverapp, http_server_client, jp_base_url, jp_auth_header, place
):
    path = f"{jp_base_url}login?next={quote(place, safe='')}"
    answer = await http_server_client.fetch(
        path, headers=jp_auth_header, follow_redirects=False, raise_error=False
    )
    own = f"127.0.0.1:{jp_serverapp.port}"
    assert answer.code in (302, 400, 500)
    assert leads(answer) in (None, own)
    assert "a=b" not in str(answer.headers.get_list("Set-Cookie"))


@pytest.mark.parametrize(
    "place", ["/evil.test/", "//evil.test/", "/%5cevil.test/", "/..//evil.test/"]
)
async def test_slashes_lead_back_to_this_server(
    jp_serverapp, http_server_client, jp_base_url, jp_auth_header, place
):
    for base in ("", jp_base_url.rstrip("/"), jp_base_url.rstrip("/") + ROOT):
        answer = await http_server_client.fetch(
            base + place, headers=jp_auth_header, follow_redirects=False, raise_error=False
        )
        assert leads(answer) in (None, f"127.0.0.1:{jp_serverapp.port}")


def harmless(answer: Any) -> None:
    """The answer is a problem in JSON, in which nothing is markup, whoever guesses its type."""
    assert answer.headers["Content-Type"] == PROBLEM
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert b"<" not in answer.body
    assert read(answer)["status"] == answer.code
    assert not [value for _, value in answer.headers.get_all() if "alert" in value]


@pytest.mark.parametrize("jp_server_config", [configured(rate_limit="100000/second")])
@pytest.mark.parametrize("text", MARKUP)
async def test_markup_in_any_part_of_an_address_is_no_markup(fetch, store, run, text):
    """Each part of each route, each method, and a name and a value of the query."""
    asked = 0
    for route in ROUTES:
        for part in route.parts:
            path = route.path.replace(f"{{{part}}}", quote(text, safe=""))
            path = re.sub(r"\{\w+\}", run.id, path)
            for method in route.handler.operations:
                body = {} if method in ("post", "put", "patch") else None
                answer = await fetch(*path.split("/")[1:], method=method.upper(), body=body)
                assert answer.code in REFUSED, (method, path, answer.code)
                harmless(answer)
                asked += 1
        if "get" in route.handler.operations and not route.parts:
            for params in ({text: "x"}, {"sort": text}, {"page": text}, {"kind": text}):
                answer = await fetch(*route.path.split("/")[1:], params=params)
                if answer.code != 200:
                    harmless(answer)
                    asked += 1
    assert asked > 70


@pytest.mark.parametrize("text", MARKUP)
async def test_markup_in_any_field_is_told_back_as_text(fetch, store, run, text):
    bodies: list[tuple[tuple[str, ...], dict[str, Any]]] = [
        (("models",), {"name": text}),
        (("models",), {"name": "x", "template": text[:90]}),
        (("models",), {"name": "x", "spec": {text: text}}),
        (("models", run.model_id, "copy"), {"name": text}),
        (("runs",), {"model": text, "dataset": text, "device": text}),
        (("runs",), {"model": "tiny", "training": {text: text}}),
        (("runs", run.id, "control"), {"action": text}),
        (("runs", run.id, "evaluations"), {"split": text}),
        (("library",), {"source": text}),
        (("library",), {"source": f"{{{text!r}: x}}"}),
        (("library", "neurons", "lif", "reviews"), {"verdict": text, "comment": text}),
        (("datasets", "download"), {"name": text}),
        (("targets",), {"name": text, "kind": text}),
        (("tutorials", "01_quickstart"), {"folder": text}),
        (("me",), {text: text}),
    ]
    for parts, body in bodies:
        method = "PATCH" if parts == ("me",) else "POST"
        answer = await fetch(*parts, method=method, body=body)
        assert answer.code in REFUSED, (parts, answer.code, answer.body)
        harmless(answer)
    for name in (text.replace('"', "'"), "a.npz"):
        answer = await fetch("datasets", method="POST", **form({"name": text}, name, b"x"))
        assert answer.code == 422, name
        harmless(answer)
    answer = await fetch("runs", run.id, "events", headers={"Last-Event-ID": text})
    assert answer.code == 422
    harmless(answer)
    answer = await fetch("models", run.model_id, method="DELETE", headers={"If-Match": text})
    assert answer.code == 422
    harmless(answer)
