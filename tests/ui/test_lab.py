"""The Lab and whatever gets in its way: unsaved work, other browsers, kernels that die."""

from __future__ import annotations

import contextlib
import os
import re
import signal

import psutil
import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
from playwright.sync_api import expect

from .axe import violations
from .labs import (
    API,
    create,
    edit,
    opened,
    reloaded,
    remembered,
    run,
    saved,
    sessions,
    startup,
    tab,
    version,
    wait_for,
)

pytestmark = pytest.mark.browser
HALFWAY = """
import pathlib, time, ipywidgets
half, go, made = pathlib.Path({half!r}), pathlib.Path({go!r}), []
at_once = ipywidgets.Widget.open
def open(self):
    made.append(self)
    if len(made) == 50:
        half.touch()
        while not go.exists():
            time.sleep(0.05)
    at_once(self)
ipywidgets.Widget.open = open
"""
"""For a kernel that waits when it has made some of its widgets."""


FOCUS_LATE = """
const { focus } = HTMLElement.prototype;
HTMLElement.prototype.focus = () => {};
const wait = setInterval(() => {
  if (window.jupyterapp) {
    clearInterval(wait);
    window.jupyterapp.restored.then(() => { HTMLElement.prototype.focus = focus; });
  }
}, 5);
"""
"""For a page that is not there yet when its parts want the focus, as on a busy machine."""


def test_closing_asks_while_something_is_unsaved(lab, page):
    model = create(lab, "closing")
    lab.open(page)
    content = opened(lab, page, model)
    edit(content, 7)
    mark = page.locator(".lm-TabBar-tab.jp-mod-dirty")
    expect(mark).to_contain_text("closing")
    dialog = page.get_by_role("dialog")
    run(page, "spikex:close")
    dialog.get_by_role("button", name="Cancel").click()
    expect(content).to_be_visible()
    reloaded(page)  # the kernel has kept it
    expect(content.locator(".spx-Lab-dirty")).to_have_text("unsaved changes", timeout=60_000)
    run(page, "spikex:close")
    dialog.get_by_role("button", name="Discard").click()
    expect(page.locator(".spx-Lab")).to_have_count(0)
    assert version(lab, model) == 1
    content = opened(lab, page, model)
    edit(content, 8)
    page.locator(".lm-TabBar-tab.jp-mod-dirty .lm-TabBar-tabCloseIcon").click()
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator(".spx-Lab")).to_have_count(0)
    assert lab.api(f"{API}/models/{model}")["spec"]["training"]["epochs"] == 8


def test_save_as_goes_on_with_the_copy(lab, page):
    model = create(lab, "original")
    lab.open(page)
    content = opened(lab, page, model)
    edit(content, 9)
    run(page, "spikex:save-as")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("original")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("exists")
    dialog.get_by_label("Name").fill("copy")
    dialog.get_by_role("button", name="Save").click()
    expect(tab(page).get_by_role("heading", name="copy")).to_be_visible()
    expect(page.locator(".spx-Lab")).to_have_count(1)
    expect(tab(page).get_by_label("Epochs")).to_have_value("9", timeout=60_000)
    assert version(lab, model) == 1


def test_two_browsers_never_overwrite_each_other_unasked(lab, page, other_page):
    model = create(lab, "shared")
    lab.open(page)
    mine = opened(lab, page, model)
    lab.open(other_page)
    theirs = opened(lab, other_page, model)
    assert len(sessions(lab, model)) == 2
    edit(theirs, 11)
    lab.command(other_page, "spikex:save")
    saved(theirs)

    edit(mine, 22)
    dialog = page.get_by_role("dialog")
    run(page, "spikex:save")
    expect(dialog).to_contain_text("was saved elsewhere")
    for theme in ("light", "dark"):
        lab.theme(page, theme)
        lab.screenshot(page, f"lab-conflict-{theme}")
    dialog.get_by_role("button", name="Cancel").click()
    assert lab.api(f"{API}/models/{model}")["spec"]["training"]["epochs"] == 11
    run(page, "spikex:save")
    dialog.get_by_role("button", name="Save on top").click()
    saved(mine)
    assert version(lab, model) == 3
    assert lab.api(f"{API}/models/{model}")["spec"]["training"]["epochs"] == 22

    edit(theirs, 33)
    run(other_page, "spikex:save")
    other_page.get_by_role("dialog").get_by_role("button", name="Take theirs").click()
    saved(theirs)
    expect(theirs.get_by_label("Epochs")).to_have_value("22")
    assert version(lab, model) == 3


def test_the_kernel_may_die_and_be_shut_down(lab, page):
    model = create(lab, "mortal")
    lab.open(page)
    content = opened(lab, page, model)
    edit(content, 5)
    [session] = sessions(lab, model)
    kernel = session["kernel"]["id"]
    children = psutil.Process(lab.process.pid).children(recursive=True)
    [process] = [p for p in children if any(kernel in part for part in p.cmdline())]
    os.kill(process.pid, signal.SIGKILL)
    alert = content.get_by_role("alert")
    expect(alert).to_contain_text("The kernel has restarted", timeout=60_000)
    expect(alert).to_contain_text("What was not saved is gone")
    for theme in ("light", "dark"):
        lab.theme(page, theme)
        lab.screenshot(page, f"lab-kernel-{theme}")
        assert violations(page, ".spx-Lab") == []
    alert.get_by_role("button", name="Reopen").click()
    expect(content.locator(".spx-form")).to_be_visible(timeout=60_000)
    saved(content)

    lab.api(f"api/sessions/{session['id']}", method="DELETE")
    expect(alert).to_contain_text("The kernel has been shut down", timeout=60_000)
    expect(alert).to_contain_text("Nothing is lost")
    alert.get_by_role("button", name="Reopen").click()
    expect(content.locator(".spx-form")).to_be_visible(timeout=60_000)


def test_a_page_loaded_again_while_its_kernel_makes_the_lab_shows_it_whole(lab, page):
    model = create(lab, "hasty")
    lab.open(page)
    half, go = lab.workdir / "half", lab.workdir / "go"
    with startup(lab, HALFWAY.format(half=str(half), go=str(go))):
        run(page, "spikex:open-lab", {"model": model})
        remembered(lab, page, model)
        wait_for(page, half.exists)
        reloaded(page)
        expect(tab(page)).to_contain_text("Starting the kernel")
        page.wait_for_timeout(1000)  # for it to do what it should not
        go.touch()
        expect(tab(page).locator(".spx-form")).to_be_visible(timeout=60_000)
    edit(tab(page), 4)
    expect(page.get_by_text("javascript error")).to_have_count(0)


def test_two_models_at_once_each_by_its_address(lab, page):
    first, second = create(lab, "left"), create(lab, "right")
    lab.open(page)
    opened(lab, page, first)
    lab.command(page, "spikex:copy-link")
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == f"{lab.url}lab?spikex=models/{first}"
    page.goto(f"{lab.url}lab?spikex=models/{second}&reset")
    page.wait_for_selector("#jp-main-dock-panel", timeout=90_000)
    expect(tab(page).get_by_role("heading", name="right")).to_be_visible(timeout=60_000)
    remembered(lab, page, second)
    page.goto(copied)
    expect(tab(page).get_by_role("heading", name="left")).to_be_visible(timeout=60_000)
    expect(tab(page).locator(".spx-form")).to_be_visible(timeout=60_000)
    expect(page.locator(".spx-Lab")).to_have_count(2)
    edit(tab(page), 6)
    run(page, "spikex:open-lab", {"model": second})
    expect(tab(page).locator(".spx-form")).to_be_visible(timeout=60_000)
    saved(tab(page))


def test_reopening_forgets_what_is_not_saved_once_allowed(lab, page):
    model = create(lab, "reopened")
    lab.open(page)
    content = opened(lab, page, model)
    before = content.get_by_label("Epochs").input_value()
    edit(content, 77)
    dialog = page.get_by_role("dialog")
    run(page, "spikex:reopen")
    dialog.get_by_role("button", name="Cancel").click()
    expect(content.get_by_label("Epochs")).to_have_value("77")
    run(page, "spikex:reopen")
    dialog.get_by_role("button", name="Discard").click()
    expect(content.get_by_label("Epochs")).to_have_value(before)
    saved(content)

    said = """panel => {
        const { commands } = window.jupyterapp;
        const of = ['spikex:show-panel', { panel }];
        return [commands.label(...of), commands.isEnabled(...of)];
    }"""
    assert page.evaluate(said, "training") == ["Show Training", True]
    assert page.evaluate(said, "nothing")[1] is False
    lab.command(page, "spikex:show-panel", {"panel": "training"})
    training = content.get_by_role("tab", name="Training", exact=True)
    expect(training).to_have_attribute("aria-selected", "true")


def test_open_waits_for_what_was_searched_for(lab, page):
    create(lab, "sought")
    create(lab, "newest")  # on top of the list
    lab.open(page)

    def late(route):
        page.wait_for_timeout(500)
        route.continue_()

    page.route(re.compile(r"/api/v1/models\?.*search="), late)
    dialog = page.get_by_role("dialog")
    run(page, "spikex:open-lab")
    search = dialog.get_by_label("Search")
    search.fill("nowhere")
    search.press("Enter")
    expect(dialog.get_by_role("status")).to_contain_text("No model has that in its name")
    search.fill("sought")
    search.press("Enter")
    expect(tab(page).get_by_role("heading", name="sought")).to_be_visible()
    run(page, "spikex:open-lab")
    dialog.get_by_role("button", name="Open").click()  # before there is a list
    expect(tab(page).get_by_role("heading", name="newest")).to_be_visible()


def test_a_restored_lab_takes_keys_at_once(lab, page):
    model = create(lab, "keyed")
    lab.open(page)
    edit(opened(lab, page, model), 3)
    remembered(lab, page, model)
    page.add_init_script(FOCUS_LATE)
    reloaded(page)
    expect(tab(page).locator(".spx-Lab-dirty")).to_have_text("unsaved changes", timeout=60_000)
    page.keyboard.press("Control+s")
    saved(tab(page))
    assert version(lab, model) == 2


def test_a_model_that_is_gone_is_said_to_be_gone(lab, page):
    lab.open(page)
    run(page, "spikex:open-lab", {"model": "01900000-0000-7000-8000-000000000000"})
    expect(page.locator(".Toastify__toast")).to_contain_text(re.compile("no model|no such model"))
    expect(page.locator(".spx-Lab")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_lab_keeps_nobody_out(lab, page, theme):
    with contextlib.suppress(AssertionError):
        create(lab, "open-to-all")
    [model] = [m for m in lab.api(f"{API}/models")["items"] if m["name"] == "open-to-all"]
    lab.open(page)
    lab.theme(page, theme)
    content = opened(lab, page, model["id"])
    assert violations(page, ".spx-Lab-bar") == []
    file = content.get_by_role("button", name="File")
    file.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Save Model Ctrl+S")).to_be_visible()
    lab.screenshot(page, f"lab-file-{theme}")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    expect(content.get_by_role("tab", name="Training", exact=True)).to_be_focused()


def test_the_menu_and_the_notebook_have_the_commands(lab, page):
    create(lab, "for-a-notebook")
    lab.open(page)
    lab.theme(page, "light")  # another test's choice would last
    page.get_by_role("menuitem", name="SPIKE-X", exact=True).click()
    for label in ("New Model…", "Open Model…", "Open the Console", "Open the Quickstart"):
        expect(page.get_by_role("menuitem", name=re.compile(f"^{label}"))).to_be_visible()
    lab.screenshot(page, "menu-light")
    page.keyboard.press("Escape")
    lab.command(page, "notebook:create-new", {"kernelName": "python3"})
    page.locator(".jp-NotebookPanel:visible").get_by_role(
        "button", name="Put the code that shows a model"
    ).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Model").select_option("for-a-notebook")
    dialog.get_by_label("Panel").select_option("Lab")
    dialog.get_by_role("button", name="Insert").click()
    cell = page.locator(".jp-NotebookPanel:visible .jp-Cell").first
    expect(cell).to_contain_text('sx.Lab(sx.Model.open("for-a-notebook"))')
    # JupyterLab lets a cell be that is run before its kernel is there
    page.get_by_text("| Idle").wait_for(timeout=60_000)
    run(page, "notebook:run-cell")
    head = page.locator(".spx-lab .spx-lab-bar")
    expect(head).to_contain_text("for-a-notebook", timeout=60_000)
    lab_in_cell = page.locator(".jp-NotebookPanel .spx-lab")
    lab_in_cell.get_by_label("Epochs").fill("12")
    expect(head).to_contain_text("unsaved changes")
    lab_in_cell.get_by_role("button", name=re.compile("Save$")).click()
    expect(head).to_contain_text("version 2")


def test_a_run_that_ends_is_told(lab, page):
    model = create(lab, "told")
    lab.open(page)
    lab.python(f"import spikex_lab as sx; sx.Model.open({model!r}).train(epochs=20, seed=0)")
    lab.command(page, "spikex:refresh")  # or wait for the next glance
    expect(page.locator(".spx-Status-button")).to_be_visible(timeout=30_000)
    toast = page.locator(".Toastify__toast")
    expect(toast).to_contain_text("The run of told has finished", timeout=120_000)
    expect(page.locator(".spx-Status-button")).to_be_hidden()
    toast.get_by_role("button", name="Show the run").click()
    expect(page.locator(".spx-Console:visible h1")).to_contain_text("told")
