"""The Lab in JupyterLab's own tab: shown without a notebook, spoken with over a comm.

The page runs `show` in a kernel that it has started, then opens a comm to `TARGET`. Over it come
``{"lab": state}`` at every change, and an answer to each request: ``{"id", "do", "args"}`` is
answered by ``{"reply": id, "value": …}`` or ``{"reply": id, "error": {"status", "detail", …}}``.
Several pages may show one kernel's Lab, each with a comm of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spikex_lab.errors import InvalidError, SpikexError, nearest
from spikex_lab.widgets.feed import explain
from spikex_lab.widgets.lab import Lab
from spikex_lab.widgets.route import take_as_named

TARGET = "spikex-lab"
_labs: dict[str, Lab] = {}


def show(model: str) -> None:
    """Display the Lab of the model with this id; it is made once per kernel.

    Raises
    ------
    NotFoundError : there is no such model.
    """
    from IPython.display import publish_display_data

    if model not in _labs:
        from spikex_lab.api import Model

        _labs[model] = Lab(Model.open(model))
        _listen()
    publish_display_data(_labs[model]._repr_mimebundle_())  # type: ignore[no-untyped-call]


def _listen() -> None:
    from comm import get_comm_manager

    def begin(comm: Any, message: dict[str, Any]) -> None:
        Link(comm, message)

    get_comm_manager().register_target(TARGET, begin)


class Link:
    """One page's line to a Lab.

    Parameters
    ----------
    comm : the comm that the page has opened.
    message : its opening message, whose data name the model: ``{"model": id}``.
    """

    def __init__(self, comm: Any, message: dict[str, Any]) -> None:
        self._comm = comm
        lab = self._lab = _labs[message["content"]["data"]["model"]]
        self._verbs: dict[str, Callable[..., Any]] = {
            "save": lab.save,
            "save_as": lambda name: lab.model.save_as(name).id,
            "overwrite": lab.overwrite,
            "reopen": lab.reopen,
            "select": lab.select,
        }
        take_as_named(comm)  # the feed writes to it, and the page is to be heard while a cell runs
        leave = lab.on_change(lambda state: comm.send({"lab": state}))
        comm.on_msg(self._answer)
        comm.on_close(lambda _message: leave())
        comm.send({"lab": lab.state})

    def _answer(self, message: dict[str, Any]) -> None:
        asked = message["content"]["data"]
        try:
            value = self._verb(asked["do"])(**asked.get("args", {}))
        except Exception as error:  # noqa: BLE001 (told to the page, which shows it)
            self._comm.send({"reply": asked["id"], "error": _problem(error)})
        else:
            self._comm.send({"reply": asked["id"], "value": value})

    def _verb(self, name: str) -> Callable[..., Any]:
        if name not in self._verbs:
            raise InvalidError(f'no verb "{name[:40]}"', hint=nearest(name, list(self._verbs)))
        return self._verbs[name]


def _problem(error: Exception) -> dict[str, Any]:
    """Return `error` in the words of the REST interface's problems."""
    if isinstance(error, SpikexError):
        told = {"status": error.status, "detail": error.what, "hint": error.hint}
        return {**told, "where": error.where}
    return {"status": 500, "detail": explain(error), "hint": "", "where": ""}
