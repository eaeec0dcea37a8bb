"""The report: whole in one file, and harmless whatever is written into it (trust case 6)."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from spikex_lab.engine import report
from spikex_lab.engine.evaluation import ClassFigures, Evaluation, Latency
from spikex_lab.engine.report import charts

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>\x1b]0;x\x07"


def evaluation(names: list[str], **change: Any) -> Evaluation:
    k = len(names)
    counts = [[9 if i == j else int((i + 1) % k == j) for j in range(k)] for i in range(k)]
    each = [ClassFigures(name=n, precision=0.9, recall=0.9, f1=0.9, support=10) for n in names]
    body: dict[str, Any] = {
        "split": "test",
        "samples": 10 * k,
        "classes": names,
        "accuracy": 0.9,
        "loss": 0.31,
        "loss_name": "cross-entropy",
        "confusion": counts,
        "per_class": each,
        "macro_f1": 0.9,
        "top3": 0.99,
        "calibration_error": 0.02,
        "spikes": {"lif1": 120.5, "out": 0.001},
        "rates": {"lif1": 0.12, "out": 0.0},
        "synops": 12345.0,
        "macs": 99.0,
        "throughput": 5200.0,
        "batch_size": 256,
        "latency": Latency(median=1.2, p95=2.4, samples=50),
        "device": "cpu",
        "seconds": 2.0,
    }
    return Evaluation(**{**body, **change})


def page(text: str = "digits", **change: Any) -> str:
    names = [f"{text} {i}" for i in range(4)]
    spec = {
        "model": {
            "name": text,
            "description": text,
            "input": {"shape": [1, 8, 8], "encoder": {"component": "encoders/direct"}},
            "time": {"steps": 25, "dt": 1.0},
            "nodes": [
                {
                    "id": "fc1",
                    "component": "synapses/dense",
                    "params": {"features": 10, "note": text},
                },
                {"id": "lif1", "component": "neurons/leaky"},
            ],
            "readout": {"component": "decoders/spike-count"},
        },
        "dataset": text,
        "training": {"epochs": 3, "lr": 0.002, "schedule": {"kind": text}},
        "device": "cpu",
    }
    run = {
        "id": f"0190-{text}",
        "spec": spec,
        "model_name": text,
        "dataset": text,
        "ended": "2026-11-22T04:00:00Z",
    }
    rows = [
        {
            "epoch": e,
            "train_loss": 1.0 / e,
            "train_accuracy": 0.8 + 0.02 * e,
            "val_loss": 1.1 / e,
            "val_accuracy": 0.7 + 0.02 * e,
            "seconds": 1.5,
            "lr": 0.1,
            "grad_norm": 1.0,
            "spikes": {text: 0.1},
        }
        for e in (1, 2, 3)
    ]
    return report.html(
        run, rows, evaluation(names, spikes={f"lif {text}": 1.0}, rates={}, **change)
    )


class Walk(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def walk(text: str) -> Walk:
    parser = Walk()
    parser.feed(text)
    assert parser.open == []
    return parser


def test_a_student_finds_everything() -> None:
    text = page()
    words = " ".join(walk(text).words)
    for wanted in (
        "90.00 %",
        "digits on digits",
        "How it learned",
        "Class by class",
        "Spikes per layer",
        "precision",
        "recall",
        "F1",
        "Speed and work",
        "Configuration",
        "torch version",
        "spikex train model.yaml",
        "Cite as",
        "Eshraghian",
        "2026-11-22",
        "Most frequent mistakes: digits 0 taken for digits 1 (1 ×)",
        "The network named the right class for 36 of 40",
    ):
        assert wanted in words, wanted
    assert text.count("<svg") == 4
    assert "prefers-color-scheme: dark" in text


def test_user_text_stays_text() -> None:
    parser = walk(page(EVIL))
    plain = walk(page("digits"))
    allowed = {
        "a",
        "circle",
        "rect",
        "polyline",
        "line",
        "text",
        "g",
        "title",
    }  # charts may differ in points
    assert {t for t, _ in parser.tags} - allowed == {t for t, _ in plain.tags} - allowed
    tags = {tag for tag, _ in parser.tags}
    assert not tags & {"script", "img", "iframe", "object", "embed", "link", "form", "a", "base"}
    for tag, attributes in parser.tags:
        assert not [name for name in attributes if name.startswith("on")], tag
    assert "\x1b" not in page(EVIL)
    assert any("alert(1)" in word for word in parser.words)


def test_nothing_comes_from_elsewhere() -> None:
    text = page()
    parser = walk(text)
    loading = {"src", "href", "xlink:href", "data", "action", "poster", "srcset", "background"}
    assert not [a for _, attributes in parser.tags for a in attributes if a in loading]
    assert "url(" not in text
    assert "@import" not in text
    assert set(re.findall(r"https?://[^\s\"'<]+", text)) <= {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in text


def test_colours_follow_the_theme() -> None:
    drawings = re.findall(r"<svg.*?</svg>", page(), re.S)
    for drawing in drawings:
        assert not re.search(r"#[0-9a-fA-F]{3,6}\b|rgb\(\d", drawing)


@pytest.mark.parametrize("classes", [1, 2, 40, 150])
def test_any_number_of_classes(classes: int) -> None:
    text = report.html({}, [], evaluation([str(i) for i in range(classes)]))
    walk(text)
    assert ("Confusion matrix" in text) == (classes <= 100)


def test_charts_of_odd_figures() -> None:
    assert charts.lines([("a", [])], label="nothing") == ""
    for points in (
        [(1, 0.0)],
        [(1, 5.0), (2, 5.0)],
        [(1, float("nan")), (2, 1.0)],
        [(i, i % 7) for i in range(5000)],
    ):
        drawing = charts.lines([("a", points)], label="x")
        walk(drawing)
        numbers = [
            float(n) for n in re.findall(r'points="([^"]*)"', drawing)[0].replace(",", " ").split()
        ]
        assert all(-1 <= n <= 461 for n in numbers)
        assert len(numbers) <= 800


def test_it_needs_no_torch() -> None:
    import subprocess
    import sys

    code = "import sys, spikex_lab.engine.report; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
