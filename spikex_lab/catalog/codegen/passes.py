"""The text of a fused scan's two functions, ``forward`` and ``backward`` of a ``Call``.

Arrays, one tile wide: ``s`` states, ``x`` inputs, ``k`` states kept, ``a`` gradients of the states,
``z`` those of the states kept, ``g`` gradients of inputs over time, ``u`` their sums where an input
stays the same, ``f`` sums of the gradients of fixed values, ``r`` what the last step brings back,
``q`` what it was sent from, ``b`` and ``c`` the gradients of these two. A ``buffer`` holds a row of
a tile that is no multiple of a vector.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import cast

from spikex_lab.catalog.codegen import adjoint
from spikex_lab.catalog.codegen.flat import Flat, needed
from spikex_lab.catalog.codegen.kernel import Kernel, KernelPrinter
from spikex_lab.catalog.codegen.scalar import indent
from spikex_lab.catalog.expr import Expr, Name, names
from spikex_lab.catalog.program import Assign

_LOCALS = [
    "const long steps = call->steps, columns = call->columns, stream = call->stream;",
    "const long tiles = (columns + call->tile - 1)/call->tile;",
    "const long wide = (call->tile + lanes - 1)/lanes*lanes;",
]
Place = tuple[int, str]


class Passes:
    """Writes the two functions of one kernel."""

    def __init__(self, kernel: Kernel, ending: str = "") -> None:
        self.kernel = kernel
        self.ending = ending
        self.step = kernel.step
        self.print = KernelPrinter(kernel.program.strict)
        self.states = kernel.program.states
        self.count = range(len(self.states))
        self.back = kernel.recurrence
        self.port = None if self.back is None else kernel.moving.index(f"x_{self.back.port}")
        self.source = ""
        if self.back is not None:
            state = self.back.source
            self.source = "q" if state == "out" else f"s{self.states.index(state)}"

    # -- pieces ------------------------------------------------------------------------------------

    def _lines(self, lines: Iterable[Assign]) -> list[str]:
        return [self.print.line(line) for line in lines]

    def _fixed(self) -> list[str]:
        step = self.step
        read = _read([*step.forward, *step.rest, *step.backward])
        read |= _names([step.out, *step.states, *step.gradients.values()])
        return [
            f"const Real {name} = call->fixed[{place}];"
            for place, name in enumerate(self.kernel.fixed)
            if name in read
        ]

    def _inputs(self, lines: Sequence[Assign], extra: Iterable[Expr] = ()) -> list[Place]:
        """Return the place and name of each input that `lines` read."""
        read = _read(lines) | _names(extra)
        return [(i, name) for i, name in enumerate(self.kernel.moving) if name in read]

    def _live(self) -> list[str]:
        """Return the test of which columns take this step."""
        if not self.kernel.masked:
            return []
        return ["const Mask live = spread(Real(t)) < get(ends + i);"]

    def _if_live(self, value: str, other: str) -> str:
        """Return `value`, and where a column's steps are over `other`."""
        return f"pick(live, {value}, {other})" if self.kernel.masked else value

    def _load(self, inputs: Iterable[Place], brought: str = "get(r + i)") -> list[str]:
        lines = []
        for i, name in inputs:
            more = f" + {brought}" if i == self.port else ""
            lines.append(f"const Vector {name} = get(x{i} + i){more};")
        return lines

    def _loop(self, arrays: Sequence[str], inside: Iterable[str], kept: int = 0) -> list[str]:
        """Return the loop over tiles, shared out among the threads.

        Parameters
        ----------
        arrays : names of arrays, each a tile wide.
        kept : how many arrays a tile wide are kept over time, in ``tape``.
        """
        reals = f"{len(arrays)}*wide" + (f" + (steps + 1)*{kept}*wide" if kept else "")
        own = [f"Real* const {name} = room + {i}*wide;" for i, name in enumerate(arrays)]
        own += [f"Real* const tape = room + {len(arrays)}*wide;"] if kept else []
        work = [
            *own,
            "#pragma omp for schedule(static)",
            "for (long index = 0; index < tiles; ++index) {",
            *indent(["const Tile tile(*call, index);", *inside], 4),
            "}",
        ]
        loop = [
            f"Real* const room = room_for({reals}, call->failed);",
            "#pragma omp barrier",
            "if (*call->failed == 0) {",  # all threads alike: they share the loop out
            *indent(work, 4),
            "}",
            "std::free(room);",
            "settle();",
        ]
        return ["#pragma omp parallel num_threads(call->threads)", "{", *indent(loop, 4), "}"]

    def _first(self) -> list[str]:
        lines = [
            f"tile.first(s{i}, call->begin[{i}], call->spans[{i}]);  // {name}"
            for i, name in enumerate(self.states)
        ]
        lines += ["tile.start(ends, call->ends);"] if self.kernel.masked else []
        if self.source == "q":
            last = len(self.states)
            lines.append(f"tile.first(q, call->begin[{last}], call->spans[{last}]);  // sent")
        return lines

    def _brought(self) -> list[str]:
        """Return what brings the last step's source to the port, at the beginning of a step."""
        if self.back is None:
            return []
        return [f"bring(*call, call->weights, call->bias, {self.source}, r, wide);"]

    # -- forwards ----------------------------------------------------------------------------------

    def forward(self) -> list[str]:
        """Return the function ``forward``."""
        step = self.step
        inputs = self._inputs(step.forward, (step.out, *step.states))
        row = [f"const Vector s_{name} = get(s{i} + i);" for i, name in enumerate(self.states)]
        row += [f"ahead(x{i} + i, call->strides[{i}]);" for i, _ in inputs]
        row += [*self._live(), *self._load(inputs), *self._lines(step.forward)]
        for i, (name, atom) in enumerate(zip(self.states, step.states, strict=True)):
            new = self._if_live(self.print.vector(atom), f"s_{name}")
            row += [f"const Vector n{i} = {new};", f"put(s{i} + i, n{i});"]
            row += _where(f"k{i}", f"put(k{i} + i, n{i}, stream);")
        sent = self._if_live(self.print.vector(step.out), "Vector{}")
        row.append(f"const Vector sent = {sent};")
        row += ["put(q + i, sent);"] if self.source == "q" else []
        row.append("put(out + i, sent, stream);")
        time = [*_rows(inputs), *self._brought()]
        time.append("Real* const out = tile.write(call->out + t*columns, outbuffer);")
        for i in self.count:
            time += _written(f"k{i}", f"call->kept[{i}]")
        time += [*_across(row), "tile.done(call->out + t*columns, outbuffer);"]
        time += [line for i in self.count for line in _kept(f"k{i}")]
        inside = [
            *self._first(),
            "for (long t = 0; t < steps; ++t) {",
            *indent(time, 4),
            "}",
            *(f"tile.finish(call->last[{i}], s{i});" for i in self.count),
            *([f"tile.finish(call->last[{len(self.states)}], q);"] if self.source == "q" else []),
        ]
        arrays = [f"s{i}" for i in self.count] + [f"x{i}buffer" for i, _ in inputs]
        arrays += [*(f"k{i}buffer" for i in self.count), "outbuffer", *self._own()]
        return _function(
            f"forward{self.ending}", [*_LOCALS, *self._fixed(), *self._loop(arrays, inside)]
        )

    def _own(self) -> list[str]:
        """Return the arrays of what the last step brings back, and of the columns' lengths."""
        return [
            *(["q"] if self.source == "q" else []),
            *(["r"] if self.back else []),
            *(["ends"] if self.kernel.masked else []),
        ]

    # -- backwards ---------------------------------------------------------------------------------

    def backward(self) -> list[str]:
        """Return the function ``backward``."""
        step, count = self.step, len(self.states)
        wanted = list(enumerate(self.kernel.program.inputs))
        sent = [step.out] if self.source == "q" else []
        ends = [atom.id for atom in (*step.states, *sent) if isinstance(atom, Name)]
        advance = needed(step.forward, ends)
        before = self._inputs(advance, (*step.states, *sent))
        inputs = self._inputs([*step.rest, *step.backward], step.gradients.values())
        kept = count + (self.back is not None)
        arrays = [f"x{i}buffer" for i in sorted({i for i, _ in (*before, *inputs)})]
        arrays += [f"{letter}{i}" for letter in "sa" for i in self.count]
        arrays += [f"g{i}buffer" for i, _ in wanted] + [f"u{i}" for i, _ in wanted]
        arrays += [f"f{i}" for i, _ in enumerate(self.kernel.learned)]
        arrays += [*(f"z{i}buffer" for i in self.count), "goutbuffer", *self._own()]
        arrays += ["b", "c", "gbackbuffer"] if self.back else []
        inside = [*self._slope(), *self._first()]
        if kept:
            again = [
                *_rows(before),
                *self._brought(),
                *_across(self._advance(advance, before, kept)),
            ]
            inside += ["for (long t = 0; t < steps; ++t) {", *indent(again, 4), "}"]
        for i in step.known:  # after the last step
            inside += _across([f"put(tape + (steps*{kept} + {i})*wide + i, get(s{i} + i));"])
        inside += [f"tile.start(a{i}, call->glast[{i}]);" for i in self.count]
        zero = [f"u{i}" for i, _ in wanted] + [f"f{i}" for i, _ in enumerate(self.kernel.learned)]
        inside += [f"tile.start({name}, nullptr);" for name in zero]
        if self.back is not None:
            after = f"call->glast[{count}]" if self.source == "q" else "nullptr"
            inside.append(f"tile.start(c, {after});")
        inside += [
            "for (long t = steps - 1; t >= 0; --t) {",
            *indent(self._back_in_time(inputs, wanted, kept), 4),
            "}",
        ]
        if self.source.startswith("s"):  # what the first step was brought came from a first state
            inside.append(f"tile.add(a{self.source[1:]}, c);")
        inside += [f"tile.finish(call->gbegin[{i}], a{i});" for i in self.count]
        inside += [f"tile.finish(call->gbegin[{count}], c);"] if self.source == "q" else []
        for i, _ in wanted:
            inside += [f"if (call->strides[{i}] == 0) {{"]
            inside += [f"    tile.finish(call->ginputs[{i}], u{i});", "}"]
        inside += [
            f"tile.finish(call->gfixed[{i}], f{i});" for i, _ in enumerate(self.kernel.learned)
        ]
        body = [*_LOCALS, *self._fixed(), *self._wanted(), *self._loop(arrays, inside, kept)]
        return _function(f"backward{self.ending}", body)

    def _wanted(self) -> list[str]:
        """Return the tests of which learned values' gradients are wanted."""
        count = range(len(self.kernel.learned))
        each = [f"const bool l{i} = call->gfixed[{i}] != nullptr;" for i in count]
        return each + [f"const bool learns = {' || '.join(f'l{i}' for i in count)};"] * bool(each)

    def _advance(self, lines: Sequence[Assign], inputs: list[Place], kept: int) -> list[str]:
        """Return a step on the way there, gone once more: it leaves the states before it."""
        row = []
        for i, name in enumerate(self.states):
            row += [f"const Vector s_{name} = get(s{i} + i);"]
            row += [f"put(tape + (t*{kept} + {i})*wide + i, s_{name});"]
        if self.back is not None:
            row += [f"put(tape + (t*{kept} + {kept - 1})*wide + i, get(r + i));"]
        row += [f"ahead(x{i} + i, call->strides[{i}]);" for i, _ in inputs]
        row += [*self._live(), *self._load(inputs), *self._lines(lines)]
        for i, (name, atom) in enumerate(zip(self.states, self.step.states, strict=True)):
            new = self._if_live(self.print.vector(atom), f"s_{name}")
            row.append(f"put(s{i} + i, {new});")
        if self.source == "q":
            sent = self._if_live(self.print.vector(self.step.out), "Vector{}")
            row.append(f"put(q + i, {sent});")
        return row

    def _shares(self) -> tuple[list[Assign], list[Assign], dict[str, list[Assign]]]:
        """Return the lines of the way back that are always needed; those that the gradients of
        several learned values need besides; by learned value, those that it alone needs."""
        lines = [*self.step.rest, *self.step.backward]
        gradients, learned = self.step.gradients, self.kernel.learned

        def targets(wanted: Iterable[str]) -> set[str]:
            found = needed(lines, _names(gradients[name] for name in wanted))
            return {line.target for line in found}

        always = targets(name for name in gradients if name not in learned)
        each = {name: targets([name]) - always for name in learned}
        uses = Counter(target for one in each.values() for target in one)
        own = {
            name: [line for line in lines if line.target in one and uses[line.target] == 1]
            for name, one in each.items()
        }
        first = [line for line in lines if line.target in always]
        return first, [line for line in lines if uses[line.target] > 1], own

    def _slope(self) -> list[str]:
        """Return the function that is the slope of the surrogate which the call names."""
        choices, start = self.kernel.choices, len(self.kernel.fixed)
        if not choices:
            return []
        counts = [len(one.parameters) for one in choices]
        lines = [f"constexpr long counts[] = {{{', '.join(map(str, counts))}}};"]
        lines += [  # read once: a load in the loop would wait for what the loop writes
            f"const Real r{i} = counts[call->surrogate] > {i} ? call->fixed[{start + i}] : Real(0);"
            for i in range(max(counts))
        ]
        arms = []
        for i, surrogate in enumerate(choices):
            place = Flat("r_u", strict=True)
            result = adjoint.derivative(surrogate, Name("g_u"), place)
            arm = [f"const Real r_{name} = r{k};" for k, name in enumerate(surrogate.parameters)]
            arm += [*self._lines(place.lines), f"return {self.print.vector(result)};"]
            arms += [f"case {i}: {{", *indent(arm, 4), "}"]
        return [
            *lines,
            "const long which = call->surrogate;",
            "const auto slope = [=](const Vector g_u) {",
            *indent(["switch (which) {", *arms, "}", "return Vector{};"], 4),
            "};",
        ]

    def _back_in_time(self, inputs: list[Place], wanted: list[Place], kept: int) -> list[str]:
        gradients, learned = self.step.gradients, self.kernel.learned
        always, shared, own = self._shares()
        time = [*_rows(inputs), *_given("gout", "call->gout")]
        for i in self.count:
            time += _given(f"z{i}", f"call->gkept[{i}]")
        for i, _ in wanted:
            time += _written(f"g{i}", f"call->strides[{i}] == 0 ? nullptr : call->ginputs[{i}]")
        time += _written("gback", "call->gback") if self.back else []
        row = [
            f"const Vector s_{name} = get(tape + (t*{kept} + {i})*wide + i);"
            for i, name in enumerate(self.states)
        ]
        brought = f"get(tape + (t*{kept} + {kept - 1})*wide + i)"
        base = [one for name, one in gradients.items() if name not in learned]
        first = self._inputs(always, base)
        after = {cast(Name, self.step.states[i]).id: i for i in self.step.known}
        known = {
            name: f"const Vector {name} = get(tape + ((t + 1)*{kept} + {i})*wide + i);"
            for name, i in after.items()
        }
        read = _read(always) | _names(base)
        row += [known[name] for name in known if name in read]
        row += self._live()
        row += self._load(first, brought)
        more = " + get(c + i)"
        row.append("ahead(gout + i, -columns);")
        row.append(
            "const Vector g_out = (gout == nullptr ? Vector{} : get(gout + i))"
            f"{more if self.source == 'q' else ''};"
        )
        for i, name in enumerate(self.states):
            row.append(
                f"const Vector g_n_{name} = (z{i} == nullptr ? get(a{i} + i) : "
                f"get(a{i} + i) + get(z{i} + i)){more if self.source == f's{i}' else ''};"
            )
        row += self._lines(always)
        for i, name in enumerate(self.states):
            passed = self._if_live(self.print.vector(gradients[f"s_{name}"]), f"g_n_{name}")
            row.append(f"put(a{i} + i, {passed});")
        for i, name in wanted:
            row += [
                f"const Vector t{i} = "
                f"{self._if_live(self.print.vector(gradients[f'x_{name}']), 'Vector{}')};",
                f"if (g{i} != nullptr) {{",
                f"    put(g{i} + i, t{i}, stream);",
                f"}} else if (call->strides[{i}] == 0) {{",
                f"    put(u{i} + i, get(u{i} + i) + t{i});",
                "}",
            ]
        if self.back is not None:
            row += [f"put(b + i, t{self.port});"]
            row += _where("gback", f"put(gback + i, t{self.port}, stream);")
        if learned:
            rest = [known[name] for name in known if name not in read]
            rest += self._load((one for one in inputs if one not in first), brought)
            rest += self._lines(shared)
            for i, name in enumerate(learned):
                total = self._if_live(self.print.vector(gradients[name]), "Vector{}")
                put = f"put(f{i} + i, get(f{i} + i) + {total});"
                rest += [f"if (l{i}) {{", *indent([*self._lines(own[name]), put], 4), "}"]
            row += ["if (learns) {", *indent(rest, 4), "}"]
        time += _across(row)
        time += [line for i, _ in wanted for line in _kept(f"g{i}")]
        if self.back is not None:
            time += [*_kept("gback"), "bring(*call, call->turned, nullptr, b, c, wide);"]
        return time


def _read(lines: Iterable[Assign]) -> set[str]:
    return {name for line in lines for name in names(line.value)}


def _names(atoms: Iterable[Expr]) -> set[str]:
    return {atom.id for atom in atoms if isinstance(atom, Name)}


def _rows(inputs: Iterable[Place]) -> list[str]:
    return [
        f"const Real* const x{i} = tile.read(call->inputs[{i}] + t*call->strides[{i}], x{i}buffer);"
        for i, _ in inputs
    ]


def _across(row: Iterable[str]) -> list[str]:
    """Return the loop over a tile's vectors."""
    return ["for (long i = 0; i < tile.padded; i += lanes) {", *indent(row, 4), "}"]


def _given(name: str, start: str) -> list[str]:
    """Return the row of a gradient that may not be there."""
    row = f"tile.read({start} + t*columns, {name}buffer)"
    return [f"const Real* const {name} = {start} == nullptr ? nullptr : {row};"]


def _written(name: str, start: str) -> list[str]:
    """Return the row of an array over time that may not be wanted."""
    return [
        f"Real* const {name}start = {start};",
        f"Real* const {name}row = {name}start == nullptr ? nullptr : {name}start + t*columns;",
        f"Real* const {name} = "
        f"{name}row == nullptr ? nullptr : tile.write({name}row, {name}buffer);",
    ]


def _kept(name: str) -> list[str]:
    return _where(name, f"tile.done({name}row, {name}buffer);")


def _where(name: str, line: str) -> list[str]:
    """Return `line` for where `name` is there."""
    return [f"if ({name} != nullptr) {{", f"    {line}", "}"]


def _function(name: str, lines: Iterable[str]) -> list[str]:
    return [f'extern "C" void {name}(const Call* call) {{', *indent(lines, 4), "}"]
