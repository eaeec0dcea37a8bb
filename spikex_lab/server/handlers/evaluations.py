"""Evaluations of a run's final weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spikex_lab.server.base import Handler
from spikex_lab.server.handlers.common import whole
from spikex_lab.server.operations import operation
from spikex_lab.server.schemas.runs import Evaluation, EvaluationList, NewEvaluation

if TYPE_CHECKING:
    from spikex_lab.store import EvaluationRow, Store


class EvaluationsHandler(Handler):
    """The evaluations of a run."""

    @operation("read", EvaluationList)
    async def get(self, run: str) -> EvaluationList:
        """List them, newest first, at most 200."""

        def read(store: Store) -> EvaluationList:
            rows = store.runs.evaluations(store.runs.get(run).id)
            return EvaluationList(**whole([_told(row) for row in rows]))

        return await self.work(read)

    @operation("execute", Evaluation, status=201, body=NewEvaluation, errors=(409,))
    async def post(self, run: str, body: NewEvaluation) -> Evaluation:
        """Evaluate on a split of the run's dataset; the answer comes when it is done."""

        def evaluate(store: Store) -> Evaluation:
            from spikex_lab import api

            figures = api.Run.open(run).measure(**dict(body), progress=self.service.go_on)
            return _told(store.runs.add_evaluation(run, figures))

        return await self.service.slow(evaluate)


class EvaluationHandler(Handler):
    """One evaluation."""

    @operation("read", Evaluation)
    async def get(self, run: str, evaluation: str) -> Evaluation:
        """Tell its figures."""
        return await self.work(lambda store: _told(store.runs.evaluation(run, evaluation)))


def _told(row: EvaluationRow) -> Evaluation:
    return Evaluation(id=row.id, run=row.run, created=row.created, figures=row.body)
