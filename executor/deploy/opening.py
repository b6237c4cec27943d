"""When an executor works: hours given to an environment or taken away, and one for the first report in any case."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from executor.deploy.environment import Environment
from executor.deploy.hours import OFF, Hours
from executor.deploy.stack import Proposal, Stack, StackError


class HoursError(RuntimeError):
    """Hours cannot be given to this environment; the message says why, and what to do. Nothing was done."""


_OF_THE_FILE: Final = "its file's [stack] says {names}; change them there, and deploy"


def propose(stack: Stack, environment: Environment, hours: Hours | None) -> Proposal:
    """Ask what other hours would change; everything else stays as it was deployed. None lets it always run.

    Raises:
        HoursError: nothing runs there that could have hours, or the environment's file has the say.
        StackError: CloudFormation refuses, or the stack does not come to rest.
    """
    stack.settle()
    before = stack.parameters()
    given: Mapping[str, str] = OFF if hours is None else hours.parameters()
    file = environment.stack
    if fixed := [name for name in given if name in file and str(file[name]) != given[name]]:
        raise HoursError(f"{environment.name}: " + _OF_THE_FILE.format(names=", ".join(fixed)))
    if not before.get("ExecutorImage"):
        raise HoursError(f"{environment.name} has no executor yet: reporting deploy --env {environment.name} makes one")
    if hours is not None and before.get("ExecutorCount") == "0":
        raise HoursError(f"{environment.name} has ExecutorCount 0: hours would start nothing; set it to 1, and deploy")
    if before.get("DrainSchedule") and given.get("TimeZone", before["TimeZone"]) != before["TimeZone"]:
        raise HoursError(
            f"{environment.name} has a DrainSchedule in {before['TimeZone']}, and hours share its zone: "
            f"take --zone {before['TimeZone']}"
        )
    return stack.propose(None, {**before, **given})


def apply(stack: Stack, proposal: Proposal, ecs: Any, hours: Hours | None, now: datetime) -> int:
    """Do it; answers with the executors that are wanted at this moment.

    A schedule acts only at its times, and one that is taken away leaves behind what it did last.

    Args:
        stack: of the environment.
        proposal: of :func:`propose`.
        ecs: client of ECS.
        hours: from now on; None is always.
        now: this moment, with its zone.

    Raises:
        StackError: a resource failed; the hours before hold.
    """
    stack.execute(proposal)
    parameters, outputs = stack.parameters(), stack.outputs()
    count = int(parameters["ExecutorCount"]) if hours is None or hours.are_now(now) else 0
    ecs.update_service(cluster=outputs["Cluster"], service=outputs["ServiceName"], desiredCount=count)
    return count


def start_outside(stack: Stack, ecs: Any) -> bool:
    """Let the executor of an environment with hours run until its next stop; answers whether it has hours.

    CloudFormation starts it only where it changes the service, and a first report needs it in any case.

    Args:
        stack: of the environment, at rest.
        ecs: client of ECS.
    """
    parameters, outputs = stack.parameters(), stack.outputs()
    has_hours = bool(parameters.get("HoursStart") and parameters.get("HoursStop"))
    if has_hours:
        where = {"cluster": outputs["Cluster"], "service": outputs["ServiceName"]}
        ecs.update_service(**where, desiredCount=int(parameters["ExecutorCount"]))
    return has_hours


def drain(stack: Stack, ecs: Any, say: Callable[[str], None]) -> None:
    """Where no executor stays at work, let one work until the queue is empty; a first report needs it.

    Args:
        stack: of the environment, at rest.
        ecs: client of ECS.
        say: told of it.

    Raises:
        HoursError: ECS has no room for it.
    """
    parameters, outputs = stack.parameters(), stack.outputs()
    if parameters.get("ExecutorCount") != "0":
        return
    network = {
        "subnets": parameters["SubnetIds"].split(","),
        "securityGroups": [outputs["SecurityGroup"]],
        "assignPublicIp": "ENABLED" if parameters.get("AssignPublicIp") == "true" else "DISABLED",
    }
    answer = ecs.run_task(
        cluster=outputs["Cluster"],
        taskDefinition=outputs["ExecutorTaskDefinition"],
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
        overrides={"containerOverrides": [{"name": "executor", "command": ["drain"]}]},
    )
    if refused := [str(one.get("reason")) for one in answer["failures"]]:
        raise HoursError(f"no executor could be started for the first report: {'; '.join(refused)}; repeat")
    say("executor: none stays at work; one works until the queue is empty")


def counts(stack: Stack, ecs: Any) -> tuple[int, int]:
    """How many executors are wanted, and how many run.

    Raises:
        StackError: there is no executor's service.
    """
    outputs = stack.outputs()
    where = {"cluster": outputs.get("Cluster", ""), "services": [outputs.get("ServiceName", "")]}
    found = ecs.describe_services(**where)["services"] if outputs else []
    if not found:
        raise StackError(f"stack {stack.name} has no executor; reporting deploy makes one")
    return int(found[0]["desiredCount"]), int(found[0]["runningCount"])
