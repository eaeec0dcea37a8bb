"""The Console's pages of runs: live state, curves, files, evaluation, comparison, dashboard."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

STORE = """
import json
import spikex_lab as sx
model = sx.Model.create("digits-mlp", template="mlp", dataset="digits")
runs = [model.train(epochs=4, seed=seed, lr=lr) for seed, lr in ((0, 2e-3), (1, 5e-3))]
for run in runs:
    run.wait()
snn = sx.Model.create("digits-snn", template="snn-mlp", dataset="digits")
live = snn.train(epochs=2000, batch_size=16, seed=0)
print(json.dumps({"ended": [run.id for run in runs], "live": live.id}))
"""


@pytest.fixture(scope="module")
def runs(lab):
    """Two runs that have ended and one that goes on for as long as the tests take."""
    return json.loads(lab.python(STORE))


def opened(lab, page, name, params=None):
    lab.command(page, "spikex:open-console", {"page": name, "params": params or {}})
    content = page.locator(".spx-Console:visible")
    expect(content.get_by_role("heading", level=1)).to_be_visible()
    return content


def test_a_live_run_is_followed_paused_and_resumed(lab, page, runs):
    lab.open(page)
    asked = []
    page.on("request", lambda r: "spikex/api" in r.url and asked.append(r.url))
    content = opened(lab, page, "run", {"run": runs["live"]})
    state = content.locator(".spx-RunHead .spx-RunState")
    expect(state).to_have_text("running", timeout=60_000)
    loss = content.get_by_role("img", name=re.compile("^Loss"))
    expect(loss).to_be_visible(timeout=60_000)

    def epochs():
        path = loss.locator("path").first.get_attribute("d") or ""
        return len(re.findall("[ML]", path))

    asked.clear()
    first = epochs()
    page.wait_for_function(
        """first => (document.querySelector('.spx-Console:not(.lm-mod-hidden) .spx-Series path')
            .getAttribute('d').match(/[ML]/g) ?? []).length >= first + 2""",
        arg=first,
    )
    assert [url for url in asked if "/metrics" in url] == []  # they came with the stream
    content.get_by_role("button", name="Pause the Run").click()
    expect(state).to_have_text("paused")
    expect(content.get_by_role("button", name="Resume the Run")).to_be_visible()
    content.get_by_role("button", name="Resume the Run").click()
    expect(state).to_have_text("running")


def test_the_curves_are_read_with_the_arrow_keys(lab, page, runs):
    lab.open(page)
    content = opened(lab, page, "run", {"run": runs["ended"][0]})
    chart = content.get_by_role("img", name=re.compile("^Accuracy"))
    chart.focus()
    page.keyboard.press("ArrowLeft")
    said = content.locator("figure").filter(has_text="Accuracy").get_by_role("status")
    expect(said).to_contain_text("epoch 4, validation")
    page.keyboard.press("ArrowLeft")
    expect(said).to_contain_text(re.compile(r"epoch 3, validation [\d.]+ %, training [\d.]+ %"))


def test_a_run_is_evaluated_exported_and_leaves_files(lab, page, runs):
    lab.open(page)
    content = opened(lab, page, "run", {"run": runs["ended"][0]})
    content.get_by_role("button", name="Evaluate on the test set").click()
    table = content.get_by_role("table", name="Evaluations")
    expect(table.locator("tbody tr")).to_have_count(1, timeout=60_000)
    expect(table.locator("tbody tr")).to_contain_text(re.compile(r"9\d\.\d %"))
    with page.expect_download() as download:
        content.get_by_role("link", name="metrics.csv").click()
    lines = Path(download.value.path()).read_text("utf-8").splitlines()
    assert len(lines) == 5
    with page.expect_download() as download:
        content.get_by_role("button", name="Actions on the run digits-mlp").click()
        page.get_by_role("menuitem", name="Export as safetensors").click()
    weights = Path(download.value.path()).read_bytes()
    assert download.value.suggested_filename == "digits-mlp.safetensors"
    assert b"fc1.weight" in weights[:1000]


def test_selected_runs_are_compared(lab, page, runs):
    lab.open(page)
    content = opened(lab, page, "runs")
    compare = content.get_by_role("button", name="Compare")
    expect(compare).to_be_disabled()
    for run in runs["ended"]:
        content.locator(f'[data-key="{run}"]').get_by_role("checkbox").check()
    compare.click()
    expect(page.locator(".spx-Console:visible h1")).to_have_text("Comparison of 2 runs")
    content = page.locator(".spx-Console:visible")
    loss = content.get_by_role("img", name=re.compile("^Loss"))
    expect(loss.locator(".spx-Series")).to_have_count(4)
    rows = content.get_by_role("table", name="Parameters of the runs").locator("tbody tr")
    said = {
        row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in rows.all()
    }
    assert said["training.lr"] == ["0.002", "0.005"]
    assert said["training.seed"] == ["0", "1"]
    assert "training.epochs" not in said


def test_the_list_shows_live_runs_and_filters_by_state(lab, page, runs):
    lab.open(page)
    content = opened(lab, page, "runs")
    row = content.locator(f'[data-key="{runs["live"]}"]')
    bar = row.get_by_role("progressbar", name="Progress of digits-snn")
    expect(bar).to_be_visible()
    before = bar.get_attribute("aria-valuetext")
    expect(bar).not_to_have_attribute("aria-valuetext", before or "")
    content.get_by_role("combobox", name="State").select_option("finished")
    expect(content.locator("tbody tr")).to_have_count(2)
    expect(row).to_have_count(0)


def test_the_dashboard_shows_what_is_going_on(lab, page, runs):
    lab.open(page)
    content = opened(lab, page, "dashboard")
    cards = content.get_by_role("list", name="Recent runs").get_by_role("listitem")
    expect(cards).to_have_count(3)
    expect(cards.first.get_by_role("progressbar")).to_be_visible()
    ended = content.locator(f'[data-key="{runs["ended"][0]}"]')
    expect(ended.get_by_role("img", name="Loss of digits-mlp over its epochs")).to_be_visible()
    # The first answer waits for a look at the devices.
    expect(content.get_by_role("meter", name="Processor")).to_be_visible(timeout=60_000)
    for meter in ("Memory", "Disk", "Stored here"):
        expect(content.get_by_role("meter", name=meter)).to_be_visible()
    ended.get_by_role("button", name="digits-mlp").click()
    expect(page.locator(".spx-Console:visible h1")).to_have_text("digits-mlp")


def test_a_live_run_is_stopped_and_deleted_once_confirmed(lab, page, runs):
    lab.open(page)
    content = opened(lab, page, "runs")
    row = content.locator(f'[data-key="{runs["live"]}"]')
    actions = row.get_by_role("button", name="Actions on the run digits-snn")
    actions.click()
    expect(page.get_by_role("menuitem", name="Delete…")).to_have_count(0)  # it lives
    page.get_by_role("menuitem", name="Stop the Run").click()
    expect(row.locator(".spx-RunState")).to_have_text("stopped", timeout=60_000)
    actions.click()
    page.get_by_role("menuitem", name="Delete…").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
    found = lab.api("spikex/api/v1/runs")["items"]
    assert runs["live"] not in [run["id"] for run in found]
