"""An algorithm's own parameters: those of its component, as ``training.rules`` may give them."""

from __future__ import annotations

from typing import Any

from spikex_lab.errors import InvalidError
from spikex_lab.spec import TrainingSpec

_OF_LOCAL_RULES = ("nodes", "learns", "post", "bounds", "norm")


def own_parameters(training: TrainingSpec) -> dict[str, Any]:
    """Return the parameters of an algorithm that follows gradients, with defaults.

    They are written as the parameters of a rule with the algorithm's own id:
    ``rules: [{component: learning/e-prop, params: {feedback: random}}]``.

    Raises
    ------
    InvalidError : labels, rules of others, places for local rules, or a bad parameter.
    """
    from spikex_lab.catalog import library

    name = training.algorithm
    component = library().get(f"learning/{name}", where="training/algorithm")
    if training.labels is not None:
        raise _refused(name, "labels")
    if training.rules is None:
        return component.resolve({}, where="training/rules")
    if not component.spec.parameters:
        raise _refused(name, "rules")
    first, *more = training.rules
    where = "training/rules/0"
    if more or first.component != component.id:
        raise InvalidError(
            f'"{name}" takes its own parameters here, and no other rules',
            where="training/rules",
            hint=f"one rule: {component.id} with params",
        )
    for key in _OF_LOCAL_RULES:
        if getattr(first, key) is not None:
            raise InvalidError(f'"{name}" teaches the whole network: no {key}', where=where)
    return component.resolve(first.params, where=where)


def _refused(algorithm: str, key: str) -> InvalidError:
    return InvalidError(
        f'"{algorithm}" follows gradients and has no {key}',
        where=f"training/{key}",
        hint='set training.algorithm to "local" or to the name of a rule',
    )
