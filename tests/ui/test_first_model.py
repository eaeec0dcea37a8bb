"""The whole way of a first model, with no notebook: from the launcher to the Console's list."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
from playwright.sync_api import expect

from .axe import violations
from .labs import API, edit, ended, points, reloaded, run, saved, sessions, tab

pytestmark = pytest.mark.browser

EPOCHS = 4


def test_from_the_launcher_to_a_trained_model(lab, page):
    """The whole story: new model, train, close, reload, reopen, export; no notebook anywhere."""
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    lab.open(page)
    page.locator(".jp-LauncherCard", has_text="New Model").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Name")).to_be_focused()
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_role("alert")).to_have_text("Give it a name.")
    dialog.get_by_label("Name").fill("my/digits")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_role("alert")).to_contain_text("is not a name")
    expect(dialog.get_by_label("Name")).to_be_focused()
    for theme in ("light", "dark"):
        lab.theme(page, theme)
        field, frame = (
            page.locator(place).bounding_box()
            for place in (".spx-DialogForm input", ".jp-Dialog-content")
        )
        assert frame["x"] < field["x"] < field["x"] + field["width"] < frame["x"] + frame["width"]
        lab.screenshot(page, f"new-model-{theme}")
        assert violations(page, ".jp-Dialog-content") == []
    dialog.get_by_label("Name").fill("digits")
    dialog.get_by_label("Template").select_option("snn-mlp")
    dialog.get_by_label("Dataset").select_option("digits")
    page.keyboard.press("Enter")

    content = tab(page)
    expect(content.get_by_role("heading", name="digits", exact=True)).to_be_visible()
    expect(content.locator(".spx-form")).to_be_visible(timeout=60_000)
    expect(page.locator(".jp-NotebookPanel")).to_have_count(0)
    expect(content.get_by_role("tab", name="Training", exact=True)).to_have_attribute(
        "aria-selected", "true"
    )
    edit(content, EPOCHS)
    page.keyboard.press("Control+s")
    saved(content)
    expect(content.locator(".spx-Lab-version")).to_have_text("version 2")
    content.get_by_role("button", name="Start").click()
    badge = content.locator(".spx-badge")
    expect(badge).to_have_text("running", timeout=30_000)
    expect(page.locator(".spx-Status-button")).to_be_visible()

    reloaded(page)  # with the run under way
    expect(badge).to_have_text("finished", timeout=120_000)
    length = points(content)
    assert length > 100
    lab.theme(page, "light")
    lab.screenshot(page, "lab-light")
    lab.theme(page, "dark")
    lab.screenshot(page, "lab-dark")

    [model] = lab.api(f"{API}/models")["items"]
    assert len(sessions(lab, model["id"])) == 1
    run(page, "spikex:close")
    expect(page.locator(".spx-Lab")).to_have_count(0)
    ended(lab, page, model["id"])  # the kernel went with its tab
    reloaded(page)
    expect(page.locator(".spx-Lab")).to_have_count(0)
    run(page, "spikex:open-lab")
    page.get_by_role("dialog").get_by_role("button", name="Open").click()
    expect(badge).to_have_text("finished", timeout=60_000)
    expect(content.locator(".spx-foot")).to_contain_text("test accuracy")
    page.wait_for_function(
        "() => document.querySelectorAll('.spx-Lab .bqplot path.line').length > 2"
    )
    assert points(content) == pytest.approx(length, rel=0.1)  # the curves are whole

    content.get_by_role("button", name="File").click()
    page.get_by_role("menuitem", name="Export Model…").click()
    page.get_by_label("What").select_option("run/bundle")
    with page.expect_download() as download:
        page.get_by_role("dialog").get_by_role("button", name="Export").click()
    bundle = Path(download.value.path()).read_bytes()
    assert bundle.startswith(b"PK")
    (lab.workdir / "theirs.spikex").write_bytes(bundle)

    lab.command(page, "spikex:open-console", {"page": "runs"})
    console = page.locator(".spx-Console:visible")
    console.get_by_role("table", name="Runs").get_by_role(
        "button", name="digits", exact=True
    ).first.click()
    console.get_by_role("button", name="Evaluate on the test set").click()
    row = console.get_by_role("table", name="Evaluations").locator("tbody tr")
    expect(row).to_contain_text(re.compile(r"[89]\d\.\d+ %"), timeout=60_000)
    lab.command(page, "spikex:open-console", {"page": "models"})
    row = console.get_by_role("table", name="Models").locator("tbody tr")
    expect(row).to_contain_text("digits")
    expect(row).to_contain_text(re.compile(r"[89]\d\.\d+ %"))
    for theme in ("light", "dark"):
        lab.theme(page, theme)
        lab.screenshot(page, f"first-model-listed-{theme}")
    assert errors == []


def test_a_bundle_is_imported_by_a_double_click(lab, page):
    if not (lab.workdir / "theirs.spikex").exists():
        pytest.skip("the first test has made no bundle")
    lab.open(page)
    page.locator(".jp-DirListing-item", has_text="theirs.spikex").dblclick()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name of the model").fill("digits")
    dialog.get_by_role("button", name="Import").click()
    expect(dialog.get_by_role("alert")).to_contain_text("exists")
    dialog.get_by_label("Name of the model").fill("imported")
    dialog.get_by_role("button", name="Import").click()
    expect(tab(page).get_by_role("heading", name="imported")).to_be_visible()
    expect(tab(page).locator(".spx-form")).to_be_visible(timeout=60_000)
    (lab.workdir / "broken.spikex").write_bytes(b"no bundle")
    run(page, "spikex:import-model", {"path": "broken.spikex"})
    dialog.get_by_role("button", name="Import").click()
    expect(dialog.get_by_role("alert")).to_contain_text("is no .spikex bundle")
