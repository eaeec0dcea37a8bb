"""Speed, memory and accuracy against live peers, in one run on this machine.

    python benchmarks/bench.py                                  everything (about an hour)
    python benchmarks/bench.py w2 --rounds 5 --threads 1 --peers snntorch,spikingjelly
    python benchmarks/bench.py w3-static --no-cache --json

Every contestant runs in a process of its own; they take turns, in a new random order each round;
figures are medians. Peers live in an environment of their own, which `make bench` sets up; without
it ours alone runs, the fused kernels against the reference.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.suite import crew, results, speed, table  # noqa: E402 (after the path)
from benchmarks.suite.contestants import PEERS, lineup  # noqa: E402
from benchmarks.suite.workloads import WORKLOADS, chosen  # noqa: E402


def main(argv: list[str] | None = None) -> int:
    options = _options(argv)
    peers = options.peers
    if not crew.has_peers():
        _say("The peers' environment is not set up, so ours runs alone. To set it up: make bench")
        peers = []
    names = lineup(peers, cache=options.cache)
    found = []
    for work in options.workloads:
        for threads in options.threads:
            _say(f"{work.id}, {threads} thread(s): {', '.join(names)} …")
            result = speed.measure(
                work, names, threads=threads, rounds=options.rounds,
                seed=options.seed, budget=options.budget,
            )  # fmt: skip
            found.append(result)
            if not options.json:
                print(table.render(result), end="\n\n", flush=True)
    settings = {"rounds": options.rounds, "budget": options.budget, "seed": options.seed}
    document = results.document(found, settings)
    print(json.dumps(document, indent=2) if options.json else table.closing(found))
    return 0 if document["ok"] else 1


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help="w1 … w5; default: all")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=_numbers, default=None, help="default: 1,2")
    parser.add_argument("--peers", type=_names, default=list(PEERS), help=", ".join(PEERS))
    parser.add_argument(
        "--no-cache",
        dest="cache",
        action="store_false",
        help="leave out the peers' second form, with large buffers cached",
    )
    parser.add_argument(
        "--budget",
        type=float,
        default=120.0,
        metavar="SECONDS",
        help="of rounds per workload, after which no new one begins (at least 3 are run)",
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args(argv)
    if options.threads is None:
        options.threads = [1, 2] if (os.cpu_count() or 1) > 1 else [1]
    try:
        options.workloads = chosen(options.workloads) if options.workloads else list(WORKLOADS)
    except KeyError as error:
        parser.error(f"no workload {error}; there are {', '.join(w.id for w in WORKLOADS)}")
    return options


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def _names(text: str) -> list[str]:
    names = [part for part in text.split(",") if part]
    unknown = [name for name in names if name not in PEERS]
    if unknown:
        raise argparse.ArgumentTypeError(f"no peer {unknown[0]}; there are {', '.join(PEERS)}")
    return names


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
