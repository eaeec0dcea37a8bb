"""A component: its file, read and checked, and the answers that the floors above ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from spikex_lab.catalog import body, dimensions, parameters, shapes
from spikex_lab.catalog.lower import lower
from spikex_lab.catalog.parser import parse, parse_test
from spikex_lab.catalog.program import Program
from spikex_lab.catalog.schema import ComponentSpec, ReferenceSpec
from spikex_lab.errors import InvalidError, nearest
from spikex_lab.spec.documents import load_file
from spikex_lab.spec.registry import Shape


class Component:
    """One entry of the library. Implements `spikex_lab.spec.ComponentInfo`.

    Parameters
    ----------
    spec : the contents of ``component.yaml``.
    folder : where its files are; None for a component that a store keeps or that is in memory.
    trusted : whether Python files in `folder` may run: bundled components only.
    files : what else is kept with it, by name, where there is no folder.
    code : the Python source among them, where its user chose that it may run.

    Raises
    ------
    InvalidError : equations, shapes or presets that do not add up, with the key they stand at.
    """

    def __init__(
        self,
        spec: ComponentSpec,
        folder: Path | None = None,
        *,
        trusted: bool = False,
        files: Mapping[str, bytes] | None = None,
        code: bytes | None = None,
    ) -> None:
        self.spec = spec
        self.folder = folder
        self.trusted = trusted
        self._files = dict(files or {})
        self._code = code
        self._programs: dict[body.Selection, Program] = {}
        self._check()

    @classmethod
    def load(cls, folder: Path, *, trusted: bool = False) -> Component:
        """Read the component in `folder`."""
        file = folder / "component.yaml"
        spec = ComponentSpec.parse(
            load_file(file), where=f"{folder.parent.name}/{folder.name}/component.yaml"
        )
        if spec.id != f"{folder.parent.name}/{folder.name}":
            raise InvalidError(
                f'the id is "{spec.id}", the folder {folder.parent.name}/{folder.name}',
                where=str(file),
            )
        return cls(spec, folder, trusted=trusted)

    @classmethod
    def of(cls, data: Any) -> Component:
        """Make a component of plain data: what ``component.yaml`` holds."""
        return cls(ComponentSpec.parse(data, where="component"))

    def __repr__(self) -> str:
        return f"Component({self.id!r})"

    def __deepcopy__(self, memo: object) -> Component:
        return self  # nothing in it ever changes

    def __reduce__(self) -> tuple[Any, ...]:
        if self.trusted:  # another process has its own copy of the library
            return _bundled, (self.id,)
        return _remade, (self.spec, self.folder, self._files, self._code)

    @property
    def id(self) -> str:
        """Folder's plural and name: ``neurons/lif``."""
        return self.spec.id

    @property
    def kind(self) -> str:
        """``neuron``, ``synapse``, …"""
        return self.spec.kind

    @property
    def name(self) -> str:
        """The name for people."""
        return self.spec.name

    @property
    def summary(self) -> str:
        """One line."""
        return self.spec.summary

    @property
    def tags(self) -> list[str]:
        """Words to find it by."""
        return list(self.spec.tags)

    @property
    def references(self) -> list[ReferenceSpec]:
        """The papers."""
        return list(self.spec.references)

    @property
    def description(self) -> str:
        """The text for a student (Markdown); empty where there is none."""
        return (self.file("description.md") or b"").decode("utf-8", "replace")

    def file(self, name: str) -> bytes | None:
        """Return the bytes of the file `name` beside ``component.yaml``; None: there is none."""
        if self.folder is None:
            return self._files.get(name)
        path = self.folder / name
        return path.read_bytes() if path.is_file() else None

    @property
    def spiking(self) -> bool:
        """Whether what goes out are spikes."""
        return self.spec.spike is not None and self.spec.output is None

    @property
    def has_equations(self) -> bool:
        """Whether the step is rendered from equations (not written in Python)."""
        return bool(
            self.spec.equations or self.spec.output is not None or self.spec.spike is not None
        )

    @property
    def inputs(self) -> list[str]:
        """Names of the inputs that edges may feed, in the order of the file; the first is usual."""
        back = self.spec.recurrence
        return [name for name in self.spec.inputs if back is None or name != back.input]

    @property
    def states(self) -> list[str]:
        """Names of the state variables, in the order of the file."""
        return list(self.spec.state)

    @property
    def potential(self) -> str | None:
        """The state that the threshold looks at; without a threshold the last one, if any."""
        test = self.spec.spike.when if self.spec.spike is not None else ""
        for word in re.findall(r"[A-Za-z][A-Za-z0-9_]*", test):
            if word in self.spec.state:
                return str(word)
        return next(reversed(self.spec.state), None)

    def resolve(self, params: Mapping[str, Any], *, where: str = "") -> dict[str, Any]:
        """Return `params` with defaults (and the preset's values) filled in.

        Raises
        ------
        InvalidError : names the parameter; an unknown one names the nearest.
        """
        return parameters.resolve(self.spec, params, where=where)

    def output_shape(self, params: Mapping[str, Any], shape: Shape) -> Shape:
        """Return the shape that comes out where `shape` goes in (no batch, no time)."""
        return shapes.output_shape(self.spec, self._full(params), tuple(shape))

    def weights(self, params: Mapping[str, Any], shape: Shape) -> dict[str, Shape]:
        """Return the trainable tensors by name with their shapes."""
        return shapes.weight_shapes(self.spec, self._full(params), tuple(shape))

    def buffers(self, params: Mapping[str, Any], shape: Shape) -> dict[str, Shape]:
        """Return the tensors that are kept but not trained."""
        return shapes.weight_shapes(self.spec, self._full(params), tuple(shape), trainable=False)

    def initial(self, params: Mapping[str, Any], shape: Shape, weight: str) -> tuple[str, float]:
        """Return how `weight` is drawn: uniform (and bound), normal (deviation) or constant."""
        return shapes.initial(self.spec, self._full(params), tuple(shape), weight)

    def selection(self, params: Mapping[str, Any]) -> body.Selection:
        """Return which equations `params` choose; the key of `program`."""
        return body.selection(self.spec, self._full(params))

    def stepped(self, params: dict[str, Any], dt: float) -> dict[str, Any]:
        """Return `params` (resolved) with the integrator that steps of `dt` ms in a network need.

        One that the user or the preset names stays.
        """
        coarse, preset = self.spec.coarse, params.get("preset")
        if coarse is None or dt <= coarse.above or params.get("integrator") is not None:
            return params
        if preset is not None and self.spec.presets[preset].integrator is not None:
            return params
        return {**params, "integrator": coarse.integrator}

    def program(self, chosen: body.Selection | None = None) -> Program:
        """Return one step as assignments, for the equations `chosen` (None: the default ones)."""
        key = body.selections(self.spec)[0] if chosen is None else chosen
        if key not in self._programs:
            self._programs[key] = lower(self.spec, body.select(self.spec, key), where=self.id)
        return self._programs[key]

    def python(self) -> tuple[str, bytes]:
        """Return the component's hand-written Python: where it comes from, and its text.

        Raises
        ------
        InvalidError : there is none, or it may not run here.
        """
        name = self.spec.code.get("python")
        if name is None:
            raise InvalidError(f"{self.id} has neither equations nor Python", where=self.id)
        if self._code is not None:
            return f"<spikex {self.id}/{name}>", self._code
        if not self.trusted or self.folder is None:
            raise InvalidError(
                "Python of a component runs only where it is part of the installed library, or "
                "where you chose it by its hash",
                where=self.id,
                hint=f"spikex components allow {self.id}",
            )
        return str(self.folder / name), (self.folder / name).read_bytes()

    def check_units(self) -> None:
        """Refuse equations whose units do not add up, in any variant or preset.

        Raises
        ------
        InvalidError : file and key, the two units, how to mend it; `problems` has one entry each.
        """
        dimensions.check(self.spec)

    def _full(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        return (
            params if all(name in params for name in self.spec.parameters) else self.resolve(params)
        )

    def _check(self) -> None:
        """Refuse at once what could only fail later."""
        spec = self.spec
        for variant in spec.variants:
            for name, value in variant.when.items():
                given = spec.parameters.get(name)
                if given is None or given.sort not in ("boolean", "choice"):
                    raise InvalidError(
                        f'"{name}" is no parameter that chooses', where=f"{self.id}/variants"
                    )
                if value not in (given.choices or (True, False)):
                    raise InvalidError(f"{name} is never {value}", where=f"{self.id}/variants")
        for label, preset in spec.presets.items():
            for key in preset.parameters:
                if key not in spec.parameters:
                    raise InvalidError(
                        f'no parameter "{key}"',
                        where=f"{self.id}/presets/{label}",
                        hint=nearest(key, list(spec.parameters)),
                    )
            for key in preset.stimulus.inputs if preset.stimulus is not None else ():
                if key not in spec.inputs:
                    raise InvalidError(
                        f'no input "{key}"',
                        where=f"{self.id}/presets/{label}/stimulus",
                        hint=nearest(key, list(spec.inputs)),
                    )
            self.resolve(
                {**self.placeholders(), "preset": label}, where=f"{self.id}/presets/{label}"
            )
        self.resolve(self.placeholders(), where=f"{self.id}/parameters")
        if spec.kind == "surrogate":
            self.surrogate()
            if spec.antiderivative is not None:
                self.surrogate("antiderivative")
        if self.has_equations:
            for chosen in body.selections(spec):
                strict = self.program(chosen).strict
                if spec.spike is not None and spec.conventions is not None:
                    test = ">" if strict else ">="
                    if spec.conventions.threshold != test:
                        raise InvalidError(
                            f'threshold "{spec.conventions.threshold}", but the test is {test}',
                            where=f"{self.id}/conventions",
                        )
        elif spec.kind != "surrogate" and not spec.code and "algorithm" not in spec.traits:
            raise InvalidError("neither equations nor code", where=self.id)
        for rule in spec.shape.require:
            parse_test(rule.that, where=f"{self.id}/shape/require")
        for name, weight in spec.weights.items():
            for item in weight.shape:
                parse(str(item), where=f"{self.id}/weights/{name}/shape")
        if spec.nir is not None:
            for name, formula in spec.nir.map.items():
                parse(formula, where=f"{self.id}/nir/map/{name}")

    def placeholders(self) -> dict[str, Any]:
        """Return values for required parameters, so that the others can be checked."""
        return {
            name: given.choices[0] if given.choices else (given.range or [None])[0] or 1
            for name, given in self.spec.parameters.items()
            if given.value is None
        }

    def surrogate(self, part: Literal["derivative", "antiderivative"] = "derivative") -> Program:
        """Return a surrogate's derivative, or the smooth step, as a program of its one input."""
        changed = self.spec.model_copy(update={"output": getattr(self.spec, part)})
        return lower(changed, body.select(changed, ()), where=f"{self.id}/{part}")


def _remade(
    spec: ComponentSpec, folder: Path | None, files: dict[str, bytes], code: bytes | None
) -> Component:
    return Component(spec, folder, files=files, code=code)


def _bundled(name: str) -> Component:
    from spikex_lab.catalog.library import library

    return library().get(name)
