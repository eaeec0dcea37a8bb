"""What an evaluation found, to look at, to compare, to take away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikex_lab.api import display

if TYPE_CHECKING:
    import pandas as pd


class Report(display.Displayed):
    """One evaluation of one run: `accuracy`, `loss`, `confusion` and the rest as attributes.

    `data` is the whole as plain JSON data; `per_class` and `confusion` are DataFrames.
    """

    def __init__(
        self, body: dict[str, Any], *, run: dict[str, Any], metrics: list[dict[str, Any]]
    ) -> None:
        self.data = body
        self._run = run
        self._metrics = metrics

    def __getattr__(self, name: str) -> Any:
        data = self.__dict__.get("data", {})
        if name in data:
            return data[name]
        raise AttributeError(f"a report has no {name!r}; it has {', '.join(sorted(data))}")

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.data})

    @property
    def classes(self) -> list[str]:
        """Names of the classes."""
        return [str(name) for name in self.data["classes"]]

    @property
    def confusion(self) -> pd.DataFrame:
        """Counts: a row per true class, a column per predicted class."""
        import pandas as pd

        frame = pd.DataFrame(self.data["confusion"], index=self.classes, columns=self.classes)
        return frame.rename_axis(index="true", columns="predicted")

    @property
    def per_class(self) -> pd.DataFrame:
        """Precision, recall, F1 and support of each class."""
        import pandas as pd

        return pd.DataFrame(self._class_rows(), index=self.classes)

    def to_json(self, path: str | Path | None = None) -> str:
        """Return the evaluation as JSON; with `path`, write it there too."""
        text = json.dumps({"run": self._run.get("id"), **self.data}, indent=2) + "\n"
        return _written(text, path)

    def to_html(self, path: str | Path | None = None) -> str:
        """Return the report as one self-contained HTML page; with `path`, write it there too."""
        from spikex_lab.engine import report
        from spikex_lab.engine.evaluation import Evaluation

        text = report.html(self._run, self._metrics, Evaluation.model_validate(self.data))
        return _written(text, path)

    def __repr__(self) -> str:
        return (
            f"Report(accuracy {display.percent(self.data['accuracy'])}, loss "
            f"{display.number(self.data['loss'])}, "
            f"{self.data['samples']:,} samples of {self.data['split']})"
        )

    def _class_rows(self) -> list[dict[str, Any]]:
        return [{k: v for k, v in row.items() if k != "name"} for row in self.data["per_class"]]

    def _html(self) -> str:
        data = self.data
        latency = data.get("latency") or {}
        body = display.facts(
            {
                "accuracy": display.percent(data["accuracy"]),
                "loss": display.number(data["loss"]),
                "samples": f"{data['samples']:,} of {data['split']}",
                "throughput": f"{data['throughput']:,.0f} samples/s"
                if data.get("throughput")
                else "",
                "latency": f"{display.number(latency.get('median'))} ms" if latency else "",
            }
        )
        rows = self._class_rows()
        columns = list(rows[0]) if rows else []
        cells = [
            [name, *(f"{v:.4f}" if isinstance(v, float) else v for v in row.values())]
            for name, row in zip(self.classes, rows, strict=True)
        ]
        body += display.table(["class", *columns], cells) if len(rows) <= 30 else ""
        spikes = data.get("spikes") or {}
        if spikes:
            body += display.facts(
                {f"spikes of {k} a sample": display.number(v) for k, v in spikes.items()}
            )
        body += display.details("Confusion: rows are true, columns predicted", self._matrix())
        return display.card("Evaluation", body, note=str(self._run.get("model_name") or ""))

    def _matrix(self) -> str:
        counts = self.data["confusion"]
        if len(counts) > 30:
            return display.facts({"classes": len(counts)})
        rows = []
        for name, line in zip(self.classes, counts, strict=True):
            total = sum(line) or 1
            cells = "".join(
                '<td style="text-align:right;padding:2px 6px;'
                f'background:rgba(33,150,243,{0.6 * v / total:.2f})">{int(v)}</td>'
                for v in line
            )
            rows.append(
                '<tr><th scope="row" style="text-align:right;padding:2px 8px">'
                f"{display.esc(name)}</th>{cells}</tr>"
            )
        head = "".join(
            f'<th scope="col" style="padding:2px 6px">{display.esc(n)}</th>' for n in self.classes
        )
        return (
            f'<table style="border-collapse:collapse;font-size:12px;color:{display.TEXT}">'
            f"<tr><th></th>{head}</tr>{''.join(rows)}</table>"
        )


def _written(text: str, path: str | Path | None) -> str:
    if path is not None:
        from spikex_lab.api.files import write

        write(Path(path), text.encode())
    return text
