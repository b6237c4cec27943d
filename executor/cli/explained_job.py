"""One job as evidence: its task while ECS knows it, else what the executor kept of its attempts."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any, Final, Protocol

from contract.connection_test import REPORT_TYPE, StepStatus
from contract.states import TERMINAL, JobState
from doctor.evidence.connection import Step, of_error, of_lines
from doctor.explain.grant import missing_grant
from doctor.explain.theory import Certainty, Theory, Verdict, refuted

RUNNER: Final = "REPORT_RUNNER"
"""The role whose rights count in a container."""
_MAY_BE_GRANTED: Final = frozenset({"snowflake_object_missing", "snowflake_privilege", "snowflake_warehouse"})
_FRESH: Final = timedelta(days=1)
_MOMENT: Final = "%Y-%m-%d %H:%M:%S.%f"
ID, TITLE = "executor", "What the executor found when the task ended"


def kept(job: dict[str, Any], attempts: list[dict[str, Any]]) -> dict[str, Any]:
    """Tasks and logs of a job's ended attempts, as ECS would show them."""
    tasks, logs = [], {}
    for attempt in attempts:
        arn = job["task_arn"] if attempt["attempt"] == job["attempt"] and job["task_arn"] else ""
        arn = str(arn or f"{job['job_id']}/attempt-{attempt['attempt']}")
        name = str(arn).rsplit("/", 1)[-1]
        started = attempt["run_s"] is not None
        tasks.append({
            "taskArn": arn, "lastStatus": "STOPPED", "group": f"job:{job['job_id']}",
            "startedAt": attempt["ended_at"] if started else None, "stoppedAt": attempt["ended_at"],
            "stopCode": attempt["stop_code"], "stoppedReason": attempt["stop_reason"],
            "containers": [{"name": "report", "exitCode": attempt["exit_code"]}],
        })  # fmt: skip
        if attempt["log_tail"]:
            logs[f"logs/{name}"] = str(attempt["log_tail"]).splitlines()
    return {"tasks": tasks, **logs}


class Asks(Protocol):
    """Who runs our statements by their names."""

    def rows(self, name: str, **values: object) -> list[dict[str, Any]]:
        """The rows of one."""


def newest_test(client: Asks, job: dict[str, Any]) -> dict[str, Any]:
    """The newest ended test of the connections, as its container would have saved it; nothing without one.

    One of more than a day before the job was asked for, or after it ended, says nothing of it.
    """
    since, until = job["enqueued_at"] - _FRESH, job["finished_at"] and job["finished_at"] + _FRESH
    span = {"since": since.strftime(_MOMENT), "until": until and until.strftime(_MOMENT)}
    found = client.rows("newest_test", report_type=REPORT_TYPE, **span)
    if not found:
        return {}
    last = found[0]
    steps = of_lines(str(last["log_tail"] or "").splitlines())
    steps = steps or of_error(str(last["error"] or ""), str(last["remedy"] or ""))
    if last["status"] == JobState.SUCCEEDED and not steps:
        steps = (Step("all", StepStatus.OK, f"job {last['job_id']} of {last['finished_at']:%Y-%m-%d %H:%M} UTC", ""),)
    broken = next((step.name for step in steps if step.broken), None)
    return {"connection-test": {"first_broken": broken, "steps": [asdict(step) for step in steps]}} if steps else {}


def theory(job: dict[str, Any], attempts: list[dict[str, Any]]) -> Theory:
    """The executor's own verdict, which it took from the manifest, the stop reason and the log."""
    last = attempts[-1] if attempts else job
    if job["status"] == JobState.SUCCEEDED:
        return refuted(ID, TITLE, f"the job is SUCCEEDED at attempt {job['attempt']}")
    if not job["cause_id"] and job["status"] not in TERMINAL:
        return refuted(ID, TITLE, f"the job is {job['status']}: nothing has failed")
    said = (job["diagnosis"], job.get("error") or last.get("error"), last.get("stop_reason"))
    cause = str(job["cause_id"] or "")
    grant = missing_grant(" ".join(str(text) for text in said if text), RUNNER) if cause in _MAY_BE_GRANTED else ""
    return Theory(
        ID, TITLE, Verdict.SUPPORTED, Certainty.CERTAIN if cause and cause != "unknown" else Certainty.LIKELY,
        cause or "unknown", tuple(dict.fromkeys(str(text) for text in said if text)) or (f"it is {job['status']}",),
        remedy=" ".join(filter(None, (str(job["remedy"] or ""), grant and f"If it is there: {grant}"))),
    )  # fmt: skip
