"""All tasks of the local Fargate: RunTask, StopTask, DescribeTasks and ListTasks over them."""

import itertools
import json
import threading
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from local_cloud.aws.fargate.launch_refusals import launch_failures
from local_cloud.aws.fargate.listing import matcher, page_size, position, tasks_answer, token_after
from local_cloud.aws.fargate.mishaps import Mishap
from local_cloud.aws.fargate.record import USER_STOPPED, TaskRecord
from local_cloud.aws.fargate.refusals import invalid_parameter, task_not_found
from local_cloud.aws.fargate.request import RunTaskRequest, accept, check_token, find_cluster, task_arn_in
from local_cloud.aws.fargate.retention import Retention
from local_cloud.aws.fargate.starter import Starter
from local_cloud.aws.fargate.supervisor import Platform, Supervisor
from local_cloud.aws.fargate.tokens import TokenBook, fingerprint_of
from local_cloud.aws.fargate.world import Place
from local_cloud.aws.faults.orders import TASK_KINDS
from local_cloud.aws.throttle import Throttle

MAX_TASKS_DESCRIBED = 100  # per DescribeTasks call
ENDS_WITHIN_S = 2.0  # how long a killed task's thread may take

Params = Mapping[str, Any]


class FargateEngine:
    """Runs tasks and answers for them; each answer is the JSON text of the API's answer.

    Args:
        platform: what the supervisors of all tasks share.
        throttle: the rates at which it lets itself be asked.
        stopped_retention_s: how long a STOPPED task can still be described.
        visible_after_s: how long after its launch a task cannot be described yet.
    """

    def __init__(
        self, platform: Platform, throttle: Throttle, stopped_retention_s: float, visible_after_s: float = 0.0
    ) -> None:
        self.throttle = throttle
        self._platform = platform
        self._retention = Retention(stopped_retention_s)
        self._starter = Starter()
        self._unseen_for = timedelta(seconds=visible_after_s)
        self._lock = threading.Lock()
        self._sequence = itertools.count(1)
        self._tasks: dict[str, tuple[TaskRecord, Supervisor]] = {}
        self._by_container: dict[str, tuple[TaskRecord, str]] = {}
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
        with self._lock:
            now = self._platform.clock()
            self._forget()
            if token and (answer := self._tokens.replay(cluster.arn, token, fingerprint, now)):
                return answer
            request, text = accept(params, place, self._platform.world), json.dumps(params, ensure_ascii=False)
            failures = launch_failures(self._platform.faults, text)
            if not failures:
                self.throttle.launch(request.capacity_provider, request.count, place)
            started = [] if failures else [self._create(request, text) for _ in range(request.count)]
            answer = tasks_answer([record.to_json() for record, _ in started], failures)
            if token:
                records = tuple(record for record, _ in started)
                self._tokens.remember((cluster.arn, token), fingerprint, answer, records, now)
        for record, supervisor in started:
            self._platform.watch(record)
            self._starter.start(supervisor)
        return answer

    def stop_task(self, params: Params, place: Place) -> str:
        """Ask a task to stop and answer at once, with what it is then.

        Raises:
            RefusedError: when the cluster or the task does not exist.
        """
        cluster = find_cluster(params, place, self._platform.world)
        arn = task_arn_in(cluster, str(params.get("task") or ""))
        with self._lock:
            found = self._seen(arn)
        if found is None:
            raise task_not_found()
        record, supervisor = found
        if record.last_status != "STOPPED":
            supervisor.stop("UserInitiated", params.get("reason") or USER_STOPPED)
        return f'{{"task":{record.to_json()}}}'

    def start_for_service(self, params: Params, place: Place) -> TaskRecord:
        """Start one task of a service.

        Raises:
            RefusedError: when ECS would refuse the parameters.
        """
        with self._lock:
            self._forget()
            request = accept(params, place, self._platform.world)
            record, supervisor = self._create(request, json.dumps(params, ensure_ascii=False))
        self._platform.watch(record)
        self._starter.start(supervisor)
        return record

    def stop(self, arn: str, code: str, reason: str) -> None:
        """Ask a task to stop for a reason of ECS's own; does nothing for one that is gone."""
        with self._lock:
            found = self._tasks.get(arn)
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
        with self._lock:
            self._forget()
            found = {arn: self._seen(arn, late=True) for arn in arns}
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
        with self._lock:
            self._forget()
            records = [found[0] for arn in self._tasks if (found := self._seen(arn, late=True))]
        rest = [
            record
            for record in records
            if record.sequence > after and record.request.cluster.arn == cluster.arn and matches(record)
        ]
        answer: dict[str, Any] = {"taskArns": [record.arn for record in rest[:size]]}
        if len(rest) > size:
            answer["nextToken"] = token_after(rest[size - 1])
        return json.dumps(answer)

    def record(self, arn: str) -> TaskRecord:
        """Find a task by its ARN.

        Raises:
            RefusedError: when there is no such task.
        """
        with self._lock:
            found = self._tasks.get(arn)
        if found is None:
            raise task_not_found()
        return found[0]

    def container(self, container_id: str) -> tuple[TaskRecord, str, int] | None:
        """Find a container by its id: its task, its name and the id of its process (0 when none runs)."""
        with self._lock:
            found = self._by_container.get(container_id)
            entry = self._tasks.get(found[0].arn) if found else None
        if not found or not entry:
            return None
        running = entry[1].containers.get(found[1])
        return found[0], found[1], running.process.pid if running else 0

    def container_ids(self, record: TaskRecord) -> dict[str, str]:
        """Answer with the ids of a task's containers by their names."""
        with self._lock:
            return {name: key for key, (owner, name) in self._by_container.items() if owner is record}

    def count_by_status(self) -> dict[str, int]:
        """Count the tasks in each status."""
        with self._lock:
            statuses = [record.last_status for record, _ in self._tasks.values()]
        return {status: statuses.count(status) for status in dict.fromkeys(statuses)}

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

    def _forget_all(self) -> list[Supervisor]:
        with self._lock:
            supervisors = [supervisor for _, supervisor in self._tasks.values()]
            self._tasks.clear()
            self._by_container.clear()
            self._tokens = TokenBook()
        for supervisor in supervisors:
            supervisor.kill()
        return supervisors

    def _seen(self, arn: str, *, late: bool = False) -> tuple[TaskRecord, Supervisor] | None:
        """Find a task; `late` is how reading it is: a task just made is not there yet."""
        found = self._tasks.get(arn)
        if found is None or found[0].vanished:
            return None
        unseen = late and self._platform.clock() < found[0].created_at + self._unseen_for
        return None if unseen else found

    def _create(self, request: RunTaskRequest, text: str) -> tuple[TaskRecord, Supervisor]:
        container_ids = [str(uuid.uuid4()) for _ in request.definition.containers]
        platform = self._platform
        now, number = platform.clock(), next(self._sequence)
        record = TaskRecord(request, uuid.uuid4().hex, number, container_ids, now, platform.watch)
        mishap = Mishap(platform.faults.take("task", text, TASK_KINDS))
        supervisor = Supervisor(record, container_ids, platform, mishap)
        self._tasks[record.arn] = record, supervisor
        for definition, container_id in zip(request.definition.containers, container_ids, strict=True):
            self._by_container[container_id] = record, definition["name"]
        return record, supervisor

    def _forget(self) -> None:
        now = self._platform.clock()
        gone = self._retention.over((record for record, _ in self._tasks.values()), now)
        for arn in gone:
            del self._tasks[arn]
        if gone:
            self._by_container = {key: value for key, value in self._by_container.items() if value[0].arn not in gone}
            self._tokens.forget_expired(now)
