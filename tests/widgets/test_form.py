from __future__ import annotations

import pytest

from spikex_lab.spec.training import TrainingSpec
from spikex_lab.widgets.form import Form, choices

LISTS = {
    "dataset": ["digits"],
    "loss": ["auto", "mse-count"],
    "target": ["local"],
    "device": ["cpu"],
}


def form(**more: object) -> Form:
    made = Form(
        lambda f: f(),
        lambda: None,
        LISTS,
        **more,  # type: ignore[arg-type]
    )
    made.load({**TrainingSpec().to_dict(), "dataset": "digits", "target": "local", "device": "cpu"})
    return made


def test_offers_what_the_spec_allows_and_reads_back_its_defaults() -> None:
    made = form()
    assert made.valid
    values = made.values
    assert set(values) == {
        *("dataset", "algorithm", "optimizer", "lr", "epochs", "batch_size", "loss", "seed"),
        *("target", "device", "precision"),
    }
    base = TrainingSpec().to_dict()
    assert {k: values[k] for k in values if k in base} == {k: base[k] for k in values if k in base}
    assert list(made.fields["precision"].control.options) == choices("precision")


@pytest.mark.parametrize(
    ("key", "value", "word"),
    [
        ("lr", "0", "greater"),
        ("lr", "fast", "number"),
        ("epochs", "0", "1"),
        ("epochs", "2.5", "whole"),
        ("batch_size", "-4", "1"),
        ("seed", "-1", "0"),
    ],
)
def test_a_bad_value_is_shown_in_place(key: str, value: str, word: str) -> None:
    made = form()
    made.fields[key].control.value = value
    assert not made.valid
    assert [k for k, f in made.fields.items() if f.problem] == [key]
    assert word in made.fields[key].problem
    assert 'role="alert"' in made.fields[key]._error.value
    made.fields[key].control.value = "1"
    assert made.valid
    assert made.fields[key]._error.value == ""


def test_two_bad_values_are_both_shown() -> None:
    made = form()
    made.fields["lr"].control.value = "0"
    made.fields["epochs"].control.value = "many"
    assert made.fields["lr"].problem
    assert made.fields["epochs"].problem


def test_a_dataset_that_does_not_fit() -> None:
    made = form(fits=lambda name: f"{name} has other samples")
    assert made.fields["dataset"].problem == "digits has other samples"


def test_devices_found_later_keep_the_choice() -> None:
    made = form()
    made.offer("device", ["cpu", "cuda:0"])
    assert made.values["device"] == "cpu"
    made.fields["device"].control.value = "cuda:0"
    assert made.values["device"] == "cuda:0"
    made.load({"device": "cuda:1"})  # of a run made elsewhere
    assert made.values["device"] == "cuda:1"


def test_a_text_is_escaped() -> None:
    made = form()
    made.fields["lr"].control.value = "<script>"
    assert "<script>" not in made.fields["lr"]._error.value
