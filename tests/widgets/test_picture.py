from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET

from spikex_lab.widgets import picture
from spikex_lab.widgets.curve import LIMIT
from spikex_lab.widgets.story import RunStory

from .fakes import FakeRun


def told(run: FakeRun) -> RunStory:
    story = RunStory()
    story.apply(run.log)
    return story


def test_draws_every_line_small_and_well_formed() -> None:
    run = FakeRun().train(epochs=40, batches=LIMIT // 20)
    drawn = picture.svg(told(run))
    tree = ET.fromstring(drawn)
    lines = tree.findall(".//{*}polyline")
    assert len(lines) == 6
    assert max(len(line.get("points", "").split()) for line in lines) <= 300
    assert len(drawn) < 60_000
    assert {"train", "validation", "batch"} <= {e.text for e in tree.iter() if e.text}


def test_points_lie_where_they_belong() -> None:
    run = FakeRun()
    run.state_is("running")
    for epoch, loss in ((1, 1.0), (2, 0.0)):
        run.add("metrics", epoch=epoch, train_loss=loss)
    points = re.findall(r'polyline .*?points="([^"]+)"', picture.svg(told(run)))[0].split()
    (x1, y1), (x2, y2) = (map(float, p.split(",")) for p in points)
    assert x1 < x2 <= picture.WIDTH
    assert 0 < y1 < y2 < picture.HEIGHT  # the smaller loss lies lower


def test_nothing_yet() -> None:
    assert "nothing yet" in picture.svg(RunStory())
    page = picture.page(RunStory(), "digits")
    assert "not trained yet" in page
    assert "<img" not in page
    assert picture.text(RunStory(), "digits") == "digits, not trained yet"


def test_the_page_survives_a_sanitiser_and_hostile_names() -> None:
    run = FakeRun().train(2)
    run.state_is("failed", error="<script>alert(1)</script>")
    page = picture.page(told(run), '<b onclick="x">', "note")
    assert not re.search(r"<(script|style|svg|b )", page)
    source = re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    assert source
    ET.fromstring(base64.b64decode(source[1]))


def test_ticks_are_round() -> None:
    assert picture.ticks(0, 30) == [0, 10, 20, 30] or picture.ticks(0, 30) == [
        0,
        5,
        10,
        15,
        20,
        25,
        30,
    ]
    assert picture.ticks(0.013, 0.094)[0] == 0.02
    assert picture.ticks(1.0, 1.0) == [1.0]
