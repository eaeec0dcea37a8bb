"""How well a winner-take-all layer tells digits apart that learned without labels.

    python benchmarks/stdp.py --from FOLDER                # the four original MNIST files
    python benchmarks/stdp.py --from FOLDER --images 60000 --neurons 400 --seeds 3
    python benchmarks/stdp.py --digits                     # the built-in 8 × 8 digits

The template ``snn-stdp`` with its own settings, through the product's own runs: one pass over the
first 10,000 training images (the digits: five passes), the test accuracy on all test images.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

TARGET = 70.0


def subset(source: Path, images: int, folder: Path) -> Any:
    """Return MNIST with the first `images` of its training split, as a dataset of the store."""
    import numpy as np

    import spikex_lab as sx

    whole = sx.Dataset.download("mnist", source=source)
    if images >= whole.splits["train"]:
        return whole
    train, test = whole.split("train"), whole.split("test")
    file = folder / "images.npz"
    np.savez(file, x_train=train.x[:images], y_train=train.y[:images], x_test=test.x, y_test=test.y)
    return sx.Dataset.upload(file, f"mnist-{images}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--from", dest="source", type=Path, help="folder with the four MNIST files")
    parser.add_argument("--digits", action="store_true", help="the built-in digits instead")
    parser.add_argument("--images", type=int, default=10_000, help="training images of MNIST")
    parser.add_argument("--neurons", type=int, default=100)
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    if options.source is None and not options.digits:
        parser.error("say --from FOLDER or --digits")
    with tempfile.TemporaryDirectory(prefix="spikex-stdp-") as home:
        os.environ["SPIKEX_HOME"] = home
        import spikex_lab as sx
        from spikex_lab.spec.templates import template

        data = (
            sx.Dataset.open("digits")
            if options.digits
            else subset(options.source, options.images, Path(home))
        )
        spec = template("snn-stdp", input_shape=data.shape, dataset=data.name)
        plain = spec.to_dict()
        plain["nodes"][1]["params"]["features"] = options.neurons
        model = sx.Model.create("stdp", spec=type(spec).parse(plain), dataset=data.name)
        passes = {} if options.digits else {"epochs": 1, "batch_size": 32}
        scores = []
        for seed in range(options.seeds):
            run = model.train(seed=seed, validation=0.0, **passes)
            run.wait()
            if run.state != "finished":
                print(f"seed {seed}: the run ended {run.state}: {run.error}", file=sys.stderr)
                return 1
            accuracy = 100 * run.summary["test_accuracy"]
            seconds = run.summary["seconds"]
            scores.append(accuracy)
            print(f"seed {seed}: {accuracy:.2f} % ({seconds:.1f} s of training)", flush=True)
    mean = statistics.fmean(scores)
    print(f"{data.name}: mean {mean:.2f} % over {len(scores)} seed(s), target {TARGET} %")
    return 0 if mean >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
