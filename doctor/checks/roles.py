"""Checks of the roles: who may take them on, and whether each may do what it is for and needs."""

from collections.abc import Iterator
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.checks.place import CannotLookError, NotAskedError, Place, RefusedError
from doctor.checks.registry import named_in
from doctor.checks.rights import Need, lacking, not_taken_on
from doctor.checks.tasks_of_aws import described, named

_LOCAL: Final = "the local cloud lets everybody do everything"
_PULLS: Final = ("ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage")


class ExecutionRole:
    """The role with which ECS starts a task."""

    id = "execution_role"
    question = "ECS may take on the execution role, which may read image and secrets and write the log"
    severity = Severity.ERROR
    reads = ("ecs:DescribeTaskDefinition", "iam:GetRole", "iam:SimulatePrincipalPolicy", "sts:GetCallerIdentity")
    theory = "What it may not do ends every job before its code runs, and only after minutes."

    def look(self, place: Place) -> list[Fault]:
        """Ask IAM for each thing that the task definitions want."""
        return _each(place, "executionRoleArn", "the execution role", _of_start)


class ReportRole:
    """The role of a report's own code."""

    id = "report_role"
    question = "ECS may take on the task role of reports, which may write their files into the bucket"
    severity = Severity.ERROR
    reads = ("ecs:DescribeTaskDefinition", "iam:GetRole", "iam:SimulatePrincipalPolicy", "sts:GetCallerIdentity")
    theory = "A report that may not write its files has run for nothing."

    def look(self, place: Place) -> list[Fault]:
        """Ask IAM about the bucket."""
        return _each(place, "taskRoleArn", "the task role", _of_report)


class ExecutorRole:
    """The role of the executor."""

    id = "executor_role"
    question = "The executor's role may launch, pass both roles, watch, stop, and read what tasks leave"
    severity = Severity.ERROR
    reads = ("ecs:DescribeTaskDefinition", "iam:GetRole", "iam:SimulatePrincipalPolicy", "sts:GetCallerIdentity")
    theory = "AWS names one missing right at a time, each in a launch that failed."

    def look(self, place: Place) -> list[Fault]:
        """Ask IAM for what the executor calls."""
        if place.is_local:
            raise NotAskedError(_LOCAL)
        family = f"reporting-{place.settings.installation}-executor"
        try:
            role = str(described(place, family).get("taskRoleArn") or "")
        except RefusedError as error:
            raise NotAskedError(f"the executor runs from no task definition {family}") from error
        who, account = "the executor's role", account_of(place)
        if not role:
            return [Fault(f"{family} has no taskRoleArn", "Deploy the stack again: it has one.")]
        needs = [need for name in named(place) for need in _of_launch(place, name, account)]
        needs += _of_watching(place, account)
        return not_taken_on(place, role, account, who=who) or lacking(place, role, needs, who=who)


def account_of(place: Place) -> str:
    """The account that is asked.

    Raises:
        CannotLookError: AWS does not know us; the check identity tells that.
    """
    try:
        return str(place.aws("sts", "get_caller_identity").get("Account") or "")
    except RefusedError as error:
        raise CannotLookError(f"AWS does not know us: {error}") from error


def _each(place: Place, key: str, who: str, needs_of: Any) -> list[Fault]:
    if place.is_local:
        raise NotAskedError(_LOCAL)
    account, found, roles = account_of(place), list[Fault](), dict[str, list[Need]]()
    for name in named(place):
        definition = described(place, name)
        if role := str(definition.get(key) or ""):
            needs = roles.setdefault(role, [])
            needs += [need for need in needs_of(place, definition, account) if need not in needs]
    for role, needs in roles.items():
        found += not_taken_on(place, role, account, who=who) or lacking(place, role, needs, who=who)
    return found


def _of_start(place: Place, definition: dict[str, Any], account: str) -> Iterator[Need]:
    for entry in definition["containerDefinitions"]:
        image = named_in(str(entry["image"]))
        if image is not None:
            yield Need(("ecr:GetAuthorizationToken",), "*", "no image is pulled")
            yield Need(_PULLS, image.arn, f"the image of {entry['name']} is not pulled")
        options = (entry.get("logConfiguration") or {}).get("options") or {}
        if group := options.get("awslogs-group"):
            arn = f"arn:aws:logs:{options.get('awslogs-region') or place.region}:{account}:log-group:{group}"
            actions = ("logs:CreateLogStream", "logs:PutLogEvents")
            yield Need(actions, f"{arn}:log-stream:any", f"{entry['name']} is not started without its log")
        for secret in entry.get("secrets") or []:
            yield _of_secret(place, str(secret["name"]), str(secret["valueFrom"]), account)


def _of_secret(place: Place, name: str, reference: str, account: str) -> Need:
    parts = reference.split(":")
    if reference.startswith("arn:") and parts[2] == "secretsmanager":
        return Need(("secretsmanager:GetSecretValue",), ":".join(parts[:7]), f"{name} is not read")
    arn = reference if reference.startswith("arn:") else ""
    arn = arn or f"arn:aws:ssm:{place.region}:{account}:parameter/{reference.lstrip('/')}"
    return Need(("ssm:GetParameters",), arn, f"{name} is not read")


def _of_report(place: Place, _definition: dict[str, Any], _account: str) -> Iterator[Need]:
    files = f"arn:aws:s3:::{place.settings.bucket}/reports/any"
    yield Need(("s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"), files, "no report is written")


def _of_launch(place: Place, name: str, account: str) -> Iterator[Need]:
    definition = described(place, name)
    cluster = _cluster(place, account)
    arn = str(definition.get("taskDefinitionArn") or "")
    if arn:
        yield Need(("ecs:RunTask",), arn, "no report is launched", {"ecs:cluster": cluster})
    for key in ("executionRoleArn", "taskRoleArn"):
        if role := definition.get(key):
            to_tasks = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
            yield Need(("iam:PassRole",), str(role), "no report is launched", to_tasks)


def _of_watching(place: Place, account: str) -> Iterator[Need]:
    settings, cluster = place.settings, _cluster(place, account)
    task = f"{cluster.replace(':cluster/', ':task/')}/any"
    here = {"ecs:cluster": cluster}
    yield Need(("ecs:TagResource",), task, "no report is launched", {"ecs:CreateAction": "RunTask"})
    yield Need(("ecs:DescribeTasks", "ecs:StopTask"), task, "tasks are neither watched nor stopped", here)
    yield Need(("ecs:ListTasks",), "*", "tasks are not found again after a restart", here)
    bucket = f"arn:aws:s3:::{settings.bucket}"
    yield Need(("s3:GetObject",), f"{bucket}/reports/any", "manifests are not read")
    lease = f"{bucket}/control/{settings.installation}/lease.json"
    yield Need(("s3:GetObject", "s3:PutObject"), lease, "no executor leads")
    yield Need(("s3:ListBucket",), bucket, "what is not there looks forbidden")
    group = f"arn:aws:logs:{place.region}:{account}:log-group:{settings.log_group}:log-stream:any"
    yield Need(("logs:GetLogEvents",), group, "failures are told without their log")
    if url := settings.hints_queue_url:
        queue = f"arn:aws:sqs:{place.region}:{account}:{url.rsplit('/', 1)[-1]}"
        yield Need(("sqs:ReceiveMessage", "sqs:DeleteMessage"), queue, "ends are seen by polling only")


def _cluster(place: Place, account: str) -> str:
    name = place.settings.cluster
    return name if name.startswith("arn:") else f"arn:aws:ecs:{place.region}:{account}:cluster/{name}"
