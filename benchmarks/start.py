"""How much longer JupyterLab takes to start with SPIKE-X Lab.

    python benchmarks/start.py               # 20 pairs
    python benchmarks/start.py --pairs 5

Two servers, one without the extension; one Chromium, in which each is opened in turn with an empty
cache, in a random order within a pair. Time from the address to the end of the layout's
restoration. The ratio is the median over pairs, its interval (95 %) from 10,000 drawings of them.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.ui.jupyter import CHROMIUM_FLAGS, Lab, chromium, served  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser

RESULT = ROOT / "benchmarks" / "results" / "start.json"
DRAWINGS = 10_000


def opened(browser: Browser, lab: Lab, *, ours: bool) -> float:
    """Return the seconds until JupyterLab stands, with nothing cached, and `ours` in it or not."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    begin = time.perf_counter()
    page.goto(f"{lab.url}lab?reset&token={lab.token}")
    page.wait_for_function("() => window.jupyterapp !== undefined")
    page.evaluate("() => window.jupyterapp.restored")
    taken = time.perf_counter() - begin
    assert page.evaluate("() => window.jupyterapp.hasPlugin('@spikex/lab:console')") == ours
    context.close()
    return taken


def interval(ratios: list[float]) -> tuple[float, float]:
    """Return between what the median lies in 95 of 100 drawings."""
    draw = random.Random(0)
    medians = sorted(
        statistics.median(draw.choices(ratios, k=len(ratios))) for _ in range(DRAWINGS)
    )
    return medians[int(0.025 * DRAWINGS)], medians[int(0.975 * DRAWINGS)]


def measure(pairs: int) -> dict[str, object]:
    """Return the times of both, pair by pair, and what follows from them."""
    from playwright.sync_api import sync_playwright

    taken: dict[str, list[float]] = {"with": [], "without": []}
    with ExitStack() as stack:
        labs = {}
        for name in taken:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            labs[name] = stack.enter_context(served(folder, bare=name == "without"))
        driver = stack.enter_context(sync_playwright())
        browser = driver.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        for name in taken:
            opened(browser, labs[name], ours=name == "with")  # a server's first page is slow
        for pair in range(pairs):
            for name in random.Random(pair).sample(list(taken), 2):
                taken[name].append(opened(browser, labs[name], ours=name == "with"))
        browser.close()
    ratios = [a / b for a, b in zip(taken["with"], taken["without"], strict=True)]
    low, high = interval(ratios)
    seconds = {name: round(statistics.median(each), 3) for name, each in taken.items()}
    result = {"pairs": pairs, "seconds": seconds, "ratio": round(statistics.median(ratios), 3)}
    return {**result, "interval": [round(low, 3), round(high, 3)]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=20)
    result = measure(parser.parse_args().pairs)
    RESULT.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
