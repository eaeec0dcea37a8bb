"""What others have written is text, in the Console, the Lab and a notebook. Cases 6 and 7 of
trust.md: nothing in it runs, asks, is fetched from elsewhere, or calls a command.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from hostile import EVIL
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from .conftest import Lab

pytestmark = pytest.mark.browser

TESTS = Path(__file__).resolve().parents[1]
NOBODY = "01990000-0000-7000-8000-000000000000"
COMMAND = "application:close-all"
WORDS = (
    f"{EVIL}<button data-commandlinker-command='{COMMAND}'>press</button>"
    "<img src='https://evil.test/p.png'><iframe src='https://evil.test/'></iframe>"
    "<style>body{display:none}</style><math><mtext><img src=x onerror=harm()></mtext></math>"
    "[link](javascript:harm()) \x1b[31mred\x1b]8;;https://evil.test\x07link"
)
SHOWN = "<script>harm()</script>"
# Names are written into the tables: no door of ours lets them in.
SEED = f"""
import json, sys
sys.path.insert(0, {str(TESTS)!r})
import numpy as np
import spikex_lab as sx
from hostile import keep
from spikex_lab.compute import liveness
from spikex_lab.spec import RunSpec
from spikex_lab.store import Store

words = {WORDS!r}
np.savez("d.npz", x=np.zeros((20, 8, 8), np.float32), y=np.arange(20) % 2)
data = sx.Dataset.upload("d.npz", "theirs", classes=[words[:190], words[5:195]])
model = sx.Model.create("theirs", template="snn-mlp", dataset="digits", message=words)
model.spec = {{**model.spec.to_dict(), "description": words}}
model.save(words)
named = sx.Model.create("named", template="mlp", dataset="digits")
with Store.open() as store:
    store.targets.add("named", "local")
    keep(store)
    runs = []
    for of, state in ((model, "finished"), (named, "failed"), (model, "failed")):
        spec = RunSpec(model=of.spec, dataset="digits").to_dict()
        run = store.runs.create(spec, model_id=of.id, model_version=1).id
        lease = store.runs.claim(run, liveness.describe())
        events = [
            {{"type": "log", "level": words, "message": words}},
            {{"type": "log", "level": "error", "message": words}},
            {{"type": "metrics", "epoch": 1, "train_loss": 0.5, "val_accuracy": 0.5, words: 0.5}},
            {{"type": "error", "message": words}},
        ]
        store.runs.append(run, lease, events, state="running")
        kept = store.objects.put_bytes(b"<script>window.harmed = true</script>")
        store.runs.add_artifact(run, lease, "report.html", kept, "text/html")
        store.runs.append(run, lease, [], state=state, error=words, summary={{words: words}})
        figures = {{"split": words, "samples": 1, "accuracy": 1, "macro_f1": 1, "loss": 1,
                    "latency": {{"median": 1}}, "throughput": 1}}
        store.runs.add_evaluation(run, figures)
        runs.append(run)
    info = {{**data.info, "source": words, "licence": words, "citation": words}}
    me = store.people.me().id
    with store.database.fast() as cursor:
        cursor.run("UPDATE dataset SET info=:i WHERE id=:d", i=json.dumps(info), d=data.id)
        cursor.run("UPDATE model SET name=:w WHERE id=:m", w=words, m=named.id)
        cursor.run("UPDATE target SET name=:w WHERE name='named'", w=words)
        cursor.run("UPDATE person SET name=:w", w=words)
        cursor.run("INSERT INTO component_review "
                   "SELECT 'r', id, 1, :me, 'reject', :w, '2999' FROM component", me=me, w=words)
print(json.dumps({{"model": model.id, "named": named.id, "runs": runs, "data": data.id}}))
"""
CELLS = [
    "import spikex_lab as sx",
    "from IPython.display import display",
    "model, run = sx.Model.open({model!r}), sx.Run.open({run!r})",
    "for one in (sx.models(), sx.runs(), sx.datasets(), sx.targets(), sx.library('hostile')):",
    "    display(one)",
    "data = sx.Dataset.open('theirs')",
    "for one in (model, model.summary(), model.versions(), run, run.logs(), data):",
    "    display(one)",
    "display(run.artifacts(), sx.Component.open('neurons/hostile'))",
    "display(sx.TrainingPanel(run))",
    "sx.Model.open({words!r})",
]
WATCH = """() => {
    window.harm = () => { window.harmed = true; };
    window.ran = [];
    window.jupyterapp.commands.commandExecuted.connect((_, { id }) => window.ran.push(id));
}"""
ACTS = (
    "script, iframe, object, embed, form[action], [id=MathJax], [data-commandlinker-command], "
    "[onerror], [onclick], [onload], [onmouseover], a[href^='javascript'], [src*='evil.test'], "
    "link[href*='evil.test'], maction"
)


@pytest.fixture(scope="module")
def theirs(lab: Lab) -> dict[str, Any]:
    """A store with markup wherever text may stand; the ids of what is in it."""
    found: dict[str, Any] = json.loads(lab.python(SEED).splitlines()[-1])
    return found


@pytest.fixture
def harmless(lab: Lab, desk: Page) -> Callable[[Locator], None]:
    """Return a check of a part of the page, and of what has happened in it so far."""
    dialogs: list[str] = []
    foreign: list[str] = []
    own = (lab.url, "data:", "blob:")
    desk.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    desk.on(
        "request",
        lambda request: None if request.url.startswith(own) else foreign.append(request.url),
    )
    desk.evaluate(WATCH)

    def check(part: Locator) -> None:
        acts = part.locator(ACTS)
        assert acts.count() == 0, acts.first.evaluate("node => node.outerHTML")
        assert desk.evaluate("() => window.harmed") is None
        assert dialogs == []
        assert foreign == []
        assert COMMAND not in desk.evaluate("() => window.ran")

    return check


ADDRESSES = [
    "//evil.test", "https://evil.test/models/x", "javascript:harm()", "models/..", "models/%2e%2e",
    "models/..%2F..%2F..%2F..%2Fapi%2Fshutdown", "models/%22)%3Bimport%20os%23", "models/theirs",
    "models/%3Cimg%20src%3Dx%20onerror%3Dharm()%3E", "models/%2F%2Fevil.test%2Fx",
]  # fmt: skip


def test_in_the_address(lab, desk, theirs, harmless):
    """It names a model or nothing: nothing is asked, no kernel starts, it leads nowhere. Case 5."""
    asked: list[str] = []
    kernels = lab.api("api/kernels")
    desk.on("request", lambda request: asked.append(request.url))
    for place in ADDRESSES:
        lab.command(desk, "spikex:open-address", {"search": f"?spikex={place}"})
    with desk.expect_response(lambda answer: f"/models/{NOBODY}" in answer.url) as told:
        lab.command(desk, "spikex:open-address", {"search": f"?spikex=models/{NOBODY}"})
    assert told.value.status == 404
    notice = desk.get_by_role("alert")
    expect(notice).to_contain_text(f'no model "{NOBODY}" (known: </td>{SHOWN}')
    assert [url for url in asked if "/api/v1/" in url and NOBODY not in url] == []
    assert desk.url.startswith(lab.url)
    assert lab.api("api/kernels") == kernels
    assert desk.locator(".spx-Lab").count() == 0
    harmless(notice)
    desk.locator(".jp-Notification-Toast-Close").click()


PAGES = {
    "home": False, "dashboard": True, "models": True, "datasets": True, "library": False,
    "experiments": False, "runs": True, "compute": True, "documentation": False, "account": False,
    "model": True, "component": True, "contribute": False, "run": True, "comparison": True,
}  # fmt: skip


def test_in_the_console(lab, desk, theirs, harmless):
    """On each page; where something of theirs is shown, it is shown as it was written."""
    first, second, _ = theirs["runs"]
    params = {
        "model": [{"model": theirs["model"]}, {"model": theirs["named"]}],
        "component": [{"component": "neurons/hostile"}],
        "contribute": [{"kind": "neuron"}],
        "run": [{"run": first}, {"run": second}],
        "comparison": [{"runs": f"{first},{second}"}],
    }
    for name, shows in PAGES.items():
        for given in params.get(name, [{}]):
            lab.command(desk, "spikex:open-console", {"page": name, "params": given})
            content = desk.locator(".spx-Console:visible")
            expect(content.get_by_role("heading", level=1)).to_be_visible()
            expect(content.locator(".spx-Loading")).to_have_count(0, timeout=60_000)
            if shows:
                expect(content).to_contain_text(SHOWN)
            for fold in content.locator("details").all():
                fold.evaluate("element => { element.open = true; }")
            harmless(content)
    lab.command(desk, "spikex:show-sidebar")
    harmless(desk.locator("#jp-left-stack"))
    harmless(desk.locator("#jp-main-dock-panel .lm-TabBar").first)


FORMULA = (
    "<math href='javascript:harm()'><mi onclick='harm()'>spoken</mi><img src=x onerror='harm()'>"
    "<maction><mi>x</mi></maction><script>harm()</script><mtext><b onmouseover='harm()'>as</b> text"
    "</mtext><svg onload='harm()'></svg></math><iframe src='https://evil.test'></iframe>"
)


def test_in_equations_should_a_server_ever_tell_such(lab, desk, theirs, harmless):
    """What prints them escapes what it is given; should it not, the page takes only formulas."""

    def worse(route):
        answer = route.fetch()
        body = answer.json()
        if "equations" in body:
            body["equations"] = FORMULA
        route.fulfill(response=answer, json=body)

    desk.route("**/spikex/api/v1/**/neurons/hostile*", worse)
    lab.command(
        desk,
        "spikex:open-console",
        {"page": "component", "params": {"component": "neurons/hostile"}},
    )
    equations = desk.locator(".spx-Console:visible .spx-Equations").first
    expect(equations).to_contain_text("spoken")
    assert equations.locator("math > mi").count() == 1
    assert equations.locator("img, svg, b, [href], [onclick]").count() == 0
    harmless(equations)
    desk.unroute("**/spikex/api/v1/**/neurons/hostile*")


def test_in_a_notebook(lab, desk, theirs, harmless):
    source = "\n".join(CELLS).format(model="theirs", run=theirs["runs"][0], words=WORDS)
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "source": source,
            "execution_count": None}  # fmt: skip
    spec = {"name": "python3", "display_name": "Python 3"}
    notebook = {"cells": [cell], "metadata": {"kernelspec": spec}, "nbformat": 4,
                "nbformat_minor": 5}  # fmt: skip
    (lab.workdir / "theirs.ipynb").write_text(json.dumps(notebook))
    desk.evaluate(
        "async path => { await window.jupyterapp.commands.execute('docmanager:open', { path }); }",
        "theirs.ipynb",
    )
    desk.get_by_text("| Idle").wait_for(timeout=60_000)
    desk.evaluate("() => { void window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    outputs = desk.locator(".jp-Cell-outputArea")
    expect(outputs).to_contain_text("NotFoundError", timeout=90_000)
    expect(outputs.locator(".spx-panel").first).to_be_visible()
    for tab in outputs.get_by_role("tab").all():
        tab.click()
        harmless(outputs)
    expect(outputs).to_contain_text(SHOWN)
    lab.command(desk, "docmanager:save")  # so that nothing is asked when it is closed


def test_in_the_lab(lab, desk, theirs, harmless):
    lab.command(desk, "spikex:open-lab", {"model": theirs["model"]})
    content = desk.locator(".spx-Lab:visible")
    expect(content.get_by_role("tab", name="Log")).to_be_visible(timeout=60_000)
    for tab in content.get_by_role("tab").all():
        tab.click()
        harmless(content)
    harmless(desk.locator("#jp-bottom-panel"))


def test_a_file_of_theirs_is_a_download(lab, page, theirs):
    """Opened by its address, it is saved, whatever it says that it is; nothing in it runs."""
    page.goto(f"{lab.url}lab?token={lab.token}", wait_until="commit")  # signs in
    address = f"{lab.url}spikex/api/v1/runs/{theirs['runs'][0]}/artifacts/report.html"
    with page.expect_download() as begun:
        page.evaluate("address => { window.location.href = address; }", address)
    assert b"<script>" in Path(begun.value.path()).read_bytes()
    assert page.evaluate("() => window.harmed") is None
