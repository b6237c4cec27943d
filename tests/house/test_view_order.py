"""Views are made in the order of their files' names, so a view's file comes after those of the views that it reads."""

import re
from pathlib import Path

from tests.house import tree

MADE = re.compile(r"CREATE OR REPLACE (?:SECURE )?VIEW (\w+)")
READ = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")


def read_too_early(texts: dict[str, str]) -> list[str]:
    """Which file reads a view whose file comes after it; file name to text."""
    files = {name: file for file, text in texts.items() for name in MADE.findall(text)}
    return [
        f"{file} reads {name}, which {files[name]} makes later"
        for file, text in texts.items()
        for name in sorted(set(READ.findall(text)) & set(files))
        if files[name] > file
    ]


def test_a_view_is_made_after_the_views_that_it_reads() -> None:
    texts = {path.name: tree.text(path) for path in tree.files(".sql", ("sql",)) if path.parent == Path("sql/views")}
    assert len(texts) > 1
    assert read_too_early(texts) == []


def test_a_view_made_too_early_is_seen() -> None:
    texts = {
        "R__a.sql": "CREATE OR REPLACE VIEW a\nAS SELECT 1 FROM b",
        "R__b.sql": "CREATE OR REPLACE VIEW b\nAS SELECT 1",
    }
    assert read_too_early(texts) == ["R__a.sql reads b, which R__b.sql makes later"]
