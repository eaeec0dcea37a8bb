"""The side bar and the launcher card, as a person uses them."""

from __future__ import annotations

import gzip
import re
import time

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import TimeoutError as TookTooLong
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

TRAIN = """
import spikex_lab as sx
model = sx.Model.create({name!r}, template="snn-mlp", dataset="digits")
print(model.train(epochs=200, batch_size=16, seed=0).id)
"""
# A run that somebody else's words have ended.
FAILED = """
from spikex_lab.compute import liveness
from spikex_lab.spec import RunSpec
from spikex_lab.spec.templates import template
from spikex_lab.store import Store
with Store.open() as store:
    spec = RunSpec(model=template("mlp", model_name="hostile"), dataset="digits")
    model = store.models.create("hostile", spec.model.to_dict())
    run = store.runs.create(spec.to_dict(), model_id=model.id, model_version=1)
    lease = store.runs.claim(run.id, liveness.describe())
    text = '<img src=x onerror="window.harmed=1"> is no device'
    store.runs.append(run.id, lease, [], state="failed", error=text)
    print(run.id)
"""


@pytest.fixture(scope="module")
def run(lab):
    """A real training, long enough to be watched."""
    return lab.python(TRAIN.format(name="digits-snn"))


def side(page):
    return page.get_by_role("region", name="SPIKE-X models and runs")


def test_jupyterlab_starts_with_little_of_it(lab, page):
    """Pages, dialogs and the Lab are loaded when they are opened."""
    loaded = {}
    page.on(
        "response",
        lambda answer: (
            loaded.update({answer.url.split("?")[0]: answer})
            if "/lab/extensions/@spikex/" in answer.url and ".js" in answer.url
            else None
        ),
    )
    lab.open(page)
    assert any("remoteEntry" in url for url in loaded)
    assert sum(len(gzip.compress(answer.body())) for answer in loaded.values()) < 150_000
    assert not any("console" in url or "lab_lab" in url for url in loaded)


def show(page):
    page.locator('[data-id="spikex-sidebar"]').click()
    expect(side(page)).to_be_visible()


def progress(page):
    bar = side(page).get_by_role("progressbar", name="Progress of digits-snn")
    return int(bar.get_attribute("aria-valuenow"))


def wait_until(page, condition, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"did not happen within {seconds} s")


def is_reached(page, start, wanted, stops=12):
    """Walk with the Tab key; again from the start if a page that has just begun took the focus."""
    start.focus()
    for _ in range(stops):
        page.keyboard.press("Tab")
        if wanted.evaluate("node => node === document.activeElement"):
            return True
    return False


def test_an_empty_store_shows_the_way_to_the_quickstart(lab, page):
    lab.open(page)
    show(page)
    expect(side(page).get_by_text("No runs yet")).to_be_visible()
    side(page).get_by_role("button", name="Open the quickstart").click()
    expect(page.locator(".jp-NotebookPanel").first).to_be_visible()
    assert (lab.workdir / "01_quickstart.ipynb").exists()


@pytest.mark.parametrize(
    ("theme", "label", "notebook"),
    [("light", "Quickstart", "01_quickstart.ipynb"), ("dark", "Neurons", "02_neurons.ipynb")],
)
def test_a_launcher_card_opens_its_tutorial_where_i_am(lab, page, theme, label, notebook):
    folder = lab.workdir / f"course-{theme}"
    folder.mkdir()
    lab.open(page)
    lab.theme(page, theme)
    lab.command(page, "filebrowser:open-path", {"path": folder.name})
    lab.command(page, "launcher:create", {"cwd": folder.name})
    section = page.locator(".jp-Launcher:visible .jp-Launcher-section").filter(
        has=page.get_by_role("heading", name="SPIKE-X")
    )
    cards = section.locator(".jp-LauncherCard")
    expect(cards).to_have_text(["New Model", "Open Console", "Quickstart", "Neurons"])
    card = cards.filter(has_text=label)
    lab.screenshot(page, f"launcher-{theme}")
    card.click()
    expect(page.locator(".jp-NotebookPanel:visible")).to_be_visible()
    assert (folder / notebook).exists()


def test_a_run_is_seen_to_progress_and_obeys(lab, page, run):
    lab.open(page)
    show(page)
    item = side(page).locator(f'[data-run="{run}"]')
    expect(item).to_contain_text("running", timeout=60_000)
    wait_until(page, lambda: progress(page) > 0)
    first = progress(page)
    wait_until(page, lambda: progress(page) > max(first, 25))
    expect(item).to_contain_text(re.compile(r"epoch \d+ of 200"))
    expect(side(page).get_by_role("list", name="Models")).to_contain_text("digits-snn")
    for theme in ("light", "dark"):
        lab.theme(page, theme)
        lab.screenshot(page, f"sidebar-{theme}")
    item.get_by_role("button", name="Pause").click()
    expect(item.locator(".spx-State")).to_have_text("paused")
    held = progress(page)
    item.get_by_role("button", name="Resume").click()
    expect(item.locator(".spx-State")).to_have_text("running")
    wait_until(page, lambda: progress(page) > held)
    item.get_by_role("button", name="Stop").click()
    expect(item.locator(".spx-State")).to_have_text("stopped")
    expect(item.get_by_role("progressbar")).to_have_count(0)
    expect(item.get_by_role("button", name="Resume")).to_be_visible()
    assert lab.api(f"spikex/api/v1/runs/{run}")["state"] == "stopped"


def test_code_is_copied_or_put_into_the_notebook_by_keyboard_alone(lab, page, run):
    lab.open(page)
    show(page)
    model = side(page).get_by_role("list", name="Models").get_by_role("button").first
    expect(model).to_contain_text("digits-snn")
    start = side(page).get_by_role("button", name="Refresh")
    wait_until(page, lambda: is_reached(page, start, model), 20)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Code copied")).to_be_visible()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert 'sx.Model.open("digits-snn")' in copied

    lab.command(page, "notebook:create-new", {"kernelName": "python3"})
    expect(page.locator(".jp-NotebookPanel:visible .jp-Cell")).to_have_count(1)
    page.wait_for_function(
        """() => { const { currentWidget } = window.jupyterapp.shell;
            return currentWidget?.context?.isReady && currentWidget.content?.activeCell; }"""
    )
    model.click()
    cells = page.locator(".jp-NotebookPanel:visible .jp-Cell")
    expect(cells).to_have_count(1)
    expect(cells.first).to_contain_text('sx.Model.open("digits-snn")')
    side(page).locator(f'[data-run="{run}"] .spx-Item-main').click()
    expect(cells).to_have_count(2)
    expect(cells.last).to_contain_text(f'sx.Run.open("{run}")')


def test_words_of_others_are_text(lab, page, run):
    hostile = lab.python(FAILED)
    lab.open(page)
    show(page)
    item = side(page).locator(f'[data-run="{hostile}"]')
    expect(item).to_contain_text("<img src=x onerror=")
    assert item.locator("img").count() == 0
    assert page.evaluate("() => window.harmed") is None


COMMANDS = (
    "spikex:show-sidebar", "spikex:refresh", "spikex:open-quickstart", "spikex:open-neurons",
    "spikex:insert-model-code", "spikex:insert-run-code", "spikex:control-run",
    "spikex:open-console", "spikex:open-settings", "spikex:rename-model", "spikex:duplicate-model",
    "spikex:export-model", "spikex:delete-model", "spikex:export-run", "spikex:delete-run",
)  # fmt: skip
DEAF_UNTIL_ASKED_AGAIN = """
    let mended = false;
    const answer = window.fetch;
    window.fetch = (request, ...rest) =>
        !mended && String(request.url ?? request).includes('/spikex/api/v1/runs?')
            ? Promise.reject(new TypeError('Failed to fetch'))
            : answer(request, ...rest);
    window.addEventListener('click', event => {
        mended ||= event.target.textContent === 'Try again';
    }, true);
"""
"""The side bar asks again by itself: only the button's click may bring the server back."""


def test_what_goes_wrong_is_said_in_place_and_mended(lab, page, run):
    page.add_init_script(DEAF_UNTIL_ASKED_AGAIN)
    lab.open(page)
    show(page)
    alert = side(page).get_by_role("alert")
    expect(alert).to_contain_text("The Jupyter server does not answer")
    alert.get_by_role("button", name="Try again").click()
    expect(alert).to_have_count(0)
    expect(side(page).locator(f'[data-run="{run}"]')).to_be_visible()


def test_only_a_glance_is_taken_while_nobody_looks(lab, page):
    """Status bar and notifications need to know what runs, rarely; nothing else is asked."""
    asked = []
    page.on("request", lambda r: "spikex/api" in r.url and asked.append(r.url))
    lab.open(page)
    page.wait_for_timeout(1500)
    assert all("/runs?" in url for url in asked)
    assert len(asked) <= 2
    show(page)
    wait_until(page, lambda: len(asked) >= 2, 10)
    page.locator('[data-id="spikex-sidebar"]').click()
    expect(side(page)).to_be_hidden()
    page.wait_for_timeout(300)
    asked.clear()
    page.wait_for_timeout(5000)
    assert all("/runs?" in url for url in asked)
    assert len(asked) <= 1


def test_commands_are_in_the_palette_and_describe_their_arguments(lab, page):
    lab.open(page)
    described = page.evaluate(
        """async () => {
            const { commands } = window.jupyterapp;
            const ours = commands.listCommands().filter(id => id.startsWith('spikex:'));
            const found = {};
            for (const id of ours) {
                found[id] = (await commands.describedBy(id)).args?.type ?? null;
            }
            return found;
        }"""
    )
    assert set(COMMANDS) <= set(described)
    assert {"spikex:new-model", "spikex:open-lab", "spikex:open-console"} <= described.keys()
    assert set(described.values()) == {"object"}
    palette = page.locator(".lm-CommandPalette")

    def offers_ours():
        # It closes when it loses the focus, which a page that has just started may take.
        lab.command(page, "apputils:activate-command-palette")
        try:
            palette.locator("input").fill("SPIKE-X", timeout=1000)
        except TookTooLong:
            return False
        wanted = (
            "Open the Quickstart",
            "Open the Neurons Tutorial",
            "Show Models and Runs",
            "Refresh Models and Runs",
        )
        return all(text in palette.inner_text() for text in wanted)

    wait_until(page, offers_ours, 20)
