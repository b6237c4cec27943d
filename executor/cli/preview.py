"""``preview``: a report with its first rows, made on this machine by the container's own code.

The runner works in a process of its own: the executor does not know it, and its libraries are large.
"""

import json
import os
import subprocess
import sys
import webbrowser
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from contract.definition import parse_definition
from contract.parameters import resolve_parameters
from contract.refusal import RefusedError
from contract.report import ReportDefinition, ReportFormat
from executor.cli.client import as_json, connected
from executor.cli.errors import CommandError, Exit
from executor.cli.jobs import Json, pairs
from executor.settings import ObjectNames, SettingsError, SnowflakeSettings
from executor.settings import load as read_settings

_CANNOT_REACH = 13
"""The runner's exit code for a Snowflake that cannot be reached or signed in to."""


def preview(  # noqa: PLR0913 - one for each option
    report_type: Annotated[str, typer.Argument(metavar="TYPE", help="For example SALES_REPORT.")],
    param: Annotated[list[str] | None, typer.Option("--param", help="name=value; may be repeated.")] = None,
    rows: Annotated[int, typer.Option(help="How many rows of each query, at most.", min=1, max=100_000)] = 100,
    formats: Annotated[
        list[ReportFormat] | None, typer.Option("--format", help="Instead of the definition's; may be repeated.")
    ] = None,
    definition: Annotated[
        Path | None, typer.Option(help="A definition in a file, not yet defined.", exists=True, dir_okay=False)
    ] = None,
    business_date: Annotated[
        datetime | None, typer.Option("--business-date", help="The day it is about; yesterday.", formats=["%Y-%m-%d"])
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--dir", help="Where the files go; build/preview/TYPE.", file_okay=False)
    ] = None,
    role: Annotated[
        str | None, typer.Option(help="The role that reads the data; your own.", envvar="REPORTING_PREVIEW_ROLE")
    ] = None,
    *,
    open_: Annotated[bool, typer.Option("--open", help="Open the first file.")] = False,
    json_: Json = False,
) -> None:
    """Make a report with few rows on this machine, by the container's own code, and say where its files are."""
    name = report_type.strip().upper()
    day = _past(business_date.date()) if business_date else _yesterday()
    found = _from_file(definition) if definition is not None else _kept(name)
    try:
        order = {
            "report_type": name,
            "definition": _shown(found, formats).model_dump(mode="json", by_alias=True),
            "params": resolve_parameters(found, pairs(param, "--param"), day),
            "business_date": day.isoformat(),
            "rows": rows,
            "folder": str((folder or Path("build") / "preview" / name.lower()).resolve()),
            "watched": True,
        }
    except RefusedError as error:
        raise CommandError(str(error), Exit.USAGE) from error
    answer = _run(order, role)
    if json_:
        typer.echo(as_json(answer))
    else:
        for file in answer["files"]:
            typer.echo(f"{file['path']} ({file['rows']} rows, {file['bytes']} bytes)")
    if open_ and answer["files"]:
        webbrowser.open(Path(answer["files"][0]["path"]).as_uri())


def _past(day: date) -> date:
    # As a CALL has it: tomorrow, because a caller east of UTC may have it already.
    latest = _yesterday() + timedelta(days=2)
    if day > latest:
        raise CommandError(f"--business-date {day} lies in the future; {latest} is the latest", Exit.USAGE)
    return day


def _yesterday() -> date:
    return datetime.now(UTC).date() - timedelta(days=1)  # noqa: TID251 - the edge reads the clock


def _kept(name: str) -> ReportDefinition:
    with connected() as client:
        found = client.rows("report_type", report_type=name)
        if not found:
            known = ", ".join(row["report_type"] for row in client.rows("report_types")) or "none yet"
            raise CommandError(f"{name} is not a report type; known are {known}")
    return ReportDefinition.model_validate_json(found[0]["definition"])


def _from_file(path: Path) -> ReportDefinition:
    """A definition as ``define_report`` takes it; its queries' SQL may stand in files beside it (``"file"``)."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        for at, query in enumerate(document.get("queries", ())):
            if "file" in query:
                query["sql"] = _text_of(path, at, query.pop("file"))
        return parse_definition(document)
    except RefusedError as error:
        raise CommandError(f"{path}: {error}", Exit.USAGE) from error
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise CommandError(f"{path} is no definition as JSON: {error}", Exit.USAGE) from error


def _text_of(path: Path, at: int, name: str) -> str:
    file = path.parent / name
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "it is no UTF-8"
        raise CommandError(
            f"{path}: definition.queries[{at}].file: {file} cannot be read: {why}", Exit.USAGE
        ) from error


def _shown(found: ReportDefinition, formats: list[ReportFormat] | None) -> ReportDefinition:
    return found.model_copy(update={"formats": tuple(dict.fromkeys(formats))}) if formats else found


def _run(order: Mapping[str, Any], role: str | None) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "runner.preview"],
        input=json.dumps(order),
        env=_environment(role),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer
    said = (done.stderr.strip() or "it said nothing").splitlines()
    if "No module named" in said[-1]:
        raise CommandError(f'the runner is not installed here ({said[-1]}); run: pip install "reporting[runner]"')
    raise CommandError(said[-1], Exit.UNREACHABLE if done.returncode == _CANNOT_REACH else Exit.FAILED)


def _environment(role: str | None) -> dict[str, str]:
    """Signed in as here, in the installation's database, with the role that is asked for."""
    try:
        names, _ = read_settings(ObjectNames, SnowflakeSettings)
    except SettingsError as error:
        raise CommandError(str(error), Exit.USAGE) from error
    placed = {"SNOWFLAKE_DATABASE": names.database, "SNOWFLAKE_SCHEMA": names.schema_name}
    chosen = {"SNOWFLAKE_WAREHOUSE": names.warehouse} | os.environ | placed
    return chosen | ({"SNOWFLAKE_ROLE": role} if role else {})
