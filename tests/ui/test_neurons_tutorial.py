"""The tutorial of the neurons in a real JupyterLab: equations set, plots there, digits learnt."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from .jupyter import Lab

pytestmark = pytest.mark.browser

SOURCE = Path(__file__).resolve().parents[2] / "notebooks" / "02_neurons.ipynb"
CELLS = ["import", "library", "open", "adex", "hodgkin-huxley", "izhikevich", "define", "own",
         "check", "model", "train", "stdp"]  # fmt: skip


def output(page: Page, cell: str) -> Locator:
    return page.locator(".jp-CodeCell").nth(CELLS.index(cell)).locator(".jp-Cell-outputArea")


def accuracy(page: Page, cell: str) -> float:
    found = re.search(r"([\d.]+) %", output(page, cell).inner_text())
    assert found is not None
    return float(found[1])


def test_a_neuron_of_ones_own_from_its_equations_to_digits(lab: Lab, page: Page) -> None:
    shutil.copy(SOURCE, lab.workdir)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    lab.open(page, SOURCE.name)
    page.get_by_text("| Idle").wait_for(timeout=60_000)
    page.evaluate("() => { void window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    output(page, "define").locator("math mfrac").first.wait_for(timeout=120_000)

    assert output(page, "open").locator("math mtr").count() >= 3
    fraction = output(page, "define").locator("math mfrac").first
    top, bottom = (fraction.locator("> *").nth(at).bounding_box() for at in (0, 1))
    assert top is not None
    assert bottom is not None
    assert bottom["y"] >= top["y"] + top["height"] - 1  # set as mathematics, not in a row
    for cell in ("adex", "hodgkin-huxley", "izhikevich", "own"):
        image = output(page, cell).locator("img")
        image.wait_for(timeout=60_000)
        assert image.evaluate("e => e.complete && e.naturalWidth > 500")

    page.wait_for_function(
        "() => ![...document.querySelectorAll('.jp-InputPrompt')]"
        ".some(e => e.innerText.includes('*'))",
        timeout=240_000,
    )
    assert page.locator(".jp-OutputArea-output[data-mime-type*=error]").count() == 0
    checks = output(page, "check").inner_text()
    assert "gradients smoothed" in checks
    assert "False" not in checks
    assert accuracy(page, "train") > 90
    assert accuracy(page, "stdp") > 60
    assert errors == []

    for theme in ("light", "dark"):
        lab.theme(page, theme)
        page.wait_for_timeout(400)
        output(page, "define").evaluate("e => e.closest('.jp-Cell').scrollIntoView()")
        page.wait_for_timeout(400)
        lab.screenshot(page, f"neurons-notebook-{theme}")
