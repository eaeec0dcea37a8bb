"""A learning rule's step over a batch: what the samples share is changed by their mean.

A weight is one for all samples of a batch, a trace is each sample's own. Every line that gives a
shared quantity a new value from what the samples have of their own is replaced by its mean over
the samples. Where such a line is a sum of products ``shared * pre * post``, as the changes of
nearly all local rules are, the mean is a matrix product of ``[N, B]`` with ``[B, P]``: found here
by taking the tree apart, so no rule has to say so. What does not come apart is worked out as
``[B, N, P]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from spikex_lab.catalog.body import Selection, select
from spikex_lab.catalog.codegen.torch import Printer
from spikex_lab.catalog.component import Component
from spikex_lab.catalog.expr import ONE, Binary, Call, Expr, Name, Neg, children
from spikex_lab.catalog.program import Assign, Program
from spikex_lab.errors import InvalidError

Axes = frozenset[str]
"""Of ``B`` (each sample has its own), ``N`` (each neuron behind), ``P`` (each input before)."""

PER: dict[str, Axes] = {
    "neuron": frozenset(),
    "pre": frozenset("P"),
    "post": frozenset("N"),
    "synapse": frozenset("NP"),
}
SAMPLE = frozenset("B")
MAX_TERMS = 16
"""A product of sums that would come apart into more terms than this stays as it is."""


@dataclass(frozen=True)
class _Term:
    """``± shared · pre · post``; `whole` is what has inputs and outputs in one factor."""

    shared: tuple[Expr, ...] = ()
    pre: tuple[Expr, ...] = ()
    post: tuple[Expr, ...] = ()
    whole: tuple[Expr, ...] = ()
    negative: bool = False


@dataclass(frozen=True)
class Batched:
    """A learning rule's step over a batch.

    Attributes
    ----------
    program : the step; its last parameter is the number of samples.
    axes : of each state (``s_w``) and input (``x_pre``).
    weight : the state that is the weight.
    """

    program: Program
    axes: Mapping[str, Axes]
    weight: str


@lru_cache(maxsize=256)
def over_batch(component: Component, selection: Selection) -> Batched:
    """Return the step of a learning rule over a batch.

    Raises
    ------
    InvalidError : it draws random numbers; its output is no state per synapse.
    """
    program: Program = component.program(selection)
    chosen = select(component.spec, selection)
    states, weight = chosen.state or {}, (chosen.output or "").strip()
    if program.noise:
        raise InvalidError("a rule that draws random numbers cannot be run", where=component.id)
    if weight not in states or states[weight].per != "synapse":
        raise InvalidError(
            "the output of a learning rule is its weight: a state per synapse",
            where=f"{component.id}/output",
        )
    axes: dict[str, Axes] = {}
    for name, state in states.items():
        own = frozenset() if state.kept or name == weight else SAMPLE
        axes[f"s_{name}"] = PER[state.per] | own
    for name, signal in component.spec.inputs.items():
        axes[f"x_{name}"] = PER[signal.per] | SAMPLE
    return Batched(batched(program, axes), axes, weight)


def batched(program: Program, axes: Mapping[str, Axes]) -> Program:
    """Return `program` with the mean over the samples in every line that needs it.

    Parameters
    ----------
    axes : of each state (``s_w``) and input (``x_pre``).

    Notes
    -----
    The result has one more parameter, the last: the number of samples.
    """
    count = "samples"
    while count in program.parameters:
        count += "_"
    known = dict(axes)
    body = []
    for line in program.body:
        value = line.value
        state = "s_" + line.target.removeprefix("n_")
        shared = line.target.startswith("n_") and "B" not in axes.get(state, SAMPLE)
        if shared and "B" in axes_of(value, known):
            value = mean(value, known, Name(f"p_{count}"))
            line = Assign(line.target, value, line.note)
        known[line.target] = axes_of(value, known)
        if shared:
            known[line.target] |= axes[state]
        body.append(line)
    return replace(program, body=tuple(body), parameters=(*program.parameters, count))


def axes_of(tree: Expr, known: Mapping[str, Axes]) -> Axes:
    """Return the axes along which `tree` varies; names not in `known` are constant."""
    match tree:
        case Name(name):
            return known.get(name, frozenset())
        case Call("mean" | "outer"):
            return frozenset().union(*(axes_of(part, known) for part in children(tree))) - SAMPLE
    return frozenset().union(*(axes_of(part, known) for part in children(tree)))


def sampled(axes: Axes) -> bool:
    """Say whether each sample has its own."""
    return axes >= SAMPLE


def mean(tree: Expr, known: Mapping[str, Axes], count: Expr) -> Expr:
    """Return the mean of `tree` over the samples, as matrix products where it comes apart."""
    total: Expr | None = None
    for term in _terms(tree, known):
        part = _reduced(term, count)
        if total is None:
            total = Neg(part) if term.negative else part
        else:
            total = Binary("-" if term.negative else "+", total, part)
    assert total is not None  # noqa: S101 (every tree has a term)
    return total


def _terms(node: Expr, known: Mapping[str, Axes]) -> list[_Term]:
    axes = axes_of(node, known)
    if "B" not in axes:
        return [_Term(shared=(node,))]
    if "N" not in axes:
        return [_Term(pre=(node,))]
    if "P" not in axes:
        return [_Term(post=(node,))]
    match node:
        case Neg(arg):
            return [replace(term, negative=not term.negative) for term in _terms(arg, known)]
        case Binary("+" | "-"):
            return _sum(node, known)
        case Binary("*", left, right):
            return _product(node, _terms(left, known), _terms(right, known))
        case Binary("/", left, right) if axes_of(right, known) != axes:
            return _product(node, _terms(left, known), _terms(Binary("/", ONE, right), known))
    return [_Term(whole=(node,))]


def _sum(node: Binary, known: Mapping[str, Axes]) -> list[_Term]:
    right = _terms(node.right, known)
    if node.op == "-":
        right = [replace(term, negative=not term.negative) for term in right]
    return [*_terms(node.left, known), *right]


def _product(node: Expr, left: list[_Term], right: list[_Term]) -> list[_Term]:
    if len(left) * len(right) > MAX_TERMS or any(term.whole for term in (*left, *right)):
        return [_Term(whole=(node,))]
    return [
        _Term(
            shared=(*one.shared, *other.shared),
            pre=(*one.pre, *other.pre),
            post=(*one.post, *other.post),
            negative=one.negative is not other.negative,
        )
        for one in left
        for other in right
    ]


def _reduced(term: _Term, count: Expr) -> Expr:
    if term.whole:
        return Call("mean", term.whole)
    factors = [*term.shared]
    if term.pre and term.post:
        outer = Call("outer", (_times(term.post), _times(term.pre)))
        factors.append(Binary("/", outer, count))
    elif term.pre or term.post:
        factors.append(Call("mean", (_times(term.pre or term.post),)))
    return _times(factors)


def _times(factors: tuple[Expr, ...] | list[Expr]) -> Expr:
    first, *rest = factors
    for factor in rest:
        first = Binary("*", first, factor)
    return first


class BatchPrinter(Printer):
    """Prints ``mean`` and ``outer`` besides: samples stand first, neurons next, inputs last."""

    def _call(self, node: Call, function: str, args: tuple[Expr, ...]) -> str:
        if function == "mean":
            return f"torch.mean({self.show(args[0])}, 0, True)"
        if function == "outer":
            post, pre = (self.show(arg) for arg in args)
            return (
                f"torch.matmul(torch.permute({post}, (2, 1, 0)), torch.permute({pre}, (1, 0, 2)))"
            )
        return super()._call(node, function, args)
