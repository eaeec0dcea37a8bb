"""How smoothly a component's playground follows a slider.

    python benchmarks/playground.py              # every component that can be played with
    python benchmarks/playground.py neurons/lif

In Chromium a slider is moved in every frame for three seconds, there and back over its whole range,
and each frame is timed from the one before: what is simulated and drawn in it makes it late.
Prints, per component, frames and pictures a second and the 95th percentile of a frame in ms.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from spikex_lab.catalog import library  # noqa: E402
from tests.ui.jupyter import CHROMIUM_FLAGS, Lab, chromium, served  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Page

RESULT = ROOT / "benchmarks" / "results" / "playground.json"
KINDS = ("neuron", "synapse", "dendrite", "axon")
SECONDS = 3.0
FLAGS = [flag for flag in CHROMIUM_FLAGS if "swiftshader" not in flag and "gl=" not in flag]
"""Those of the browser tests, without the GPU that is emulated for WebGL."""
MOVED = """
async seconds => {
  const slider = document.querySelector('.spx-Console .spx-Slider input[type=range]');
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
  const clear = CanvasRenderingContext2D.prototype.clearRect;
  let pictures = 0;
  CanvasRenderingContext2D.prototype.clearRect = function (...args) {
    pictures += 1;
    return clear.apply(this, args);
  };
  const frame = () => new Promise(requestAnimationFrame);
  const frames = [];
  const most = Number(slider.max);
  const begin = await frame();
  for (let last = begin, place = 0; last - begin < 1000 * seconds; place += most / 90) {
    const swing = place % (2 * most);
    set.call(slider, String(Math.round(swing < most ? swing : 2 * most - swing)));
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    const now = await frame();
    frames.push(now - last);
    last = now;
  }
  CanvasRenderingContext2D.prototype.clearRect = clear;
  return { frames, pictures };
}
"""


def playable() -> list[str]:
    """Return the components whose page has a playground with a trace."""
    found = [library().get(name) for kind in KINDS for name in library().ids(kind)]
    return [one.id for one in found if one.has_equations]


def smoothness(lab: Lab, page: Page, ident: str) -> dict[str, Any]:
    """Return frames and pictures a second, and the 95th percentile of a frame in ms."""
    lab.command(page, "application:close-all")
    given = {"page": "component", "params": {"component": ident}}
    lab.command(page, "spikex:open-console", given)
    page.wait_for_selector(".spx-Console .spx-Slider input[type=range]")
    told = page.evaluate(MOVED, SECONDS)
    frames, seconds = told["frames"], sum(told["frames"]) / 1000
    return {
        "component": ident,
        "frames": round(len(frames) / seconds, 1),
        "pictures": round(told["pictures"] / seconds, 1),
        "p95": round(statistics.quantiles(frames, n=20)[-1], 1),
    }


def measure(names: list[str]) -> list[dict[str, Any]]:
    """Return the smoothness of each."""
    from playwright.sync_api import sync_playwright

    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder)) as lab,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=chromium(), args=[*FLAGS, "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        lab.open(page)
        rows = []
        for name in names:
            rows.append(smoothness(lab, page, name))
            print(json.dumps(rows[-1]), flush=True)
        browser.close()
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("components", nargs="*")
    names = parser.parse_args().components
    rows = measure(names or playable())
    if not names:
        RESULT.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
