"""A component's JavaScript, run by node."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from spikex_lab.catalog import Component
from spikex_lab.catalog.body import Selection
from spikex_lab.catalog.codegen import javascript
from spikex_lab.conformance.samples import Drive
from spikex_lab.conformance.trace import Series
from spikex_lab.errors import SpikexError

_LIMIT = 60.0
_DRIVER = """\
import { readFileSync } from "node:fs";
import { variants } from "./component.mjs";

const given = JSON.parse(readFileSync(0, "utf8"));
const results = given.params.map((values, index) => {
  const { states, init, step } = variants[index];
  const state = init(values, given.dt);
  const out = [];
  const kept = states.map(() => []);
  for (let k = 0; k < given.count; ++k) {
    out.push(step(state, ...given.series.map((one) => one[k])));
    states.forEach((name, place) => kept[place].push(state[name]));
  }
  return { out, kept };
});
console.log(JSON.stringify(results));
"""


@cache
def node() -> str | None:
    """Return the path of node, or None."""
    return shutil.which("node")


def run(
    component: Component,
    chosen: Sequence[tuple[Selection, Mapping[str, Any]]],
    given: Drive,
) -> list[tuple[Series, list[Series]]] | None:
    """Run every variant of the rendered module over `given`; None where there is no node.

    Parameters
    ----------
    chosen : each variant's selection and resolved parameters, in the order of the module.

    Raises
    ------
    SpikexError : node refused the module: a fault of ours.
    """
    path = node()
    if path is None:
        return None
    message = {
        "params": [
            {f"p_{name}": params[name] for name in component.program(selection).parameters}
            for selection, params in chosen
        ],
        "dt": given.dt,
        "count": given.count,
        "series": [one.tolist() for one in [*given.inputs, *given.noise]],
    }
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "component.mjs").write_text(javascript.render(component), "utf-8")
        (Path(folder) / "driver.mjs").write_text(_DRIVER, "utf-8")
        done = subprocess.run(  # noqa: S603 (node on the path, our own text)
            [path, "driver.mjs"],
            input=json.dumps(message),
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=_LIMIT,
            check=False,
        )
    if done.returncode:
        told = [line for line in done.stderr.splitlines() if "Error" in line] or [done.stderr]
        raise SpikexError(f"node refused: {told[0][:300].strip()}", where=component.id)
    return [
        (_array(result["out"]), [_array(one) for one in result["kept"]])
        for result in json.loads(done.stdout)
    ]


def _array(values: list[float | None]) -> Series:
    """Return numbers; JSON writes those that are none as null."""
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
