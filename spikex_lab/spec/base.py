"""What every spec shares: strict keys that name the nearest known one, and one canonical form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from spikex_lab.errors import InvalidError, Problem, nearest
from spikex_lab.spec import documents


class SpecModel(BaseModel):
    """A strict, immutable pydantic model: unknown keys and non-finite numbers are refused."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, populate_by_name=True
    )

    @classmethod
    def parse(cls, data: Any, *, where: str = "", strict: bool = False) -> Self:
        """Return the spec that `data` (plain dicts, lists, numbers, strings) describes.

        Parameters
        ----------
        strict : `data` are those of a JSON text, and of exactly the types that the schema says: no
            number in quotes, no truth value for a number.

        Raises
        ------
        InvalidError : with one problem per bad field; an unknown key names the nearest known one.
        """
        try:
            if strict:
                return cls.model_validate_json(json.dumps(data), strict=True)
            return cls.model_validate(data)
        except ValidationError as error:
            raise invalid(cls, error, data, where) from None

    @classmethod
    def load(cls, text: bytes | str, *, where: str = "") -> Self:
        """Return the spec that a YAML or JSON text describes, read within limits."""
        return cls.parse(documents.load_document(text, where=where), where=where)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON data, defaults included."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def to_json(self) -> str:
        """Return indented JSON."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False) + "\n"

    def to_yaml(self) -> str:
        """Return YAML, keys in the order of the schema; `load` reads the same spec back."""
        return yaml.dump(
            self.to_dict(),
            Dumper=_Dumper,
            sort_keys=False,
            default_flow_style=None,
            allow_unicode=True,
            width=100,
        )

    def digest(self) -> str:
        """Return the SHA-256 (hex) of the canonical JSON: equal specs have equal digests."""
        canonical = json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


class _Dumper(yaml.SafeDumper):
    """Writes YAML that `documents` reads back to the same data: quotes what it would misread."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  (PyYAML's name)
        """Write a thing that occurs twice out twice: aliases are not allowed."""
        return True


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    try:
        plain = documents.resolve(text) == text
    except ValueError:
        plain = False
    style = None if plain else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def invalid(cls: type[BaseModel], error: ValidationError, data: Any, where: str) -> InvalidError:
    """Translate pydantic's error into ours: pointers, short messages, nearest known keys."""
    problems: dict[str, Problem] = {}
    for item in error.errors(include_url=False):
        path = _path(item["loc"], data, item["type"])
        at = documents.pointer(path)
        problems.setdefault(at, Problem(at, _message(cls, item, path)))  # type: ignore[arg-type]
    # a misspelt key comes before the one that is missing because of it
    found = sorted(problems.values(), key=lambda problem: not problem.message.startswith("unk"))
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    place = " ".join(part for part in (where, found[0].pointer) if part)
    return InvalidError(found[0].message + more, where=place, problems=found)


def _path(loc: Sequence[int | str], data: Any, kind: str) -> list[int | str]:
    """Return `loc` without the names that pydantic adds for the branches of a union."""
    path: list[int | str] = []
    current = data
    for index, part in enumerate(loc):
        inside = isinstance(current, Mapping) and part in current
        if isinstance(current, (list, tuple)) and isinstance(part, int):
            inside = part < len(current)
        if inside:
            current = current[part]
        elif not (kind == "missing" and index == len(loc) - 1):
            continue
        path.append(part)
    return path


def _message(cls: type[BaseModel], item: dict[str, Any], path: Sequence[int | str]) -> str:
    kind, given = item["type"], item.get("input")
    if kind == "extra_forbidden":
        key = str(path[-1])
        return f'unknown key "{key[:80]}"; {nearest(key[:80], known_keys(cls, path[:-1]))}'
    if kind == "missing":
        return "is missing"
    if kind == "string_pattern_mismatch":
        return f"{str(given)[:80]!r} is not a valid name"
    message = str(item["msg"]).removeprefix("Value error, ").replace("Input should", "must")
    if kind in _PHRASES:
        message = _PHRASES[kind].format(**item.get("ctx", {}))
    if kind == "value_error" or not isinstance(given, (int, float, str)):
        return message
    shown = repr(given[:80]) if isinstance(given, str) else str(given)[:80]
    return f"{message}, got {shown}"


_PHRASES = {
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "finite_number": "must be a finite number",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "string_type": "must be a word",
    "list_type": "must be a list",
    "dict_type": "must be keys with values",
    "model_type": "must be keys with values",
}


def known_keys(cls: type[BaseModel], path: Sequence[int | str] = ()) -> list[str]:
    """Return the keys that a spec of class `cls` allows at `path`; empty where any key may stand.

    Examples
    --------
    >>> from spikex_lab.spec import ModelSpec
    >>> known_keys(ModelSpec, ["time"])
    ['steps', 'dt']
    """
    current: Any = cls
    for part in path:
        if isinstance(part, str) and isinstance(current, type) and issubclass(current, BaseModel):
            fields = current.model_fields
            field = {f.alias or name: f for name, f in fields.items()}.get(part)
            current = _model_in(field.annotation) if field else None
    if isinstance(current, type) and issubclass(current, BaseModel):
        return [field.alias or name for name, field in current.model_fields.items()]
    return []


def _model_in(annotation: Any) -> Any:
    """Return the first spec class inside an annotation such as ``list[NodeSpec] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _model_in(argument)
        if found is not None:
            return found
    return None
