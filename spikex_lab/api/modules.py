"""Models of a user's own ``torch.nn.Module``: pickled by value, kept by hash, run by consent."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from spikex_lab.api import checks, context, refs
from spikex_lab.errors import ConflictError, InvalidError, NotFoundError
from spikex_lab.spec import ModelSpec

if TYPE_CHECKING:
    import torch

_SUMMARY = 20_000


def create(
    net: torch.nn.Module,
    *,
    input_shape: Sequence[int],
    name: str,
    steps: int = 1,
    encoder: str | Mapping[str, Any] | None = None,
    readout: str | Mapping[str, Any] | None = None,
    dataset: str | None = None,
) -> Any:
    """Keep `net` as the new model `name` and return its row; see `Model.from_module`.

    Raises
    ------
    InvalidError : not a module, it cannot be pickled, or it does not take samples of `input_shape`.
    ConflictError : the name is taken.
    """
    import torch

    from spikex_lab.api.dataset import Dataset

    if not isinstance(net, torch.nn.Module):
        raise InvalidError(f"a torch.nn.Module is wanted, not a {type(net).__name__}", where="net")
    refs.new(name, "model")
    _refuse_taken(name)
    code = pickled(net)
    placeholder = {"sha256": "0" * 64, "classes": 1}
    draft = ModelSpec.parse(
        {
            "name": name,
            "input": {"shape": list(input_shape), **({"encoder": encoder} if encoder else {})},
            "time": {"steps": steps},
            "module": placeholder,
            "readout": readout or "decoders/membrane",
            **({"dataset": dataset} if dataset else {}),
        }
    )
    about = {
        "classes": _scores(code, draft),
        "parameters": sum(p.numel() for p in net.parameters()),
        "summary": repr(net)[:_SUMMARY],
    }
    sized = ModelSpec.parse({**draft.to_dict(), "module": {**placeholder, **about}})
    if dataset:
        checks.fits(sized, Dataset.open(dataset))
    store = context.store()
    kept = store.objects.put_bytes(code)
    store.consents.give(kept.sha256, f"from_module: {name}")
    spec = ModelSpec.parse({**sized.to_dict(), "module": {**about, "sha256": kept.sha256}})
    return store.models.create(
        name, spec.to_dict(), spec.digest(), message="from a torch.nn.Module"
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
                f"it cannot be pickled: {_first_line(error)}",
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
            f"it does not take a sample of shape {tuple(spec.input.shape)}: {_first_line(error)}",
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


def _first_line(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:200]


def _refuse_taken(name: str) -> None:
    try:
        context.store().models.get(name)
    except NotFoundError:
        return
    raise ConflictError(f'a model "{name}" exists', where="name", hint="choose another name")
