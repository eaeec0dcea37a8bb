"""What every spec shares: strict keys that name the nearest known one, and one canonical form."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from spikex_lab.errors import InvalidError, Problem, nearest


class SpecModel(BaseModel):
    """A strict, immutable pydantic model: unknown keys and non-finite numbers are refused."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, populate_by_name=True
    )

    @classmethod
    def parse(cls, data: Any, *, where: str = "") -> Self:
        """Return the spec that `data` (plain dicts, lists, numbers, strings) describes.

        Raises
        ------
        InvalidError : with one problem per bad field; an unknown key names the nearest known one.
        """
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            raise invalid(cls, error, where) from None

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON data, defaults included."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def to_json(self) -> str:
        """Return indented JSON."""
        return json.dumps(self.to_dict(), indent=2) + "\n"

    def to_yaml(self) -> str:
        """Return YAML, keys in the order of the schema."""
        return yaml.safe_dump(
            self.to_dict(), sort_keys=False, default_flow_style=None, allow_unicode=True, width=100
        )

    def digest(self) -> str:
        """Return the SHA-256 (hex) of the canonical JSON: equal specs have equal digests."""
        canonical = json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


def invalid(cls: type[BaseModel], error: ValidationError, where: str) -> InvalidError:
    """Translate pydantic's error into ours: pointers, short messages, nearest known keys."""
    problems = [
        Problem(_pointer(item["loc"]), _message(cls, item))  # type: ignore[arg-type]
        for item in error.errors(include_url=False)
    ]
    first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    place = " ".join(part for part in (where, first.pointer) if part)
    return InvalidError(first.message + more, where=place, problems=problems)


def _pointer(loc: tuple[int | str, ...]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in loc)


def _message(cls: type[BaseModel], item: dict[str, Any]) -> str:
    if item["type"] == "extra_forbidden":
        key = str(item["loc"][-1])
        return f'unknown key "{key}"; {nearest(key, _known_keys(cls, item["loc"][:-1]))}'
    message = str(item["msg"]).removeprefix("Value error, ")
    given = item.get("input")
    if isinstance(given, (int, float, str)) and item["type"] != "value_error":
        return f"{message}, got {str(given)[:80]!r}" if isinstance(given, str) else f"{message}, got {given}"
    return message


def _known_keys(cls: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """Return the keys allowed at `loc`, by walking the annotations."""
    current: Any = cls
    for part in loc:
        if isinstance(current, type) and issubclass(current, BaseModel) and isinstance(part, str):
            by_alias = {f.alias or name: f for name, f in current.model_fields.items()}
            field = by_alias.get(part) or current.model_fields.get(part)
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
