"""The Lab over a real store: one working copy, saved, copied, overtaken by somebody else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import pytest
from fakes import written_run

import spikex_lab as sx
from spikex_lab.errors import ConflictError, InvalidError, StaleError
from spikex_lab.store import Store
from spikex_lab.widgets import hosting
from spikex_lab.widgets.feed import Feed
from spikex_lab.widgets.lab import Lab


def wait_for(condition: Callable[[], object], seconds: float = 6.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


@pytest.fixture
def lab(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    monkeypatch.setenv("SPIKEX_HOME", str(tmp_path))
    feed = Feed()
    before = len(ipywidgets.widgets.widget._instances)
    made = Lab(sx.Model.create("digits", template="snn-mlp", dataset="digits"), source=feed)
    yield made
    made.close()
    wait_for(lambda: not feed.running)
    assert len(ipywidgets.widgets.widget._instances) == before, "a closed Lab left widgets behind"


def set_(lab: Lab, key: str, value: str) -> None:
    """Change a setting as a person does."""
    lab._panels["training"]._form.fields[key].control.value = value
    lab._feed.settle()


def kept(name: str = "digits") -> Any:
    return sx.Model.open(name).spec.training


def test_a_setting_changes_the_working_copy_and_save_keeps_it(lab: Lab) -> None:
    assert not lab.state["changed"]
    assert lab._bar.save.disabled
    set_(lab, "lr", "0.01")
    assert lab.state["changed"]
    assert "unsaved changes" in lab._bar._name.value
    assert kept().lr != 0.01
    assert lab.save() == 2
    assert not lab.state["changed"]
    assert kept().lr == 0.01


def test_a_setting_put_back_is_no_change(lab: Lab) -> None:
    epochs = lab.model.spec.training.epochs
    set_(lab, "epochs", str(epochs + 1))
    set_(lab, "epochs", str(epochs))
    assert not lab.state["changed"]


def test_what_is_no_value_changes_nothing(lab: Lab) -> None:
    set_(lab, "epochs", "-1")
    assert not lab.state["changed"]
    set_(lab, "device", "cpu")
    assert not lab.state["changed"]  # where it runs is the run's, not the model's


def test_a_save_over_somebody_elses_is_refused_then_chosen(lab: Lab) -> None:
    set_(lab, "epochs", "3")
    theirs = sx.Model.open("digits")
    theirs.spec = {**theirs.spec.to_dict(), "description": "theirs"}
    theirs.save()
    with pytest.raises(StaleError, match="at version 2, not 1"):
        lab.save()
    assert lab.state["changed"]
    assert lab.overwrite() == 3
    assert kept().epochs == 3
    set_(lab, "epochs", "4")
    assert lab.reopen() == 3
    assert not lab.state["changed"]
    assert lab._panels["training"]._form.values["epochs"] == 3


def test_save_as_goes_on_with_the_copy(lab: Lab) -> None:
    set_(lab, "epochs", "3")
    with pytest.raises(ConflictError):
        lab.save_as("digits")
    copy = lab.save_as("digits-2")
    assert lab.state["id"] == copy
    assert not lab.state["changed"]
    assert kept("digits-2").epochs == 3
    assert kept().epochs != 3


def test_the_page_keeps_its_widgets_whatever_is_opened(lab: Lab, tmp_path: Path) -> None:
    panel = lab._panels["training"]
    widgets = set(ipywidgets.widgets.widget._instances)
    set_(lab, "epochs", "3")
    images = tmp_path / "newer.npz"
    np.savez(images, x=np.zeros((4, 8, 8), np.float32), y=np.arange(4) % 2)
    sx.Dataset.upload(images, name="newer")
    lab.reopen()
    lab.save_as("digits-2")
    assert lab._panels["training"] is panel
    assert "digits-2" in panel._name.value
    assert set(ipywidgets.widgets.widget._instances) == widgets
    assert "newer" in panel._form.fields["dataset"].control.options


def test_the_settings_are_the_models_though_a_run_had_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPIKEX_HOME", str(tmp_path))
    model = sx.Model.create("digits", template="snn-mlp", dataset="digits")
    epochs = model.spec.training.epochs
    with Store.open() as store:
        written_run(store, model, batches=3, epochs=epochs + 5, lr=0.5)
    feed = Feed()
    lab = Lab(sx.Model.open("digits"), source=feed)
    form = lab._panels["training"]._form
    try:
        wait_for(lambda: lab.state["run"] == "finished")
        wait_for(lambda: form.values["epochs"] == epochs)
        assert form.values["lr"] == model.spec.training.lr
        set_(lab, "epochs", "3")
        theirs = sx.Model.open("digits")
        theirs.spec = {**theirs.spec.to_dict(), "description": "theirs"}
        theirs.save()
        lab.overwrite()
        assert form.values["epochs"] == 3
        set_(lab, "epochs", "4")
        lab.reopen()
        assert form.values["epochs"] == 3
    finally:
        lab.close()
    alone = sx.TrainingPanel(sx.Model.open("digits"), source=feed)
    assert alone._form.values["epochs"] == epochs + 5  # nothing else says what was meant
    alone.close()


def test_the_losses_of_the_library_are_offered(lab: Lab) -> None:
    offered = lab._panels["training"]._form.fields["loss"].control.options
    assert {"auto", "cross-entropy", "mse-count", "ce-first-spike"} <= set(offered)
    assert len(set(offered)) == len(offered)
    for loss in offered:
        set_(lab, "loss", loss)
        assert not lab._panels["training"]._form.fields["loss"].problem
        assert lab.model.spec.training.loss == loss


def test_a_state_that_could_not_be_told_is_told_again(lab: Lab) -> None:
    told: list[dict[str, Any]] = []
    broken = iter([OSError("the line is gone")])

    def tell(state: dict[str, Any]) -> None:
        for error in broken:
            raise error
        told.append(state)

    lab.on_change(tell)
    set_(lab, "epochs", "3")
    wait_for(lambda: told and told[-1]["changed"])


def test_a_buttons_error_is_shown_in_place(lab: Lab) -> None:
    lab._bar.copy_name.value = "a/b"
    lab._bar.copy.click()
    lab._feed.settle()
    assert 'role="alert"' in lab._bar._message.value
    assert "is not a name" in lab._bar._message.value


def test_only_a_model_has_a_lab(lab: Lab) -> None:
    with pytest.raises(InvalidError, match="is no model"):
        Lab("digits")
    with pytest.raises(InvalidError, match="no panel"):
        lab.select("trainig")


class FakeComm:
    """What the page sends and gets."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.closed: Any = None

    def send(self, data: dict[str, Any]) -> None:
        self.sent.append(data)

    def on_msg(self, function: Any) -> None:
        self.ask = lambda do, **args: function(
            {"content": {"data": {"id": 1, "do": do, "args": args}}}
        )

    def on_close(self, function: Any) -> None:
        self.closed = function


@pytest.fixture
def comm(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> FakeComm:
    monkeypatch.setitem(hosting._labs, lab.model.id, lab)
    comm = FakeComm()
    hosting.Link(comm, {"content": {"data": {"model": lab.model.id}}})
    return comm


def test_a_page_is_told_the_state_and_every_change(lab: Lab, comm: FakeComm) -> None:
    assert comm.sent[-1] == {"lab": lab.state}
    set_(lab, "epochs", "3")
    assert comm.sent[-1]["lab"]["changed"]
    comm.ask("save")
    assert {"reply": 1, "value": 2} in comm.sent
    comm.closed({})
    told = len(comm.sent)
    set_(lab, "epochs", "4")
    assert len(comm.sent) == told


def test_a_page_is_told_what_is_wrong_in_the_words_of_rest(lab: Lab, comm: FakeComm) -> None:
    comm.ask("save_as", name="digits")
    error = comm.sent[-1]["error"]
    assert error["status"] == 409
    assert "digits" in error["detail"]
    comm.ask("save_as", name="digits-2")
    copy = comm.sent[-1]["value"]
    assert sx.Model.open("digits-2").id == copy
    assert lab.state["name"] == "digits"  # the page opens the copy in a tab of its own
    comm.ask("fly")
    assert comm.sent[-1]["error"]["status"] == 422
    comm.ask("select", panel="training")
    assert comm.sent[-1] == {"reply": 1, "value": None}
