"""What the tests of the Lab do with it."""

from __future__ import annotations

import contextlib
from pathlib import Path

from playwright.sync_api import expect

API = "spikex/api/v1"
CREATE = """
import spikex_lab as sx
print(sx.Model.create({name!r}, template="snn-mlp", dataset="digits").id)
"""


def create(lab, name):
    return lab.python(CREATE.format(name=name))


def tab(page):
    """The Lab in front."""
    return page.locator(".spx-Lab:visible")


def opened(lab, page, model):
    lab.command(page, "spikex:open-lab", {"model": model})
    expect(tab(page).locator(".spx-form")).to_be_visible(timeout=60_000)
    return tab(page)


def reloaded(page):
    page.reload()
    page.wait_for_selector("#jp-main-dock-panel", timeout=90_000)
    page.wait_for_function("() => window.jupyterapp !== undefined")
    page.evaluate("() => window.jupyterapp.restored")
    page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=90_000)


def run(page, command, args=None):
    """Begin a command that asks something, so is not done before it is answered."""
    page.evaluate(
        "([name, args]) => { void window.jupyterapp.commands.execute(name, args); }",
        [command, args or {}],
    )


def edit(content, epochs):
    """Change a setting, and wait until the Lab knows."""
    content.get_by_label("Epochs").fill(str(epochs))
    expect(content.locator(".spx-Lab-dirty")).to_have_text("unsaved changes")


def saved(content):
    expect(content.locator(".spx-Lab-dirty")).to_be_empty()


def version(lab, model):
    return lab.api(f"{API}/models/{model}")["version"]


def wait_for(page, condition, seconds=30):
    """Wait, without keeping the page from its work, until `condition()` holds; return it."""
    for _ in range(4 * seconds):
        if held := condition():
            return held
        page.wait_for_timeout(250)
    raise AssertionError("it never came")


def remembered(lab, page, model):
    """Wait until JupyterLab has saved its layout with the Lab of this model."""
    wait_for(
        page,
        lambda: any(
            f"spikex-lab:{model}" in w["data"]
            for w in lab.api("lab/api/workspaces")["workspaces"]["values"]
        ),
    )


@contextlib.contextmanager
def startup(lab, code):
    """Let the kernels that start meanwhile run `code` first."""
    file = Path(lab.environment["IPYTHONDIR"]) / "profile_default" / "startup" / "first.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(code)
    try:
        yield
    finally:
        file.unlink()


def sessions(lab, model):
    return [s for s in lab.api("api/sessions") if s["path"].startswith(f"spikex-lab/{model}/")]


def ended(lab, page, model):
    """Wait until the model has no kernel."""
    wait_for(page, lambda: not sessions(lab, model))


def points(content):
    """How far the curves of the loss are drawn: the length of the longest path."""
    return content.locator(".bqplot").first.evaluate(
        "node => Math.max(...[...node.querySelectorAll('path.line')].map(p => p.getTotalLength()))"
    )
