"""The extension: its settings, its routes, what they share, its end."""

from __future__ import annotations

import os

from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, Int, TraitError, Unicode, validate
from traitlets.utils.bunch import Bunch

from spikex_lab.server.rates import Rates
from spikex_lab.server.routes import ROUTES, UNKNOWN
from spikex_lab.server.service import Limits, Service


class SpikexServerApp(ExtensionApp):
    """SPIKE-X Lab in a Jupyter server."""

    name = "spikex"

    home = Unicode(
        "",
        help="Folder of the store, for this server and its kernels; default: SPIKEX_HOME.",
    ).tag(config=True)
    rate_limit = Unicode(
        Limits.rates, help="Requests that one user may make, such as 100/second;3000/minute."
    ).tag(config=True)
    threads = Int(Limits.threads, min=1, help="Short works at a time.").tag(config=True)
    slow_threads = Int(
        Limits.slow_threads, min=1, help="Long works at a time: evaluations, checks, uploads read."
    ).tag(config=True)
    waiting = Int(Limits.waiting, min=1, help="Works of either sort that may wait.").tag(
        config=True
    )
    uploads = Int(Limits.uploads, min=1, help="Uploads at a time.").tag(config=True)
    viewers = Int(Limits.viewers, min=1, help="Live streams at a time.").tag(config=True)
    viewers_each = Int(Limits.viewers_each, min=1, help="Live streams of one user.").tag(
        config=True
    )
    downloads = Bool(
        Limits.downloads, help="Whether known datasets may be fetched from the network."
    ).tag(config=True)

    @validate("rate_limit")
    def _readable(self, proposal: Bunch) -> str:
        try:
            Rates(proposal["value"])
        except ValueError as error:
            raise TraitError(f"SpikexServerApp.rate_limit: {error}") from None
        return str(proposal["value"])

    def initialize_settings(self) -> None:
        """Make what the handlers share; nothing is opened yet."""
        if self.home:
            os.environ["SPIKEX_HOME"] = self.home  # kernels inherit it
        limits = Limits(
            rates=self.rate_limit,
            threads=self.threads,
            slow_threads=self.slow_threads,
            waiting=self.waiting,
            uploads=self.uploads,
            viewers=self.viewers,
            viewers_each=self.viewers_each,
            downloads=self.downloads,
        )
        self.settings["spikex_service"] = Service(limits)

    def initialize_handlers(self) -> None:
        """Add the routes, and an answer for every other address below them."""
        self.handlers.extend((route.pattern, route.handler) for route in ROUTES)
        self.handlers.append(UNKNOWN)

    async def stop_extension(self) -> None:
        """End the streams and close the store."""
        await self.settings["spikex_service"].close()
