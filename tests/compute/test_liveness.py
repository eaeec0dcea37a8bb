from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from spikex_lab.compute import liveness

SLEEP = [sys.executable, "-I", "-S", "-c", "import time; time.sleep(60)"]


@pytest.fixture
def child():
    process = subprocess.Popen(SLEEP)
    yield process
    process.kill()
    process.wait()


def test_this_process_is_alive():
    me = liveness.describe()
    assert me["pid"] == os.getpid()
    assert liveness.alive(me) is True


def test_a_used_pid_is_not_taken_for_the_process_before_it(child):
    who = liveness.describe(child.pid)
    assert liveness.alive(who) is True
    assert liveness.alive({**who, "start": who["start"] + 500}) is False


def test_a_zombie_is_dead(child):
    who = liveness.describe(child.pid)
    child.kill()
    deadline = time.monotonic() + 5
    while liveness.alive(who) and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(child.pid, 0)  # nobody has reaped it: the pid still answers
    assert liveness.alive(who) is False


def test_a_reaped_process_is_dead(child):
    who = liveness.describe(child.pid)
    child.kill()
    child.wait()
    assert liveness.alive(who) is False
    assert liveness.describe(child.pid)["start"] == 0


@pytest.mark.parametrize("key", ["host", "boot", "pidns"])
def test_a_process_of_another_host_is_unknown(key):
    assert liveness.alive({**liveness.describe(), key: "elsewhere"}) is None
    assert liveness.alive(None) is None


def test_a_stopped_process_is_alive_and_seen_to_be_stopped(child):
    who = liveness.describe(child.pid)
    assert not liveness.stopped(who)
    os.kill(child.pid, signal.SIGSTOP)
    deadline = time.monotonic() + 5
    while not liveness.stopped(who) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert liveness.alive(who) is True
    assert liveness.stopped(who)


def test_without_proc_psutil_answers_the_same(child, monkeypatch, tmp_path):
    monkeypatch.setattr(liveness, "_PROC", tmp_path)
    liveness.host.cache_clear()
    try:
        who = liveness.describe(child.pid)
        assert liveness.alive(who) is True
        assert liveness.alive({**who, "start": who["start"] - 10}) is False
        child.kill()
        time.sleep(0.1)
        assert liveness.alive(who) is False  # a zombie here too
    finally:
        liveness.host.cache_clear()
