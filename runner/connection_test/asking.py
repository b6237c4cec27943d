"""A query that needs the warehouse, and a result that is large enough to come from Snowflake's stage."""

from typing import Any, ClassVar, Final

from contract.outcome import ExitCode
from contract.report import Query
from runner.clock import monotonic_s
from runner.connection_test.step import BrokenError, Step, Trip
from runner.failures import RunFailedError

SNOWFLAKE: Final = "Snowflake"
LEAST_BYTES: Final = 8_000_000
"""A download that is smaller may have come with the answer itself, and proves nothing about the stage."""


class Ask(Step):
    """The warehouse answers."""

    name = "query"
    title = "query in Snowflake"
    needs = ("sign_in",)
    limit_s = 60.0
    exit_code = ExitCode.QUERY_FAILED
    remedy = (
        "the runner's role needs USAGE on the warehouse, and SNOWFLAKE_WAREHOUSE or the user's DEFAULT_WAREHOUSE must "
        "name it; 000606 means that there is none, a time-out that it is not resumed or is full"
    )

    def take(self, trip: Trip) -> str:
        """Ask who and where we are, and what time it is."""
        before = trip.now()
        rows = _run(trip, self.name)
        after = trip.now()
        if not rows:
            raise BrokenError("the query gave no row")
        row = {name.lower(): value for name, value in rows[0].items()}
        at_s = float(row["epoch_ms"]) / 1000
        trip.clock_offsets_s[SNOWFLAKE] = outside_s(before.timestamp(), at_s, after.timestamp())
        return f"role {row['role']}, warehouse {row['warehouse']}, database {row['database']}"


class Download(Step):
    """A large result can be fetched; it lies at an S3 host of Snowflake's, not at its own."""

    name = "download"
    title = "download of a 10 MB result"
    needs = ("query",)
    limit_s = 90.0
    exit_code = ExitCode.SNOWFLAKE_UNREACHABLE
    remedy = (
        "large results come from a stage host in S3 that SELECT SYSTEM$ALLOWLIST() names (type STAGE): let the subnet, "
        "its S3 endpoint's policy and a proxy reach it on 443"
    )
    least_bytes: ClassVar[int] = LEAST_BYTES

    def take(self, trip: Trip) -> str:
        """Fetch every row."""
        begun_s, size = monotonic_s(), 0
        try:
            for batch in trip.session().run(_query(trip, self.name), ()).batches:
                size += batch.nbytes
        except RunFailedError as error:
            raise BrokenError(error.failure.message) from error
        if size < self.least_bytes:
            raise BrokenError(f"only {size} bytes came of more than {self.least_bytes}")
        seconds = max(monotonic_s() - begun_s, 0.001)
        return f"{size / 1e6:.1f} MB in {seconds:.1f} s, {size / 1e6 / seconds:.1f} MB/s"


def outside_s(before_s: float, at_s: float, after_s: float) -> float:
    """By how many seconds a time lies outside the span in which it was told; positive is ahead, 0 within."""
    return at_s - after_s if at_s > after_s else min(at_s - before_s, 0.0)


def _run(trip: Trip, name: str) -> list[dict[str, Any]]:
    try:
        return [row for batch in trip.session().run(_query(trip, name), ()).batches for row in batch.to_pylist()]
    except RunFailedError as error:
        raise BrokenError(error.failure.message) from error


def _query(trip: Trip, name: str) -> Query:
    found = next((query for query in trip.spec.definition.queries if query.name == name), None)
    if found is None:
        raise BrokenError(
            f"the definition has no query {name}", "install the built-in definition again: reporting deploy"
        )
    return found
