"""Text → tree, within limits. Nothing a user writes is ever executed.

The text is first cut into our own tokens (an ASCII alphabet without quotes, dots, colons,
semicolons or line ends), counted and measured; only then Python's grammar builds a syntax tree, of
which a short list of node types is taken over into our own.
"""

from __future__ import annotations

import ast
import math
import re
import warnings

from spikex_lab.catalog import expr
from spikex_lab.catalog.names import FUNCTIONS, KEYWORDS, NAME
from spikex_lab.errors import InvalidError, nearest

MAX_LENGTH = 2_000
MAX_TOKENS = 600
MAX_BRACKETS = 32
MAX_DEPTH = 100
MAX_EXPONENT = 64

_TOKEN = re.compile(
    r"""(?P<space>[ \t]+)
      | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<name>[A-Za-z][A-Za-z0-9_]*)
      | (?P<operator>\*\*|//|<=|>=|==|!=|[-+*/%<>(),\[\]])""",
    re.VERBOSE,
)
_WORDS = frozenset({"if", "else", "and", "or", "not"})
_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**",
}  # fmt: skip
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip


def parse(text: str, *, where: str, offset: int = 0) -> expr.Expr:
    """Return the tree of one expression whose value is a number.

    Parameters
    ----------
    text : the expression, as a user wrote it.
    where : file and key, for messages; `offset` is added to the columns they name.

    Raises
    ------
    InvalidError : with the column, for anything outside the language or over its limits.

    Examples
    --------
    >>> parse("beta*mem[t-1] + I[t]", where="equations").op
    '+'
    """
    return _Reader(text, where, offset).number()


def parse_test(text: str, *, where: str, offset: int = 0) -> expr.Expr:
    """Return the tree of one expression that is true or false (``v >= v_th``)."""
    return _Reader(text, where, offset).test()


class _Reader:
    def __init__(self, text: str, where: str, offset: int) -> None:
        self.where = where
        self.offset = offset
        self.text = text
        self._scan()
        self._lead = len(text) - len(text.lstrip(" \t"))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.root = ast.parse(text.strip(" \t"), mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            column = (getattr(error, "offset", None) or 1) + self._lead
            raise self.error("this is no expression", column - 1) from None

    def error(self, what: str, column: int, hint: str = "") -> InvalidError:
        place = f"column {column + 1 + self.offset}"
        where = f"{self.where}, {place}" if self.where else place
        return InvalidError(what, where=where, hint=hint)

    def _scan(self) -> None:
        """Cut into tokens; refuse foreign characters, keywords, the too long and too deep."""
        if len(self.text) > MAX_LENGTH:
            raise self.error(
                f"expression of {len(self.text)} characters",
                MAX_LENGTH,
                f"at most {MAX_LENGTH}; use let:",
            )
        position = count = depth = 0
        while position < len(self.text):
            token = _TOKEN.match(self.text, position)
            if token is None:
                raise self.error(f"unexpected character {self.text[position]!a}", position)
            kind, word = token.lastgroup, token.group()
            if kind == "name":
                if word in KEYWORDS and word not in _WORDS:
                    raise self.error(f'"{word}" is a keyword, not a name', position)
                if word not in _WORDS and not NAME.fullmatch(word):
                    raise self.error("a name has at most 64 characters", position)
            elif kind == "number":
                if len(word) > 40:
                    raise self.error("a number has at most 40 characters", position)
                if self.text[token.end() : token.end() + 1].isalnum():
                    raise self.error("a number runs into a name", position)
            depth += (word in "([") - (word in ")]") if kind == "operator" else 0
            if depth > MAX_BRACKETS:
                raise self.error(
                    f"brackets nested deeper than {MAX_BRACKETS}", position, "use let: for parts"
                )
            count += kind != "space"
            if count > MAX_TOKENS:
                raise self.error(
                    f"expression of more than {MAX_TOKENS} parts", position, "use let: for parts"
                )
            position = token.end()
        if not count:
            raise self.error("an expression is missing", 0)

    def number(self) -> expr.Expr:
        return self._number(self.root, 0)

    def test(self) -> expr.Expr:
        return self._test(self.root, 0)

    def _column(self, node: ast.AST) -> int:
        return int(getattr(node, "col_offset", 0)) + self._lead

    def _deeper(self, node: ast.AST, depth: int) -> int:
        if depth >= MAX_DEPTH:
            raise self.error(
                f"expression nested deeper than {MAX_DEPTH}",
                self._column(node),
                "use let: for parts",
            )
        return depth + 1

    def _number(self, node: ast.AST, depth: int) -> expr.Expr:
        depth = self._deeper(node, depth)
        match node:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return self._literal(node, value)
            case ast.Name(id=name):
                return expr.Name(name)
            case ast.Subscript():
                return self._lagged(node)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self._number(operand, depth)
                return expr.Num(-inner.value) if isinstance(inner, expr.Num) else expr.Neg(inner)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self._number(operand, depth)
            case ast.BinOp(op=op, left=left, right=right) if type(op) in _BINARY:
                first, second = self._number(left, depth), self._number(right, depth)
                if isinstance(op, ast.Pow):
                    self._exponent(right, second)
                return expr.Binary(_BINARY[type(op)], first, second)
            case ast.Call():
                return self._call(node, depth)
            case ast.IfExp(test=test, body=then, orelse=other):
                return expr.Choose(
                    self._test(test, depth), self._number(then, depth), self._number(other, depth)
                )
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
                raise self.error(
                    "a test stands where a number belongs",
                    self._column(node),
                    "write: a if test else b",
                )
        raise self.error("this is not part of the equation language", self._column(node))

    def _test(self, node: ast.AST, depth: int) -> expr.Expr:
        depth = self._deeper(node, depth)
        match node:
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
                return expr.Compare(
                    _COMPARE[type(op)], self._number(left, depth), self._number(right, depth)
                )
            case ast.Compare():
                raise self.error(
                    "one comparison at a time", self._column(node), "join them with and"
                )
            case ast.BoolOp(op=op, values=values):
                word = "and" if isinstance(op, ast.And) else "or"
                return expr.Logic(word, tuple(self._test(value, depth) for value in values))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return expr.Logic("not", (self._test(operand, depth),))
        raise self.error("a test is expected here", self._column(node), "such as v >= v_th")

    def _literal(self, node: ast.AST, value: float) -> expr.Num:
        if isinstance(value, int) and abs(value) > 2**53:
            raise self.error("whole number too large", self._column(node), "write it as 1e20")
        if not math.isfinite(value):
            raise self.error("number too large", self._column(node))
        return expr.Num(value)

    def _lagged(self, node: ast.Subscript) -> expr.Name:
        """Read ``x[t]`` and ``x[t-1]``."""
        match node:
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Name(id="t")):
                return expr.Name(name, 0)
            case ast.Subscript(
                value=ast.Name(id=name),
                slice=ast.BinOp(op=ast.Sub(), left=ast.Name(id="t"), right=ast.Constant(value=1)),
            ):
                return expr.Name(name, 1)
        raise self.error("only [t] and [t-1] are understood", self._column(node))

    def _call(self, node: ast.Call, depth: int) -> expr.Call:
        if not isinstance(node.func, ast.Name) or node.keywords:
            raise self.error("only calls such as exp(x) are understood", self._column(node))
        name = node.func.id
        if name not in FUNCTIONS:
            raise self.error(
                f'unknown function "{name}"', self._column(node), nearest(name, list(FUNCTIONS))
            )
        if len(node.args) != FUNCTIONS[name]:
            raise self.error(
                f"{name} takes {FUNCTIONS[name]} argument(s), got {len(node.args)}",
                self._column(node),
            )
        return expr.Call(name, tuple(self._number(arg, depth) for arg in node.args))

    def _exponent(self, node: ast.AST, exponent: expr.Expr) -> None:
        if isinstance(exponent, expr.Num) and abs(exponent.value) > MAX_EXPONENT:
            raise self.error(f"exponent above {MAX_EXPONENT}", self._column(node))
        if any(isinstance(part, expr.Binary) and part.op == "**" for part in expr.walk(exponent)):
            raise self.error("a power in an exponent", self._column(node))
