"""Start, pause, resume, step, stop: which of them makes sense when."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as w

ACTIONS: dict[str, tuple[str, str, str]] = {
    "start": ("Start", "play", "Train the model with these settings, as a new run"),
    "pause": ("Pause", "pause", "Hold the run after the batch under way"),
    "resume": ("Resume", "play", "Go on from where the run was paused or ended"),
    "step": ("Step", "step-forward", "Train on one batch, then pause again"),
    "stop": ("Stop", "stop", "End the run; it can be resumed later"),
}
ALLOWED: dict[str | None, frozenset[str]] = {
    None: frozenset({"start"}),
    "queued": frozenset({"stop"}),
    "starting": frozenset({"pause", "stop"}),
    "running": frozenset({"pause", "stop"}),
    "paused": frozenset({"resume", "step", "stop"}),
    "stopping": frozenset(),
    "stopped": frozenset({"start", "resume"}),
    "interrupted": frozenset({"start", "resume"}),
    "failed": frozenset({"start", "resume"}),
    "finished": frozenset({"start"}),
}
"""What may be asked of a run in each state; None: there is no run yet."""


class Controls:
    """The row of buttons. `on_action` gets the action's name, in whatever thread the click came."""

    def __init__(self, on_action: Callable[[str], None]) -> None:
        self.buttons: dict[str, w.Button] = {}
        for action, (label, icon, tip) in ACTIONS.items():
            button = w.Button(description=label, icon=icon, tooltip=tip)
            button.on_click(lambda _, action=action: on_action(action))
            self.buttons[action] = button
        self.widget = w.HBox(list(self.buttons.values()))
        self.widget.add_class("spx-buttons")
        self._primary = ""

    def show(self, state: str | None, *, can_start: bool, busy: bool) -> None:
        """Enable what makes sense in `state`; nothing while a request is `busy`."""
        allowed = ALLOWED[state]
        for action, button in self.buttons.items():
            enabled = action in allowed and not busy and (action != "start" or can_start)
            if button.disabled == enabled:
                button.disabled = not enabled
        primary = "resume" if "resume" in allowed else "start" if "start" in allowed else ""
        if primary != self._primary:
            if self._primary:
                self.buttons[self._primary].remove_class("mod-primary")
            if primary:
                self.buttons[primary].add_class("mod-primary")
            self._primary = primary
