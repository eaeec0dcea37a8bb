"""What the schemas share."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")


class Answer(BaseModel):
    """Base of what is answered: read off a record, and only what a client needs of it."""

    model_config = ConfigDict(from_attributes=True, extra="ignore", populate_by_name=True)


class PageOf(Answer, Generic[T]):
    """One page of a list; `total` counts all pages."""

    items: list[T]
    total: int
    page: int
    page_size: int


class Unpaged(Answer, Generic[T]):
    """A list that is never paged."""

    items: list[T]
    total: int


class As:
    """Describes plain data, kept or passed on as they are, by the schema of a pydantic model.

    Parameters
    ----------
    name : ``module:class``, imported only where it is needed.
    check : refuse what does not keep to that schema (what is taken; what is answered was kept).
    """

    def __init__(self, name: str, *, check: bool = False) -> None:
        self._name, self._check = name, check

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Return the schema of a mapping, checked where that is wanted."""
        plain = handler(source)
        if not self._check:
            return plain
        return core_schema.no_info_after_validator_function(self._checked, plain)

    def _checked(self, value: Any) -> Any:
        """Return `value` as it is.

        Raises
        ------
        InvalidError : with pointers into it.
        """
        self._model().parse(value, strict=True)
        return value

    def _model(self) -> Any:
        module, _, name = self._name.partition(":")
        return getattr(import_module(module), name)

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Return the schema of the model in the place of that of a mapping."""
        return handler(self._model().__pydantic_core_schema__)


class Problem(Answer):
    """What is wrong (RFC 9457): where it is, what it is, how to mend it."""

    type: str
    title: str
    status: int
    detail: str = ""
    where: str = ""
    hint: str = ""
    errors: list[FieldProblem] = []


class FieldProblem(Answer):
    """One bad field: a JSON pointer to it, and what is wrong with it."""

    pointer: str
    message: str


Problem.model_rebuild()
