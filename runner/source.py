"""The data source: one Snowflake session, queries with bound values, rows in Arrow batches as they come."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import snowflake.connector
from snowflake.connector import errors
from snowflake.connector.constants import FIELD_ID_TO_NAME

from contract.binding import MOMENT, binds, with_placeholders
from contract.moment import as_of, says_moment
from contract.one_select import alone
from contract.outcome import ExitCode
from contract.report import Query, Scalar
from contract.task_spec import TaskSpec
from runner.arrow import RecordBatch, Table
from runner.columns import columns_of
from runner.failures import RunFailedError
from runner.writers.format import Column

_BATCH_ROWS: Final = 20_000
_BATCH_BYTES: Final = 8 * 1024 * 1024
# Tokens that ran out, users and roles that are gone (connector, network.py: 390100 to 394599).
_SIGN_IN_ERRNOS: Final = range(390_000, 395_000)


def query_tag(spec: TaskSpec) -> str:
    """The QUERY_TAG of a job's session, its parts between colons: job, report type, attempt, trace."""
    return f"reporting:job:{spec.job_id}:{spec.report_type}:{spec.attempt}:{spec.trace_id}"


def bound_values(query: Query, params: Mapping[str, Scalar]) -> list[Scalar]:
    """The values of a query's placeholders in the order of their places.

    Args:
        query: says which, the report's moment being in its text already.
        params: the job's parameters.

    Raises:
        RunFailedError: the query names a parameter that the job was not given (11).
    """
    names = binds(query.sql)
    if missing := sorted(set(names) - set(params)):
        raise RunFailedError(
            ExitCode.BAD_PARAMETERS,
            f"query {query.name} needs {', '.join(missing)}, which the job's parameters do not hold",
            query=query.name,
        )
    return [params[name] for name in names]


def as_asked(query: Query, moment: datetime | None, now: Callable[[], datetime]) -> Query:
    """The query with the moment in its text, if it names one.

    Args:
        query: as its author wrote it.
        moment: the one that all queries of the report see; None when each sees that of its own beginning.
        now: tells the time in Snowflake.
    """
    if not says_moment(query.sql):
        return query
    return query.model_copy(update={"sql": as_of(query.sql, moment or now(), one=moment is not None)})


@dataclass(frozen=True, slots=True)
class Rows:
    """A query's answer: its id, its columns, and its rows in batches, read once."""

    query_id: str | None
    columns: tuple[Column, ...]
    batches: Iterator[RecordBatch]


class Source:
    """A session in Snowflake."""

    def __init__(self, connection: snowflake.connector.SnowflakeConnection) -> None:
        """Use a connection that is signed in."""
        self._connection = connection

    @classmethod
    def connect(cls, arguments: Mapping[str, Any], spec: TaskSpec) -> "Source":
        """Sign in.

        Args:
            arguments: the connector's own.
            spec: the job; it names the session's tag and how long a statement may run.

        Raises:
            RunFailedError: Snowflake cannot be reached or refuses (13).
        """
        session = {
            "QUERY_TAG": query_tag(spec),
            "TIMEZONE": "UTC",
            "STATEMENT_TIMEOUT_IN_SECONDS": spec.definition.timeout_s,
            # A query whose container is gone would run on and be paid for.
            "ABORT_DETACHED_QUERY": True,
            # The smallest that Snowflake offers, in MB, and no reading ahead of it: memory is what tasks run out of.
            "CLIENT_RESULT_CHUNK_SIZE": 48,
        }
        try:
            connection = snowflake.connector.connect(
                **{
                    **arguments,
                    "paramstyle": "qmark",
                    "client_prefetch_threads": 1,
                    # Otherwise NUMBER with a scale arrives as a float and loses digits.
                    "arrow_number_to_decimal": True,
                    "session_parameters": session,
                    "application": "reporting_runner",
                    # Asking cloud metadata services who we are takes a third of a second and serves only statistics.
                    "platform_detection_timeout_seconds": 0.0,
                }
            )
        except errors.Error as error:
            raise _unreachable(arguments, error) from error
        return cls(connection)

    def run(self, query: Query, values: Sequence[Scalar]) -> Rows:
        """Run one query and wait for its first rows.

        Raises:
            RunFailedError: Snowflake refuses the query (12), or the line to it breaks (13).
        """
        cursor = self._connection.cursor()
        try:
            cursor.execute(with_placeholders(alone(query.sql)), tuple(values))
            columns = columns_of(query, cursor.description)
            # The connector fails on a result without rows unless pandas is there to describe it.
            tables = cursor.fetch_arrow_batches() if cursor.rowcount else iter(())
        except errors.Error as error:
            raise failed_query(query.name, error, cursor.sfqid) from error
        return Rows(cursor.sfqid, columns, _batches(query, cursor.sfqid, tables))

    def described(self, query: Query, values: Sequence[Scalar]) -> list[tuple[str, str]]:
        """Names and types of a query's columns, which is compiled for it and not run.

        Raises:
            RunFailedError: Snowflake refuses the query (12), or the line to it breaks (13).
        """
        cursor = self._connection.cursor()
        try:
            told = cursor.describe(with_placeholders(alone(query.sql)), tuple(values))
        except errors.Error as error:
            raise failed_query(query.name, error, cursor.sfqid) from error
        return [(entry.name, FIELD_ID_TO_NAME[entry.type_code]) for entry in told]

    def moment(self) -> datetime:
        """The time that it is in Snowflake, for ``AT(TIMESTAMP => …)``.

        Raises:
            RunFailedError: Snowflake refuses (12), or the line to it breaks (13).
        """
        cursor = self._connection.cursor()
        try:
            cursor.execute("SELECT CURRENT_TIMESTAMP()")
            row: Any = cursor.fetchone()
        except errors.Error as error:
            raise failed_query(MOMENT, error, cursor.sfqid) from error
        moment: datetime = row[0]
        return moment

    def cancel(self) -> None:
        """Ask Snowflake to end whatever this session runs."""
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT SYSTEM$CANCEL_ALL_QUERIES(?)", (self._connection.session_id,), timeout=5)

    def close(self) -> None:
        """Sign out."""
        self._connection.close()


def _batches(query: Query, query_id: str | None, tables: Iterator[Table]) -> Iterator[RecordBatch]:
    try:
        for table in tables:
            # Small slices keep the text of few rows in memory at a time; the rows themselves are not copied.
            fitting = _BATCH_BYTES * table.num_rows // max(table.nbytes, 1)
            yield from table.to_batches(max_chunksize=max(1, min(fitting, _BATCH_ROWS)))
    except errors.Error as error:
        raise failed_query(query.name, error, query_id) from error


def failed_query(name: str, error: errors.Error, query_id: str | None) -> RunFailedError:
    """What a connector's error during a query means: the query's fault (12), or the line's (13)."""
    asked_wrong = isinstance(error, errors.DatabaseError) and not isinstance(error, errors.OperationalError)
    signed_out = (error.errno or 0) in _SIGN_IN_ERRNOS
    message = str(error.msg or error)
    if isinstance(error, errors.NotSupportedError):
        message = f"query {name} gives no rows as a SELECT does; write it as one SELECT"
    return RunFailedError(
        ExitCode.QUERY_FAILED if asked_wrong and not signed_out else ExitCode.SNOWFLAKE_UNREACHABLE,
        message,
        kind=type(error).__name__,
        query=name,
        query_id=error.sfqid or query_id,
    )


def _unreachable(arguments: Mapping[str, Any], error: errors.Error) -> RunFailedError:
    where = arguments.get("host") or arguments.get("account") or f"connection {arguments.get('connection_name')}"
    return RunFailedError(
        ExitCode.SNOWFLAKE_UNREACHABLE,
        f"cannot sign in to Snowflake at {where} as {arguments.get('user', 'its own user')}: {error.msg or error}",
        kind=type(error).__name__,
    )
