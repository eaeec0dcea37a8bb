"""A real kernel: how large a panel makes it, and whether it answers while a cell runs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import written_run

import spikex_lab as sx
from spikex_lab.widgets import hosting

jupyter_client = pytest.importorskip("jupyter_client", reason="jupyter_client is not installed")
pytest.importorskip("ipykernel", reason="ipykernel is not installed")

HERE = Path(__file__).parent
LIMIT = 250e6
"""Bytes that the kernel of a panel may take."""

PANEL = """
import sys, time, psutil
import spikex_lab as sx
panel = sx.TrainingPanel(sx.Run.open({run!r}))
panel
"""
MEASURE = """
import json, threading
time.sleep(2)
print(json.dumps({"rss": psutil.Process().memory_info().rss, "torch": "torch" in sys.modules,
  "points": len(panel._figures.loss._drawn["batch/loss"].path.x), "name": panel._name.value,
  "feeds": [t.name for t in threading.enumerate()].count("spikex-feed")}))
"""
AGAIN = """
import ipywidgets; before = len(ipywidgets.widgets.widget._instances)
panel = sx.TrainingPanel(sx.Run.open({run!r})); panel
"""
BUTTON = """
import sys, time; sys.path.insert(0, {here!r})
import ipywidgets as w
from spikex_lab.widgets.route import answer_while_busy
clicks = []
button = w.Button(); button.on_click(lambda _: clicks.append(time.monotonic()))
answer_while_busy([button])
button.description = "written from the main shell"
print(button.comm.comm_id)
"""
BUSY = """
began = time.monotonic(); time.sleep(4)
print(len(clicks), max([c - began for c in clicks], default=9))
"""
EDIT = """
[lab] = hosting._labs.values()
lab._panels["training"]._form.fields["epochs"].control.value = "3"
"""


class Kernel:
    """A kernel to run code in, with what came of it."""

    def __init__(self) -> None:
        self.manager, self.client = jupyter_client.manager.start_new_kernel(kernel_name="python3")
        self.displayed: list[dict[str, Any]] = []

    def run(self, code: str, cell: str = "") -> str:
        """Return what `code` printed."""
        return self.finish(self.begin(code, cell))

    def begin(self, code: str, cell: str = "") -> str:
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {},
                   "allow_stdin": False, "stop_on_error": True}  # fmt: skip
        message = self.client.session.msg("execute_request", content, metadata={"cellId": cell})
        self.client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def finish(self, request: str) -> str:
        printed = []
        while True:
            message = self.client.get_iopub_msg(timeout=60)
            kind, content = message["msg_type"], message["content"]
            if message["parent_header"].get("msg_id") != request:
                continue
            if kind == "stream":
                printed.append(content["text"])
            elif kind in ("display_data", "update_display_data"):
                self.displayed.append({"kind": kind, **content})
            elif kind == "error":
                pytest.fail("\n".join(content["traceback"]))
            elif kind == "status" and content["execution_state"] == "idle":
                return "".join(printed)

    def subshell(self) -> str | None:
        """Return a new subshell's id; None where the kernel has none."""
        message = self.client.session.msg("create_subshell_request", {})
        self.client.control_channel.send(message)
        reply = self.client.get_control_msg(timeout=20)
        return reply["content"].get("subshell_id")

    def click(self, comm: str, subshell: str) -> None:
        self.tell(comm, {"method": "custom", "content": {"event": "click"}}, subshell)

    def tell(self, comm: str, data: dict[str, Any], subshell: str, **opening: str) -> None:
        """Send data to a comm, or open one with its `target_name`."""
        kind = "comm_open" if opening else "comm_msg"
        message = self.client.session.msg(kind, {"comm_id": comm, "data": data, **opening})
        message["header"]["subshell_id"] = subshell
        self.client.shell_channel.send(message)

    def told(self, comm: str, what: str) -> dict[str, Any]:
        """Wait for the comm's next message that has `what`."""
        while True:
            message = self.client.get_iopub_msg(timeout=60)
            content = message["content"]
            if message["msg_type"] == "comm_msg" and content["comm_id"] == comm:
                data: dict[str, Any] = content["data"]
                if what in data:
                    return data


@pytest.fixture
def kernel(home: Path) -> Iterator[Kernel]:
    made = Kernel()
    yield made
    made.client.stop_channels()
    made.manager.shutdown_kernel(now=True)


def test_a_panels_kernel_is_small_has_no_torch_and_shows_a_long_run_whole(
    store: Any, kernel: Kernel
) -> None:
    model = sx.Model.create("digits", template="snn-mlp", dataset="digits")
    run = written_run(store, model, batches=10_000)
    kernel.run(PANEL.format(run=run), cell="one")
    views = [d for d in kernel.displayed if "application/vnd.jupyter.widget-view+json" in d["data"]]
    stills = [d for d in kernel.displayed if "spx-picture" in d["data"].get("text/html", "")]
    assert len(views) == len(stills) == 1
    measured = json.loads(kernel.run(MEASURE))
    assert not measured["torch"]
    assert measured["rss"] < LIMIT, f"{measured['rss'] / 1e6:.0f} MB"
    assert 900 < measured["points"] <= 2000
    assert measured["feeds"] == 1
    assert 'data-state="finished"' in measured["name"]

    # the cell run again: a new panel in the old one's place, which is freed
    kernel.run(AGAIN.format(run=run), cell="one")
    left = int(kernel.run("print(len(ipywidgets.widgets.widget._instances) - before)"))
    assert left <= 0
    # and by then the saved notebook's picture of the first had been brought up to date
    updates = [d for d in kernel.displayed if d["kind"] == "update_display_data"]
    assert any("finished" in d["data"]["text/plain"] for d in updates)


def test_a_click_is_taken_while_a_cell_runs(kernel: Kernel) -> None:
    comm = kernel.run(BUTTON.format(here=str(HERE))).strip()
    subshell = kernel.subshell()
    if subshell is None:
        pytest.skip("this ipykernel has no subshells")
    request = kernel.begin(BUSY)
    time.sleep(0.5)
    kernel.click(comm, subshell)
    clicks, at = kernel.finish(request).split()
    assert clicks == "1"
    assert float(at) < 3.5, "the click waited for the cell to end"


def test_a_lab_is_saved_while_a_cell_runs(store: Any, kernel: Kernel) -> None:
    model = sx.Model.create("digits", template="snn-mlp", dataset="digits")
    subshell = kernel.subshell()
    if subshell is None:
        pytest.skip("this ipykernel has no subshells")
    kernel.run(f"from spikex_lab.widgets import hosting; hosting.show({model.id!r})")
    kernel.tell("line", {"model": model.id}, subshell, target_name=hosting.TARGET)
    assert not kernel.told("line", "lab")["lab"]["changed"]
    kernel.begin(EDIT)  # which the feed tells, so that it has written last
    assert kernel.told("line", "lab")["lab"]["changed"]
    request = kernel.begin("import time; time.sleep(4); print(lab.model.version)")
    time.sleep(0.5)
    kernel.tell("line", {"id": 1, "do": "save", "args": {}}, subshell)
    assert kernel.told("line", "reply") == {"reply": 1, "value": 2}
    assert sx.Model.open(model.id).version == 2
    assert kernel.finish(request).strip() == "2"  # nor has the cell ended before
