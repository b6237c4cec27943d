"""``cancel``, ``retry``, ``pause``, ``resume``, ``prune``: what an operator orders."""

from typing import Annotated, Any

import typer

from contract.commands import MAX_KEEP_DAYS, MIN_KEEP_DAYS
from contract.states import JobState
from executor.cli.client import as_json, connected
from executor.cli.jobs import Json
from executor.cli.pauses import Pauses

Job = Annotated[str, typer.Argument(metavar="JOB")]
Type = Annotated[str | None, typer.Argument(metavar="[TYPE]", help="A report type; without one, all of them.")]


def cancel(job_id: Job, *, json_: Json = False) -> None:
    """Cancel a job: it is CANCELLED once its task has stopped."""
    answer = _call("call_cancel_report", job_id=job_id)
    _say(answer, cancelled(job_id, JobState(answer["status"])), as_json_=json_)


def cancelled(job_id: str, was: JobState) -> str:
    """What cancelling a job that was in this state has done, and what is still to come."""
    if was in {JobState.QUEUED, JobState.RETRY_WAIT}:
        return (
            f"{job_id} waited ({was}) and has no task, so nothing has to be stopped: it does not start any more, and "
            "is CANCELLED from the executor's next look on"
        )
    if was is JobState.CANCELLING:
        return f"{job_id} is being cancelled already; reporting show {job_id} tells how far"
    return (
        f"{job_id} was {was}: the executor stops its task, then it is CANCELLED; reporting show {job_id} tells how far"
    )


def retry(job_id: Job, *, json_: Json = False) -> None:
    """Make an ended report again, as a new job."""
    answer = _call("call_retry_report", job_id=job_id)
    _say(answer, f"{answer['job_id']} {answer['status']}", as_json_=json_)


def pause(report_type: Type = None, *, json_: Json = False) -> None:
    """Start no more jobs of a type, or of all types; what runs runs on."""
    answer, before = _pause("call_pause_reports", report_type)
    already = before.holds(answer["report_type"])
    _say(
        answer, f"{_of(answer)} {'paused already' if already else 'paused'}; reporting resume undoes it", as_json_=json_
    )


def resume(report_type: Type = None, *, json_: Json = False) -> None:
    """Start jobs of a type, or of all types, again."""
    answer, before = _pause("call_resume_reports", report_type)
    if before.holds_any(answer["report_type"]):
        said = f"{_of(answer)} resumed"
    else:
        said = f"{answer['report_type'] or 'no report type'} was {'not ' if answer['report_type'] else ''}paused"
    _say(answer, said, as_json_=json_)


def _pause(name: str, report_type: str | None) -> tuple[dict[str, Any], Pauses]:
    with connected() as client:
        before = Pauses(client.rows("pauses"))
        return client.call(name, report_type=report_type), before


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
