"""Fused learning rules: C++ with the loop over time inside, for a CPU.

Nothing in a local rule goes from the synapses back to what is one per input or per neuron. So a
step comes apart into four parts that run one after the other, each over many steps at once: what is
one for all, per input, per neuron, per synapse. What a later part reads of an earlier one is a
*hand*, kept over these steps. Only the last part costs as much as there are synapses. A sum over
the samples of a product ``post * pre`` is taken there, from the samples that have both: which these
are is found out once for all neurons, or all inputs.

One text per program, axes and number type. What the arguments mean is said in ``rule.hpp``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from spikex_lab.catalog.codegen.factors import Axes, axes_of
from spikex_lab.catalog.codegen.flat import Atom, Flat, needed
from spikex_lab.catalog.codegen.kernel import Real, text
from spikex_lab.catalog.codegen.torch import arguments
from spikex_lab.catalog.expr import Call, Name, names
from spikex_lab.catalog.program import Assign, Program
from spikex_lab.errors import InvalidError

PARTS = ("", "P", "N", "NP")
"""One for all, per input, per neuron, per synapse: in the order they run."""
RULE = (
    "steps", "samples", "inputs", "neurons", "wide", "tall", "threads", "fixed", "heard", "strides",
    "states", "hands", "marks", "all", "calm",
)  # fmt: skip
"""The members of ``Rule`` in ``rule.hpp``: seven numbers, then addresses."""
GROUP = 4
"""Neurons that take a step together: ``group`` in ``rule.hpp``."""


def part_of(axes: Axes) -> str:
    """Return the part in which a quantity of these axes is worked out."""
    return "".join(axis for axis in "NP" if axis in axes)


@dataclass(frozen=True)
class Product:
    """``target = sum of post * pre over the samples``, of two hands."""

    target: str
    post: str
    pre: str


@dataclass(frozen=True)
class Part:
    """What one part does in a step.

    Attributes
    ----------
    lines : in their order, sums over the samples (``mean``, ``outer``) among them.
    products : those sums that are taken from hands.
    states : the names of its own.
    reads, gives : hands of earlier parts, hands for later ones.
    """

    name: str
    lines: tuple[Assign, ...]
    products: tuple[Product, ...]
    states: tuple[str, ...]
    reads: tuple[str, ...]
    gives: tuple[str, ...]


@dataclass(frozen=True)
class RuleKernel:
    """What a fused rule is printed from.

    Attributes
    ----------
    program : one step over a batch (`spikex_lab.catalog.codegen.factors.batched`).
    axes : of each state (``s_w``) and input (``x_pre``), by their names.
    real : the number type.

    Raises
    ------
    InvalidError : by `parts`, where a trace would become one per synapse by what it hears.
    """

    program: Program
    axes: Mapping[str, Axes]
    real: Real = "float"

    @property
    def fixed(self) -> tuple[str, ...]:
        """Names of ``Rule.fixed``."""
        program = self.program
        return tuple(arguments(program)[: -len(program.states) - len(program.inputs)])

    @cached_property
    def _flat(self) -> tuple[list[Assign], dict[str, Atom]]:
        """The step in elementary lines, and the new value of each state."""
        flat = Flat("e", self.program.strict)
        flat.run(self.program.body)
        new = {name: flat.now[f"n_{name}"] for name in self.program.states}
        return needed(flat.lines, _names(new.values())), new

    @property
    def new(self) -> dict[str, Atom]:
        """The value of each state after a step."""
        return self._flat[1]

    @cached_property
    def known(self) -> dict[str, Axes]:
        """The axes of every name but those that are fixed."""
        known = dict(self.axes)
        for line in self._flat[0]:
            known[line.target] = axes_of(line.value, known)
        return known

    @cached_property
    def constants(self) -> list[Assign]:
        """The lines that are the same in every step."""
        found: dict[str, Assign] = {}
        for line in self._flat[0]:
            if names(line.value) <= {*self.fixed, *found}:
                found[line.target] = line
        return list(found.values())

    @cached_property
    def parts(self) -> dict[str, Part]:
        """The parts that have something to do, in the order they run."""
        same = {line.target for line in self.constants}
        moving = {name for name in self.known if name not in same}
        lines: dict[str, list[Assign]] = {name: [] for name in PARTS}
        states: dict[str, list[str]] = {name: [] for name in PARTS}
        for line in self._flat[0]:
            if line.target in moving:
                lines[self._part(line.target)].append(line)
        for name, atom in self.new.items():
            self._check(name, atom)
            states[self._part(f"s_{name}")].append(name)
        products = [_product(line) for line in lines["NP"] if self._is_product(line)]
        taken = {one.target for one in products}
        reads: dict[str, list[str]] = {}
        for name in PARTS:
            own = [line for line in lines[name] if line.target not in taken]
            read = _names(self.new[state] for state in states[name])
            read |= {word for line in own for word in names(line.value)}
            if name == "NP":
                read |= {word for one in products for word in (one.post, one.pre)}
            reads[name] = [one for one in self.known if one in read & moving]
            reads[name] = [one for one in reads[name] if self._part(one) != name]
            lines[name] = own
        handed = {one for some in reads.values() for one in some}
        return {
            name: Part(
                name,
                tuple(lines[name]),
                tuple(products) if name == "NP" else (),
                tuple(states[name]),
                tuple(reads[name]),
                tuple(one for one in self.known if one in handed and self._part(one) == name),
            )
            for name in PARTS
        }

    @cached_property
    def hands(self) -> tuple[str, ...]:
        """Names of ``Rule.hands``."""
        return tuple(name for part in self.parts.values() for name in part.gives)

    @cached_property
    def factors(self) -> tuple[str, ...]:
        """Those hands of which a product is taken: names of ``Rule.marks``."""
        products = self.parts["NP"].products
        return tuple(dict.fromkeys(name for one in products for name in (one.post, one.pre)))

    def _part(self, name: str) -> str:
        return part_of(self.known[name])

    def _is_product(self, line: Assign) -> bool:
        match line.value:
            case Call("outer", (Name(post), Name(pre))):
                return self._part(post) == "N" and self._part(pre) == "P"
        return False

    def _check(self, name: str, atom: Atom) -> None:
        axes = self.known.get(atom.id, frozenset()) if isinstance(atom, Name) else frozenset()
        if not axes <= self.axes[f"s_{name}"]:
            raise InvalidError(f"{name} hears what it is not one per", where="codegen")

    # -- text --------------------------------------------------------------------------------------

    def functions(self, ending: str = "") -> str:
        """Return the function ``learn`` and what it calls; `ending` is put to their names."""
        from spikex_lab.catalog.codegen.rule_text import RuleText

        return "\n".join(["", *RuleText(self, ending).lines(), ""])

    @property
    def source(self) -> str:
        """The whole text: ``learn`` of a ``Rule``.

        Examples
        --------
        >>> from spikex_lab.catalog import library
        >>> from spikex_lab.catalog.codegen.factors import over_batch
        >>> stdp = library().get("learning/stdp")
        >>> step = over_batch(stdp, stdp.selection(stdp.resolve({})))
        >>> 'extern "C" void learn' in RuleKernel(step.program, step.axes).source
        True
        """
        return opening(self.real) + self.functions()


def opening(real: Real) -> str:
    """Return what stands in front of the functions of any number of rules."""
    return f"using Real = {real};\n{text('vectors.hpp')}{text('rule.hpp')}"


def _product(line: Assign) -> Product:
    assert isinstance(line.value, Call)  # noqa: S101 (see `_is_product`)
    post, pre = line.value.args
    assert isinstance(post, Name)  # noqa: S101
    assert isinstance(pre, Name)  # noqa: S101
    return Product(line.target, post.id, pre.id)


def _names(atoms: Iterable[Atom]) -> set[str]:
    return {atom.id for atom in atoms if isinstance(atom, Name)}
