"""The child of `sandbox.check`: ``python -m spikex_lab.conformance.child``.

One JSON request on stdin: the definition and the files of a component. One JSON report on stdout.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import Any

from spikex_lab.conformance import isolation


def main() -> int:
    """Give up the network, read the request, check, answer; return the exit status."""
    held = isolation.enter()
    request = json.load(sys.stdin)
    report = examine(
        request["definition"],
        {name: base64.b64decode(data) for name, data in request["files"].items()},
    )
    json.dump({**report, "isolation": held}, sys.stdout, default=_plain)
    return 0


def examine(definition: dict[str, Any], files: dict[str, bytes]) -> dict[str, Any]:
    """Return the report of a component. Its own Python is not run: nobody chose it here."""
    from spikex_lab.catalog import Component
    from spikex_lab.catalog.kept import KeptSpec
    from spikex_lab.conformance.check import check
    from spikex_lab.conformance.report import Report, faults
    from spikex_lab.errors import SpikexError

    try:
        component = Component(KeptSpec.parse(definition, where="component.yaml"), files=files)
    except SpikexError as error:
        checks = [faults("schema", "spikex/component@1", [str(error)])]
        return Report(str(definition.get("id", "")), checks=checks).to_dict()
    return check(component).to_dict()


def _plain(value: Any) -> Any:
    """Return a number of numpy's as Python's own."""
    return value.item()


if __name__ == "__main__":
    sys.exit(main())
