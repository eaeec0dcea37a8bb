"""Commands to a run. They carry its lease, so a run that changed hands does not obey old ones."""

from __future__ import annotations

from typing import Literal, cast, get_args

from spikex_lab.errors import ConflictError, InvalidError, NotFoundError, nearest
from spikex_lab.spec.run import LIVE
from spikex_lab.store.clock import stamp
from spikex_lab.store.runtable import RunTable

Action = Literal["pause", "resume", "stop", "step"]
ACTIONS: tuple[str, ...] = get_args(Action)
ALLOWED = {
    "pause": {"starting", "running"},
    "resume": {"paused"},
    "step": {"paused"},
    "stop": set(LIVE),
}
"""In which states a command is taken. A pause that is still on its way counts as ``paused``."""


class Control(RunTable):
    """The commands' part of `Runs`."""

    def post_control(self, id: str, action: str) -> int:
        """Send a command to the run's coordinator; return the command's number.

        Raises
        ------
        ConflictError : the run's state does not allow it.
        InvalidError : there is no such command.
        """
        if action not in ACTIONS:
            raise InvalidError(f'no command "{action}"', hint=nearest(action, ACTIONS))
        with self.database.fast() as cursor:
            found = cursor.one("SELECT state, lease FROM run WHERE id=:r AND deleted IS NULL", r=id)
            if found is None:
                raise NotFoundError(f'no run "{id[:100]}"', hint="`spikex runs list` shows them")
            state, lease = found
            if state not in ALLOWED[action] and state in ("starting", "running"):
                last = cursor.one(
                    "SELECT action FROM run_control WHERE run=:r AND lease=:l "
                    "ORDER BY id DESC LIMIT 1",
                    r=id,
                    l=lease,
                )
                state = "paused" if last and last[0] in ("pause", "step") else state
            if state not in ALLOWED[action]:
                raise ConflictError(
                    f"the run is {state}: no {action}",
                    where=f"run {id[:13]}",
                    hint=f"{action} works when it is {' or '.join(sorted(ALLOWED[action]))}",
                )
            made = cursor.one(
                "INSERT INTO run_control (run, lease, action, created) VALUES (:r, :l, :a, :t) "
                "RETURNING id",
                r=id,
                l=lease,
                a=action,
                t=stamp(),
            )
        return int(made[0]) if made else 0

    def take_control(self, id: str, lease: int, after: int = 0) -> list[tuple[int, Action]]:
        """Return the commands sent to the holder of `lease` beyond number `after`, oldest first."""
        rows = self.database.rows(
            "SELECT id, action FROM run_control WHERE run=:run AND lease=:lease AND id>:after "
            "ORDER BY id LIMIT 100",
            {"run": id, "lease": lease, "after": after},
        )
        return [(int(number), cast(Action, action)) for number, action in rows]
