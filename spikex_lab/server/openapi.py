"""The OpenAPI document: made of the route table and of what each method says of itself.

``python -m spikex_lab.server.openapi`` prints it; the front end's types are made from that.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from spikex_lab.server import preconditions, problems
from spikex_lab.server.operations import PARTS, Answered, Form, Media, Operation
from spikex_lab.server.route import ROOT, Route
from spikex_lab.server.schemas.common import Problem
from spikex_lab.server.system import versions

_REF = "#/components/schemas/{model}"
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "the ETag of the version that is changed, or * for any",
    "schema": {"type": "string", "pattern": preconditions.HEADER},
}
_STREAM = "text/event-stream"


class _Schemas(GenerateJsonSchema):
    """Leaves out titles, which only repeat the names; tuples of one type are lists of a length."""

    def tuple_schema(self, schema: Any) -> dict[str, Any]:
        """Return the schema of a tuple."""
        made = super().tuple_schema(schema)
        kinds = made.get("prefixItems", [])
        if kinds and all(one == kinds[0] for one in kinds):
            made = {key: value for key, value in made.items() if key != "prefixItems"}
            made["items"] = kinds[0]
        return made

    def field_title_should_be_set(self, _schema: Any) -> bool:
        """Return False."""
        return False


def document(routes: Iterable[Route]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of `routes`."""
    known = list(routes)
    refs, schemas = _schemas(known)
    paths: dict[str, Any] = {}
    for route in known:
        paths[route.path] = {"summary": _first_line(route.handler)}
        for method, declared in route.handler.operations.items():
            described = _described(getattr(route.handler, method))
            paths[route.path][method] = {
                "operationId": _operation_id(method, route.path),
                **described,
                "x-action": declared.action,
                "parameters": _parameters(route.parts, declared, schemas, refs),
                **_request(declared, schemas, refs),
                "responses": _responses(declared, refs, bool(route.parts)),
            }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "SPIKE-X Lab",
            "version": versions()["spikex-lab"] or "0",
            "description": "The REST API of SPIKE-X Lab's Jupyter server extension.",
        },
        "servers": [{"url": ROOT}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": 'the server\'s token: "token …"',
                }
            },
            "schemas": {
                name: schemas[name] for name in sorted(schemas.keys() - _queries(known, refs))
            },
        },
    }


def _models(declared: Operation) -> Iterable[type[BaseModel]]:
    body = declared.body.fields if isinstance(declared.body, Form) else declared.body
    for one in (declared.query, body, *declared.answers.values()):
        if isinstance(one, type):
            yield one


def _schemas(routes: Sequence[Route]) -> tuple[dict[type[BaseModel], Any], dict[str, Any]]:
    """Return the reference of each model that a route names, and all schemas by name."""
    models: dict[type[BaseModel], None] = {Problem: None}
    for route in routes:
        for declared in route.handler.operations.values():
            models |= dict.fromkeys(_models(declared))
    # As they are taken: nothing that is answered has defaults or fields that are computed.
    refs, found = models_json_schema(
        [(model, "validation") for model in models],
        ref_template=_REF,
        schema_generator=_Schemas,
    )
    schemas = _without_examples(found.get("$defs", {}))
    named: dict[type[BaseModel], Any] = {model: refs[model, "validation"] for model in models}
    return named, schemas


def _without_examples(schema: Any) -> Any:
    """Return `schema` with descriptions that end where a docstring's sections begin."""
    if isinstance(schema, list):
        return [_without_examples(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    cleaned = {key: _without_examples(value) for key, value in schema.items()}
    if isinstance(about := cleaned.get("description"), str):
        cleaned["description"] = re.split(r"\n\n(?:Examples|Notes|Parameters)\n-+\n", about)[0]
    return cleaned


def _queries(routes: Sequence[Route], refs: dict[Any, Any]) -> set[str]:
    """Return the names of the schemas that have become parameters."""
    declared = [one for route in routes for one in route.handler.operations.values()]
    return {_name(refs[one.query]) for one in declared if one.query is not None}


def _name(ref: dict[str, str]) -> str:
    return ref["$ref"].rpartition("/")[2]


def _parameters(
    parts: list[str], declared: Operation, schemas: dict[str, Any], refs: dict[Any, Any]
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": f"^{PARTS[name].pattern}$"},
        }
        for name in parts
    ]
    if declared.query is not None:
        query = schemas[_name(refs[declared.query])]
        for name, schema in query.get("properties", {}).items():
            required = name in query.get("required", ())
            found.append(
                {"name": name, "in": "query", "required": required, "schema": _plain(schema)}
            )
    if declared.conditional:
        found.append(_IF_MATCH)
    return found


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an argument that may be left out: no query can say null."""
    kinds = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    kept = {key: value for key, value in schema.items() if key not in ("anyOf", "default")}
    return {**kept, **kinds[0]}


def _request(declared: Operation, schemas: dict[str, Any], refs: dict[Any, Any]) -> dict[str, Any]:
    if declared.body is None:
        return {}
    if not isinstance(declared.body, Form):
        content = {"application/json": {"schema": refs[declared.body]}}
    else:
        file = {"type": "string", "format": "binary"}
        fields = schemas[_name(refs[declared.body.fields])]
        form = {
            **fields,
            "properties": {"file": file, **fields["properties"]},
            "required": ["file", *fields.get("required", ())],
        }
        content = {"multipart/form-data": {"schema": form}}
    return {"requestBody": {"required": True, "content": content}}


def _responses(declared: Operation, refs: dict[Any, Any], has_parts: bool) -> dict[str, Any]:
    found = {
        str(status): _answer(status, answer, refs) for status, answer in declared.answers.items()
    }
    problem = {problems.MEDIA_TYPE: {"schema": refs[Problem]}}
    if any(isinstance(one, Media) and one.partial for one in declared.answers.values()):
        found["416"] = {"description": _phrase(416), "content": problem}
    for status in declared.refusals(has_parts=has_parts):
        found[str(status)] = {"description": _phrase(status), "content": problem}
    if declared.stream:
        found[str(declared.status)]["content"][_STREAM] = {"schema": {"type": "string"}}
    return dict(sorted(found.items()))


def _answer(status: int, answer: Answered, refs: dict[Any, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {"description": _phrase(status)}
    if isinstance(answer, Media):
        described["content"] = {media: {"schema": {}} for media in answer.types}
    elif answer is not None:
        described["content"] = {"application/json": {"schema": refs[answer]}}
    return described


def _described(method: Any) -> dict[str, str]:
    text = " ".join((method.__doc__ or "").split())
    first, _, rest = text.partition(". ")
    return {"summary": first.rstrip("."), **({"description": rest} if rest else {})}


def _operation_id(method: str, path: str) -> str:
    """Return such as ``get_models_model``: unique, as path and method are."""
    words = "".join(letter if letter.isalnum() else " " for letter in path).split()
    return "_".join([method, *words])


def _first_line(thing: Any) -> str:
    return str(thing.__doc__ or "").strip().splitlines()[0].rstrip(".")


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase


def main() -> int:
    """Print the document."""
    from spikex_lab.server.routes import ROUTES

    json.dump(document(ROUTES), sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
