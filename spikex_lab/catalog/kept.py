"""A component as a store keeps it and a model brings it along: its definition, its files' hashes.

The definition is what stands in ``component.yaml``; ``files`` names what else belongs to it by
SHA-256. So one digest fixes all of it, and code is only ever meant by its hash.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Annotated, Any

from pydantic import Field, model_validator

from spikex_lab.catalog import body
from spikex_lab.catalog.component import Component
from spikex_lab.catalog.schema import ComponentSpec
from spikex_lab.errors import InvalidError, TooLargeError

Sha = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
KeptName = Annotated[
    str,
    Field(pattern=r"^(conformance/)?[A-Za-z0-9][A-Za-z0-9_.-]{0,78}\.[a-z0-9]{1,8}$"),
]
Code = Callable[[str], bytes | None]
"""From a SHA-256 to code that its user chose to run; None where nobody did."""


DEFINITION_LIMIT = 100_000
"""Characters of one definition."""
WORK_LIMIT = 100_000
"""Characters of equations, over all choices of variants: twice the library's largest."""
_LOWERED = {"let", "equations", "jumps", "spike", "output", "variants", "presets"}
_MOST = {
    "parameters": 200, "let": 200, "state": 32, "inputs": 50, "noise": 20, "equations": 50,
    "jumps": 100, "variants": 32, "presets": 64, "weights": 50, "conformance": 50, "references": 50,
    "tags": 30, "authors": 50,
}  # fmt: skip
"""Entries of one key: beyond any neuron, and few enough to be looked at in a moment."""


class KeptSpec(ComponentSpec):
    """``component.yaml`` and the hashes of the files that go with it."""

    files: Annotated[dict[KeptName, Sha], Field(max_length=64)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _bounded(cls, data: Any) -> Any:
        if isinstance(data, Mapping):
            for key, most in _MOST.items():
                given = data.get(key)
                if isinstance(given, (list, Mapping)) and len(given) > most:
                    raise ValueError(f"{len(given)} {key}; at most {most}")
        return data

    @model_validator(mode="after")
    def _code_is_kept(self) -> KeptSpec:
        for name in self.code.values():
            if name not in (self.files or {}):
                raise ValueError(f'the code file "{name}" is not among the files')
        return self

    @property
    def python(self) -> str | None:
        """The SHA-256 of the component's Python; None where it has none."""
        name = self.code.get("python")
        return None if name is None or self.files is None else self.files[name]


def check_work(spec: ComponentSpec) -> None:
    """Refuse what would take long to look at: every choice of variants is lowered by itself.

    Raises
    ------
    TooLargeError : equations times variants are more than `WORK_LIMIT`.
    """
    parts = spec.model_dump(mode="json", include=_LOWERED, exclude_defaults=True)
    size = len(json.dumps(parts)) * len(body.selections(spec))
    if size > WORK_LIMIT:
        raise TooLargeError(
            f"its equations in all their variants have {size} characters",
            where="variants" if spec.variants else "equations",
            hint=f"at most {WORK_LIMIT}",
        )


def component(
    definition: Mapping[str, Any], *, code: Code | None = None, where: str = ""
) -> Component:
    """Return the component that `definition` (plain data of a `KeptSpec`) describes.

    Parameters
    ----------
    code : asked for the component's Python, by its hash. Without it none ever runs.

    Raises
    ------
    InvalidError : it breaks a rule of the schema or its equations do not add up.
    """
    text = json.dumps(definition, sort_keys=True, separators=(",", ":"))
    made = _made(text, where)
    kept = made.spec
    assert isinstance(kept, KeptSpec)  # noqa: S101 (what `_made` parses)
    if code is None or kept.python is None:
        return made
    source = code(kept.python)
    return made if source is None else _with_code(text, where, source)


@lru_cache(maxsize=256)
def _made(text: str, where: str) -> Component:
    spec = KeptSpec.parse(json.loads(text), where=where)
    check_work(spec)
    return Component(spec)


@lru_cache(maxsize=64)
def _with_code(text: str, where: str, source: bytes) -> Component:
    return Component(_made(text, where).spec, code=source)


def components(
    definitions: Mapping[str, Mapping[str, Any]] | None, *, code: Code | None = None
) -> dict[str, Component]:
    """Return the components that a model brings along, by id.

    Raises
    ------
    InvalidError : one is not what its key says, or breaks a rule; names it.
    """
    found: dict[str, Component] = {}
    for key, definition in (definitions or {}).items():
        made = component(definition, code=code, where=f"components/{key}")
        if made.id != key:
            raise InvalidError(f'the key is "{key}", the id "{made.id}"', where=f"components/{key}")
        found[key] = made
    return found
