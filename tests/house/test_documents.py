"""Reference pages say what the code says, and links lead somewhere."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from contract.manifest import FAILURE_NAME, MANIFEST_NAME, START_MARKER_NAME, Manifest, StartMarker
from contract.outcome import ExitCode, FailureClass
from contract.request import RequestOptions
from contract.sign_in import Way
from contract.states import JobState
from contract.task_spec import TaskSpec
from executor.core.transitions import drawing
from executor.settings import ExecutorSettings, ObjectNames, SnowflakeSettings
from tests.house import tree

ENVIRONMENT = Path("docs/reference/environment.md")
CONTAINER = Path("docs/reference/container.md")
SQL = Path("docs/reference/sql.md")
FAILURES = Path("docs/reference/failures.md")
STATE_MACHINE = Path("docs/explanation/state-machine.md")
SETTINGS: tuple[type[BaseModel], ...] = (ExecutorSettings, ObjectNames, SnowflakeSettings)
VARIABLE = re.compile(r"\b(?:REPORTING|SNOWFLAKE)_[A-Z][A-Z0-9_]*\b")
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]+)[^)]*\)")


def rows(page: str, section: str = "") -> list[list[str]]:
    """Cells of the table rows below a heading, or of the whole page; the code marks are taken off."""
    text = page.split(f"\n{section}\n", 1)[1].split("\n## ", 1)[0] if section else page
    lines = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("|--")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split(" | ")] for line in lines]


def variables() -> dict[str, str]:
    """Every setting by its variable, with its default as the page writes it."""
    found = {}
    for model in SETTINGS:
        prefix = str(model.model_config.get("env_prefix", ""))
        for name, field in model.model_fields.items():
            default = "required" if field.default is PydanticUndefined else field.default
            shown = "none" if default in (None, ()) else str(default).lower() if default is False else str(default)
            found[field.alias or f"{prefix}{name}".upper()] = shown
    return found


def read_by(folders: tuple[str, ...]) -> set[str]:
    """Every variable that a string in these folders is the name of."""
    return {
        text
        for path in tree.files(".py", folders)
        for text in tree.texts(tree.text(path))
        if VARIABLE.fullmatch(text) and not text.endswith("_") and text not in {*FailureClass, *Way}
    }


def unused(names: set[str], code: str) -> list[str]:
    return sorted(name for name in names if not re.search(rf"\.{name}\b", code))


def broken_links(page: Path, text: str) -> list[str]:
    return [link for link in LINK.findall(text) if not (tree.ROOT / page.parent / link).exists()]


def test_every_setting_is_on_the_page_with_its_default() -> None:
    told = {name: default for name, default, *_ in rows(tree.text(ENVIRONMENT)) if VARIABLE.fullmatch(name)}
    assert {name: told.get(name) for name in variables()} == variables()


def test_the_page_has_every_variable_that_is_read_and_no_other() -> None:
    told = {name for name, *_ in rows(tree.text(ENVIRONMENT)) if VARIABLE.fullmatch(name)}
    assert told == set(variables()) | read_by(("contract", "executor", "runner"))


def test_every_setting_is_used() -> None:
    code = "".join(tree.text(path) for path in tree.files(".py", ("executor",)))
    names = set(ExecutorSettings.model_fields) | set(ObjectNames.model_fields)
    assert unused(names, code) == []


def test_every_exit_code_is_on_the_page_with_its_name() -> None:
    told = [(code, name) for code, name, *_ in rows(tree.text(CONTAINER), "## Exit codes")[1:]]
    assert told == [(str(int(code)), code.name) for code in ExitCode]


@pytest.mark.parametrize(
    ("section", "model"),
    [("## The order", TaskSpec), ("## Start marker", StartMarker), ("## Files and manifest", Manifest)],
)
def test_every_key_of_a_document_is_on_the_page(section: str, model: type[BaseModel]) -> None:
    told = [key for cells in rows(tree.text(CONTAINER), section)[1:] for key in re.findall(r"\w+", cells[0])]
    assert sorted(told) == sorted(model.model_fields)


def test_the_page_of_the_container_knows_the_names_in_s3() -> None:
    page = tree.text(CONTAINER)
    assert all(
        name in page for name in (MANIFEST_NAME, FAILURE_NAME, START_MARKER_NAME, "task_spec.json", "latest.json")
    )


def test_every_option_is_on_the_page() -> None:
    told = [cells[0] for cells in rows(tree.text(SQL).replace("### Options", "## Options"), "## Options")[1:]]
    assert sorted(told) == sorted(RequestOptions.model_fields)


def test_every_procedure_role_task_and_column_is_on_the_page() -> None:
    page = tree.text(SQL)
    cells = {row[0] for row in rows(page)}
    for line in tree.text(Path("tests/house/signatures.txt")).splitlines():
        kind, rest = line.split(" ", 1)
        name = rest.removesuffix(" returns VARIANT") if kind == "procedure" else rest.split(": ")[-1]
        first = rest.split(":")[0]
        assert {"task": first, "role": first.upper()}.get(kind, name) in cells, line


def answers_told(page: str) -> dict[str, set[str]]:
    """The keys of each procedure's answer, as its row on the page has them in braces."""
    rows_of = [cells for cells in rows(page, "## Procedures") if "(" in cells[0]]
    told = {cells[0].split("(")[0]: re.search(r"\{([\w, ]+)\}", cells[1]) for cells in rows_of}
    return {name: set(re.findall(r"\w+", found[1])) for name, found in told.items() if found}


def test_the_keys_of_every_answer_are_on_the_page() -> None:
    lines = [line.split(": ") for line in tree.text(Path("tests/house/answers.txt")).splitlines()]
    assert answers_told(tree.text(SQL)) == {name: set(keys.split()) for name, keys in lines}


def test_every_table_is_on_the_page() -> None:
    scripts = "".join(tree.text(path) for path in tree.files(".sql", ("sql/migrations",)))
    made = re.findall(r"CREATE (?:TRANSIENT )?TABLE IF NOT EXISTS (\w+)", scripts)
    assert sorted(cells[0] for cells in rows(tree.text(SQL), "## Tables")[1:]) == sorted(made)


def test_every_failure_class_is_on_the_page() -> None:
    told = {cells[0] for cells in rows(tree.text(FAILURES))}
    assert [str(known) for known in FailureClass if known not in told] == []


def test_the_drawing_of_the_states_is_made_from_the_table() -> None:
    assert f"```mermaid\n{drawing()}```\n" in tree.text(STATE_MACHINE)
    assert [cells[0] for cells in rows(tree.text(STATE_MACHINE))[1:]] == [str(state) for state in JobState]


def test_links_lead_somewhere() -> None:
    pages = [path for path in tree.tracked() if path.suffix == ".md"]
    assert Path("CONTRIBUTING.md") in pages
    assert {str(page): wrong for page in pages if (wrong := broken_links(page, tree.text(page)))} == {}


def unlisted(pages: list[Path], index: str) -> list[str]:
    linked = {(Path("docs") / link).as_posix() for link in LINK.findall(index)}
    return [str(page) for page in pages if page.as_posix() not in linked]


def test_every_page_is_in_the_index() -> None:
    pages = [path for path in tree.tracked() if path.parts[0] == "docs" and path.suffix == ".md"]
    assert unlisted([page for page in pages if page != Path("docs/README.md")], tree.text(Path("docs/README.md"))) == []


def test_a_page_that_is_not_in_the_index_is_noticed() -> None:
    pages = [Path("docs/how-to/a.md"), Path("docs/how-to/b.md")]
    assert unlisted(pages, "[a](how-to/a.md)") == ["docs/how-to/b.md"]


def test_a_broken_link_is_noticed() -> None:
    text = "[a](reference/sql.md) [b](reference/nothing.md#here) [c](https://example.org)"
    assert broken_links(Path("docs/README.md"), text) == ["reference/nothing.md"]


def test_a_row_that_is_missing_is_noticed() -> None:
    page = "# T\n\n## A\n\n| code | name |\n|---|---|\n| 0 | `DONE` |\n\n## B\n\n| x | y |\n"
    assert rows(page, "## A")[1:] == [["0", "DONE"]]
    assert rows(page, "## B") == [["x", "y"]]
    assert len(rows(page)) == 3


def test_a_setting_that_nobody_reads_is_noticed() -> None:
    assert unused({"bucket", "heart"}, "settings.bucket, settings.heartbeat") == ["heart"]


@pytest.mark.parametrize(
    ("check", "page", "line"),
    [
        (test_every_setting_is_on_the_page_with_its_default, ENVIRONMENT, "| `REPORTING_MAX_RUNNING` | `50` |"),
        (test_the_page_has_every_variable_that_is_read_and_no_other, ENVIRONMENT, "| `REPORTING_TASK_SPEC_URI` |"),
        (test_every_exit_code_is_on_the_page_with_its_name, CONTAINER, "| 15 | `DEADLINE` |"),
        (test_the_page_of_the_container_knows_the_names_in_s3, CONTAINER, "latest.json"),
        (test_every_option_is_on_the_page, SQL, "| `dedupe_key` |"),
        (test_every_procedure_role_task_and_column_is_on_the_page, SQL, "| `check_ecs_job_status(job_id STRING)` |"),
        (test_every_procedure_role_task_and_column_is_on_the_page, SQL, "| `daily_reports_task` |"),
        (test_every_procedure_role_task_and_column_is_on_the_page, SQL, "| `remedy` |"),
        (test_every_table_is_on_the_page, SQL, "| `type_state` |"),
        (test_every_failure_class_is_on_the_page, FAILURES, "`SPOT_INTERRUPTION`"),
        (test_the_drawing_of_the_states_is_made_from_the_table, STATE_MACHINE, "QUEUED --> EXPIRED: too old"),
        (test_the_drawing_of_the_states_is_made_from_the_table, STATE_MACHINE, "| `EXPIRED` |"),
    ],
)
def test_a_page_that_says_something_else_is_noticed(
    monkeypatch: pytest.MonkeyPatch, check: Callable[[], None], page: Path, line: str
) -> None:
    real = tree.text
    assert line in real(page)
    monkeypatch.setattr(
        tree, "text", lambda path: real(path).replace(line, "| `else` |") if path == page else real(path)
    )
    with pytest.raises(AssertionError):
        check()


@pytest.mark.parametrize(
    ("section", "model", "line"),
    [
        ("## The order", TaskSpec, "| `prefix` |"),
        ("## Start marker", StartMarker, "| `task_arn` |"),
        ("## Files and manifest", Manifest, "| `queries` |"),
    ],
)
def test_a_key_that_is_not_on_the_page_is_noticed(
    monkeypatch: pytest.MonkeyPatch, section: str, model: type[BaseModel], line: str
) -> None:
    real = tree.text
    assert line in real(CONTAINER)
    monkeypatch.setattr(tree, "text", lambda path: real(path).replace(line, "| `else` |"))
    with pytest.raises(AssertionError):
        test_every_key_of_a_document_is_on_the_page(section, model)
