"""The extension: its routes, what they share, its end."""

from __future__ import annotations

from jupyter_server.extension.application import ExtensionApp

from spikex_lab.server.routes import ROUTES, UNKNOWN
from spikex_lab.server.service import Service


class SpikexServerApp(ExtensionApp):
    """SPIKE-X Lab in a Jupyter server."""

    name = "spikex"

    def initialize_settings(self) -> None:
        """Make what the handlers share; nothing is opened yet."""
        self.settings["spikex_service"] = Service()

    def initialize_handlers(self) -> None:
        """Add the routes, and an answer for every other address below them."""
        self.handlers.extend((route.pattern, route.handler) for route in ROUTES)
        self.handlers.append(UNKNOWN)

    async def stop_extension(self) -> None:
        """End the streams and close the store."""
        await self.settings["spikex_service"].close()
