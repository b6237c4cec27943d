"""A report as it would look, with few rows, written into a folder of this machine.

``python -m runner.preview`` reads one order as JSON from standard input, signs in as the environment says and uses
the container's own queries and writers; there is no S3, no manifest and no job. It answers with JSON on standard
output; why there is no answer stands on standard error, and the exit code is that of a container.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contract.ids import ReportType
from contract.moment import says_moment
from contract.outcome import ExitCode
from contract.refusal import RefusedError
from contract.report import Query, ReportDefinition, ReportFormat, Scalar
from contract.task_spec import TaskSpec
from runner.arrow import RecordBatch
from runner.clock import utc_now
from runner.compiled import check
from runner.failures import RunFailedError
from runner.settings import process_environment, snowflake_arguments
from runner.source import Source, as_asked, bound_values
from runner.writers.format import Report, ReportWriter, Result, UnfitError
from runner.writers.table import writer_of

_JOB: str = "preview"


class PreviewOrder(BaseModel):
    """What shall be shown: the definition, its parameters, how many rows of each query, and where to."""

    model_config = ConfigDict(frozen=True)

    report_type: ReportType
    definition: ReportDefinition
    params: dict[str, Scalar]
    business_date: date | None
    rows: int = Field(ge=1)
    folder: str
    watched: bool = False
    """A person has asked for it and waits, who may sign in as with every other command."""


class LocalFile:
    """A file of the folder that tells its name, size and rows when it is closed."""

    def __init__(self, path: Path, report_format: ReportFormat, made: list[dict[str, object]]) -> None:
        """Begin the file; ``made`` is told of it at its end."""
        self._file: BinaryIO = path.open("wb")
        self._told: dict[str, object] = {"name": path.name, "path": str(path), "format": str(report_format)}
        self._made = made

    def write(self, data: bytes | memoryview, /) -> int:
        """Write all of the bytes."""
        return self._file.write(data)

    def close(self, rows: int) -> None:
        """End the file."""
        size_bytes = self._file.tell()
        self._file.close()
        self._made.append(self._told | {"bytes": size_bytes, "rows": rows})


class Folder:
    """An outlet of files on this machine."""

    def __init__(self, folder: Path) -> None:
        """Write into a folder, made when it is not there."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.made: list[dict[str, object]] = []

    def open(self, name: str, kind: ReportFormat, content_type: str, query: str | None) -> LocalFile:  # noqa: ARG002 - the outlet's interface
        """Begin a file."""
        return LocalFile(self._folder / name, kind, self.made)


def first_rows(batches: Iterable[RecordBatch], most: int) -> Iterator[RecordBatch]:
    """The first rows of a result; no batch is asked for beyond them."""
    left = most
    for batch in batches:
        yield batch.slice(0, left)
        left -= min(left, batch.num_rows)
        if left == 0:
            return


def preview(order: PreviewOrder, environment: Mapping[str, str]) -> dict[str, object]:
    """Make the files; answers with them, and with the rows of each query.

    Raises:
        RefusedError: the definition does not fit its queries, of which none has run.
        RunFailedError: whatever would end the container's run.
    """
    outlet, definition = Folder(Path(order.folder)), order.definition
    report = Report(order.report_type, definition, order.params, order.business_date, utc_now(), _JOB)
    writers: list[ReportWriter] = [writer_of(kind)(outlet, report) for kind in definition.formats]
    source = Source.connect(snowflake_arguments(environment, service=not order.watched), _spec(order))
    try:
        named = definition.one_moment and any(says_moment(query.sql) for query in definition.queries)
        moment = source.moment() if named else None
        check(source, definition, order.params, moment)
        rows = {query.name: _write(source, query, order, writers, moment) for query in definition.queries}
    finally:
        source.close()
    for writer in writers:
        writer.finish()
    return {"files": outlet.made, "rows": rows}


def _write(
    source: Source, query: Query, order: PreviewOrder, writers: list[ReportWriter], moment: datetime | None
) -> int:
    asked = as_asked(query, moment, source.moment)
    answer = source.run(asked, bound_values(asked, order.params))
    for writer in writers:
        writer.begin(Result(query, answer.columns))
    count = 0
    for batch in first_rows(answer.batches, order.rows):
        count += batch.num_rows
        for writer in writers:
            writer.write(batch)
    for writer in writers:
        writer.end()
    return count


def _spec(order: PreviewOrder) -> TaskSpec:
    # What a session is told of its job: the tag, and how long a statement may run.
    return TaskSpec(
        installation=_JOB,
        job_id=_JOB,
        attempt=1,
        report_type=order.report_type,
        report_version=0,
        business_date=order.business_date,
        params=order.params,
        definition=order.definition,
        bucket=_JOB,
        prefix="",
        trace_id=_JOB,
        requested_by=_JOB,
    )


def main() -> int:
    """Read the order, make the files, tell them; answers with the exit code."""
    try:
        answer = preview(PreviewOrder.model_validate_json(sys.stdin.read()), process_environment())
    except ValidationError as error:
        return _said(f"the order is wrong: {error}", ExitCode.BAD_PARAMETERS)
    except RefusedError as error:
        return _said(str(error), ExitCode.BAD_PARAMETERS)
    except RunFailedError as error:
        name = f"query {error.failure.query}"
        named = f"{name}: " if error.failure.query and name not in str(error) else ""
        return _said(f"{named}{error}", error.exit_code)
    except UnfitError as error:
        return _said(str(error), ExitCode.REPORT_ERROR)
    except Exception as error:  # noqa: BLE001 - the process's edge: whoever looks at a report wants a sentence
        return _said(f"the report cannot be written: {type(error).__name__}: {error}", ExitCode.REPORT_ERROR)
    sys.stdout.write(json.dumps(answer) + "\n")
    return ExitCode.DONE


def _said(text: str, exit_code: ExitCode) -> ExitCode:
    sys.stderr.write(" ".join(text.split()) + "\n")
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
