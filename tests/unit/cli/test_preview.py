"""What a preview is made of: a definition in a file, parameters as a caller gives them, rows up to a limit."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from contract.outcome import ExitCode
from contract.refusal import RefusedError
from contract.report import Query, ReportDefinition
from executor.cli import preview
from executor.cli.errors import CommandError, Exit
from runner.arrow import pa
from runner.compiled import check
from runner.failures import RunFailedError
from runner.preview import Folder, PreviewOrder, first_rows, main
from runner.preview import preview as make
from runner.source import Source

QUERY: dict[str, Any] = {"name": "one", "sql": "SELECT :since AS a"}
DOCUMENT: dict[str, Any] = {"title": "Mine", "queries": [QUERY], "parameters": {"since": {"type": "string"}}}


def written(folder: Path, document: object) -> Path:
    path = folder / "definition.json"
    path.write_text(json.dumps(document))
    return path


def test_a_definition_may_keep_its_sql_in_files_beside_it(tmp_path: Path) -> None:
    (tmp_path / "one.sql").write_text("-- Why.\nSELECT :since AS a\n")
    document = DOCUMENT | {"queries": [{"name": "one", "file": "one.sql"}]}
    found = preview._from_file(written(tmp_path, document))
    assert found.queries[0].sql == "-- Why.\nSELECT :since AS a\n"


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (
            DOCUMENT | {"queries": [{"name": "one", "sql": "DROP TABLE t"}]},
            "definition.queries[0].sql: begins with DROP",
        ),
        (DOCUMENT | {"queries": [{"name": "one", "file": "absent.sql"}]}, "absent.sql cannot be read: No such file"),
        ([1], "is no definition as JSON"),
        (DOCUMENT | {"queries": 5}, "is no definition as JSON"),
    ],
)
def test_a_file_that_is_no_definition_is_wrong_usage(tmp_path: Path, document: object, says: str) -> None:
    with pytest.raises(CommandError) as refused:
        preview._from_file(written(tmp_path, document))
    assert refused.value.code == Exit.USAGE
    assert says in str(refused.value)


def test_wrong_parameters_are_refused_before_anybody_signs_in(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--business-date 2999-01-01 lies in the future"):
        preview.preview("MINE", business_date=datetime(2999, 1, 1, tzinfo=UTC))
    with pytest.raises(CommandError, match="--param since stands twice; give it once"):
        preview.preview("MINE", ["since=1", "since=2"], definition=written(tmp_path, DOCUMENT))
    with pytest.raises(CommandError, match=r"params\.SINCE: .*did you mean since\?"):
        preview.preview("MINE", ["SINCE=1"], definition=written(tmp_path, DOCUMENT))
    with pytest.raises(CommandError, match=r"params\.colour: is not a parameter of this report; it takes since"):
        preview.preview("MINE", ["colour=red"], definition=written(tmp_path, DOCUMENT))


def test_no_batch_is_asked_for_beyond_the_rows_that_are_shown() -> None:
    batch = pa.RecordBatch.from_pydict({"a": [1, 2, 3]})

    def batches() -> Any:
        yield batch
        yield batch
        raise AssertionError("a third batch was asked for")

    assert [shown.num_rows for shown in first_rows(batches(), 5)] == [3, 2]
    assert [shown.num_rows for shown in first_rows(iter([batch]), 5)] == [3]


def test_files_of_a_preview_tell_what_they_hold(tmp_path: Path) -> None:
    outlet = Folder(tmp_path / "made")
    file = outlet.open("a.csv", "csv", "text/csv", "one")  # type: ignore[arg-type]  # the format is only told
    file.write(b"a\n1\n")
    file.close(1)
    told = {"name": "a.csv", "path": str(tmp_path / "made" / "a.csv"), "format": "csv", "bytes": 4, "rows": 1}
    assert outlet.made == [told]


@pytest.mark.parametrize(
    ("order", "code", "says"),
    [
        ("{}", 11, "the order is wrong: "),
        (
            json.dumps({"report_type": "MINE", "definition": DOCUMENT, "params": {}, "business_date": None, "rows": 1})[
                :-1
            ]
            + f', "folder": {json.dumps(__file__)}}}',
            10,
            "the report cannot be written: FileExistsError: ",
        ),
    ],
)
def test_why_there_is_no_preview_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], order: str, code: int, says: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(order))
    assert main() == code
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(says)


class Described:
    """A source whose queries are compiled and never run."""

    def moment(self) -> datetime:
        raise AssertionError("no query says that it wants one")

    def described(self, query: Query, values: list[Any]) -> list[tuple[str, str]]:
        if "broken" in query.sql:
            raise RunFailedError(ExitCode.QUERY_FAILED, "invalid identifier", query=query.name)
        assert values == ["2026-01-01"]
        return [("A", "TEXT")]


def test_a_preview_tells_of_everything_that_does_not_fit_before_a_query_runs() -> None:
    columns = {"a": {"total": "sum"}, "b": {}}
    queries = [QUERY | {"columns": columns}, {"name": "two", "sql": "SELECT broken"}]
    report = ReportDefinition.model_validate(DOCUMENT | {"queries": queries})
    with pytest.raises(RefusedError) as refused:
        check(Described(), report, {"since": "2026-01-01"}, None)  # type: ignore[arg-type]  # it is asked for no more
    assert [str(problem) for problem in refused.value.problems] == [
        "definition.queries[1].sql: Snowflake refuses query two: invalid identifier",
        "definition.queries[0].columns.b: 'b' is no column of query one; known are a",
        "definition.queries[0].columns.a.total: column a of query one is text, and sum needs numbers; take count",
    ]


def test_an_error_of_a_query_that_runs_names_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_given: object) -> None:
        raise RunFailedError(ExitCode.QUERY_FAILED, "Division by zero", query="monthly")

    order = {"report_type": "MINE", "definition": DOCUMENT, "params": {}, "business_date": None, "rows": 1}
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(order | {"folder": "x"})))
    monkeypatch.setattr("runner.preview.preview", fail)
    assert main() == ExitCode.QUERY_FAILED
    assert capsys.readouterr().err == "query monthly: Division by zero\n"


@pytest.mark.parametrize(("watched", "says"), [(True, "it signs in"), (False, "REPORTING_ALLOW_PASSWORD")])
def test_a_person_who_watches_signs_in_with_a_password(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, watched: bool, says: str
) -> None:
    ordered: list[dict[str, Any]] = []

    def run(order: dict[str, Any], _role: str | None) -> dict[str, Any]:
        ordered.append(order)
        return {"files": []}

    def connect(*_given: object) -> Source:
        raise RunFailedError(ExitCode.SNOWFLAKE_UNREACHABLE, "it signs in")

    monkeypatch.setattr(preview, "_run", run)
    monkeypatch.setattr(Source, "connect", connect)
    preview.preview("MINE", ["since=x"], definition=written(tmp_path, DOCUMENT), folder=tmp_path / "made")
    order = PreviewOrder.model_validate(ordered[0])
    assert order.watched
    account = {"SNOWFLAKE_ACCOUNT": "a", "SNOWFLAKE_USER": "u", "SNOWFLAKE_PASSWORD": "p"}
    with pytest.raises(RunFailedError, match=says):
        make(order.model_copy(update={"watched": watched}), account)
