"""A definition compared with what Snowflake says of its queries, before any of them runs: for a preview."""

from collections.abc import Mapping
from datetime import datetime

from contract import definition_columns, definition_kinds
from contract.definition import ROOT
from contract.outcome import ExitCode
from contract.refusal import Problem, RefusedError
from contract.report import ReportDefinition, Scalar
from runner.failures import RunFailedError
from runner.source import Source, as_asked, bound_values


def check(source: Source, definition: ReportDefinition, params: Mapping[str, Scalar], moment: datetime | None) -> None:
    """Have every query compiled, and look for what the definition says and the queries do not give.

    Args:
        source: signed in as whoever wants the preview.
        definition: the one to look at.
        params: the job's parameters.
        moment: the one that all queries see, or None.

    Raises:
        RefusedError: naming, by its path, every query that Snowflake refuses, every column that there is not, and
            every format, total and chart that its column does not fit.
        RunFailedError: the line to Snowflake breaks (13).
    """
    problems: list[Problem] = []
    columns: dict[str, list[str]] = {}
    types: dict[str, dict[str, definition_kinds.ColumnType]] = {}
    for at, query in enumerate(definition.queries):
        asked = as_asked(query, moment, source.moment)
        try:
            described = source.described(asked, bound_values(asked, params))
        except RunFailedError as error:
            if error.exit_code is ExitCode.SNOWFLAKE_UNREACHABLE:
                raise
            problems.append(Problem(f"{ROOT}.queries[{at}].sql", f"Snowflake refuses query {query.name}: {error}"))
            continue
        columns[query.name] = [name for name, _ in described]
        types[query.name] = definition_kinds.types_of(columns[query.name], [word for _, word in described])
    problems += definition_columns.problems(definition, columns, ROOT)
    problems += definition_kinds.problems(definition, types, ROOT)
    if problems:
        raise RefusedError(problems)
