from __future__ import annotations

import os
import subprocess
import sys
import time

import psutil

from spikex_lab.compute.resources import Sampler


def test_a_sample_tells_of_this_process_and_the_machine():
    sampler = Sampler()
    until = time.process_time() + 0.2
    while time.process_time() < until:
        pass
    sample = sampler.sample()
    assert 20 < sample["cpu"] < 100 * sample["cpus"] + 50
    assert sample["memory"] == psutil.Process().memory_info().rss or sample["memory"] > 1e6
    assert 0 < sample["system_memory"] < sample["system_memory_total"]


def test_children_count():
    burn = "import time\nwhile time.process_time() < 5: pass"
    child = subprocess.Popen([sys.executable, "-I", "-S", "-c", burn])
    try:
        sampler = Sampler()
        sampler.sample()
        time.sleep(0.4)
        assert sampler.sample()["cpu"] > 15
    finally:
        child.kill()
        child.wait()


def test_sampling_never_imports_torch():
    code = (
        "import sys; from spikex_lab.compute.resources import Sampler; Sampler().sample();"
        "import spikex_lab.compute, spikex_lab.compute.coordinator;"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == "False"
