"""SHOW and DESCRIBE explain the product: procedures and views say in a comment what they do, take and answer."""

import re
from pathlib import Path

import pytest

from contract.request import RequestOptions
from tests.house import tree
from tests.house.test_signatures import PROCEDURE, argument_names

COMMENT = re.compile(r"\n    COMMENT = '((?:[^']|'')+)'\n")
ANSWERS = {
    name: keys.split()
    for name, keys in (line.split(": ") for line in tree.text(Path("tests/house/answers.txt")).splitlines())
}
ALL = [path for path in tree.files(".sql", ("sql",)) if path.parent.name in {"procedures", "views"}]


def faults(sql: str) -> list[str]:
    comment = COMMENT.search(sql)
    if comment is None:
        return ["no comment"]
    text = comment[1]
    wrong = [] if re.match(r"[A-Z].*\.$", text) else ["it is no sentence"]
    if procedure := PROCEDURE.search(sql):
        name, arguments, _ = procedure.groups()
        wrong += [
            f"it does not name {each}" for each in argument_names(arguments) if not re.search(rf"\b{each}\b", text)
        ]
        keys = ANSWERS.get(name)
        wrong += [f"it does not say {{{', '.join(keys)}}}"] if keys and f"{{{', '.join(keys)}}}" not in text else []
    return wrong


@pytest.mark.parametrize("path", ALL, ids=str)
def test_a_procedure_or_view_explains_itself(path: Path) -> None:
    assert faults(tree.text(path)) == []


def test_the_comment_of_generate_report_names_every_option() -> None:
    told = COMMENT.search(tree.text(Path("sql/procedures/R__procedure_generate_report.sql")))
    assert told is not None
    assert set(re.findall(r"\w+", told[1].rsplit("options: ", 1)[1])) == set(RequestOptions.model_fields)


def test_what_a_comment_lacks_is_noticed() -> None:
    made = "CREATE OR REPLACE PROCEDURE cancel_report(job_id STRING)\n    RETURNS VARIANT\n    COMMENT = '{}'\n"
    assert faults(made.format("Cancels job_id and answers {job_id, status}.")) == []
    assert faults("CREATE OR REPLACE VIEW v\nAS SELECT 1") == ["no comment"]
    assert faults(made.format("Cancels a job")) == [
        "it is no sentence",
        "it does not name job_id",
        "it does not say {job_id, status}",
    ]
