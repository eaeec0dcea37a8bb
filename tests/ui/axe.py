"""axe-core on a page: what it finds that keeps people out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

GRAVE = ("serious", "critical")
TALL = """() => {
    const style = document.createElement('style');
    style.textContent = 'html, body { height: 100vh !important; }';
    return document.head.appendChild(style);
}"""


def violations(page: Page, *selectors: str) -> list[str]:
    """Return the serious violations of WCAG 2.2 A and AA in these parts of the page, one a line."""
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    # JupyterLab lays everything out absolutely, in a body without a height: axe would look for
    # colours behind the text in vain, and say nothing about contrast.
    tall = page.evaluate_handle(TALL)
    found = Axe().run(
        page,
        context={"include": [[selector] for selector in selectors]},
        options={"runOnly": {"type": "tag", "values": tags}},
    )
    tall.evaluate("style => style.remove()")
    return [
        f"{rule['id']}: {rule['help']}: {node['html'][:200]}: {node['failureSummary']}"
        for rule in found.response["violations"]
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]
