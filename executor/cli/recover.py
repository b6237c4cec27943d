"""``recover``: states and history again, from the manifests in S3."""

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import BotoCoreError, ClientError
from pydantic_settings import BaseSettings, SettingsConfigDict

from contract.ids import Bucket, Installation
from contract.states import JobState
from executor import causes
from executor.adapters.s3_artifacts import S3Artifacts
from executor.cli import elsewhere
from executor.cli.aws_clients import exit_of
from executor.cli.client import Client, as_json, connected
from executor.cli.errors import CommandError, Exit
from executor.cli.jobs import Json
from executor.core.recover import LOST_COLUMNS
from executor.core.recover_requests import LOST_OF_REQUESTS
from executor.port_errors import CloudUnavailableError
from executor.recovery.carrying_out import Done, RecoveryError, carry_out
from executor.recovery.plan import Plan, planned
from executor.recovery.traces import traces
from executor.settings import ObjectNames, SettingsError, load

_CONFIG = AioConfig(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 5})
_FEW = 20
HERE = Path(".local/deploy")


class RecoverySettings(BaseSettings):
    """Where the files lie."""

    model_config = SettingsConfigDict(env_prefix="REPORTING_", extra="ignore")

    installation: Installation
    bucket: Bucket


def recover(
    environment: Annotated[
        str | None, typer.Option("--env", help="A deployed environment; without it, the settings of the shell.")
    ] = None,
    *,
    plan: Annotated[bool, typer.Option("--plan", help="Show what would be put back, and end.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask no question.")] = False,
    json_: Json = False,
    folder: Annotated[Path, typer.Option("--local-dir", help="Where local environments keep their cloud.")] = HERE,
) -> None:
    """Put lost states and history back from the manifests in S3; changes no row that is there."""
    if environment is not None:
        elsewhere.check("deploy")
        from executor.cli.of_environment import stand_in, variables_of  # noqa: PLC0415 - whoever deploys has the extra that it takes

        stand_in(variables_of(environment, folder, lambda says: typer.echo(says, err=True)), os.environ)
    try:
        settings, _ = load(RecoverySettings, ObjectNames)
    except SettingsError as error:
        raise CommandError(str(error), Exit.USAGE) from error
    with connected() as client:
        found = asyncio.run(_planned(client, settings))
        if not json_:
            typer.echo("\n".join(_lines(found)))
        done = None
        if not plan and not found.nothing_to_do:
            if not (yes or json_) and sys.stdin.isatty() and not typer.confirm("Go on?"):
                raise CommandError("nothing was done, as you said")
            done = _carried_out(client, found)
    if json_:
        typer.echo(as_json(_document(found, done)))
    elif done is not None:
        typer.echo(
            f"put back: {done.states} states, {done.results} results, {done.events} events, {done.requests} requests"
            + ("; the leader row too, so an executor may claim again" if done.leader else "")
        )


async def _planned(client: Client, settings: RecoverySettings) -> Plan:
    try:
        async with get_session().create_client("s3", config=_CONFIG) as s3:
            found = await traces(s3, settings.bucket, _seen)
            artifacts = S3Artifacts(s3, settings.bucket, settings.installation)
            return await planned(client, found, artifacts, settings.bucket, causes.load())
    except (CloudUnavailableError, BotoCoreError, ClientError) as error:
        says = f"REPORTING_BUCKET {settings.bucket} cannot be read: {error}; it takes s3:ListBucket and s3:GetObject"
        raise CommandError(says, exit_of(error)) from error


def _carried_out(client: Client, found: Plan) -> Done:
    try:
        return carry_out(client, found)
    except RecoveryError as error:
        raise CommandError(str(error)) from error
    except CommandError as error:
        if "Insufficient privileges" not in str(error):
            raise
        raise CommandError(f"{error}; set SNOWFLAKE_ROLE to REPORT_EXECUTOR, or to the schema's owner") from error


def _seen(files: int) -> None:
    typer.echo(f"{files} files in S3 seen", err=True)


def _lines(found: Plan) -> list[str]:
    states = [one.job.status for one in found.jobs]
    lines = ["the leader row is missing: nothing is claimed until it is back"] if found.fence is None else []
    lines += [f"{states.count(state)} jobs {state}" for state in JobState if state in states]
    lines += ["no state that S3 could tell is missing"] if not states else []
    if states:
        lines.append(f"what cannot come back of them: {', '.join(LOST_COLUMNS)}, and the end of logs in the results")
    if found.requests:
        lines.append(f"{len(found.requests)} requests are lost, and come back without {', '.join(LOST_OF_REQUESTS)}")
    if found.undefined:
        lines.append(f"report types to define again: {', '.join(found.undefined)}")
    lines += _named(
        "jobs without a state left nothing in S3; an executor launches them, or ends them EXPIRED or CANCELLED",
        [f"{job_id}, asked for {_age(age_s)} ago" for job_id, age_s in found.untraced],
    )
    lines += _named(
        "jobs that nothing asks for any more may still run; repeat this when they have ended", found.unended
    )
    lines += _named(
        "jobs that nothing asks for any more may be another installation's, which shares the bucket", found.ownerless
    )
    if calls := _calls(found):
        lines += ["ready to paste, to make again what is not there:", *(f"  {call}" for call in calls)]
    return lines


def _named(says: str, names: Sequence[str]) -> list[str]:
    if not names:
        return []
    rest = [f"  and {len(names) - _FEW} more; --json lists all"] if len(names) > _FEW else []
    return [f"{len(names)} {says}:", *(f"  {name}" for name in names[:_FEW]), *rest]


def _calls(found: Plan) -> list[str]:
    # Without its parameters a report would be another one; that of a period has none of its own.
    lost = {one.job_id for one in found.requests} - {one.job_id for one in found.of_the_calendar}
    failed = [one.job.job_id for one in found.jobs if one.job.status is JobState.FAILED]
    again = [f"CALL retry_report('{job_id}');" for job_id in failed if job_id not in lost]
    return [*again, *found.backfills]


def _age(age_s: int) -> str:
    return f"{age_s // 86_400} days" if age_s >= 86_400 else f"{age_s // 60} minutes"


def _document(found: Plan, done: Done | None) -> dict[str, Any]:
    return {
        "leader_missing": found.fence is None,
        "jobs": [
            {"job_id": one.job.job_id, "status": one.job.status, "attempt": one.job.attempt} for one in found.jobs
        ],
        "requests": [one.job_id for one in found.requests],
        "cannot_come_back": {
            "columns": list(LOST_COLUMNS),
            "columns_of_requests": list(LOST_OF_REQUESTS) if found.requests else [],
            "jobs": [job_id for job_id, _ in found.untraced],
            "may_run": list(found.unended),
            "ownerless": list(found.ownerless),
            "report_types": list(found.undefined),
        },
        "calls": _calls(found),
        "done": None if done is None else asdict(done),
    }
