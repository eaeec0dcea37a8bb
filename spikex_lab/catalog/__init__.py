"""The component library: equations once, everything else from them. No torch on this floor."""

from spikex_lab.catalog.component import Component
from spikex_lab.catalog.library import Library, library
from spikex_lab.catalog.overlay import Overlay, registry
from spikex_lab.catalog.schema import ComponentSpec

__all__ = ["Component", "ComponentSpec", "Library", "Overlay", "library", "registry"]
