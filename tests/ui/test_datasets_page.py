"""The Console's datasets: looked at, uploaded and called off, fetched, deleted; errors in place."""

from __future__ import annotations

import io
import os
import re
import socket
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
from playwright.sync_api import expect

from .axe import violations

pytestmark = pytest.mark.browser

NPZ = "application/octet-stream"


class Proxy:
    """A way out of the machine that takes every call and says nothing, until it hangs up."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._held: list[socket.socket] = []
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._hanging_up = threading.Event()
        threading.Thread(target=self._answer, daemon=True).start()

    def _answer(self) -> None:
        while True:
            try:
                caller, _ = self._listening.accept()
            except OSError:  # closed
                return
            if self._hanging_up.is_set():
                caller.close()
            else:
                self._held.append(caller)

    def hang_up(self) -> None:
        """End every call, those to come too."""
        self._hanging_up.set()
        for caller in self._held:
            caller.close()

    def close(self) -> None:
        self.hang_up()
        self._listening.close()


@pytest.fixture(scope="module", autouse=True)
def proxy() -> Iterator[Proxy]:
    """The only way out of the machine for the Lab of these tests."""
    made = Proxy()
    before = os.environ.get("https_proxy")
    os.environ["https_proxy"] = made.address
    yield made
    if before is None:
        del os.environ["https_proxy"]
    else:
        os.environ["https_proxy"] = before
    made.close()


def npz(*shape: int, count: int = 40) -> bytes:
    """An archive of `count` samples of two classes."""
    random = np.random.default_rng(0)
    x = random.random((count, *shape), dtype=np.float32)
    out = io.BytesIO()
    np.savez(out, x=x, y=np.arange(count) % 2)
    return out.getvalue()


def opened(lab, page):
    """Open the page; return its content."""
    lab.command(page, "spikex:open-console", {"page": "datasets"})
    content = page.locator(".spx-Console:visible")
    expect(content.locator('[data-dataset="digits"]')).to_be_visible()
    return content


def choose(content, name, data):
    content.locator('input[type="file"]').set_input_files(
        {"name": name, "mimeType": NPZ, "buffer": data}
    )


def names(lab):
    return {one["name"] for one in lab.api("spikex/api/v1/datasets")["items"]}


def test_a_dataset_shows_samples_and_what_it_is(lab, desk):
    content = opened(lab, desk)
    card = content.locator('[data-dataset="digits"]')
    pictures = card.get_by_role("list", name="Samples of digits").get_by_role("img")
    expect(pictures).to_have_count(8)
    assert pictures.first.evaluate(
        "async image => { await image.decode(); return [image.naturalWidth, image.naturalHeight]; }"
    ) == [8, 8]
    expect(pictures.first).to_have_accessible_name(re.compile(r"Sample 0, class \d"))
    for words in ("train 1,438, test 359", "1 × 8 × 8", "10: 0, 1, 2", "KiB", "UCI", "CC BY 4.0"):
        expect(card).to_contain_text(words)
    card.get_by_role("button", name="Next samples of digits").click()
    expect(pictures.first).to_have_accessible_name(re.compile("Sample 8,"))
    content.get_by_role("searchbox", name="Search the datasets").fill("nothing")
    expect(content.get_by_text("Nothing matches.")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "shape", "drawn"),
    [("pictures", (3, 8, 8), "img"), ("events", (2, 8, 8), "canvas"), ("waves", (50,), "svg")],
)
def test_a_chosen_file_becomes_a_dataset(lab, desk, name, shape, drawn):
    content = opened(lab, desk)
    choose(content, f"{name}.npz", npz(*shape))
    expect(content.get_by_label("Name", exact=True)).to_have_value(name)
    content.get_by_label("Names of the classes").fill("left, right")
    content.get_by_role("button", name="Upload").click()
    card = content.locator(f'[data-dataset="{name}"]')
    expect(card).to_contain_text("2: left, right")
    samples = card.get_by_role("list", name=f"Samples of {name}")
    expect(samples.locator(drawn)).to_have_count(8)
    expect(content.locator(".spx-Drop")).to_be_visible()


def test_a_dropped_file_is_taken_by_keyboard_from_there(lab, desk):
    content = opened(lab, desk)
    dropped = desk.evaluate_handle(
        """bytes => {
            const dropped = new DataTransfer();
            dropped.items.add(new File([new Uint8Array(bytes)], 'my data (1).npz'));
            return dropped;
        }""",
        list(npz(16)),
    )
    zone = content.locator(".spx-Drop")
    zone.dispatch_event("dragover", {"dataTransfer": dropped})
    expect(zone).to_have_class(re.compile("spx-mod-over"))
    zone.dispatch_event("drop", {"dataTransfer": dropped})
    field = content.get_by_label("Name", exact=True)
    expect(field).to_have_value("my-data-1-")
    field.fill("dropped")
    desk.keyboard.press("Enter")
    expect(content.locator('[data-dataset="dropped"]')).to_be_visible()


def test_what_cannot_be_taken_is_said_in_place_and_can_be_mended(lab, desk):
    content = opened(lab, desk)
    choose(content, "bad.npz", b"this is no archive")
    content.get_by_role("button", name="Upload").click()
    alert = content.get_by_role("alert")
    expect(alert).to_contain_text("bad.npz")
    content.get_by_role("button", name="Cancel").click()
    choose(content, "good.npz", npz(16))
    content.get_by_label("Name", exact=True).fill("digits")
    content.get_by_role("button", name="Upload").click()
    expect(alert).to_contain_text("digits")
    content.get_by_label("Name", exact=True).fill("mended")
    content.get_by_role("button", name="Upload").click()
    expect(content.locator('[data-dataset="mended"]')).to_be_visible()
    assert not {"bad", "good"} & names(lab)


def test_an_upload_shows_how_far_it_is_and_can_be_called_off(lab, page):
    lab.open(page)
    content = opened(lab, page)
    network = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000}
    choose(content, "large.npz", npz(64, 64, count=400))
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", slow)
    content.get_by_role("button", name="Upload").click()
    bar = content.get_by_role("progressbar", name="Upload of large")
    expect(bar).to_have_attribute("aria-valuenow", re.compile(r"^[1-9]\d?$"), timeout=20_000)
    first = int(bar.get_attribute("aria-valuenow"))
    page.wait_for_function(
        """first => Number(document.querySelector('[role="progressbar"]')
            .getAttribute('aria-valuenow')) > first""",
        arg=first,
    )
    content.get_by_role("button", name="Cancel").click()
    expect(bar).to_have_count(0)
    expect(content.get_by_role("alert")).to_have_count(0)
    expect(content.get_by_role("button", name="Upload")).to_be_enabled()
    end = time.monotonic() + 20
    while lab.api("spikex/api/v1/datasets/transfers")["items"][0]["state"] != "failed":
        assert time.monotonic() < end
        time.sleep(0.1)
    assert "large" not in names(lab)


def test_delete_asks_first(lab, desk):
    content = opened(lab, desk)
    choose(content, "doomed.npz", npz(16))
    content.get_by_role("button", name="Upload").click()
    card = content.locator('[data-dataset="doomed"]')
    card.get_by_role("button", name="Delete doomed").click()
    dialog = desk.get_by_role("dialog")
    expect(dialog).to_contain_text("Delete doomed?")
    dialog.get_by_role("button", name="Cancel").click()
    expect(card).to_be_visible()
    card.get_by_role("button", name="Delete doomed").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(card).to_have_count(0)
    assert "doomed" not in names(lab)


def test_a_known_dataset_is_fetched_and_what_stops_it_is_said(lab, desk, proxy):
    content = opened(lab, desk)
    line = content.locator('[data-known="mnist"]')
    expect(line).to_contain_text("MNIST")
    expect(line).to_contain_text("10 classes")
    button = line.get_by_role("button", name="Download mnist")
    button.click()
    expect(line.get_by_role("progressbar", name="Download of mnist")).to_be_visible()
    expect(button).to_have_count(0)
    with desk.expect_response("**/datasets/transfers/*"):
        line.get_by_role("button", name="Stop the download of mnist").click()
    proxy.hang_up()
    expect(button).to_be_enabled()
    expect(line.get_by_role("progressbar")).to_have_count(0)
    expect(line.get_by_role("alert")).to_have_count(0)
    button.click()
    expect(line.get_by_role("alert")).to_contain_text("no mirror gave the file")
    expect(line.get_by_role("progressbar")).to_have_count(0)
    expect(button).to_be_enabled()


def test_a_known_dataset_that_is_here_is_not_offered(lab, desk):
    content = opened(lab, desk)
    choose(content, "kmnist.npz", npz(1, 28, 28))
    content.get_by_role("button", name="Upload").click()
    line = content.locator('[data-known="kmnist"]')
    expect(line).to_contain_text("is here")
    expect(line.get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_keeps_nobody_out(lab, desk, theme):
    desk.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    lab.theme(desk, theme)
    content = opened(lab, desk)
    expect(content.locator(".spx-Loading")).to_have_count(0)
    lab.screenshot(desk, f"console-datasets-{theme}")
    assert violations(desk, ".spx-Console:not(.lm-mod-hidden)") == []
    choose(content, "new.npz", npz(16))
    expect(content.get_by_label("Name", exact=True)).to_be_visible()
    assert violations(desk, ".spx-Console:not(.lm-mod-hidden)") == []
