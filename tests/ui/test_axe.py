"""What the tests of accessibility rely on: axe finds what is wrong on a page like the Lab's."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")

from .axe import violations

pytestmark = pytest.mark.browser

LAID_OUT_AS_THE_LAB = """
<!doctype html><html lang="en"><title>Page</title>
<body style="margin: 0; overflow: hidden; background: #fff">
  <main style="position: absolute; inset: 0"><h1>Page</h1><p style="color: COLOUR">Words.</p></main>
</body></html>
"""


@pytest.mark.parametrize(("colour", "count"), [("#bbb", 1), ("#333", 0)])
def test_words_too_pale_to_read_are_found(browser, colour, count):
    page = browser.new_page()
    page.set_content(LAID_OUT_AS_THE_LAB.replace("COLOUR", colour))
    found = violations(page, "main")
    assert len(found) == count
    assert all("color-contrast" in one for one in found)
    assert page.evaluate("() => document.body.offsetHeight") == 0
    page.close()
