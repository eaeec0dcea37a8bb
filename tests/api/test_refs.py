"""Names are labels: no path, no address and no control character gets through."""

import pytest

from spikex_lab.api import refs
from spikex_lab.errors import InvalidError, NotFoundError

TRICKS = [
    "../x",
    "..",
    ".",
    "a/../b",
    "%2e%2e%2fx",
    "..\\x",
    "C:\\x",
    "/etc/passwd",
    "//proc/self/root",
    "a\0b",
    "x" * 300,
    "",
    " ",
    "a\nb",
    "file:///etc/passwd",
    "s3://other",
    "~root",
    "$(id)",
    "-rf",
    "ü",
]


@pytest.mark.parametrize("trick", [*TRICKS, None, 3, ["a"]])
def test_tricks_are_no_names(trick):
    with pytest.raises(NotFoundError) as found:
        refs.existing(trick, "model")
    assert "\n" not in str(found.value)
    assert "\0" not in str(found.value)
    assert len(str(found.value)) < 200
    with pytest.raises(InvalidError):
        refs.new(trick, "model")
    with pytest.raises(NotFoundError):
        refs.component(trick)


@pytest.mark.parametrize("name", ["digits", "Digits 2", "a.b_c-d", "0", "x" * 100])
def test_names_are_names(name):
    assert refs.existing(name, "model") == name
    assert refs.new(name, "model") == name


@pytest.mark.parametrize("name", ["trailing.", "trailing "])
def test_a_new_name_does_not_end_in_a_dot_or_blank(name):
    with pytest.raises(InvalidError):
        refs.new(name, "model")
