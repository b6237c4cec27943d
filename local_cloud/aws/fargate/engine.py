"""All tasks of the local Fargate: RunTask, StopTask, DescribeTasks and ListTasks over them."""

import itertools
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from local_cloud.aws.fargate.capacity import share_out
from local_cloud.aws.fargate.launch_refusals import launch_failures
from local_cloud.aws.fargate.listing import matcher, page_size, position, tasks_answer, token_after
from local_cloud.aws.fargate.mishaps import Mishap
from local_cloud.aws.fargate.record import USER_STOPPED, TaskRecord
from local_cloud.aws.fargate.refusals import client_error, invalid_parameter, task_not_found
from local_cloud.aws.fargate.request import RunTaskRequest, accept, check_token, find_cluster, task_arn_in
from local_cloud.aws.fargate.roster import Roster
from local_cloud.aws.fargate.starter import Starter
from local_cloud.aws.fargate.supervisor import Platform, Supervisor
from local_cloud.aws.fargate.tokens import TokenBook, fingerprint_of
from local_cloud.aws.fargate.world import Place
from local_cloud.aws.faults.orders import RUNNING_KINDS, TASK_KINDS
from local_cloud.aws.throttle import Throttle

MAX_TASKS_DESCRIBED = 100  # per DescribeTasks call
ENDS_WITHIN_S = 2.0  # how long a killed task's thread may take

Params = Mapping[str, Any]


class FargateEngine:
    """Runs tasks and answers for them; each answer is the JSON text of the API's answer.

    Args:
        platform: what the supervisors of all tasks share.
        throttle: the rates at which it lets itself be asked.
        roster: which tasks there are.
    """

    def __init__(self, platform: Platform, throttle: Throttle, roster: Roster) -> None:
        self.throttle = throttle
        self._platform = platform
        self._roster = roster
        self._starter = Starter()
        self._sequence = itertools.count(1)
        self._tokens = TokenBook()

    def run_task(self, params: Params, place: Place) -> str:
        """Start tasks, or answer as the first call with this client token did.

        Raises:
            RefusedError: when ECS would refuse the call; nothing was started.
        """
        token = params.get("clientToken")
        check_token(token)
        cluster = find_cluster(params, place, self._platform.world)
        fingerprint = fingerprint_of(params) if token else ""
        with self._roster.lock:
            now = self._platform.clock()
            self._forget()
            if token and (answer := self._tokens.replay(cluster.arn, token, fingerprint, now)):
                return answer
            request, text = accept(params, place, self._platform.world), json.dumps(params, ensure_ascii=False)
            reasons = launch_failures(self._platform.faults, text)
            started = [] if reasons else self._launch(request, text)
            failures = [json.dumps({"reason": reason}, ensure_ascii=False) for reason in reasons]
            answer = tasks_answer([record.to_json() for record, _ in started], failures)
            if token:
                records = tuple(record for record, _ in started)
                self._tokens.remember((cluster.arn, token), fingerprint, answer, records, now)
        for record, supervisor in started:
            self._platform.watch(record)
            self._starter.start(supervisor)
        return answer

    def strike_running(self) -> None:
        """Carry out the orders that ask for tasks which run already; the eldest are struck first."""
        for record, supervisor in self._roster.entries():
            if record.last_status != "RUNNING" or record.desired_status != "RUNNING" or record.vanished:
                continue
            if fault := self._platform.faults.take("task", supervisor.launched_with, RUNNING_KINDS, running=True):
                supervisor.strike(Mishap(fault))

    def stop_task(self, params: Params, place: Place) -> str:
        """Ask a task to stop and answer at once, with what it is then.

        Raises:
            RefusedError: when the cluster or the task does not exist.
        """
        cluster = find_cluster(params, place, self._platform.world)
        arn = task_arn_in(cluster, str(params.get("task") or ""))
        with self._roster.lock:
            found = self._roster.seen(arn)
        if found is None:
            raise task_not_found()
        record, supervisor = found
        if record.last_status != "STOPPED":
            supervisor.stop("UserInitiated", params.get("reason") or USER_STOPPED)
            record.change(tags=[])  # the API reference's page on StopTask: the task's tags are deleted
        return f'{{"task":{record.to_json()}}}'

    def start_for_service(self, params: Params, place: Place) -> TaskRecord:
        """Start one task of a service.

        Raises:
            RefusedError: when ECS would refuse the parameters, or there is no room because that was ordered.
        """
        with self._roster.lock:
            self._forget()
            request, text = accept(params, place, self._platform.world), json.dumps(params, ensure_ascii=False)
            if reasons := launch_failures(self._platform.faults, text):
                raise client_error(reasons[0])
            held = self._roster.providers_of(request.group)
            provider = next(iter(share_out(request.strategy, 1, held)), None)
            record, supervisor = self._create(replace(request, capacity_provider=provider), text)
        self._platform.watch(record)
        self._starter.start(supervisor)
        return record

    def stop(self, arn: str, code: str, reason: str) -> None:
        """Ask a task to stop for a reason of ECS's own; does nothing for one that is gone."""
        with self._roster.lock:
            found = self._roster.entry(arn)
        if found:
            found[1].stop(code, reason)

    def describe_tasks(self, params: Params, place: Place) -> str:
        """Answer with the tasks asked for; those not known are failures with reason MISSING.

        Raises:
            RefusedError: when the cluster does not exist or not 1 to 100 tasks are asked for.
        """
        cluster = find_cluster(params, place, self._platform.world)
        references = params.get("tasks") or []
        if not references:
            raise invalid_parameter("Tasks cannot be empty.")
        if len(references) > MAX_TASKS_DESCRIBED:
            raise invalid_parameter("Tasks cannot have more than 100 elements.")
        with_tags = "TAGS" in (params.get("include") or [])
        arns = list(dict.fromkeys(task_arn_in(cluster, reference) for reference in references))
        with self._roster.lock:
            self._forget()
            found = {arn: self._roster.seen(arn, late=True) for arn in arns}
        tasks = [item[0].to_json(with_tags=with_tags) for item in found.values() if item]
        failures = [json.dumps({"arn": arn, "reason": "MISSING"}) for arn, item in found.items() if not item]
        return tasks_answer(tasks, failures)

    def list_tasks(self, params: Params, place: Place) -> str:
        """Answer with one page of ARNs, in the order in which the tasks were made.

        Raises:
            RefusedError: when the cluster does not exist, or filters and paging make no sense to ECS.
        """
        cluster = find_cluster(params, place, self._platform.world)
        size, after, matches = page_size(params), position(params.get("nextToken")), matcher(params)
        with self._roster.lock:
            self._forget()
            records = self._roster.listed()
        rest = [
            record
            for record in records
            if record.sequence > after and record.request.cluster.arn == cluster.arn and matches(record)
        ]
        answer: dict[str, Any] = {"taskArns": [record.arn for record in rest[:size]]}
        if len(rest) > size:
            answer["nextToken"] = token_after(rest[size - 1])
        return json.dumps(answer)

    def reset(self) -> None:
        """Kill all tasks, with whatever processes they left behind, and forget them and all tokens."""
        supervisors = self._forget_all()
        self._platform.host.restart()
        for supervisor in supervisors:
            if supervisor.ident is not None:
                supervisor.join(ENDS_WITHIN_S)

    def close(self) -> None:
        """Kill all tasks, for good."""
        self._forget_all()
        self._platform.host.close()

    def _launch(self, request: RunTaskRequest, text: str) -> list[tuple[TaskRecord, Supervisor]]:
        providers: Sequence[str | None] = share_out(request.strategy, request.count) or [None] * request.count
        self.throttle.launch(providers, request.place)
        return [self._create(replace(request, capacity_provider=provider), text) for provider in providers]

    def _forget_all(self) -> list[Supervisor]:
        with self._roster.lock:
            supervisors = self._roster.forget_all()
            self._tokens = TokenBook()
        for supervisor in supervisors:
            supervisor.kill()
        return supervisors

    def _create(self, request: RunTaskRequest, text: str) -> tuple[TaskRecord, Supervisor]:
        container_ids = [str(uuid.uuid4()) for _ in request.definition.containers]
        platform = self._platform
        now, number = platform.clock(), next(self._sequence)
        record = TaskRecord(request, uuid.uuid4().hex, number, container_ids, now, platform.watch)
        mishap = Mishap(platform.faults.take("task", text, TASK_KINDS))
        supervisor = Supervisor(record, container_ids, platform, mishap, text)
        self._roster.add(record, supervisor, container_ids)
        return record, supervisor

    def _forget(self) -> None:
        if self._roster.forget_old():
            self._tokens.forget_expired(self._platform.clock())
