"""The route table; the OpenAPI document is made from it."""

from __future__ import annotations

from functools import cache

from spikex_lab.server.base import Handler
from spikex_lab.server.handlers import (
    contributions,
    datasets,
    evaluations,
    events,
    library,
    models,
    runs,
    system,
    targets,
)
from spikex_lab.server.operations import operation
from spikex_lab.server.route import ROOT, Route
from spikex_lab.server.schemas.system import Document


class OpenApiHandler(Handler):
    """This API, described for machines."""

    @operation("read", Document)
    async def get(self) -> Document:
        """Tell the OpenAPI 3.1 document that this is a part of."""
        return await self.work(lambda _store: _document())


ROUTES = (
    Route("/health", system.HealthHandler),
    Route("/openapi.json", OpenApiHandler),
    Route("/system", system.SystemHandler),
    Route("/me", system.MeHandler),
    Route("/tutorials/{tutorial}", system.TutorialHandler),
    Route("/templates", models.TemplatesHandler),
    Route("/models", models.ModelsHandler),
    Route("/models/import", models.ModelImportHandler),
    Route("/models/{model}", models.ModelHandler),
    Route("/models/{model}/versions", models.VersionsHandler),
    Route("/models/{model}/versions/{version}", models.VersionHandler),
    Route("/models/{model}/copy", models.CopyHandler),
    Route("/models/{model}/export", models.ModelExportHandler),
    Route("/library", library.LibraryHandler),
    Route("/library/scaffold", contributions.ScaffoldHandler),
    Route("/library/pending", contributions.WaitingHandler),
    Route("/library/{kind}/{component}", library.ComponentHandler),
    Route("/library/{kind}/{component}/files/{file}", library.ComponentFileHandler),
    Route("/library/{kind}/{component}/pending", contributions.PendingHandler),
    Route("/library/{kind}/{component}/pending/files/{file}", contributions.PendingFileHandler),
    Route("/library/{kind}/{component}/reviews", library.ReviewsHandler),
    Route("/datasets", datasets.DatasetsHandler),
    Route("/datasets/known", datasets.KnownHandler),
    Route("/datasets/download", datasets.DownloadHandler),
    Route("/datasets/transfers", datasets.TransfersHandler),
    Route("/datasets/transfers/{transfer}", datasets.TransferHandler),
    Route("/datasets/{dataset}", datasets.DatasetHandler),
    Route("/datasets/{dataset}/samples", datasets.SamplesHandler),
    Route("/runs", runs.RunsHandler),
    Route("/runs/{run}", runs.RunHandler),
    Route("/runs/{run}/control", runs.ControlHandler),
    Route("/runs/{run}/events", events.EventsHandler),
    Route("/runs/{run}/metrics", runs.MetricsHandler),
    Route("/runs/{run}/artifacts", runs.ArtifactsHandler),
    Route("/runs/{run}/artifacts/{artifact}", runs.ArtifactHandler),
    Route("/runs/{run}/export", runs.RunExportHandler),
    Route("/runs/{run}/evaluations", evaluations.EvaluationsHandler),
    Route("/runs/{run}/evaluations/{evaluation}", evaluations.EvaluationHandler),
    Route("/targets", targets.TargetsHandler),
    Route("/targets/{target}", targets.TargetHandler),
    Route("/targets/{target}/check", targets.TargetCheckHandler),
)
UNKNOWN = (ROOT + r"(?:/.*)?", system.UnknownHandler)


@cache
def _document() -> Document:
    from spikex_lab.server import openapi

    return Document(**openapi.document(ROUTES))
