"""Puts the report together: what was found first, then how, then how to get it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from spikex_lab.engine.environment import package_version
from spikex_lab.engine.evaluation import Evaluation
from spikex_lab.engine.report import charts, cite
from spikex_lab.engine.report.style import CSS
from spikex_lab.engine.report.text import duration, esc, facts, number, percent, table

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""The file may load nothing and run nothing, whatever were written into it."""
MATRIX_LIMIT = 100
"""Classes up to which the confusion matrix is drawn."""
_PACKAGES = ("spikex-lab", "torch", "numpy")


def html(
    run: Mapping[str, Any], metrics: Sequence[Mapping[str, Any]], evaluation: Evaluation
) -> str:
    """Return the report as one HTML page without scripts or anything from elsewhere.

    Parameters
    ----------
    run : the run's row as plain data: ``id``, ``spec`` and what else is known of it.
    metrics : one body per epoch, oldest first.
    """
    spec = run.get("spec") or {}
    model = spec.get("model") or {}
    name = str(run.get("model_name") or model.get("name") or "network")
    epochs = [row for row in metrics if row.get("train_loss") is not None]
    sections = [
        _head(name, spec, run, evaluation),
        _learning(epochs, spec.get("training") or {}),
        _classes(evaluation),
        _spikes(evaluation),
        _speed(evaluation),
        _model(model),
        _configuration(spec, run, epochs),
        cite.section(run, spec, evaluation),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{esc(name)}: {percent(evaluation.accuracy)}</title><style>{CSS}</style></head>"
        f"<body><main>{''.join(sections)}</main></body></html>\n"
    )


def _head(name: str, spec: Any, run: Mapping[str, Any], evaluation: Evaluation) -> str:
    dataset = str(run.get("dataset") or spec.get("dataset") or "the dataset")
    right = round(evaluation.accuracy * evaluation.samples)
    unseen = "samples that it had never seen" if evaluation.split == "test" else "samples"
    sentence = (
        f"The network named the right class for {right:,} of {evaluation.samples:,} {unseen} "
        f"(split {esc(evaluation.split)} of {esc(dataset)})."
    )
    chance = f" Guessing would give {percent(1 / max(1, len(evaluation.classes)), 0)}."
    pairs = [
        ("Loss", number(evaluation.loss)),
        ("Macro F1", percent(evaluation.macro_f1)),
    ]
    if evaluation.top3 is not None:
        pairs.append(("Right class among the first three", percent(evaluation.top3)))
    if evaluation.calibration_error is not None:
        pairs.append(("Calibration error", percent(evaluation.calibration_error)))
    when = str(run.get("ended") or run.get("created") or "")[:10]
    told = " · ".join(
        esc(part) for part in (f"run {run['id']}" if run.get("id") else "", when) if part
    )
    return (
        f"<h1>{esc(name)} on {esc(dataset)}</h1>"
        + (f'<p class="soft">{told}</p>' if told else "")
        + f'<div class="headline"><strong>{percent(evaluation.accuracy)}</strong>'
        f"<p>{sentence}{chance}</p></div>{facts(pairs)}"
    )


def _learning(epochs: Sequence[Mapping[str, Any]], training: Mapping[str, Any]) -> str:
    if not epochs:
        return ""

    def series(name: str) -> list[tuple[float, float]]:
        return [(row["epoch"], row[name]) for row in epochs if row.get(name) is not None]

    def chart(what: str, as_percent: bool) -> str:
        found = [
            (f"{k} {what}", series(f"{p}_{what}"))
            for k, p in (("training", "train"), ("validation", "val"))
        ]
        found = [(name, points) for name, points in found if points]
        picture = charts.lines(found, label=f"{what} over the epochs", as_percent=as_percent)
        return f"<figure>{picture}</figure>"

    gap = ""
    last = epochs[-1]
    if (
        last.get("val_accuracy") is not None
        and last["train_accuracy"] - last["val_accuracy"] > 0.05
    ):
        gap = (
            "<p>Training accuracy ends well above validation accuracy: the network has begun to "
            "learn its training samples by heart. More data, a smaller network or early stopping "
            "would help.</p>"
        )
    return (
        f"<h2>How it learned</h2><p>How often it was right, and the loss, {_made_small(training)}, "
        "after each epoch. The validation samples were held out of training.</p>"
        f'<div class="charts">{chart("accuracy", True)}{chart("loss", False)}</div>{gap}'
    )


def _made_small(training: Mapping[str, Any]) -> str:
    """Return what training does about the loss; `training` is a `TrainingSpec` as plain data."""
    rules = training.get("rules") or []
    if training.get("algorithm", "bptt") == "bptt" and not rules:
        return "which training makes small"
    names = ", ".join(esc(str(rule.get("component"))) for rule in rules)
    names = names or esc(f"learning/{training.get('algorithm')}")
    told = f"of which the rules at work ({names}) know nothing"
    if training.get("labels"):
        told += "; which neuron stands for which class was read off their answers"
    return told


def _classes(evaluation: Evaluation) -> str:
    names = evaluation.classes
    wrong = sorted(
        (
            (count, names[i], names[j])
            for i, row in enumerate(evaluation.confusion)
            for j, count in enumerate(row)
            if i != j and count
        ),
        key=lambda item: (-item[0], item[1], item[2]),
    )
    told = "<p>It made no mistake at all.</p>"
    if wrong:
        most = "; ".join(f"{esc(a)} taken for {esc(b)} ({count} ×)" for count, a, b in wrong[:3])
        told = f"<p>Most frequent mistakes: {most}.</p>"
    rows = [
        [esc(c.name), percent(c.precision), percent(c.recall), percent(c.f1), f"{c.support:,}"]
        for c in evaluation.per_class
    ]
    figures = table(["class", "precision", "recall", "F1", "samples"], rows)
    if len(rows) > 30:
        figures = f"<details><summary>All {len(rows)} classes</summary>{figures}</details>"
    matrix = ""
    if len(names) <= MATRIX_LIMIT:
        matrix = f"<figure>{charts.confusion(evaluation.confusion, names)}</figure>"
    return (
        f"<h2>Class by class</h2>{told}{matrix}"
        '<p class="soft">Precision: how often the network is right when it says this class. '
        f"Recall: how much of the class it finds. F1: their harmonic mean.</p>{figures}"
    )


def _spikes(evaluation: Evaluation) -> str:
    if not evaluation.spikes:
        return ""
    rows = []
    for name, count in evaluation.spikes.items():
        rate = evaluation.rates.get(name)
        beside = f"{number(count)} spikes" + (
            f", {percent(rate, 1)} of steps" if rate is not None else ""
        )
        rows.append((name, count, beside))
    silent = [name for name, rate in evaluation.rates.items() if rate < 0.001]
    note = ""
    if silent:
        note = (
            f"<p>Nearly silent: {esc(', '.join(silent))}. A lower threshold or larger inputs "
            "would wake it.</p>"
        )
    picture = charts.bars(rows, label="Spikes of each layer per sample")
    return (
        "<h2>Spikes per layer</h2><p>Mean number of spikes for one sample.</p>"
        f"<figure>{picture}</figure>{note}"
    )


def _speed(evaluation: Evaluation) -> str:
    pairs = [
        ("Throughput", f"{number(evaluation.throughput)} samples/s"),
        ("Latency of one sample", f"{number(evaluation.latency.median)} ms"),
        ("Latency, 95 % below", f"{number(evaluation.latency.p95)} ms"),
        ("Device", esc(evaluation.device)),
    ]
    if evaluation.synops is not None:
        pairs.append(("Synaptic operations per sample", number(evaluation.synops)))
    if evaluation.macs is not None:
        pairs.append(("Multiply-accumulates per sample", number(evaluation.macs)))
    return f"<h2>Speed and work</h2>{facts(pairs)}"


def _model(model: Mapping[str, Any]) -> str:
    nodes = model.get("nodes") or []
    if not nodes:
        return ""
    rows = [
        [
            f"<code>{esc(node.get('id'))}</code>",
            esc(node.get("component")),
            esc(", ".join(f"{k} {v}" for k, v in (node.get("params") or {}).items())),
        ]
        for node in nodes[:200]
    ]
    described = f"<p>{esc(model['description'])}</p>" if model.get("description") else ""
    time = model.get("time") or {}
    shape = "×".join(str(n) for n in (model.get("input") or {}).get("shape", []))
    steps = (
        f", shown for {time.get('steps')} steps of {time.get('dt')} ms"
        if time.get("steps", 1) > 1
        else ""
    )
    return (
        f"<h2>The network</h2>{described}<p>Input {esc(shape)}{esc(steps)}.</p>"
        f"{table(['node', 'component', 'parameters'], rows, numeric=3)}"
    )


def _configuration(
    spec: Mapping[str, Any], run: Mapping[str, Any], epochs: Sequence[Mapping[str, Any]]
) -> str:
    training = spec.get("training") or {}
    rows = [[esc(key), esc(_flat(value))] for key, value in training.items()]
    pairs = [("Device", esc(run.get("device") or spec.get("device") or "cpu"))]
    if epochs:
        pairs.append(("Epochs trained", str(epochs[-1]["epoch"])))
        spent = sum(float(row.get("seconds") or 0.0) for row in epochs)
        pairs.append(("Training time", duration(spent)))
    pairs += [(f"{name} version", esc(_version(name))) for name in _PACKAGES]
    return (
        f"<h2>Configuration</h2>{facts(pairs)}<details><summary>Training parameters</summary>"
        f"{table(['parameter', 'value'], rows, numeric=2)}</details>"
    )


def _flat(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {inner}" for key, inner in value.items())
    return str(value)


def _version(package: str) -> str:
    if package == "spikex-lab":
        return package_version()
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
