"""The text of a fused learning rule: ``learn`` of a ``Rule``, and ``synapses``, its last part.

``p`` are the products of the samples' spikes, one vector for each row of a group of neurons;
``few`` the samples that take part in one. For the other names see `rule_unit`.
"""

from __future__ import annotations

from collections.abc import Iterable

from spikex_lab.catalog.codegen.flat import needed
from spikex_lab.catalog.codegen.kernel import KernelPrinter
from spikex_lab.catalog.codegen.rule import Part, RuleKernel, part_of
from spikex_lab.catalog.codegen.rule_unit import COUNT, ROOM, Unit
from spikex_lab.catalog.codegen.scalar import indent
from spikex_lab.catalog.expr import Name, names

_SIZES = ("steps", "samples", "inputs", "neurons", "wide", "tall")


class RuleText:
    """Writes the functions of one rule; `ending` is put to their names."""

    def __init__(self, kernel: RuleKernel, ending: str = "") -> None:
        self.kernel, self.ending = kernel, ending
        self.print = KernelPrinter(kernel.program.strict)

    def lines(self) -> list[str]:
        """Return both functions."""
        return [*self._synapses(self.kernel.parts["NP"]), "", *self._learn()]

    def _frame(self, parts: Iterable[Part]) -> list[str]:
        """Return what the text of `parts` stands on: sizes, fixed values, constants."""
        read: set[str] = set()
        for part in parts:
            read |= {name for line in part.lines for name in names(line.value)}
            new = (self.kernel.new[state] for state in part.states)
            read |= {atom.id for atom in new if isinstance(atom, Name)}
        constants = needed(self.kernel.constants, read)
        read |= {name for line in constants for name in names(line.value)}
        return [
            *(f"[[maybe_unused]] const long {name} = rule.{name};" for name in _SIZES),
            "[[maybe_unused]] const long groups = (neurons + group - 1)/group;",
            "[[maybe_unused]] const long vectors = (inputs + lanes - 1)/lanes;",
            *(
                f"const Real {name} = rule.fixed[{place}];"
                for place, name in enumerate(self.kernel.fixed)
                if name in read
            ),
            *map(self.print.line, constants),
        ]

    # -- what is one for all, per input, per neuron ------------------------------------------------

    def _learn(self) -> list[str]:
        parts = self.kernel.parts
        first = [parts[name] for name in ("", "P", "N") if parts[name].states or parts[name].gives]
        inside = [line for part in first for line in self._each(part)] + self._groups()
        inside += [
            "#pragma omp for schedule(dynamic)",
            "for (long task = 0; task < groups*tiles; ++task) {",
            "    const long n = task/tiles*group, from = task%tiles*tile;",
            "    const long until = from + tile < inputs ? from + tile : inputs;",
            "    if (n + group <= neurons) {",
            f"        synapses{self.ending}<group>(rule, n, from, until);",
            "    } else {",
            "        for (long one = n; one < neurons; ++one) {",
            f"            synapses{self.ending}<1>(rule, one, from, until);",
            "        }",
            "    }",
            "}",
        ]
        body = [
            "const Rule& rule = *call;",
            *self._frame(first),
            "const long tiles = (inputs + tile - 1)/tile;",
            "#pragma omp parallel num_threads(rule.threads)",
            "{",
            *indent(inside, 4),
            "}",
        ]
        return [f'extern "C" void learn{self.ending}(const Rule* call) {{', *indent(body, 4), "}"]

    def _each(self, part: Part) -> list[str]:
        """Return a part's loops over places and steps, shared out among the threads."""
        time = _steps(Unit(self.kernel, part).text())
        if not part.name:
            return ["#pragma omp single", *time]
        if part.name == "P":
            time += _steps(self._marks("P", "i", "lanes", "vectors + i/lanes"))
        return [
            "#pragma omp for schedule(static)",
            f"for (long i = 0; i < {COUNT[part.name]}; i += lanes) {{",
            *indent(time, 4),
            "}",
        ]

    def _groups(self) -> list[str]:
        """Return the loop that notes who fired in a group of neurons."""
        time = _steps(self._marks("N", "g*group", "group", "groups + g"))
        if not time:
            return []
        loop = ["for (long g = 0; g < groups; ++g) {", *indent(time, 4), "}"]
        return ["#pragma omp for schedule(static)", *loop]

    def _marks(self, part: str, place: str, width: str, row: str) -> list[str]:
        """Return what notes in which samples the factors of products are other than 0."""
        found = []
        for mark, name in enumerate(self.kernel.factors):
            if part_of(self.kernel.known[name]) == part:
                hand, room = self.kernel.hands.index(name), ROOM[part]
                found.append(
                    f"mark(rule.hands[{hand}] + t*samples*{room} + {place}, {room}, {width}, "
                    f"samples, rule.marks[{mark}] + (t*{row})*(1 + samples));"
                )
        return found

    # -- what is one per synapse -------------------------------------------------------------------

    def _synapses(self, part: Part) -> list[str]:
        """Return the template ``synapses``: some rows, and of these the columns of a tile."""
        unit, marks = Unit(self.kernel, part), self.kernel.factors
        few: list[str] = []
        sums: list[str] = []
        for k, one in enumerate(part.products):
            post = f"rule.marks[{marks.index(one.post)}] + (t*groups + n/group)*(1 + samples)"
            pre = f"rule.marks[{marks.index(one.pre)}] + (t*vectors + i/lanes)*(1 + samples)"
            few.append(f"const Few few{k} = few(rule, {post}, {pre});")
            first, second = (self.kernel.hands.index(name) for name in (one.post, one.pre))
            sums += [
                f"Vector p{k}[rows] = {{}};",
                f"for (long k = 0; k < few{k}.count; ++k) {{",
                f"    const long at = t*samples + few{k}.which[k];",
                f"    const Real* const post = rule.hands[{first}] + at*tall + n;",
                f"    const Vector pre = get(rule.hands[{second}] + at*wide + i);",
                "    for (long r = 0; r < rows; ++r) {",
                f"        p{k}[r] += post[r]*pre;",
                "    }",
                "}",
            ]
        row = [f"const Vector {one.target} = p{k}[r];" for k, one in enumerate(part.products)]
        row += unit.text()
        quiet = self._quiet(part, unit)
        if quiet:
            sums.append("Wholes moved{};")
            for name in part.states:
                new = self.print.vector(self.kernel.new[name])
                row.append(f"moved |= Wholes({new}) ^ Wholes(s_{name});")
        inside = [*few, *quiet, *sums, "for (long r = 0; r < rows; ++r) {", *indent(row, 4), "}"]
        inside += ["*calm = quiet && none(moved);"] if quiet else []
        across = ["for (long i = from; i < until; i += lanes) {", *indent(inside, 4), "}"]
        return [
            "namespace {",
            "template <long rows>",
            f"void synapses{self.ending}(const Rule& rule, long n, long from, long until) {{",
            *indent([*self._frame([part]), *_steps(across)], 4),
            "}",
            "} // namespace",
        ]

    def _quiet(self, part: Part, unit: Unit) -> list[str]:
        """Return what passes over synapses to which nothing comes and which stay as they are then;
        nothing where each sample has its own.

        The same values give the same result: once a step in which nothing came has left a vector
        as it was, to the last bit, so will every other such step.
        """
        factors = {name for one in part.products for name in (one.post, one.pre)}
        alone = [name for name in part.reads if name not in factors]
        if any(map(unit.sampled, [*alone, *(f"s_{name}" for name in part.states)])):
            return []
        if any(part_of(axes) == "NP" for name, axes in self.kernel.axes.items() if name[0] == "x"):
            return []
        tests = [f"few{k}.count == 0" for k, _ in enumerate(part.products)]
        for name in alone:
            many = {"": "1", "P": "lanes", "N": "rows"}[part_of(self.kernel.known[name])]
            tests.append(f"nothing({unit.hand(name, '')}, {many})")
        return [
            "unsigned char* const calm = rule.calm + n*vectors + i/lanes;",
            f"const bool quiet = {' && '.join(tests) or 'true'};",
            "if (quiet && *calm) {",
            "    continue;",
            "}",
        ]


def _steps(lines: list[str]) -> list[str]:
    """Return the loop over the steps."""
    return ["for (long t = 0; t < steps; ++t) {", *indent(lines, 4), "}"] if lines else []
