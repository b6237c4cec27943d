"""Reading statement text: what is outside quotes and comments, and a small reader of tokens."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, NoReturn

from local_cloud.snowflake.errors import failure, syntax

# Everything that is not plain statement text, in the order in which Snowflake's lexer meets it.
_OPAQUE: Final = re.compile(
    r"""--[^\n]* | //[^\n]* | /\*.*?\*/ | \$\$.*?\$\$ | '(?:[^'\\]|''|\\.)*' | "(?:[^"]|"")*" """,
    re.DOTALL | re.VERBOSE,
)
_COMMENT: Final = re.compile(r"\s+|--[^\n]*(?:\n|$)|//[^\n]*(?:\n|$)|/\*.*?\*/", re.DOTALL)
_TOKEN: Final = re.compile(
    r"""(?P<gap>\s+|--[^\n]*|//[^\n]*|/\*.*?\*/) | (?P<quoted>\$\$.*?\$\$|'(?:[^'\\]|''|\\.)*'|"(?:[^"]|"")*")
    | (?P<word>[\w$@%]+(?:\.\d+)?) | (?P<sign>=>|::|<>|!=|<=|>=|\|\||[^\s'"])""",
    re.DOTALL | re.VERBOSE,
)
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_VARIABLE: Final = re.compile(r"(?<![\w$])\$([A-Za-z_]\w*)")


def head(sql: str, words: int = 8) -> str:
    """The first words of a statement in upper case, comments skipped, single spaces between."""
    at, found = 0, list[str]()
    while len(found) < words and at < len(sql):
        if gap := _COMMENT.match(sql, at):
            at = gap.end()
        elif word := re.compile(r"[\w$.%@\"]+").match(sql, at):
            found.append(word[0].upper())
            at = word.end()
        else:
            found.append(sql[at])
            at += 1
    return " ".join(found)


def without_trailing_semicolon(sql: str) -> str:
    """The statement without what may follow its last word."""
    return sql.strip().rstrip(";").rstrip()


def with_variables(sql: str, variables: Mapping[str, str]) -> str:
    """The statement with `$name` replaced by the session's variables, quoted text untouched.

    Raises:
        ProgrammingError: 002211 when a variable is not set.
    """
    if "$" not in sql:
        return sql
    parts, at = list[str](), 0
    for opaque in _OPAQUE.finditer(sql):
        parts += [_replace(sql[at : opaque.start()], variables), opaque[0]]
        at = opaque.end()
    return "".join([*parts, _replace(sql[at:], variables)])


def _replace(text: str, variables: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        name = found[1].upper()
        if name not in variables:
            raise failure(2211, "02000", f"SQL compilation error: Session variable '${name}' does not exist")
        return variables[name]

    return _VARIABLE.sub(value, text)


class _Token(NamedTuple):
    text: str
    start: int
    end: int
    quoted: bool


def _tokens(sql: str) -> Iterator[_Token]:
    at = 0
    while at < len(sql):
        if not (found := _TOKEN.match(sql, at)):
            raise syntax(f"parse error: a quote is not closed, near '{sql[at : at + 20]}'.")
        at = found.end()
        if found.lastgroup == "quoted":
            yield _Token(_unquote(found[0]), found.start(), at, quoted=True)
        elif found.lastgroup != "gap":
            yield _Token(found[0], found.start(), at, quoted=False)


def _unquote(text: str) -> str:
    if text.startswith("$$"):
        return text[2:-2]
    inner, quote = text[1:-1], text[0]
    if quote == "'":
        inner = re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), inner, flags=re.DOTALL)
    return inner.replace(quote * 2, quote)


class Reader:
    """Reads a statement word by word with Snowflake's quoting rules."""

    def __init__(self, sql: str) -> None:
        """Tokenise `sql`; a broken quote raises error 001003."""
        self.sql = sql
        self._tokens = list(_tokens(sql))
        self._at = 0

    @property
    def done(self) -> bool:
        """Whether everything was read."""
        return self.peek() in ("", ";") and not self._quoted(0)

    def peek(self, ahead: int = 0) -> str:
        """The coming word in upper case, empty at the end."""
        at = self._at + ahead
        return self._tokens[at].text.upper() if at < len(self._tokens) else ""

    def accept(self, *words: str) -> bool:
        """Read `words` if they come next."""
        if all(self.peek(i) == word and not self._quoted(i) for i, word in enumerate(words)):
            self._at += len(words)
            return True
        return False

    def expect(self, *words: str) -> None:
        """Read `words`, or raise error 001003."""
        if not self.accept(*words):
            self.fail()

    def fail(self) -> NoReturn:
        """Raise the syntax error for the coming word."""
        if self.done:
            raise syntax("syntax error: unexpected '<EOF>'.")
        token = self._tokens[self._at]
        line = self.sql.count("\n", 0, token.start) + 1
        column = token.start - (self.sql.rfind("\n", 0, token.start) + 1)
        raise syntax(f"syntax error line {line} at position {column} unexpected '{token.text}'.")

    def word(self) -> str:
        """Any one token's text, as written."""
        if self.done:
            self.fail()
        self._at += 1
        return self._tokens[self._at - 1].text

    def identifier(self) -> str:
        """An identifier in Snowflake's case: upper unless quoted."""
        quoted = self._quoted(0)
        text = self.word()
        return text if quoted else text.upper()

    def name(self) -> tuple[str, ...]:
        """A dotted name, or `IDENTIFIER('name')`; an argument list directly after it is left unread."""
        if self.peek() == "IDENTIFIER" and self.peek(1) == "(":
            self.accept("IDENTIFIER")
            return Reader(Reader(self.group()).word()).name()
        parts = [self.identifier()]
        while self.accept("."):
            parts.append(self.identifier())
        return tuple(parts)

    def group(self) -> str:
        """The text between an opening bracket that comes next and its partner."""
        self.expect("(")
        start, depth = self._tokens[self._at - 1].end, 1
        while depth:
            word = self.word()
            depth += {"(": 1, ")": -1}.get(word, 0) if not self._quoted(-1) else 0
        return self.sql[start : self._tokens[self._at - 1].start]

    def until(self, *stops: str) -> str:
        """The text up to the first of `stops` at this level, or to the end."""
        start = end = self._tokens[self._at].start if self._at < len(self._tokens) else len(self.sql)
        while not self.done and (self.peek() not in stops or self._quoted(0)):
            self._step_over()
            end = self._tokens[self._at - 1].end
        return self.sql[start:end].strip()

    def _step_over(self) -> None:
        """Pass the coming word, or all that a bracket holds."""
        depth = 0
        while True:
            word, plain = self.peek(), not self._quoted(0)
            self.word()
            depth += (word in _OPENING) - (word in _CLOSING) if plain else 0
            if depth <= 0:
                return

    def rest(self) -> str:
        """Everything that is left, as written."""
        text = self.sql[self._tokens[self._at].start :] if not self.done else ""
        self._at = len(self._tokens)
        return text.strip()

    def _quoted(self, ahead: int) -> bool:
        at = self._at + ahead
        return at < len(self._tokens) and self._tokens[at].quoted


def comma_separated(text: str) -> list[str]:
    """The parts of an argument list, split at its top-level commas."""
    reader, parts = Reader(text), list[str]()
    while not reader.done:
        parts.append(reader.until(","))
        if not reader.accept(",") and not reader.done:
            reader.fail()
    return parts
