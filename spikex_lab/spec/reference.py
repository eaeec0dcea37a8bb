"""How a spec names a component and sets its parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import Field, ValidationError, WrapValidator, model_validator

from spikex_lab.spec.base import SpecModel

ComponentId = Annotated[str, Field(max_length=130, pattern=r"^[a-z]+/[a-z0-9][a-z0-9-]*$")]
NodeId = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Scalar = bool | int | float | str


def _parameter(value: Any, handler: Callable[[Any], Any]) -> Any:
    """Give one message in place of one per branch of the union."""
    try:
        return handler(value)
    except ValidationError:
        raise ValueError(
            "a parameter is a finite number, a word, true or false, or a list of these"
        ) from None


Parameter = Annotated[
    Scalar | Annotated[list[Scalar], Field(max_length=10_000)], WrapValidator(_parameter)
]
Params = Annotated[dict[str, Parameter], Field(max_length=1000)]


class ComponentRef(SpecModel):
    """A component with parameters; in a file also its id alone: ``readout: decoders/membrane``."""

    component: ComponentId
    params: Params = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _from_id(cls, data: Any) -> Any:
        return {"component": data} if isinstance(data, str) else data
