"""``cancel``, ``retry``, ``pause``, ``resume``, ``prune``: what an operator orders."""

from typing import Annotated, Any

import typer

from contract.commands import MAX_KEEP_DAYS, MIN_KEEP_DAYS
from executor.cli.client import as_json, connected
from executor.cli.jobs import Json

Job = Annotated[str, typer.Argument(metavar="JOB")]
Type = Annotated[str | None, typer.Argument(metavar="[TYPE]", help="A report type; without one, all of them.")]


def cancel(job_id: Job, *, json_: Json = False) -> None:
    """Cancel a job: it is CANCELLED once its task has stopped."""
    answer = _call("call_cancel_report", job_id=job_id)
    was = answer["status"]
    _say(answer, f"{job_id} was {was} and is being cancelled; reporting show {job_id} tells how far", as_json_=json_)


def retry(job_id: Job, *, json_: Json = False) -> None:
    """Make an ended report again, as a new job."""
    answer = _call("call_retry_report", job_id=job_id)
    _say(answer, f"{answer['job_id']} {answer['status']}", as_json_=json_)


def pause(report_type: Type = None, *, json_: Json = False) -> None:
    """Start no more jobs of a type, or of all types; what runs runs on."""
    answer = _call("call_pause_reports", report_type=report_type)
    _say(answer, f"{_of(answer)} paused; reporting resume undoes it", as_json_=json_)


def resume(report_type: Type = None, *, json_: Json = False) -> None:
    """Start jobs of a type, or of all types, again."""
    answer = _call("call_resume_reports", report_type=report_type)
    _say(answer, f"{_of(answer)} resumed", as_json_=json_)


def prune(
    keep_days: Annotated[
        int,
        typer.Option(
            "--keep-days", help="Jobs that ended earlier are forgotten.", min=MIN_KEEP_DAYS, max=MAX_KEEP_DAYS
        ),
    ],
    *,
    json_: Json = False,
) -> None:
    """Forget jobs that ended long ago, with results and history; files in S3 stay."""
    answer = _call("call_prune_history", keep_days=keep_days)
    _say(answer, f"the executor forgets what ended more than {keep_days} days ago", as_json_=json_)


def _call(name: str, **values: object) -> dict[str, Any]:
    with connected() as client:
        answer: dict[str, Any] = client.call(name, **values)
    return answer


def _of(answer: dict[str, Any]) -> str:
    return str(answer["report_type"] or "every report type") + " is"


def _say(answer: dict[str, Any], sentence: str, *, as_json_: bool) -> None:
    typer.echo(as_json(answer) if as_json_ else sentence)
