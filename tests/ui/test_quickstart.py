"""The quickstart in a real JupyterLab: live, obeying, saved without a kernel, reopened."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("bqplot", reason="the panels need the extra [lab]")
pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from .jupyter import Lab

pytestmark = [pytest.mark.browser, pytest.mark.spine]

SOURCE = Path(__file__).resolve().parents[2] / "notebooks" / "01_quickstart.ipynb"
EPOCHS = 500  # long enough to look at it in both themes
HARMLESS = "widget model not found"  # what a page says of outputs whose kernel is gone


def copied(lab: Lab, name: str, upto: str | None = None) -> None:
    """Put the notebook into the server's folder; with `upto`, its cells up to that one only."""
    content = json.loads(SOURCE.read_text("utf-8"))
    ids = [cell["id"] for cell in content["cells"]]
    if upto:
        content["cells"] = content["cells"][: ids.index(upto) + 1]
    text = json.dumps(content).replace("epochs=30", f"epochs={EPOCHS}")
    (lab.workdir / name).write_text(text)


def opened(lab: Lab, page: Page, name: str, errors: list[str] | None = None) -> None:
    if errors is not None:
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: errors.append(str(e)))
    lab.open(page, name)
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    page.get_by_text("| Idle").wait_for(timeout=60_000)


def run_all(page: Page) -> None:
    """Start the run of all cells; not awaited, for it ends with the last cell."""
    page.evaluate("() => { void window.jupyterapp.commands.execute('notebook:run-all-cells'); }")


def badge(panel: Locator, state: str, seconds: float = 60) -> None:
    panel.locator(f".spx-badge[data-state={state}]").wait_for(timeout=seconds * 1000)


def figure(panel: Locator, bar: str) -> str:
    line = panel.locator(".spx-line", has=panel.page.get_by_text(bar, exact=True))
    return line.locator("span").nth(1).inner_text()


def position(panel: Locator) -> int:
    """Return how many batches the run has done, of all its epochs."""
    batch, of_epoch = (int(n) for n in re.findall(r"\d+", figure(panel, "Batch")))
    epoch = int(figure(panel, "Epoch").split()[0])
    return (epoch - 1) * of_epoch + batch


def whereabouts(lab: Lab, panel: Locator) -> str:
    """Return what the panel and the store say of the newest run, for a failure's message."""
    [run, *_] = lab.api("spikex/api/v1/runs")["items"]
    log = subprocess.run(
        [sys.executable, "-m", "spikex_lab.cli", "runs", "logs", run["id"]],
        env=lab.environment,
        capture_output=True,
        text=True,
    )
    bars = panel.locator(".spx-line").all_inner_texts()
    said = panel.locator(".spx-message").all_inner_texts()
    return f"{bars} {said} {run['state']} {log.stdout[-600:]} {log.stderr[-300:]}"


def in_view(panel: Locator) -> None:
    panel.evaluate("e => e.scrollIntoView({block: 'center'})")
    panel.page.mouse.move(5, 500)
    panel.page.wait_for_timeout(300)


def theme(page: Page, lab: Lab, name: str) -> None:
    lab.theme(page, name)
    page.wait_for_timeout(400)


def colours(page: Page, selector: str) -> dict[str, Any]:
    return page.eval_on_selector(
        selector,
        "e => { const s = getComputedStyle(e); return {fill: s.fill, back: s.backgroundColor} }",
    )


def test_the_panel_live_in_both_themes_and_obeying(lab: Lab, page: Page) -> None:
    errors: list[str] = []
    copied(lab, "live.ipynb")
    opened(lab, page, "live.ipynb", errors)
    run_all(page)
    panel = page.locator(".spx-panel")
    panel.wait_for(timeout=60_000)
    badge(panel, "running", 90)
    page.wait_for_function(  # some epochs of it
        "() => parseInt(document.querySelectorAll('.spx-line span')[3].innerText) > 4",
        timeout=60_000,
    )
    in_view(panel)
    lab.screenshot(page, "quickstart-light")
    light = colours(page, ".spx-panel .bqplot .tick text"), colours(page, ".spx-panel")
    theme(page, lab, "dark")
    lab.screenshot(page, "quickstart-dark")
    dark = colours(page, ".spx-panel .bqplot .tick text"), colours(page, ".spx-panel")
    assert light[0]["fill"] != dark[0]["fill"]
    assert light[1]["back"] != dark[1]["back"]
    badge(panel, "running", 1)  # both pictures were taken mid-run
    assert panel.locator(".bqplot").first.locator("path.line").count() >= 3

    # the cell that waits for the run is busy all the while; the buttons work none the less
    panel.get_by_role("button", name="Pause").click()
    badge(panel, "paused", 15)
    page.wait_for_timeout(300)
    before = position(panel)
    panel.get_by_role("button", name="Step").click()
    end = time.monotonic() + 15
    while position(panel) == before:
        assert time.monotonic() < end, f"the step was not taken: {whereabouts(lab, panel)}"
        page.wait_for_timeout(100)
    badge(panel, "paused", 15)
    assert position(panel) == before + 1
    theme(page, lab, "light")
    panel.get_by_role("tab", name="Activity").click()
    panel.locator(".spx-legend").get_by_text("lif1").wait_for(timeout=10_000)
    panel.get_by_role("button", name="Resume").click()
    badge(panel, "running", 15)
    in_view(panel)
    lab.screenshot(page, "quickstart-activity")
    panel.get_by_role("tab", name="Curves").click()

    badge(panel, "finished", 120)
    panel.locator(".spx-foot").get_by_text("test accuracy").wait_for(timeout=10_000)
    in_view(panel)
    lab.screenshot(page, "quickstart-finished")
    page.wait_for_function(
        "() => ![...document.querySelectorAll('.jp-InputPrompt')]"
        ".some(e => e.innerText.includes('*'))",
        timeout=90_000,
    )
    assert page.locator(".jp-OutputArea-output[data-mime-type*=error]").count() == 0
    assert [e for e in errors if HARMLESS not in e] == []

    # exports the browser saves
    panel.get_by_role("tab", name="Export").click()
    for label, start in (
        ("Weights", b""),
        ("Curves SVG", b"<svg"),
        ("Settings YAML", b"schema: spikex/run@1"),
    ):
        with page.expect_download() as download:
            panel.get_by_role("link", name=re.compile(f"^{label}")).click()
        content = Path(download.value.path()).read_bytes()
        assert content.startswith(start)
        assert len(content) > 500
    with page.expect_download() as download:
        panel.get_by_role("button", name="Curves PNG").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")
    panel.get_by_role("tab", name="Curves").click()
    page.wait_for_timeout(500)
    lab.command(page, "docmanager:save")


def test_a_bad_value_is_shown_where_it_stands(lab: Lab, page: Page) -> None:
    copied(lab, "form.ipynb", upto="panel")
    opened(lab, page, "form.ipynb")
    run_all(page)
    panel = page.locator(".spx-panel")
    panel.wait_for(timeout=60_000)
    if not panel.get_by_label("Learning rate").is_visible():
        panel.get_by_role("button", name="Settings").click()
    panel.get_by_label("Learning rate").fill("0")
    panel.get_by_role("alert").get_by_text("greater than 0").wait_for()
    assert panel.get_by_role("button", name="Start").is_disabled()
    panel.get_by_label("Learning rate").fill("2e-3")
    panel.get_by_role("alert").first.wait_for(state="hidden")
    assert panel.get_by_role("button", name="Start").is_enabled()


def test_the_saved_notebook_without_its_kernel_and_reopened(lab: Lab, page: Page) -> None:
    """After the first test: what it saved shows the curves, and a new kernel the run, whole."""
    if not (lab.workdir / "live.ipynb").exists():
        pytest.skip("the live notebook was not run before")
    for session in lab.api("api/sessions"):
        lab.api(f"api/sessions/{session['id']}", method="DELETE")
    opened(lab, page, "live.ipynb")
    picture = page.locator(".spx-picture")
    picture.wait_for(timeout=20_000)
    expect(picture).to_contain_text("finished")
    expect(picture).to_contain_text("test accuracy")
    assert page.locator(".jp-OutputArea-child:has(.spx-picture) style").count() == 1
    image = picture.locator("img")
    assert image.evaluate("e => e.complete && e.naturalWidth > 500")
    page.get_by_text("Error displaying widget").first.wait_for(state="attached", timeout=20_000)
    assert not page.get_by_text("Error displaying widget").first.is_visible()
    in_view(picture)
    lab.screenshot(page, "quickstart-no-kernel")

    # as somebody else's notebook, which JupyterLab does not trust and so sanitises
    saved = (lab.workdir / "live.ipynb").read_text("utf-8")
    (lab.workdir / "theirs.ipynb").write_text(saved.replace("**Watch.**", "**See.**"))
    opened(lab, page, "theirs.ipynb")
    page.locator(".spx-picture img").wait_for(timeout=20_000)
    assert page.locator(".spx-picture img").evaluate("e => e.naturalWidth > 500")
    assert page.locator(".jp-OutputArea-child:has(.spx-picture) style").count() == 0
    place = page.locator(".jp-OutputArea-child:has(+ .jp-OutputArea-child .spx-picture)")
    assert place.count() == 1
    assert not place.is_visible()

    # the cells up to the panel in the new kernel: the finished run is there, and nothing is trained
    runs = lab.api("spikex/api/v1/runs")["total"]
    copied(lab, "again.ipynb", upto="panel")
    opened(lab, page, "again.ipynb")
    run_all(page)
    panel = page.locator(".spx-panel")
    panel.wait_for(timeout=60_000)
    badge(panel, "finished", 30)
    assert figure(panel, "Epoch") == f"{EPOCHS} of {EPOCHS}"
    assert not page.locator(".spx-picture").is_visible()
    panel.get_by_role("tab", name="Log").click()
    panel.get_by_text(f"epoch {EPOCHS} of {EPOCHS}").wait_for(timeout=10_000)
    panel.get_by_label("Search").fill("final")
    panel.get_by_text(re.compile(r"^1 of \d+ lines")).wait_for(timeout=10_000)
    assert lab.api("spikex/api/v1/runs")["total"] == runs

    # a reload of the page: the kernel lives, so does the panel
    lab.command(page, "docmanager:save")
    time.sleep(0.5)
    opened(lab, page, "again.ipynb")
    badge(page.locator(".spx-panel"), "finished", 30)
