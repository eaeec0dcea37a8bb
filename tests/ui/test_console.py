"""The Console as a person walks through it: menu, pages, keyboard, both themes, what goes wrong."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
from playwright.sync_api import expect

from .axe import violations

pytestmark = pytest.mark.browser

MENU = (
    "Home", "Dashboard", "Models", "Datasets", "Library", "Experiments", "Runs", "Compute",
    "Settings", "Documentation", "Account",
)  # fmt: skip
STORE = """
import json
import spikex_lab as sx
model = sx.Model.create("digits-mlp", template="mlp", dataset="digits")
runs = [model.train(epochs=3, seed=seed, lr=lr) for seed, lr in ((0, 2e-3), (1, 5e-3))]
for run in runs:
    run.wait()
print(json.dumps({"model": model.id, "runs": [run.id for run in runs]}))
"""


@pytest.fixture(scope="module")
def store(lab):
    """One model and its two finished runs."""
    return json.loads(lab.python(STORE))


def show(page):
    page.locator('[data-id="spikex-sidebar"]').click()
    menu = page.get_by_role("navigation", name="SPIKE-X Console")
    expect(menu).to_be_visible()
    return menu


def opened(lab, page, name, params=None):
    """Open a page of the Console; return its content."""
    lab.command(page, "spikex:open-console", {"page": name, "params": params or {}})
    content = page.locator(".spx-Console:visible")
    expect(content.get_by_role("heading", level=1)).to_be_visible()
    expect(content.locator(".spx-Loading")).to_have_count(0, timeout=60_000)
    return content


def everywhere(store):
    """Every page of the Console with parameters that it can show."""
    return {
        "home": {}, "dashboard": {}, "models": {}, "experiments": {}, "runs": {}, "compute": {},
        "documentation": {}, "account": {},
        "model": {"model": store["model"]},
        "run": {"run": store["runs"][0]},
        "comparison": {"runs": ",".join(store["runs"])},
    }  # fmt: skip


def test_the_menu_is_walked_with_the_keyboard_and_folds(lab, page):
    lab.open(page)
    menu = show(page)
    entries = menu.get_by_role("button")
    expect(entries).to_have_text(MENU)
    entries.first.focus()
    page.keyboard.press("ArrowUp")
    expect(entries.last).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    expect(entries.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".spx-Console:visible h1")).to_have_text("Dashboard")
    expect(entries.nth(1)).to_have_attribute("aria-current", "page")
    expect(menu.locator("[aria-current]")).to_have_count(1)
    page.locator("#spikex-sidebar .lm-AccordionPanel-title", has_text="Console").click()
    expect(menu).to_be_hidden()


def test_settings_open_the_editor(lab, page):
    lab.open(page)
    show(page).get_by_role("button", name="Settings").click()
    expect(page.locator(".jp-SettingsPanel").get_by_text("Open at start")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_keeps_anybody_out(lab, page, store, theme):
    lab.open(page)
    show(page)
    lab.theme(page, theme)
    bad = {}
    for name, params in everywhere(store).items():
        content = opened(lab, page, name, params)
        assert "undefined" not in content.inner_text()
        page.wait_for_timeout(300)  # until what comes after the first answer is there too
        lab.screenshot(page, f"console-{name}-{theme}")
        found = violations(page, ".spx-Console:not(.lm-mod-hidden)", "#spikex-sidebar")
        if found:
            bad[name] = found
        lab.command(page, "application:close")
    assert bad == {}


def test_open_pages_come_back_after_a_reload(lab, page, store):
    lab.open(page)
    opened(lab, page, "models")
    opened(lab, page, "run", {"run": store["runs"][0]})
    lab.command(page, "docmanager:save-all")
    page.wait_for_timeout(1500)  # the layout is kept a moment after it has changed
    page.goto(f"{lab.url}lab?token={lab.token}")
    page.wait_for_function("() => window.jupyterapp !== undefined")
    page.evaluate("() => window.jupyterapp.restored")
    tabs = page.locator("#jp-main-dock-panel .lm-TabBar-tab")
    expect(tabs.filter(has_text="Models")).to_have_count(1)
    expect(tabs.filter(has_text="Run digits-mlp")).to_have_count(1)
    expect(page.locator(".spx-Console:visible h1")).to_have_text("digits-mlp")
    expect(page.locator(".spx-Console:visible .spx-Chart").first).to_be_visible()


def test_each_thing_has_one_tab(lab, page, store):
    lab.open(page)
    for run in (*store["runs"], store["runs"][0]):
        opened(lab, page, "run", {"run": run})
    assert page.locator(".spx-Console").count() == 2


def test_a_page_that_cannot_be_is_refused_with_the_way_out(lab, page):
    lab.open(page)
    for args, words in (
        ({"page": "nowhere"}, 'no page "nowhere"'),
        ({"page": "run"}, 'needs the parameter "run"'),
    ):
        said = page.evaluate(
            """args => window.jupyterapp.commands.execute('spikex:open-console', args)
                .then(() => '', error => error.message)""",
            args,
        )
        assert words in said
    assert page.locator(".spx-Console").count() == 0


DEAF_UNTIL_ASKED_AGAIN = """
    let mended = false;
    const answer = window.fetch;
    window.fetch = (request, ...rest) =>
        !mended && String(request.url ?? request).includes('/spikex/api/v1/models?')
            ? Promise.resolve(new Response(
                JSON.stringify({ title: 'Insufficient Storage', status: 507,
                    detail: 'the disk is full', hint: 'delete what you do not need' }),
                { status: 507, headers: { 'Content-Type': 'application/problem+json' } }))
            : answer(request, ...rest);
    window.addEventListener('click', event => {
        mended ||= event.target.textContent === 'Try again';
    }, true);
"""


def test_what_goes_wrong_is_said_in_place_with_the_hint(lab, page, store):
    page.add_init_script(DEAF_UNTIL_ASKED_AGAIN)
    lab.open(page)
    content = opened(lab, page, "models")
    alert = content.get_by_role("alert")
    expect(alert).to_contain_text("the disk is full (delete what you do not need)")
    alert.get_by_role("button", name="Try again").click()
    expect(alert).to_have_count(0)
    expect(content.get_by_role("table", name="Models")).to_contain_text("digits-mlp")


def test_a_thing_that_is_gone_is_said_to_be_gone(lab, page):
    lab.open(page)
    lab.command(
        page,
        "spikex:open-console",
        {"page": "run", "params": {"run": "00000000-0000-7000-8000-000000000000"}},
    )
    expect(page.locator(".spx-Console:visible").get_by_role("alert")).to_contain_text("no run")


def test_nothing_is_asked_for_pages_that_nobody_sees(lab, page, store):
    lab.open(page)
    opened(lab, page, "dashboard")
    opened(lab, page, "documentation")
    page.wait_for_timeout(500)
    asked = []
    page.on("request", lambda r: "spikex/api" in r.url and asked.append(r.url))
    page.wait_for_timeout(6000)
    assert all("/runs?page_size=20" in url for url in asked)  # the status bar's glance
    assert len(asked) <= 1


def test_the_console_opens_at_start_where_the_setting_says_so(lab, page):
    lab.open(page)
    expect(page.locator(".spx-Console")).to_have_count(0)
    set_value = """value => window.jupyterapp.serviceManager.settings.save(
        '@spikex/lab:console', JSON.stringify({ openAtStart: value }))"""
    page.evaluate(set_value, True)
    lab.open(page)
    expect(page.locator(".spx-Console:visible h1")).to_have_text("SPIKE-X Lab")
    page.evaluate(set_value, False)


def test_account_renames_me_and_says_what_a_name_may_be(lab, page):
    lab.open(page)
    content = opened(lab, page, "account")
    name = content.get_by_label("Your name on what you write and review")
    save = content.get_by_role("button", name="Save")
    expect(save).to_be_disabled()
    name.fill("ada/lovelace")
    save.click()
    expect(content.get_by_role("alert")).to_contain_text("/name")
    name.fill("ada")
    save.click()
    expect(save).to_be_disabled()
    expect(content.get_by_role("alert")).to_have_count(0)
    assert lab.api("spikex/api/v1/me")["name"] == "ada"


def test_compute_shows_the_machine_and_checks_a_target(lab, page):
    lab.open(page)
    content = opened(lab, page, "compute")
    meter = content.get_by_role("meter", name="Memory")
    assert 0 < int(meter.get_attribute("aria-valuenow")) <= 100
    expect(content.get_by_role("list", name="Devices of this machine")).to_contain_text("cpu")
    content.get_by_role("button", name="Check").click()
    expect(content.get_by_role("status").filter(has_text="Ready")).to_contain_text("on cpu")
