"""Wherever the command line takes a name, a path or an escape gets nowhere (trust, case 9)."""

from __future__ import annotations

import json

import numpy as np
import pytest

from .conftest import GOOD

TRICKS = [
    "../x",
    "../../etc/passwd",
    "..",
    "%2e%2e%2fx",
    "..\\x",
    "/etc/passwd",
    "//proc/self/root",
    "a\0b",
    "x" * 300,
    "C:\\Windows",
    "file:///etc/passwd",
    "\x1b[2J\x1b]0;x\x07",
    "a\nb",
]
TAKES_A_NAME = [
    ["models", "show", "{}"],
    ["models", "create", "{}"],
    ["models", "create", "new", "--template", "{}"],
    ["models", "create", "new", "--dataset", "{}"],
    ["models", "rename", "taken", "{}"],
    ["models", "delete", "{}"],
    ["models", "import", "good.yaml", "--name", "{}"],
    ["train", "{}"],
    ["train", "taken", "--dataset", "{}"],
    ["train", "taken", "--target", "{}"],
    ["train", "taken", "--device", "{}"],
    ["runs", "show", "{}"],
    ["runs", "logs", "{}"],
    ["runs", "stop", "{}"],
    ["runs", "resume", "{}"],
    ["runs", "delete", "{}"],
    ["runs", "evaluate", "{}"],
    ["runs", "export", "{}", "out.pth"],
    ["datasets", "show", "{}"],
    ["datasets", "delete", "{}"],
    ["datasets", "download", "{}"],
    ["datasets", "upload", "good.npz", "--name", "{}"],
    ["components", "show", "{}"],
    ["components", "check", "{}"],
    ["targets", "show", "{}"],
]


@pytest.mark.parametrize("command", TAKES_A_NAME, ids=" ".join)
def test_no_path_gets_in_where_a_name_is_wanted(command, refused, tmp_path):
    (tmp_path / "good.yaml").write_text(json.dumps(GOOD))
    np.savez(tmp_path / "good.npz", x=np.zeros((40, 2, 2), np.uint8), y=np.arange(40) % 2)
    for trick in TRICKS:
        message = refused(*(part.replace("{}", trick) for part in command))
        assert "\x1b" not in message
        assert "\0" not in message
        assert "root:" not in message  # nothing of /etc/passwd


def test_export_to_what_is_no_file(refused, tmp_path):
    (tmp_path / "folder").mkdir()
    assert "folder" in refused("models", "export", "taken", tmp_path / "folder")
    assert "no such folder" in refused("models", "export", "taken", tmp_path / "none" / "x.yaml")
    assert "format" in refused("models", "export", "taken", tmp_path / "x", "--format", "exe")
