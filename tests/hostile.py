"""A component with markup wherever free text may stand: what trust case 6 is tried with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from spikex_lab.catalog import Component as Entry
from spikex_lab.catalog import ComponentSpec

if TYPE_CHECKING:
    from spikex_lab.store import Store

EVIL = (
    "</td><script>harm()</script><img src=x onerror=harm()><a id=MathJax>"
    r"$\href{javascript:harm()}{x}$"
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 160">{}</svg>'


def hostile() -> Entry:
    """A component with markup in every field that takes free text, and beside it."""
    parameter = {"doc": EVIL, "unit": "ms"}
    spec = {
        "schema": "spikex/component@1",
        "id": "neurons/hostile",
        "name": EVIL,
        "kind": "neuron",
        "version": "1.0.0",
        "authors": [EVIL],
        "license": EVIL,
        "summary": EVIL,
        "parameters": {
            "tau": {**parameter, "value": 5.0},
            "kind": {"doc": EVIL, "value": EVIL, "choices": [EVIL, "other"]},
        },
        "state": {"v": {"doc": EVIL}},
        "inputs": {"I": {"doc": EVIL}},
        "noise": {"xi": {"distribution": "normal", "doc": EVIL}},
        "equations": ["dv/dt = (I - v)/tau"],
        "integrator": "exact",
        "spike": {"when": "v >= 1", "reset": "v = 0"},
        "surrogate": EVIL,
        "conventions": {
            "threshold": ">=",
            "reset_moment": {"by": EVIL},
            "reset_kind": {"by": EVIL},
            "input_gain": EVIL,
        },
        "variants": [{"when": {"kind": EVIL}, "spike": {"reset": ["v = 0"]}}],
        "presets": {EVIL: {"doc": EVIL, "parameters": {"kind": EVIL}, "output": "v"}},
        "diagram": "diagram.svg",
        "references": [
            {
                "authors": EVIL,
                "title": EVIL,
                "year": 2000,
                "venue": EVIL,
                "note": EVIL,
                "url": 'https://x.test/"onmouseover="harm()',
            }
        ],
    }
    check = {"name": EVIL, "ok": True, "against": EVIL, "quantity": EVIL, "error": 0.5}
    files = {
        "description.md": EVIL + "\n\n- **" + EVIL + "**\n\n`" + EVIL + "`",
        "diagram.svg": SVG.format("<script>harm()</script><text onclick='harm()'>&lt;b&gt;</text>"),
        "conformance.json": json.dumps({"checks": [{**check, "tolerance": 1, "skipped": False}]}),
    }
    return Entry(
        ComponentSpec.parse(spec, where="hostile"),
        files={name: text.encode() for name, text in files.items()},
    )


ACTING = b"""

<button data-commandlinker-command="application:close-all">press</button>
<form action="https://evil.test/"><input name="a"></form> <style>body { display: none }</style>

![picture](https://evil.test/pixel.png) [link](javascript:harm()) <p id="jp-main-dock-panel">x</p>
"""


def keep(store: Store) -> None:
    """Keep the component as a draft of the store's person, with what acts in its description."""
    from spikex_lab.api import shelf

    entry = hostile()
    files = {name: entry.file(name) or b"" for name in ("diagram.svg", "description.md")}
    files["description.md"] += ACTING
    spec = entry.spec.to_dict()
    objects = {name: store.objects.put_bytes(data) for name, data in files.items()}
    store.library.keep(spec, shelf.line(spec, EVIL, "draft"), objects)
