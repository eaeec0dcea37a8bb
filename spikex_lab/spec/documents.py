"""YAML and JSON from anywhere, read within limits: what does not pass is refused with its line.

One pass over libyaml's events builds plain data. Nothing is ever constructed from a tag, aliases
cannot multiply, and a hostile text costs at most `TEXT_LIMIT` bytes and `NODE_LIMIT` values.
Plain words follow the core schema of YAML 1.2: ``1e-3`` is a number, ``on`` is a word.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import yaml

from spikex_lab.errors import InvalidError, NotFoundError, Problem

_LIBYAML = bool(yaml.__with_libyaml__)
TEXT_LIMIT = 4_000_000 if _LIBYAML else 100_000
"""Bytes of one document (PyYAML without libyaml reads 30 times slower, so less)."""
DEPTH_LIMIT = 64
"""Lists and mappings inside one another."""
NODE_LIMIT = 50_000
"""Keys and values of one document together."""
SCALAR_LIMIT = 1_000_000
"""Characters of one value."""
INT_LIMIT = 2**63

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INT = re.compile(r"[-+]?[0-9]+\Z|0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"[-+]?\.?(inf|infinity|nan)\Z", re.IGNORECASE)
_PAIR = re.compile(rb"(?<!\\)((?:\\\\)*)\\u([dD][89abAB]..)\\u([dD][c-fC-F]..)")


def load_file(path: Path | str) -> Any:
    """Return the plain data of the YAML or JSON file at `path`; see `load_document`.

    Raises
    ------
    NotFoundError : there is no such file.
    InvalidError : it is not a regular file, or its text is refused.
    """
    file, where = Path(path), str(path)[:200]
    try:
        if not file.exists():
            raise NotFoundError("no such file", where=where)
        if not file.is_file():
            raise InvalidError("is not a file", where=where)
        with file.open("rb") as stream:
            data = stream.read(TEXT_LIMIT + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InvalidError(f"cannot be read: {reason}", where=where) from None
    return load_document(data, where=where)


def load_document(text: bytes | str, *, where: str = "") -> Any:
    """Return the plain data (dict, list, str, int, float, bool, None) that a text describes.

    Parameters
    ----------
    text : YAML or JSON (a subset of it), UTF-8 where it is bytes.
    where : name of the place for error messages, such as the file.

    Raises
    ------
    InvalidError : with line and reason: syntax, size, depth, number of values, alias, anchor, tag,
        a key given twice, a number that is not finite or beyond 64 bits, a second document.

    Examples
    --------
    >>> load_document("lr: 1e-3")
    {'lr': 0.001}
    """
    data = _bounded(text, where)
    parser = (yaml.CSafeLoader if _LIBYAML else yaml.SafeLoader)(data)
    try:
        return _Builder(where).build(parser)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _refused(where, mark.line + 1 if mark else 1, _syntax(error)) from None
    except yaml.reader.ReaderError as error:
        line = data.count(b"\n", 0, max(error.position, 0)) + 1
        raise _refused(where, line, f"not readable text: {error.reason}") from None
    finally:
        parser.dispose()


def resolve(text: str) -> Any:
    """Return the value of a plain (unquoted) word.

    Raises `ValueError` with the reason where it is refused.

    Examples
    --------
    >>> resolve("12"), resolve("1e-3"), resolve("on")
    (12, 0.001, 'on')
    """
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if text[0] not in "+-.0123456789iInN":
        return text
    if _INT.match(text):
        # int() of a long text is slow by design: look at the length before
        value = int(text, 0 if text[:2] in {"0x", "0o"} else 10) if len(text) <= 40 else INT_LIMIT
        if not -INT_LIMIT <= value < INT_LIMIT:
            raise ValueError(f"the number {text[:24]} is beyond 64 bits")
        return value
    if _FLOAT.match(text):
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(f"the number {text[:24]} is not finite")
        return number
    if _NOT_FINITE.match(text):
        raise ValueError(f"the number {text} is not finite; if it is a word, put it in quotes")
    return text


class _Builder:
    """Builds plain data from parse events, counting as it goes."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.path: list[str | int] = []

    def build(self, parser: Any) -> Any:
        """Return the one document's data."""
        root: list[Any] = []
        stack: list[list[Any] | dict[str, Any]] = [root]
        key: str | None = None
        count = documents = 0
        next_event = parser.get_event
        while True:
            event = next_event()
            kind = type(event)
            if kind is yaml.ScalarEvent:
                value: Any = event
            elif kind is yaml.MappingStartEvent:
                value = {}
            elif kind is yaml.SequenceStartEvent:
                value = []
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                stack.pop()
                key = None
                if self.path:
                    self.path.pop()
                continue
            elif kind is yaml.AliasEvent:
                raise self._error(event, f"the alias *{event.anchor[:40]} is not allowed", key)
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise self._error(event, "a second document; give one per file")
                continue
            elif kind is yaml.StreamEndEvent:
                break
            else:
                continue
            count += 1
            if count > NODE_LIMIT:
                raise self._error(event, f"more than {NODE_LIMIT} values", key)
            if event.anchor is not None:
                raise self._error(event, f"the anchor &{event.anchor[:40]} is not allowed", key)
            if event.tag is not None:
                raise self._error(event, f"the tag {event.tag[:80]} is not allowed", key)
            parent = stack[-1]
            is_mapping = type(parent) is dict
            if is_mapping and key is None:
                key = self._key(event, parent)  # type: ignore[arg-type]
                continue
            if kind is yaml.ScalarEvent:
                value = self._scalar(event, key)
            if is_mapping:
                parent[key] = value  # type: ignore[call-overload, index]
            else:
                parent.append(value)  # type: ignore[union-attr]
            if kind is not yaml.ScalarEvent:
                if len(stack) > DEPTH_LIMIT:
                    raise self._error(event, f"nested deeper than {DEPTH_LIMIT} levels")
                if parent is not root:
                    self.path.append(key if key is not None else len(parent) - 1)
                stack.append(value)
            key = None
        if not root or root[0] is None:
            raise InvalidError("the document is empty", where=self.where)
        return root[0]

    def _key(self, event: Any, mapping: dict[str, Any]) -> str:
        if type(event) is not yaml.ScalarEvent:
            raise self._error(event, "a key is a word, not a list or a mapping")
        name: str = event.value
        if not name or len(name) > 1000:
            raise self._error(event, "a key has 1 to 1000 characters")
        if name == "<<":
            raise self._error(event, "the merge key << is not allowed")
        if name in mapping:
            raise self._error(event, f'the key "{name[:80]}" is given twice')
        return name

    def _scalar(self, event: Any, key: str | None) -> Any:
        text: str = event.value
        if len(text) > SCALAR_LIMIT:
            raise self._error(event, f"a value longer than {SCALAR_LIMIT} characters", key)
        if not event.implicit[0]:  # quoted, or a block of text
            return text
        try:
            return resolve(text)
        except ValueError as error:
            raise self._error(event, str(error), key) from None

    def _error(self, event: Any, what: str, key: str | None = None) -> InvalidError:
        path = [*self.path, key] if key is not None else self.path
        return _refused(self.where, event.start_mark.line + 1, what, pointer(path))


def pointer(path: Any) -> str:
    """Return the JSON pointer (RFC 6901) of a path of keys and indices.

    Examples
    --------
    >>> pointer(["nodes", 1, "a/b"])
    '/nodes/1/a~1b'
    """
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def _bounded(text: bytes | str, where: str) -> bytes:
    """Return the text as bytes, refused where it is too long or not Unicode."""
    if len(text) <= TEXT_LIMIT and isinstance(text, str):
        try:
            text = text.encode()
        except UnicodeEncodeError:
            raise _refused(where, 1, "not readable text: half a surrogate pair") from None
    if len(text) > TEXT_LIMIT:
        head = text[:TEXT_LIMIT]
        line = head.count("\n" if isinstance(head, str) else b"\n") + 1  # type: ignore[arg-type]
        raise _refused(where, line, f"the text is longer than {TEXT_LIMIT / 1e6:g} MB")
    assert isinstance(text, bytes)  # noqa: S101  (for the type checker)
    if text[:1] in (b"{", b"[") and b"\\u" in text and text.count(b"\\u") <= NODE_LIMIT:
        # JSON writes characters beyond U+FFFF as two escapes, YAML as one
        text = _PAIR.sub(_join_pair, text)
    return text


def _join_pair(match: re.Match[bytes]) -> bytes:
    try:
        high, low = int(match[2], 16), int(match[3], 16)
    except ValueError:
        return match[0]
    return match[1] + b"\\U%08X" % (0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF))


def _refused(where: str, line: int, what: str, at: str = "") -> InvalidError:
    place = f"{where}, line {line}" if where else f"line {line}"
    return InvalidError(what, where=place, problems=[Problem(at, f"line {line}: {what}")])


def _syntax(error: yaml.MarkedYAMLError) -> str:
    parts = [part for part in (error.context, error.problem) if part]
    return "not valid YAML or JSON: " + ", ".join(parts)[:300]
