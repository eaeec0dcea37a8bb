"""C++ text → shared library: cached by content, whole or not there, None without a compiler."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from spikex_lab import toolchain

SOURCE = 'extern "C" int twice(int x) { return 2 * x; }\n'
needs_compiler = pytest.mark.skipif(toolchain.compiler() is None, reason="no C++ compiler")


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch):
    """No compiler, for this test."""
    monkeypatch.setenv("SPIKEX_CXX", "")
    toolchain.compiler.cache_clear()
    yield
    toolchain.compiler.cache_clear()


@needs_compiler
def test_builds_once_and_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = toolchain.library(SOURCE, folder=tmp_path)
    assert library is not None
    assert library.twice(21) == 42
    monkeypatch.setattr(toolchain, "_compile", lambda *_: pytest.fail("compiled again"))
    assert toolchain.build(SOURCE, folder=tmp_path) == next(tmp_path.glob("*.so"))


@needs_compiler
def test_the_key_is_source_flags_and_processor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {
        toolchain.build(SOURCE, folder=tmp_path),
        toolchain.build(SOURCE + "\n", folder=tmp_path),
        toolchain.build(SOURCE, flags=[*toolchain.FLAGS, "-O0"], folder=tmp_path),
    }
    native = [*toolchain.FLAGS, "-march=native"]
    made.add(toolchain.build(SOURCE, flags=native, folder=tmp_path))
    assert len(made) == 4
    monkeypatch.setattr(toolchain, "processor", lambda: "another")
    made.add(toolchain.build(SOURCE, flags=native, folder=tmp_path))
    assert len(made) == 5
    made.add(toolchain.build(SOURCE, folder=tmp_path))  # for any processor: there already
    assert len(made) == 5


def test_instruction_sets_are_those_that_the_system_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    told = "Linux/x86_64/flags\t\t: fpu avx2 avx512f/model name\t: Some/Thing"
    monkeypatch.setattr(toolchain, "processor", lambda: told)
    toolchain.features.cache_clear()
    assert toolchain.features() == {"fpu", "avx2", "avx512f"}
    monkeypatch.setattr(toolchain, "processor", lambda: "Darwin/arm64/arm")
    toolchain.features.cache_clear()
    assert toolchain.features() == frozenset()
    toolchain.features.cache_clear()


@needs_compiler
def test_two_processes_at_once(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from spikex_lab import toolchain;"
        f"sys.exit(toolchain.library({SOURCE!r}, folder=Path({str(tmp_path)!r})).twice(21) != 42)"
    )
    children = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [child.wait(60) for child in children] == [0, 0, 0]
    assert [path.suffix for path in tmp_path.iterdir()] == [".so"]


@needs_compiler
def test_refused_text_says_what_the_compiler_said(tmp_path: Path) -> None:
    with pytest.raises(toolchain.CompileError, match="nonsense"):
        toolchain.build("int f() { return nonsense; }", folder=tmp_path)
    assert not list(tmp_path.glob("*.so"))
    with pytest.raises(toolchain.CompileError, match="unused"):
        toolchain.check("int f(int x) { return 0; }")
    assert toolchain.check(SOURCE)


def test_without_a_compiler(without: None, tmp_path: Path) -> None:
    assert toolchain.library(SOURCE, folder=tmp_path) is None
    assert toolchain.check("nonsense") is False


def test_a_compiler_that_only_pretends_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub = tmp_path / "c++"
    stub.write_text("#!/bin/sh\necho 'install the tools first' >&2\nexit 1\n")
    stub.chmod(0o755)
    monkeypatch.setenv("SPIKEX_CXX", str(stub))
    toolchain.compiler.cache_clear()
    assert toolchain.compiler() is None
    toolchain.compiler.cache_clear()
