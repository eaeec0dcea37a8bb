"""Taking a model or a run away, and reading a model back."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikex_lab.api import files
from spikex_lab.errors import InvalidError, nearest

if TYPE_CHECKING:
    from spikex_lab.api.run import Run
    from spikex_lab.spec import ModelSpec

MODEL_FORMATS = ("yaml", "json")
RUN_FORMATS = ("safetensors", "pth", "yaml", "json", "bundle")
_LATER = {"nir": "NIR", "onnx": "ONNX"}
_MAX_SPEC = 10 * 1024**2
_BUNDLE_SPEC = "model.json"


def model(spec: ModelSpec, format: str, path: Path) -> Path:
    """Write `spec` as YAML or JSON."""
    _known(format, MODEL_FORMATS)
    return files.write(path, (spec.to_yaml() if format == "yaml" else spec.to_json()).encode())


def run(run: Run, format: str, path: Path) -> Path:
    """Write what `run` made in one of `RUN_FORMATS`."""
    _known(format, RUN_FORMATS)
    if format in MODEL_FORMATS:
        spec = run.spec
        return files.write(path, (spec.to_yaml() if format == "yaml" else spec.to_json()).encode())
    run._finished_weights()
    if format == "safetensors":
        return files.write(path, run.artifact("weights.safetensors").read_bytes())
    if format == "pth":
        return files.place(path, lambda beside: _pth(run.id, beside))
    return files.place(path, _bundle(run))


def read_spec(path: Path) -> dict[str, Any]:
    """Return the model spec in a ``.yaml``, ``.json`` or ``.spikex`` file as plain data.

    Raises
    ------
    InvalidError : no such file, no mapping, or a bundle without a spec.
    """
    from spikex_lab.spec.documents import load_document, load_file

    try:
        if not path.is_file():
            raise InvalidError("no such file", where=str(path)[:200])
    except (OSError, ValueError):
        raise InvalidError("no such file", where=repr(str(path))[:200]) from None
    data = (
        load_document(_spec_in(path), where=path.name)
        if path.suffix == ".spikex"
        else load_file(path)
    )
    if not isinstance(data, dict):
        raise InvalidError("a model is a mapping: name, input, nodes, …", where=path.name)
    if data.get("schema") == "spikex/run@1" and isinstance(data.get("model"), dict):
        data = data["model"]
    return dict(data)


def _spec_in(path: Path) -> bytes:
    """Return the spec inside a bundle; nothing else in it is touched."""
    from spikex_lab.data import archives

    try:
        return archives.read_one(path, _BUNDLE_SPEC, _MAX_SPEC)
    except InvalidError as error:
        raise InvalidError(f"is no .spikex bundle: {error.what}", where=path.name) from None


def _pth(run_id: str, path: Path) -> None:
    from spikex_lab.api import child

    child.call("pth", {"run": run_id, "weights": None, "path": str(path)})


def _bundle(run: Run) -> Callable[[Path], None]:
    """Return a writer of the bundle: a zip with spec, weights and what the run left."""
    spec = run.spec
    manifest = {
        "schema": "spikex/bundle@1",
        "model": spec.model.name,
        "run": run.id,
        "files": {row["name"]: row["sha256"] for row in run.artifacts()},
    }

    def fill(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("manifest.json", json.dumps(manifest, indent=2))
            archive.writestr(_BUNDLE_SPEC, spec.model.to_json())
            archive.writestr("run.json", spec.to_json())
            for row in run.artifacts():
                archive.write(run.artifact(row["name"]), f"artifacts/{row['name']}")

    return fill


def _known(format: str, formats: tuple[str, ...]) -> None:
    if format in formats:
        return
    if format in _LATER:
        raise InvalidError(
            f"{_LATER[format]} export is not in this version",
            where="format",
            hint=f"known: {', '.join(formats)}",
        )
    raise InvalidError(
        f'no format "{str(format)[:40]}"', where="format", hint=nearest(str(format), formats)
    )
