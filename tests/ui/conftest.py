"""A real `jupyter lab` on loopback and a real Chromium, shared by all browser tests.

`lab` is the server (`lab.url`, `lab.token`, `lab.home`, `lab.workdir`, `lab.api(...)`), `page` a
fresh browser page, `desk` one that has the Lab open and is shared by the tests of a module.
``SPIKEX_SCREENS=1`` keeps screenshots under docs/screens/.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from .jupyter import CHROMIUM_FLAGS, Lab, chromium, served
from .witness import Witness

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_witnesses: dict[Any, Witness] = {}
PATIENCE = 30_000
"""How long, in ms, to wait for what a page does: a busy machine is slow, not wrong."""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A JupyterLab of its own, with an empty store, for the tests of one module; another
    application where the module names it as its ``APPLICATION``."""
    if chromium() is None:
        pytest.skip("no Chromium on this machine")
    application = getattr(request.module, "APPLICATION", "jupyterlab")
    pytest.importorskip(application, reason=f"{application} is not installed")
    with served(tmp_path_factory.mktemp("lab"), application) as lab:
        yield lab


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium per module (closed with it: its event loop must not meet the async tests)."""
    path = chromium()
    if path is None:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    playwright.expect.set_options(timeout=PATIENCE)
    with playwright.sync_playwright() as driver:
        chrome = driver.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield chrome
        chrome.close()


@contextlib.contextmanager
def _new_page(browser: Browser, lab: Lab) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=lab.url.rstrip("/"))
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    _witnesses[page] = Witness(page)
    yield page
    del _witnesses[page]
    context.close()


@pytest.fixture
def page(browser: Browser, lab: Lab) -> Iterator[Page]:
    """A fresh page, 1440 × 900, allowed to use the clipboard; `lab.open(page)` goes to the Lab."""
    with _new_page(browser, lab) as page:
        yield page


@pytest.fixture
def other_page(browser: Browser, lab: Lab) -> Iterator[Page]:
    """A page like `page`, of another browser as far as JupyterLab can tell."""
    with _new_page(browser, lab) as page:
        yield page


@pytest.fixture(scope="module")
def _desk(browser: Browser, lab: Lab) -> Iterator[Page]:
    with _new_page(browser, lab) as page:
        lab.open(page)
        yield page


@pytest.fixture
def desk(_desk: Page, lab: Lab) -> Page:
    """A page with the Lab open and no tab in it: loaded once, for all tests that only open tabs."""
    if _desk.locator(".jp-Dialog").count():  # a test has failed in it
        lab.open(_desk)
    lab.command(_desk, "application:close-all")
    return _desk


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: Any, call: Any) -> Any:
    """Tell what the pages of a failed test went through."""
    report = yield
    if report.when == "call" and report.failed:
        for name, value in item.funcargs.items():
            with contextlib.suppress(KeyError, TypeError):
                report.sections.append((f"what {name} saw", _witnesses[value].tell()))
    return report
