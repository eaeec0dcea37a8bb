"""The route table; the OpenAPI document is made from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from spikex_lab.server import handlers, problems
from spikex_lab.server.base import Handler
from spikex_lab.server.downloads import ArtifactHandler
from spikex_lab.server.events import EventsHandler
from spikex_lab.server.system import versions

ROOT = "/spikex/api/v1"


@dataclass(frozen=True)
class Route:
    """An address below the API's root, ``{name}`` standing for one part of it, and who answers."""

    path: str
    handler: type[Handler]

    @property
    def pattern(self) -> str:
        """The address as a regular expression."""
        return ROOT + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path)


class OpenApiHandler(Handler, get="read"):
    """This API, described for machines."""

    async def get(self) -> None:
        """Answer with an OpenAPI 3.1 document."""
        await self.send(openapi())


ROUTES = (
    Route("/health", handlers.HealthHandler),
    Route("/openapi.json", OpenApiHandler),
    Route("/system", handlers.SystemHandler),
    Route("/templates", handlers.TemplatesHandler),
    Route("/datasets", handlers.DatasetsHandler),
    Route("/models", handlers.ModelsHandler),
    Route("/models/{model}", handlers.ModelHandler),
    Route("/runs", handlers.RunsHandler),
    Route("/runs/{run}", handlers.RunHandler),
    Route("/runs/{run}/control", handlers.ControlHandler),
    Route("/runs/{run}/events", EventsHandler),
    Route("/runs/{run}/metrics", handlers.MetricsHandler),
    Route("/runs/{run}/artifacts", handlers.ArtifactsHandler),
    Route("/runs/{run}/artifacts/{name}", ArtifactHandler),
    Route("/tutorials/{name}", handlers.TutorialHandler),
)
UNKNOWN = (ROOT + r"(?:/.*)?", handlers.UnknownHandler)


def openapi() -> dict[str, Any]:
    """Return the OpenAPI document of the route table."""
    paths: dict[str, Any] = {}
    for route in ROUTES:
        names = re.findall(r"\{(\w+)\}", route.path)
        parameters = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in names
        ]
        paths[route.path] = {"summary": _first_line(route.handler)} | (
            {"parameters": parameters} if parameters else {}
        )
        for method, action in route.handler.actions.items():
            paths[route.path][method] = {
                "summary": _first_line(getattr(route.handler, method)),
                "x-action": action,
                "responses": {
                    "2XX": {"description": "done"},
                    "default": {
                        "description": "what is wrong",
                        "content": {
                            problems.MEDIA_TYPE: {
                                "schema": {"$ref": "#/components/schemas/Problem"}
                            }
                        },
                    },
                },
            }
    return {
        "openapi": "3.1.0",
        "info": {"title": "SPIKE-X Lab", "version": versions()["spikex-lab"] or "0"},
        "servers": [{"url": ROOT}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {"type": "apiKey", "in": "header", "name": "Authorization"}
            },
            "schemas": {"Problem": problems.SCHEMA},
        },
    }


def _first_line(thing: Any) -> str:
    return (thing.__doc__ or "").strip().splitlines()[0]
