"""The Console's library: found, read, played with, contributed to, reviewed; markup stays text."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
from playwright.sync_api import expect

from spikex_lab.catalog import library
from spikex_lab.conformance.simulation import simulate

from .axe import violations

pytestmark = pytest.mark.browser

SEEN = ".spx-Console:not(.lm-mod-hidden)"
TESTS = Path(__file__).resolve().parents[1]
MINE = """\
id: neurons/mine
license: BSD-3-Clause
summary: A leak and a threshold.
parameters: {tau: 10 ms}
equations:
  - dv/dt = (I - v)/tau
spike: {when: v >= 1, reset: v = 0}
"""
SOURCE = """\
references:
  - {authors: Lapicque L., title: Recherches quantitatives, year: 1907, note: "As told since."}
"""
OF_ANOTHER = f"""
from spikex_lab.api import define, shelf
from spikex_lab.store import Store
spec = {{**define.read({MINE.replace("mine", "bos")!r})[0].spec.to_dict(), "version": "1.0.0"}}
with Store.open() as store:
    with store.database.fast() as cursor:
        cursor.run("INSERT INTO person (id, name, created) VALUES ('p2', 'Bo', '2999')")
    line = shelf.line(spec, "", "draft")
    store.library.seen_by("p2").keep(spec, line, report={{"checks": []}})
"""
HOSTILE = f"""
import sys
sys.path.insert(0, {str(TESTS)!r})
from hostile import keep
from spikex_lab.store import Store
with Store.open() as store:
    keep(store)
"""


def opened(lab, page, name, params=None):
    """Open a page of the Console; return its content."""
    lab.command(page, "spikex:open-console", {"page": name, "params": params or {}})
    content = page.locator(".spx-Console:visible")
    expect(content.get_by_role("heading", level=1)).to_be_visible()
    expect(content.locator(".spx-Loading")).to_have_count(0)
    return content


def component(lab, page, ident):
    return opened(lab, page, "component", {"component": ident})


def words(content):
    """What the playground says below its picture."""
    return content.locator(".spx-Playground-words")


def wait_for_words(page, pattern):
    """Wait, from one frame to the next, until the words match."""
    page.wait_for_function(
        """pattern => RegExp(pattern).test(
            document.querySelector('.spx-Console .spx-Playground-words').textContent)""",
        arg=pattern,
    )


def picture(content):
    """The pixels of the playground's canvas."""
    return content.locator("canvas.spx-Trace").evaluate("canvas => canvas.toDataURL()")


def test_the_library_is_searched_while_one_types_and_narrowed(lab, desk):
    content = opened(lab, desk, "library")
    cards = content.locator("[data-component]")
    kinds = content.get_by_role("region", name="Kind")
    expect(kinds.get_by_role("button", name="neuron")).to_contain_text("26")
    content.get_by_role("searchbox", name="Search the library").press_sequentially("adaptive")
    expect(cards.first).to_have_attribute("data-component", re.compile("adex|alif|adlif"))
    found = cards.count()
    kinds.get_by_role("button", name="neuron").click()
    expect(kinds.get_by_role("button", name="neuron")).to_have_attribute("aria-pressed", "true")
    others = content.locator('[data-component]:not([data-component^="neurons/"])')
    expect(others).to_have_count(0)
    tags = content.get_by_role("region", name="Tag")
    tags.get_by_role("button", name="bursting").click()
    expect(content.locator('[data-component="neurons/adex"]')).to_be_visible()
    assert cards.count() < found
    content.get_by_role("searchbox").fill("nothing of that sort")
    expect(content.get_by_text("Nothing matches.")).to_be_visible()
    content.get_by_role("button", name="Search all kinds and tags").click()
    content.get_by_role("searchbox").fill("")
    expect(content.locator(".spx-Pager")).to_contain_text("of 95")


def test_a_component_is_found_and_opened_by_keyboard_alone(lab, desk):
    content = opened(lab, desk, "library")
    content.get_by_role("searchbox").focus()
    desk.keyboard.type("tsodyks")
    expect(content.locator("[data-component]")).to_have_count(3)
    link = content.locator('[data-component="synapses/tsodyks-markram"] button')
    for _ in range(40):
        desk.keyboard.press("Tab")
        if link.evaluate("node => node === document.activeElement"):
            break
    else:
        pytest.fail("the component cannot be reached with the Tab key")
    desk.keyboard.press("Enter")
    expect(desk.locator(".spx-Console:visible h1")).to_contain_text("Tsodyks-Markram")


def test_a_component_is_told_whole(lab, desk):
    content = component(lab, desk, "neurons/lif")
    facts = content.locator(".spx-Facts").first
    expect(facts).to_contain_text("neurons/lif")
    expect(facts).to_contain_text("BSD-3-Clause")
    fraction = content.locator(".spx-Equations math mfrac").first
    top, bottom = fraction.evaluate(
        "node => [...node.children].map(child => child.getBoundingClientRect().top)"
    )
    assert top < bottom  # set by the browser, one above the other
    rows = content.get_by_role("table", name="Parameters").get_by_role("row")
    row = rows.filter(has=desk.get_by_text("tau_m", exact=True))
    expect(row).to_contain_text("ms")
    expect(row).to_contain_text("(0, ∞)")
    expect(row.locator("math")).to_have_count(1)
    expect(content.get_by_role("region", name="Conformance")).to_contain_text("agrees with NEST")
    drawing = content.get_by_role("img", name="Diagram of Leaky integrate-and-fire")
    drawing.wait_for()
    assert drawing.evaluate("async image => { await image.decode(); return image.naturalWidth; }")
    paper = content.get_by_role("link", name="doi:10.1007/s00422-007-0189-6")
    expect(paper).to_have_attribute("href", "https://doi.org/10.1007/s00422-007-0189-6")
    expect(paper).to_have_attribute("rel", re.compile("noopener"))


def test_code_is_coloured_walked_with_the_arrow_keys_and_copied(lab, desk):
    content = component(lab, desk, "neurons/lif")
    tabs = content.get_by_role("tab")
    expect(tabs).to_have_text(["Python", "C++", "JavaScript", "LaTeX", "MathML"])
    panel = content.get_by_role("tabpanel")
    expect(panel).to_contain_text("import torch")
    colours = "nodes => new Set(nodes.map(node => getComputedStyle(node).color)).size"
    assert panel.locator(".cm-line span").evaluate_all(colours) > 1
    tabs.first.focus()
    desk.keyboard.press("ArrowRight")
    expect(tabs.nth(1)).to_be_focused()
    expect(panel).to_contain_text("#include")
    desk.keyboard.press("End")
    desk.keyboard.press("ArrowLeft")
    expect(tabs.nth(3)).to_have_attribute("aria-selected", "true")
    content.get_by_role("button", name="Copy").click()
    copied = desk.evaluate("() => navigator.clipboard.readText()")
    assert copied == lab.api("spikex/api/v1/library/neurons/lif")["code"]["latex"]


@pytest.mark.parametrize("ident", ["neurons/adex", "neurons/izhikevich", "neurons/qif"])
def test_each_preset_shows_what_it_is_about(lab, desk, ident):
    """In the browser's JavaScript as many spikes as in the component's own file."""
    content = component(lab, desk, ident)
    presets = content.get_by_role("combobox", name="Preset", exact=True)
    for name, preset in library().get(ident).spec.presets.items():
        presets.select_option(name)
        expect(content.locator(".spx-Playground-controls")).to_contain_text(preset.doc)
        if preset.stimulus is not None and preset.stimulus.spikes is not None:
            wait_for_words(desk, rf"^{preset.stimulus.spikes} spikes?,")


def test_the_trace_follows_the_sliders_and_agrees_with_python(lab, desk):
    content = component(lab, desk, "neurons/lif")
    count = len(simulate("neurons/lif").spike_times)
    expect(words(content)).to_contain_text(f"{count} spikes")
    before = picture(content)
    slider = content.get_by_role("slider", name="v_th", exact=True)
    expect(slider).to_have_attribute("aria-valuetext", "-55 mV")
    slider.focus()
    for _ in range(10):
        desk.keyboard.press("ArrowLeft")
    told = float(slider.get_attribute("aria-valuetext").removesuffix(" mV"))
    assert told < -55
    count = len(simulate("neurons/lif", v_th=told).spike_times)
    expect(words(content)).to_contain_text(f"{count} spikes")
    assert picture(content) != before
    content.get_by_role("textbox", name="tau_m, as a number").fill("25")
    count = len(simulate("neurons/lif", v_th=told, tau_m=25.0).spike_times)
    expect(words(content)).to_contain_text(f"{count} spike")
    content.get_by_role("combobox", name="shape").select_option("step")
    content.get_by_role("button", name="Reset").click()
    expect(slider).to_have_attribute("aria-valuetext", "-55 mV")


def test_a_value_that_is_not_allowed_is_marked_and_not_taken(lab, desk):
    content = component(lab, desk, "neurons/lif")
    field = content.get_by_role("textbox", name="tau_m, as a number")
    for text in ("-3", "0", "many", ""):
        field.fill(text)
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_attribute("title", "Allowed: (0, ∞)")
    field.blur()
    expect(field).to_have_value("10")
    expect(field).to_have_attribute("aria-invalid", "false")


def test_numbers_beyond_all_bounds_are_said(lab, desk):
    content = component(lab, desk, "synapses/exponential")
    content.get_by_role("combobox", name="shape").select_option("constant")
    content.get_by_role("textbox", name="x, as a number").fill("1e308")
    expect(words(content)).to_contain_text("The numbers grow beyond all bounds at")


def test_what_has_no_memory_is_a_curve(lab, desk):
    content = component(lab, desk, "surrogates/atan")
    before = picture(content)
    slider = content.get_by_role("slider", name="alpha")
    slider.focus()
    desk.keyboard.press("PageUp")
    expect(slider).not_to_have_attribute("aria-valuetext", "2")
    desk.wait_for_function(
        "before => document.querySelector('.spx-Trace').toDataURL() !== before", arg=before
    )


def test_what_has_no_equations_has_no_playground(lab, desk):
    content = component(lab, desk, "layers/flatten")
    expect(content.get_by_role("heading", name="Code")).to_be_visible()
    expect(content.get_by_role("heading", name="Playground")).to_have_count(0)


STRICT = """
let evaluated = true;
try { new Function('return 1')(); } catch { evaluated = false; }
import('./spikex/api/v1/library/neurons/lif/files/lif.js?version=1.0.0').then(
    module => { document.title = JSON.stringify([evaluated, module.states]); },
    error => { document.title = String(error); }
);
"""


def test_the_module_loads_where_nothing_may_be_evaluated(lab, page):
    """Under a content security policy that lets in scripts of this server, and no others."""
    lab.open(page)  # signs in
    policy = {"Content-Security-Policy": "default-src 'self'", "Content-Type": "text/html"}
    body = '<script type="module" src="strict.js"></script>'
    page.route("**/strict", lambda route: route.fulfill(body=body, headers=policy))
    script = {"Content-Type": "text/javascript"}
    page.route("**/strict.js", lambda route: route.fulfill(body=STRICT, headers=script))
    page.goto(f"{lab.url}strict")
    expect(page).to_have_title('[false,["s_v","s_refractory"]]')


def test_markup_of_others_stays_text(lab, page):
    lab.python(HOSTILE)
    asked, dialogs = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.add_init_script("window.harm = () => { window.harmed = true; }")
    lab.open(page)
    library_page = opened(lab, page, "library")
    library_page.get_by_role("searchbox").fill("hostile")
    expect(library_page.locator('[data-component="neurons/hostile"]')).to_be_visible()
    content = component(lab, page, "neurons/hostile")
    expect(content.get_by_role("heading", level=1)).to_contain_text("<script>harm()</script>")
    text = content.locator(".spx-Markdown")
    expect(text).to_contain_text("press")
    for presets in content.get_by_role("combobox", name="Preset", exact=True).all():
        presets.select_option(index=1)
    for fold in content.locator("details").all():
        fold.evaluate("element => { element.open = true; }")
    for link in text.get_by_text("link", exact=True).all():
        link.click(force=True)
    content.get_by_role("img", name="Diagram of").click()
    page.wait_for_timeout(300)
    forbidden = "script, iframe, object, embed, form, style, [id=MathJax], mjx-container"
    assert content.locator(forbidden).count() == 0
    assert text.locator("img, button, input, [data-commandlinker-command], [id]").count() == 0
    assert content.locator('a[href^="javascript"]').count() == 0
    assert page.evaluate("() => window.harmed") is None
    assert dialogs == []
    assert [url for url in asked if "evil.test" in url or "x.test" in url] == []
    assert page.locator(".spx-Console").count() == 2  # no command has closed them


def write(page, text):
    """Replace what the editor in sight holds."""
    page.locator(".spx-Console:visible div.spx-Source .cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)


def test_a_component_is_begun_kept_and_handed_in(lab, desk):
    component(lab, desk, "neurons/lif").get_by_role("button", name="Begin one like it").click()
    content = desk.locator(".spx-Console:visible")
    expect(content.get_by_role("heading", level=1)).to_have_text("New component")
    name = content.get_by_label("Name (small letters, digits and -)")
    name.fill("lif")
    content.get_by_role("button", name="Begin with neurons/lif").click()
    expect(content.get_by_role("alert")).to_contain_text("neurons/lif exists")
    name.fill("mine")
    desk.keyboard.press("Enter")
    editor = content.locator(".cm-content")
    expect(editor).to_contain_text("id: neurons/mine")
    expect(editor).to_have_accessible_name("Definition, as YAML")

    write(desk, MINE.replace("dv/dt", "dw/dt"))
    content.get_by_role("button", name="Keep as a draft").click()
    expect(content.get_by_role("alert")).to_contain_text("w")
    assert lab.api("spikex/api/v1/library?q=mine")["total"] == 0

    write(desk, MINE)
    desk.keyboard.press("Escape")
    desk.keyboard.press("Tab")
    expect(content.get_by_role("button", name="Keep as a draft")).to_be_focused()
    desk.keyboard.press("Enter")
    desk.wait_for_selector('.spx-Console:visible .spx-Facts:has-text("neurons/mine")')
    mine = desk.locator(".spx-Console:visible")
    expect(mine.locator(".spx-Facts")).to_contain_text("draft")
    expect(words(mine)).to_contain_text("per second")

    mine.get_by_role("button", name="Edit").click()
    content = desk.locator(".spx-Console:visible")
    expect(content.get_by_role("heading", level=1)).to_have_text("Edit neurons/mine")
    content.get_by_role("button", name="Check and hand in").click()
    alert = content.get_by_role("alert")
    expect(alert).to_contain_text("a neuron names its source", timeout=120_000)
    expect(alert).to_contain_text("nothing was handed in")
    write(desk, MINE + SOURCE)
    content.get_by_role("button", name="Check and hand in").click()
    desk.wait_for_selector('.spx-Facts:visible:has-text("waits for a review")', timeout=120_000)
    mine = desk.locator(".spx-Console:visible")
    expect(mine.get_by_role("region", name="Conformance")).to_contain_text("checks passed")
    expect(mine.get_by_role("heading", name="Your decision")).to_have_count(0)


def test_what_another_person_handed_in_is_reviewed(lab, desk):
    lab.python(textwrap.dedent(OF_ANOTHER))
    content = opened(lab, desk, "library")
    content.get_by_role("button", name=re.compile("version 1.0.0 by Bo")).click()
    desk.wait_for_selector('.spx-Facts:visible:has-text("neurons/bos")')
    content = desk.locator(".spx-Console:visible")
    expect(content.get_by_role("button", name="Approve")).to_be_disabled()
    expect(words(content)).to_contain_text("0 spikes")  # it can be played with before the decision
    content.get_by_role("slider", name="I", exact=True).focus()
    desk.keyboard.press("End")
    expect(words(content)).to_contain_text(re.compile(r"[1-9]\d* spikes"))
    content.get_by_label("Why").fill("Sound, and the units hold.")
    content.get_by_role("button", name="Approve").click()
    desk.wait_for_selector('.spx-Reviews:visible:has-text("Sound, and the units hold.")')
    expect(desk.locator(".spx-Console:visible .spx-Facts")).to_contain_text("approved")
    content = opened(lab, desk, "library")
    expect(content.get_by_text("Wait for your review")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_keep_nobody_out(lab, desk, theme):
    desk.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    lab.theme(desk, theme)
    bad = {}
    places = {
        "library": ("library", {}),
        "component": ("component", {"component": "neurons/adex"}),
        "curve": ("component", {"component": "surrogates/atan"}),
        "contribute": ("contribute", {"kind": "neuron"}),
    }
    for name, (place, params) in places.items():
        content = opened(lab, desk, place, params)
        if place == "component":
            expect(content.locator("canvas.spx-Trace")).to_be_visible()
            content.get_by_role("img", name="Diagram of").wait_for()
        if place == "contribute":
            content.get_by_label("Name (small letters, digits and -)").fill(f"new-{theme}")
            desk.keyboard.press("Enter")
            expect(content.locator(".cm-content")).to_be_visible()
        desk.wait_for_timeout(700)  # until the picture is drawn and told in words
        assert "undefined" not in content.inner_text()
        assert "NaN" not in content.locator("h1, h2, p, td, label").all_inner_texts()
        lab.screenshot(desk, f"console-{name}-{theme}")
        found = violations(desk, SEEN)
        for tab in content.get_by_role("tab").all() if name == "component" else ():
            tab.click()
            expect(content.locator("[role=tabpanel] .cm-line").first).to_be_visible()
            found += violations(desk, f"{SEEN} [role=tablist]", f"{SEEN} [role=tabpanel]")
        if found:
            bad[name] = found
        lab.command(desk, "application:close")
    assert bad == {}
