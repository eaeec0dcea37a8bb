"""The library over HTTP: searched, a component's page, its files, contributions and reviews."""

from __future__ import annotations

import pytest

from spikex_lab.store.entries import Entry

from .server_support import read

MINE = """
id: neurons/mine
license: BSD-3-Clause
summary: A leak and a threshold.
parameters: {tau: 10 ms}
equations:
  - dv/dt = (I - v)/tau
spike: {when: v >= 1, reset: v = 0}
"""


async def test_the_library_is_searched_by_words_kind_and_tag(fetch):
    told = read(await fetch("library", params={"q": "adaptive", "kind": "neuron"}))
    assert told["total"] == len(told["items"]) > 0
    assert {item["kind"] for item in told["items"]} == {"neuron"}
    assert told["kinds"]["neuron"] == told["total"]
    assert isinstance(told["items"][0]["tags"], list)
    assert all(item["state"] == "bundled" for item in told["items"])
    page = read(await fetch("library", params={"page": 2, "page_size": 5}))
    assert (len(page["items"]), page["page"]) == (5, 2)
    assert (await fetch("library", params={"kind": "nope"})).code == 422


@pytest.mark.parametrize(
    "q", ["'", '"', "a* OR b", "NEAR(", "-", "x" * 200, "\N{GREEK SMALL LETTER TAU}"]
)
async def test_no_search_is_a_mistake(fetch, q):
    assert (await fetch("library", params={"q": q})).code == 200


async def test_a_component_is_told_whole(fetch):
    told = read(await fetch("library", "neurons", "lif"))
    assert told["definition"]["parameters"]["tau_m"]["unit"] == "ms"
    assert set(told["code"]) == {"python", "cpp", "javascript", "latex", "mathml"}
    assert "<math" in told["equations"]
    assert "tau_m" in told["symbols"]
    assert told["conformance"]["checks"]
    assert told["agreement"][0]["ok"]
    assert "agrees with NEST" in told["agreement"][0]["text"]
    assert told["description"]
    assert told["state"] == "bundled"
    assert {"lif.js", "component.yaml", "description.md"} <= set(told["files"])
    assert (await fetch("library", "neurons", "lfi")).code == 404
    assert (await fetch("library", "neurons", "lif", params={"version": "9.9.9"})).code == 404
    assert (await fetch("library", "neurons", "lif", params={"version": "x"})).code == 422


async def test_every_file_that_is_told_is_there(fetch):
    for kind, name in (("neurons", "lif"), ("layers", "flatten"), ("surrogates", "atan")):
        for file in read(await fetch("library", kind, name))["files"]:
            answer = await fetch("library", kind, name, "files", *file.split("/"))
            assert (answer.code, bool(answer.body)) == (200, True), file
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            if file.endswith(".js"):
                assert answer.headers["Content-Type"].startswith("text/javascript")
            else:
                assert answer.headers["Content-Disposition"].startswith("attachment")
                assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "file",
    ["nope.py", "..%2Fcomponent.yaml", "..%2F..%2F..%2Fpyproject.toml", "%2Fetc%2Fpasswd",
     "conformance.json%00.js", "conformance%2F..%2Fcomponent.yaml", "..", "lif.py%2F"],
)  # fmt: skip
async def test_no_other_file_is(fetch, file):
    assert (await fetch("library", "neurons", "lif", "files", file)).code == 404


async def contribute(fetch, source: str, submit: bool = False):
    body = {"source": source, "submit": submit}
    return await fetch("library", method="POST", body=body)


async def test_a_component_of_ones_own(fetch, store):
    answer = await contribute(fetch, MINE)
    told = read(answer)
    assert (answer.code, told["id"], told["version"], told["state"]) == (
        201,
        "neurons/mine",
        "1.0.0",
        "draft",
    )
    assert "n_v" in told["code"]["python"]
    second = read(await contribute(fetch, MINE.replace("10 ms", "20 ms")))
    assert [one["version"] for one in second["versions"]] == ["1.0.1", "1.0.0"]
    old = read(await fetch("library", "neurons", "mine", params={"version": "1.0.0"}))
    assert old["definition"]["parameters"]["tau"]["value"] == 10
    found = read(await fetch("library", params={"q": "leak threshold mine"}))["items"]
    assert [item["id"] for item in found] == ["neurons/mine"]


@pytest.mark.parametrize("submit", [False, True])
@pytest.mark.parametrize("word", ["neurons/lif", "neurons/mine", "folder", "7", "null"])
async def test_a_word_is_no_component_and_no_folder(fetch, store, tmp_path, word, submit):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "component.yaml").write_text(MINE)
    answer = await contribute(fetch, str(folder) if word == "folder" else word, submit)
    assert (answer.code, read(answer)["where"]) == (422, "source")
    assert store.library.find("mine").total == 0


@pytest.mark.parametrize(
    ("source", "status"),
    [
        (MINE.replace("neurons/mine", "neurons/lif"), 409),
        (MINE.replace("dv/dt", "dw/dt"), 422),
        (MINE.replace("(I - v)/tau", "().__class__"), 422),
        (MINE.replace("(I - v)/tau", "9**9**9**9"), 422),
        ("!!python/object/apply:os.system ['id']", 422),
        ("a: &a [x]\nb: *a", 422),
        ("- 1", 422),
        (MINE.replace("neurons/mine", "../x"), 422),
    ],
)
async def test_what_is_no_component_is_not_kept(fetch, store, source, status):
    answer = await contribute(fetch, source)
    assert answer.code == status, answer.body
    assert store.library.find("mine").total == 0


async def test_what_fails_its_check_is_not_handed_in(fetch, store, monkeypatch):
    from spikex_lab.conformance import sandbox

    check = {"name": "units", "ok": False, "message": "mV is no pA"}
    report = {"id": "neurons/mine", "ok": False, "checks": [check]}
    monkeypatch.setattr(sandbox, "check", lambda *_args, **_named: report)
    answer = await contribute(fetch, MINE, submit=True)
    assert (answer.code, read(answer)["detail"]) == (422, "units: mV is no pA")
    assert store.library.find("mine").total == 0


async def test_a_review_is_anothers(fetch, store, monkeypatch):
    from spikex_lab.conformance import sandbox

    report = {"id": "neurons/mine", "ok": True, "checks": []}
    monkeypatch.setattr(sandbox, "check", lambda *_args, **_named: report)
    told = read(await contribute(fetch, MINE, submit=True))
    assert (told["state"], told["conformance"]) == ("pending", report)
    path = ("library", "neurons", "mine", "reviews")
    body = {"verdict": "approve", "comment": "sound"}
    answer = await fetch(*path, method="POST", body=body)
    assert (answer.code, "your own" in read(answer)["detail"]) == (409, True)
    assert store.library.get("neurons/mine").state == "pending"
    for bad in ({"verdict": "maybe", "comment": "x"}, {"verdict": "approve", "comment": ""}):
        assert (await fetch(*path, method="POST", body=bad)).code == 422
    assert read(await fetch(*path))["items"] == []
    answer = await fetch("library", "neurons", "lif", "reviews", method="POST", body=body)
    assert answer.code == 409


async def test_anothers_component_is_reviewed(fetch, store):
    with store.database.fast() as cursor:
        cursor.run("INSERT INTO person (id, name, created) VALUES ('p2', 'Bo', '2999')")
    spec = _definition()
    line = Entry("neurons/mine", "neuron", "Mine", "1.0.0", "", (), "", "draft")
    store.library.seen_by("p2").keep(spec, line, report={"checks": []})
    assert (await fetch("library", "neurons", "mine")).code == 404
    [waits] = read(await fetch("library", "pending"))["items"]
    assert (waits["id"], waits["author"], waits["state"]) == ("neurons/mine", "Bo", "pending")
    told = read(await fetch("library", "neurons", "mine", "pending"))
    assert [one["version"] for one in told["versions"]] == ["1.0.0"]
    assert told["conformance"] == {"checks": []}
    script = ("library", "neurons", "mine", "pending", "files", "mine.js")
    answer = await fetch(*script)
    assert (answer.code, answer.headers["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert b"export" in answer.body
    definition = await fetch(*script[:-1], "component.yaml")
    assert definition.headers["Content-Disposition"].startswith("attachment")
    assert (await fetch(*script[:-1], "other.js")).code == 404
    assert (await fetch("library", "neurons", "mine", "files", "mine.js")).code == 404
    path = ("library", "neurons", "mine", "reviews")
    body = {"verdict": "approve", "comment": "sound"}
    answer = await fetch(*path, method="POST", body=body)
    assert (answer.code, read(answer)["state"]) == (201, "approved")
    assert [one["comment"] for one in read(await fetch(*path))["items"]] == ["sound"]
    assert read(await fetch("library", "pending"))["items"] == []
    assert (await fetch("library", "neurons", "mine", "pending")).code == 404
    assert (await fetch(*script)).code == 404
    assert (await fetch("library", "neurons", "mine")).code == 200


async def test_ones_own_waits_for_others(fetch, store, monkeypatch):
    from spikex_lab.conformance import sandbox

    monkeypatch.setattr(sandbox, "check", lambda *_a, **_n: {"id": "", "ok": True, "checks": []})
    read(await contribute(fetch, MINE, submit=True))
    assert read(await fetch("library", "pending"))["items"] == []


async def test_a_new_component_begins_with_a_bundled_one(fetch, store):
    path = ("library", "scaffold")
    source = read(await fetch(*path, params={"name": "mine", "like": "neurons/adex"}))["source"]
    assert "id: neurons/mine" in source
    assert "Delta_T" in source
    assert read(await contribute(fetch, source))["state"] == "draft"
    for params, status in (
        ({"name": "mine"}, 409),
        ({"name": "Not one"}, 422),
        ({"name": "x", "kind": "nope"}, 422),
        ({"name": "x", "like": "neurons/nope"}, 422),
    ):
        assert (await fetch(*path, params=params)).code == status, params


def _definition() -> dict:
    from spikex_lab.api import define

    return {**define.read(MINE)[0].spec.to_dict(), "version": "1.0.0"}
