"""What the schemas share."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic_core import CoreSchema

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
    name : ``module:class``, imported only where the document is made.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Return the schema of the model in the place of that of a mapping."""
        module, _, name = self._name.partition(":")
        model: type[BaseModel] = getattr(import_module(module), name)
        return handler(model.__pydantic_core_schema__)


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
