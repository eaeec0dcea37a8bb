from __future__ import annotations

import numpy as np
import pytest

from spikex_lab.widgets.curve import LIMIT, Curve


def test_a_million_points_stay_bounded_and_keep_their_peaks() -> None:
    line = Curve()
    for i in range(100_000):
        line.append(i, 1000.0 if i == 12_345 else -1000.0 if i == 54_321 else i % 7, seq=i)
    assert len(line) <= LIMIT == 2000
    assert line.y.max() == 1000.0
    assert line.y.min() == -1000.0
    assert (np.diff(line.x) > 0).all()
    assert line.x[-1] == 99_999
    assert line.last == 99_999 % 7


def test_flat_lines_keep_their_ends() -> None:
    line = Curve(8)
    for i in range(200):
        line.append(i, 1.0, seq=i)
    assert 4 <= len(line) <= 8
    assert line.x[-1] == 199
    assert line.x[0] == 0


@pytest.mark.parametrize("bad", [None, float("nan"), float("inf")])
def test_what_is_no_number_is_left_out(bad: float | None) -> None:
    line = Curve()
    line.append(1.0, bad, seq=1)
    assert len(line) == 0
    assert line.last is None
    assert line.version == 0


def test_takes_back_what_a_resume_repeats() -> None:
    line = Curve()
    for i in range(10):
        line.append(i, i, seq=10 * i)
    version = line.version
    line.drop_after(45)
    assert line.x.tolist() == [0, 1, 2, 3, 4]
    assert line.version > version
    version = line.version
    line.drop_after(45)
    assert line.version == version


def test_thinning_for_the_pointer_does_not_touch_the_line() -> None:
    line = Curve()
    for i in range(1500):
        line.append(i, np.sin(i), seq=i)
    x, y = line.thinned(240)
    assert len(x) == len(y) <= 240
    assert len(line) == 1500
