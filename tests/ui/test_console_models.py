"""The Console's pages of models: the table, what can be done with a model, its versions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

MANY = 60
STORE = f"""
import json
import spikex_lab as sx
for index in range({MANY}):
    sx.Model.create(f"net-{{index:02d}}", template="mlp", dataset="digits")
model = sx.Model.open("net-07")
for node in model.spec.nodes:
    if node.id == "fc1":
        node.params["features"] = 99
model.save("a narrower hidden layer")
print(model.id)
"""


@pytest.fixture(scope="module")
def seventh(lab):
    """The id of ``net-07``, which has two versions, among many models."""
    return lab.python(STORE)


@pytest.fixture
def models(lab, page, seventh):
    """The page of all models."""
    lab.open(page)
    lab.command(page, "spikex:open-console", {"page": "models"})
    content = page.locator(".spx-Console:visible")
    expect(content.get_by_role("table", name="Models")).to_be_visible()
    return content


def names(content):
    return content.locator("tbody tr td:first-child").all_inner_texts()


def act(page, content, name, entry):
    """Choose an entry of the menu of a model's row."""
    content.get_by_role("button", name=f"Actions on {name}", exact=True).click()
    page.get_by_role("menuitem", name=entry).click()


def known(lab, search):
    found = lab.api(f"spikex/api/v1/models?search={search}&sort=name")["items"]
    return [model["name"] for model in found]


def test_the_table_is_sorted_searched_and_paged_by_the_server(page, models):
    assert names(models)[0] == "net-07"  # changed last
    models.get_by_role("button", name="Name").click()
    expect(models.get_by_role("columnheader", name="Name")).to_have_attribute(
        "aria-sort", "ascending"
    )
    expect(models.locator("tbody tr").first).to_contain_text("net-00")
    expect(models.get_by_text(f"1–25 of {MANY}")).to_be_visible()
    models.get_by_role("button", name="Next page").click()
    expect(models.locator("tbody tr").first).to_contain_text("net-25")
    models.get_by_role("button", name="Next page").click()
    expect(models.get_by_role("button", name="Next page")).to_be_disabled()
    assert names(models)[-1] == f"net-{MANY - 1}"
    models.get_by_role("button", name="Name").click()
    expect(models.locator("tbody tr").first).to_contain_text(f"net-{MANY - 1}")
    models.get_by_role("searchbox", name="Search models by name").fill("-07")
    expect(models.locator("tbody tr")).to_have_count(1)
    models.get_by_role("searchbox").fill("nothing of that name")
    expect(models.get_by_text("Nothing matches.")).to_be_visible()


def test_rows_are_walked_with_the_arrow_keys(page, models):
    links = models.locator("tbody tr td:first-child button")
    links.first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(links.nth(2)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    heading = page.locator(".spx-Console:visible h1")
    expect(heading).to_have_text(re.compile(r"net-\d\d"))


def test_a_name_that_is_taken_is_said_where_it_was_typed(lab, page, models):
    act(page, models, "net-59", "Rename…")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name").fill("net-07")
    dialog.get_by_role("button", name="Rename").click()
    expect(dialog.get_by_role("alert")).to_contain_text("net-07")
    expect(dialog.get_by_role("textbox", name="Name")).to_have_value("net-07")
    dialog.get_by_role("textbox", name="Name").fill("renamed")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(models.locator("tbody")).to_contain_text("renamed")
    assert known(lab, "renamed") == ["renamed"]


def test_a_model_is_duplicated_and_deleted_once_confirmed(lab, page, models):
    act(page, models, "net-07", "Duplicate…")
    page.get_by_role("dialog").get_by_role("button", name="Duplicate").click()
    expect(models.locator("tbody")).to_contain_text("net-07-copy")
    act(page, models, "net-07-copy", "Delete…")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert known(lab, "net-07-copy") == ["net-07-copy"]
    act(page, models, "net-07-copy", "Delete…")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(models.locator("tbody")).not_to_contain_text("net-07-copy")
    assert known(lab, "net-07-copy") == []


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_a_model_is_exported_through_the_browsers_dialog(page, models, form):
    with page.expect_download() as download:
        act(page, models, "net-07", f"Export as {form}")
    assert download.value.suggested_filename == f"net-07.{form}"
    text = Path(download.value.path()).read_text("utf-8")
    spec = yaml.safe_load(text) if form == "yaml" else json.loads(text)
    assert spec["name"] == "net-07"


def test_what_differs_between_two_versions(lab, page, seventh):
    lab.open(page)
    lab.command(page, "spikex:open-console", {"page": "model", "params": {"model": seventh}})
    content = page.locator(".spx-Console:visible")
    versions = content.get_by_role("table", name="Versions of net-07")
    expect(versions).to_contain_text("a narrower hidden layer")
    differences = content.get_by_role("table", name="What differs between version 1 and version 2")
    expect(differences.locator("tbody tr")).to_have_count(1)
    expect(differences.locator("tbody tr")).to_contain_text("nodes.fc1.params.features")
    expect(differences.locator("tbody tr td").last).to_have_text("99")
    content.get_by_role("checkbox", name="Show what is equal too").check()
    assert differences.locator("tbody tr").count() > 5
    expect(differences.get_by_role("row").filter(has_text="differs")).to_have_count(1)
    versions.get_by_role("radio", name="To version 1").check()
    expect(content.get_by_role("table", name=re.compile("What differs"))).to_have_count(0)
