"""What is shown escapes what a user wrote, in any field."""

import struct
import zlib

import numpy as np
import pytest

from spikex_lab.api import display
from spikex_lab.api.listing import Row, Table

EVIL = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<a id=MathJax>",
    "\x1b[31mred\x07</td>",
]


@pytest.mark.parametrize("text", EVIL)
def test_every_helper_escapes(text):
    pages = [
        display.card(text, "", note=text),
        display.badge(text),
        display.facts({text: text}),
        display.table([text], [[text]], note=text),
        display.code(text),
        display.details(text, ""),
        display.sparkline([[1.0, 2.0]], [text]),
        Table([text], [{text: text}])._repr_html_(),
    ]
    for page in pages:
        assert text not in page
        for tag in ("<script", "<img", "<a id", "\x1b", "\x07"):
            assert tag not in page


def test_text_for_terminals_has_no_control_characters():
    assert display.plain("a\x1b[2Jb\x07c\x00") == "abc"
    assert "\x1b" not in repr(Table(["x"], [{"x": "\x1b[31mred"}]))


def test_colours_are_the_theme_s_own():
    page = display.card("t", display.table(["a"], [[1]]) + display.bar(0.5))
    assert "var(--jp-ui-font-color1" in page
    assert "var(--jp-border-color2" in page


@pytest.mark.parametrize(
    ("call", "shown"),
    [
        (lambda: display.duration(3.2), "3.2 s"),
        (lambda: display.duration(185), "3 min 05 s"),
        (lambda: display.duration(7800), "2 h 10 min"),
        (lambda: display.duration(None), "—"),
        (lambda: display.size(1536), "1.5 KiB"),
        (lambda: display.percent(0.97217), "97.22 %"),
        (lambda: display.number(1234567), "1,234,567"),
        (lambda: display.number(0.00123456), "0.001235"),
    ],
)
def test_numbers_read_well(call, shown):
    assert call() == shown


def test_bar_stays_within_its_frame():
    assert 'aria-valuenow="100"' in display.bar(7.0)
    assert 'aria-valuenow="0"' in display.bar(-1.0)


@pytest.mark.parametrize("shape", [(3, 4), (2, 5, 3)])
def test_png_holds_the_pixels(shape):
    pixels = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    data = display.png(pixels)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    at = data.index(b"IDAT")
    (length,) = struct.unpack(">I", data[at - 4 : at])
    raw = zlib.decompress(data[at + 4 : at + 4 + length])
    rows = np.frombuffer(raw, np.uint8).reshape(shape[0], -1)
    assert (rows[:, 0] == 0).all()
    assert (rows[:, 1:].reshape(shape) == pixels).all()


def test_table_is_a_sequence_with_names():
    table = Table(["name", "n"], [{"name": "a", "n": 1}, {"name": "b", "n": 2, "id": "x"}], total=5)
    assert len(table) == 2
    assert table[1].n == 2
    assert table[1] == Row(name="b", n=2, id="x")
    assert "a" in table
    assert "x" in table
    assert "c" not in table
    assert table.to_dict()["total"] == 5
    assert list(table.to_pandas()["n"]) == [1, 2]
    assert repr(table).splitlines()[-1] == "2 of 5"
    assert repr(Table(["a"], [])) == "(none yet)"
    with pytest.raises(AttributeError):
        _ = table[0].nothing
