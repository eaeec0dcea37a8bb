"""The Console in Notebook 7, whose pages have no side bar and room for one thing."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

APPLICATION = "notebook"
CREATE = """
import spikex_lab as sx
sx.Model.create("digits-mlp", template="mlp", dataset="digits")
"""


@pytest.fixture
def tree(lab, page):
    """The page of files."""
    page.goto(f"{lab.url}tree?token={lab.token}")
    page.wait_for_function("() => window.jupyterapp !== undefined")
    page.evaluate("() => window.jupyterapp.restored")
    return page


def test_the_console_opens_and_goes_from_page_to_page(lab, tree):
    errors = []
    tree.on("pageerror", lambda error: errors.append(error.stack or ""))
    lab.python(CREATE)
    tree.get_by_role("menuitem", name="SPIKE-X", exact=True).click()
    tree.get_by_role("menuitem", name="Open the Console", exact=True).click()
    console = tree.locator(".spx-Console:visible")
    expect(console.get_by_role("heading", level=1)).to_be_visible()
    lab.screenshot(tree, "notebook7-light")
    lab.command(tree, "spikex:open-console", {"page": "models"})
    console.get_by_role("table", name="Models").get_by_role(
        "button", name="digits-mlp", exact=True
    ).click()
    expect(console.get_by_role("heading", level=1)).to_have_text("digits-mlp")
    # Notebook's own shortcuts trip over any settings that are loaded late.
    assert [error for error in errors if "@spikex" in error] == []
