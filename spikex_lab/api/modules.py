"""Models of a user's own ``torch.nn.Module``: pickled by value, kept by hash, run by consent."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from spikex_lab.api import checks, context, refs
from spikex_lab.api.stored import refuse_taken
from spikex_lab.errors import InvalidError, first_line
from spikex_lab.spec import ModelSpec

if TYPE_CHECKING:
    import torch

_SUMMARY = 20_000


def create(net: torch.nn.Module, name: str, spec: Mapping[str, Any]) -> Any:
    """Keep `net` as the new model `name` and return its row; see `Model.from_module`.

    Parameters
    ----------
    spec : the rest of the model's spec: input, time, readout, dataset.

    Raises
    ------
    InvalidError : not a module, it cannot be pickled, or it does not take samples of that shape.
    ConflictError : the name is taken.
    """
    import torch

    from spikex_lab.api.dataset import Dataset

    if not isinstance(net, torch.nn.Module):
        raise InvalidError(f"a torch.nn.Module is wanted, not a {type(net).__name__}", where="net")
    refs.new(name, "model")
    refuse_taken(name, "model")
    code = pickled(net)
    placeholder = {"sha256": "0" * 64, "classes": 1}
    draft = ModelSpec.parse({**spec, "name": name, "module": placeholder})
    about = {
        "classes": _scores(code, draft),
        "parameters": sum(p.numel() for p in net.parameters()),
        "summary": repr(net)[:_SUMMARY],
    }
    sized = ModelSpec.parse({**draft.to_dict(), "module": {**placeholder, **about}})
    if sized.dataset:
        checks.fits(sized, Dataset.open(sized.dataset))
    store = context.store()
    kept = store.objects.put_bytes(code)
    store.consents.give(kept.sha256, f"from_module: {name}")
    final = ModelSpec.parse({**sized.to_dict(), "module": {**about, "sha256": kept.sha256}})
    return store.models.create(
        name, final.to_dict(), final.digest(), message="from a torch.nn.Module"
    )


def pickled(net: torch.nn.Module) -> bytes:
    """Return `net` pickled with its own classes, so that another process needs no files of yours.

    Raises
    ------
    InvalidError : something in it cannot be pickled.
    """
    import pickle

    import cloudpickle

    with _by_value(net):
        try:
            return bytes(cloudpickle.dumps(net))
        except (pickle.PicklingError, TypeError, AttributeError, RuntimeError) as error:
            raise InvalidError(
                f"it cannot be pickled: {first_line(error)}",
                where=type(net).__name__,
                hint="keep open files, locks and generators out of the module",
            ) from None


def _scores(code: bytes, spec: ModelSpec) -> int:
    """Return how many scores the module gives, by showing it one empty sample."""
    import torch

    from spikex_lab.nn.foreign import Foreign

    network = Foreign.load(code, spec)  # a copy: the user's own module keeps its state and mode
    network.eval()
    try:
        with torch.no_grad(), torch.random.fork_rng(devices=[]):
            result = network.run(torch.zeros(1, *spec.input.shape))
    except (RuntimeError, ValueError, TypeError, IndexError, AttributeError) as error:
        raise InvalidError(
            f"it does not take a sample of shape {tuple(spec.input.shape)}: {first_line(error)}",
            where="input_shape",
        ) from None
    return int(result.scores.shape[1])


@contextmanager
def _by_value(net: torch.nn.Module) -> Iterator[None]:
    """Let cloudpickle take the user's own sources along; installed packages go by name."""
    import cloudpickle

    names = {type(part).__module__ for part in net.modules()}
    own = [m for m in map(sys.modules.get, names) if m is not None and _is_own(m)]
    for module in own:
        cloudpickle.register_pickle_by_value(module)
    try:
        yield
    finally:
        for module in own:
            cloudpickle.unregister_pickle_by_value(module)


def _is_own(module: ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    if (
        module.__name__ == "__main__"
        or file is None
        or module.__name__.split(".")[0] == "spikex_lab"
    ):
        return False  # __main__ goes by value anyway
    paths = sysconfig.get_paths()
    installed = {
        Path(paths[key]).resolve() for key in ("stdlib", "platstdlib", "purelib", "platlib")
    }
    place = Path(file).resolve()
    return not any(place.is_relative_to(root) for root in installed)
