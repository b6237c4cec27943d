"""Nothing is left for later, nothing is skipped, and every exception from a rule says why on its line."""

import io
import re
import tokenize
from pathlib import Path

import pytest

from tests.house import tree

# Put together, so that this file keeps its own rule.
POSTPONED = tuple("".join(parts) for parts in (("TO", "DO"), ("FIX", "ME"), ("XX", "X")))
LATER = re.compile(rf"\b(?:{'|'.join(POSTPONED)})\b")
SKIPPED = re.compile(r"\bpytest\.(?:skip|xfail|importorskip)\b|\bmark\.(?:skip|skipif|xfail)\b|\bunittest\.skip|@skip")
NO_REASON = re.compile(
    r"noqa(?!: [A-Z]+[0-9]+(?:, ?[A-Z]+[0-9]+)*[ -]+\S.{3,})"
    r"|type: ignore(?!\[[a-z, -]+\]\s+# ?\S.{3,})"
    r"|pragma: no cover(?! - \S.{3,})"
)
MADE_BY_TOOLS = {"uv.lock", "LICENSE"}
TEXT = {"", ".md", ".py", ".sh", ".sql", ".toml", ".txt", ".json", ".yaml", ".yml"}


def left_for_later(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if LATER.search(line)]


def skipped(source: str) -> list[str]:
    # Names only: a text that speaks of skipping skips nothing.
    code = " ".join(
        token.string
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type in {tokenize.NAME, tokenize.OP}
    )
    return SKIPPED.findall(re.sub(r" ?([.@]) ?", r"\1", code))


def without_reason(source: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT and NO_REASON.search(token.string)]


def test_nothing_is_left_for_later() -> None:
    texts = [path for path in tree.tracked() if path.name not in MADE_BY_TOOLS and path.suffix in TEXT]
    assert {str(path): found for path in texts if (found := left_for_later(tree.text(path)))} == {}


def test_no_test_is_skipped() -> None:
    tests = list(tree.files(".py", ("tests",)))
    assert {str(path): found for path in tests if (found := skipped(tree.text(path)))} == {}


def test_every_exception_carries_its_reason() -> None:
    sources = list(tree.files(".py"))
    assert {str(path): found for path in sources if (found := without_reason(tree.text(path)))} == {}


def test_a_word_of_postponement_is_noticed() -> None:
    lines = [f"# {word}: later" for word in POSTPONED]
    assert left_for_later("\n".join(lines)) == lines


@pytest.mark.parametrize(
    "source",
    ["pytest.skip('no server')", "@pytest.mark.skipif(True)\ndef f(): ...", "@pytest.mark.xfail\ndef f(): ..."],
)
def test_a_skipped_test_is_noticed(source: str) -> None:
    assert len(skipped(source)) == 1


@pytest.mark.parametrize(
    "comment", ["noqa", "noqa: S603", "noqa: S603 -", "type: ignore", "type: ignore[misc]", "type: ignore  # because"]
)
def test_an_exception_without_a_reason_is_noticed(comment: str) -> None:
    assert without_reason(f"x = 1  # {comment}\n") != []


def test_an_exception_with_a_reason_is_let_be() -> None:
    assert without_reason("x = 1  # noqa: S603, S607 - our own command\n") == []
    assert without_reason("x = 1  # type: ignore[misc, arg-type]  # the seam itself\n") == []


def test_the_files_that_are_searched_are_there() -> None:
    assert {Path("pyproject.toml"), Path("contract/states.py")} <= set(tree.tracked())
