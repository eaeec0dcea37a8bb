"""A component's page in a real browser: set as mathematics, in both themes; nothing in it acts."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hostile import hostile

from spikex_lab.api.component_page import page as html
from spikex_lab.catalog import library

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from .jupyter import Lab

pytestmark = pytest.mark.browser

SCREENS = Path(__file__).resolve().parents[2] / "docs" / "screens"
SHOWN = ["neurons/lif", "neurons/synaptic", "surrogates/atan"]
THEMES = {
    "light": {"font-color1": "rgba(0,0,0,.87)", "font-color2": "rgba(0,0,0,.6)", "ground": "#fff"},
    "dark": {"font-color1": "#ffffffde", "font-color2": "#ffffff99", "ground": "#111"},
}


@pytest.fixture
def blank(browser: Browser) -> Iterator[Page]:
    """An empty page of the width of a notebook, without a network."""
    context = browser.new_context(viewport={"width": 800, "height": 600}, offline=True)
    yield context.new_page()
    context.close()


def show(page: Page, body: str, theme: str = "light") -> None:
    colours = THEMES[theme]
    style = (
        f":root {{color-scheme: {theme}; --jp-ui-font-color1: {colours['font-color1']};"
        f"--jp-ui-font-color2: {colours['font-color2']}}}"
        f"body {{background: {colours['ground']}; margin: 8px}}"
    )
    page.set_content(f"<!doctype html><meta charset=utf-8><style>{style}</style>{body}")


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("theme", THEMES)
def test_equations_are_set_as_mathematics(blank: Page, name: str, theme: str) -> None:
    show(blank, html(library().get(name)), theme)
    fraction = blank.evaluate(
        """() => { const f = document.querySelector("math mfrac");
          if (!f) return null;
          const [top, bottom] = [...f.children].map((e) => e.getBoundingClientRect());
          return bottom.top - top.bottom; }"""
    )
    if name != "neurons/synaptic":
        assert fraction is not None
        assert fraction >= 0  # one above the other
    right, left = blank.evaluate(
        """() => { const rows = [...document.querySelectorAll("math > mtable > mtr")]
            .filter((row) => row.children.length === 2);
          const edge = (row) => row.children[0].firstElementChild.getBoundingClientRect().right;
          const sign = (row) => row.children[1].firstElementChild.getBoundingClientRect().left;
          return [rows.map(edge), rows.map(sign)]; }"""
    )
    assert max(right) - min(right) < 2  # aligned at the sign
    assert max(left) - min(left) < 2
    assert max(right) < min(left)
    colour = blank.evaluate("() => getComputedStyle(document.querySelector('math')).color")
    assert ("255" in colour) == (theme == "dark")
    assert blank.evaluate("() => document.documentElement.scrollWidth") <= 800
    if os.environ.get("SPIKEX_SCREENS"):
        picture = SCREENS / f"component-{name.split('/')[1]}-{theme}.png"
        blank.locator("body > div").screenshot(path=str(picture))


def test_a_hostile_component_does_nothing(blank: Page) -> None:
    dialogs: list[str] = []
    requests: list[str] = []
    blank.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    blank.on("request", lambda request: requests.append(request.url))
    blank.add_init_script("window.harm = () => { window.harmed = true; }")
    show(blank, html(hostile()))
    for fold in blank.locator("details").all():
        fold.evaluate("(element) => { element.open = true; }")
    blank.locator("svg").first.click()
    blank.mouse.move(200, 200)
    assert blank.evaluate("() => window.harmed") is None
    assert blank.locator("script, img, iframe, object, embed, form, [id]").count() == 0
    assert dialogs == []
    assert [url for url in requests if not url.startswith("about:")] == []


def test_in_jupyterlab_equations_show_and_texts_stay_texts(lab: Lab, page: Page) -> None:
    """LaTeX in a text is left alone; in an output without our class, Lab would have set it."""
    (lab.workdir / "hostile.html").write_text(html(hostile()), encoding="utf-8")
    cells = [
        "import spikex_lab as sx\nsx.Component.open('neurons/lif')",
        "from IPython.display import HTML\nHTML(open('hostile.html').read())",
        "HTML('<p>control: $x^2$</p>')",
    ]
    notebook = {
        "cells": [
            {"cell_type": "code", "id": f"c{at}", "metadata": {}, "outputs": [], "source": source,
             "execution_count": None}
            for at, source in enumerate(cells)
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }  # fmt: skip
    (lab.workdir / "component.ipynb").write_text(json.dumps(notebook))
    lab.open(page, "component.ipynb")
    page.get_by_text("| Idle").wait_for(timeout=60_000)
    page.evaluate("() => { void window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    outputs = page.locator(".jp-RenderedHTML")
    outputs.nth(2).locator("mjx-container").wait_for(timeout=60_000)
    assert outputs.nth(0).locator("math mfrac").count() >= 1
    assert outputs.nth(0).locator("svg line").count() >= 1
    assert outputs.nth(1).locator("mjx-container").count() == 0
    assert "$\\href{javascript:harm()}{x}$" in outputs.nth(1).inner_text()
