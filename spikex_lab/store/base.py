"""What all tables share: the types of their columns, and how keys and indexes are called."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from sqlalchemy import JSON, BigInteger, MetaData, String, text
from sqlalchemy.orm import DeclarativeBase, mapped_column


def text_of(length: int) -> String:
    """Return the type of a short text: sorted by code points everywhere, as SQLite does."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


Id = Annotated[str, mapped_column(text_of(36))]
"""A UUIDv7 as text."""
Sha = Annotated[str, mapped_column(text_of(64))]
"""A SHA-256 in hexadecimal."""
Label = Annotated[str, mapped_column(text_of(200))]
"""A name: shown and looked up, never a path."""
Stamp = Annotated[str, mapped_column(text_of(24))]
"""ISO 8601 in UTC with milliseconds; sorts as text."""
Bytes = Annotated[int, mapped_column(BigInteger)]
"""A size."""

LIVING = text("deleted IS NULL")


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {dict[str, Any]: JSON(none_as_null=True)}
