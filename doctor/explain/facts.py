"""What several theories ask of the same evidence, worked out once."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from doctor.evidence.evidence import Line
from doctor.evidence.subjects import Subject
from doctor.evidence.tasks import Container, Task
from doctor.explain import known
from doctor.explain.cycle import Cycle, cycle
from doctor.health_checks.checks import Check, NoTaskDefinitionError, of_task_definition
from doctor.health_checks.judge import judge
from doctor.health_checks.verdicts import Verdict
from executor.core.causes import Cause

_KILLED: Final = frozenset({137, 143})
_SAME_IMAGES: Final = re.compile(
    r"[^.\n]*\b(?:same|identical|unchanged|very)\b[^.\n]*\bimages?\b[^.\n]*"
    r"\b(?:work|worked|works|ran|run|runs|running|healthy|fine)\b[^.\n]*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Facts:
    """The facts of one subject."""

    subject: Subject

    @cached_property
    def cycle(self) -> Cycle:
        """What its tasks do."""
        return cycle(self.subject)

    @cached_property
    def checks(self) -> list[Check]:
        """Its containers, with their health checks."""
        try:
            return of_task_definition(self.subject.definition or {}, service=self.subject.name)
        except NoTaskDefinitionError:
            return []

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """The verdicts on its health checks; the gravest first."""
        rank = {False: 0, "depends": 1, True: 2}
        found = [verdict for check in self.checks if (verdict := judge(check, self.subject.built))]
        found = [verdict for verdict in found if verdict.check.command not in (None, ("NONE",))]
        return sorted(found, key=lambda verdict: rank[verdict.can_ever_pass])

    @property
    def unhealthy(self) -> int:
        """How many tasks ECS ended for their health check, or is about to."""
        now = [task for task in self.subject.tasks if task.health == "UNHEALTHY" and not task.is_stopped]
        return self.cycle.unhealthy + len(now)

    @property
    def spared(self) -> bool:
        """Whether tasks or events are known, and none of them tells of a failed health check."""
        return not self.unhealthy and bool(self.subject.tasks or self.subject.events)

    @cached_property
    def was_healthy(self) -> list[Task]:
        """Tasks of the same revision that ECS found healthy."""
        wanted = str((self.subject.service or {}).get("taskDefinition") or "")
        return [
            task
            for task in self.subject.tasks
            if task.health == "HEALTHY" and (not wanted or not task.definition or task.definition == wanted)
        ]

    @cached_property
    def crashed(self) -> list[tuple[Task, Container]]:
        """Containers that ended by themselves: with an error, or, in a service, at all."""
        return [
            (task, container)
            for task in self.subject.stopped
            if not task.stopped_for_health
            for container in task.containers
            if self._by_itself(task, container)
        ]

    def _by_itself(self, task: Task, container: Container) -> bool:
        if container.exit_code == 0:
            return self.subject.service is not None and task.stop_code == "EssentialContainerExited"
        by_others = task.stop_code in {"ServiceSchedulerInitiated", "UserInitiated", "SpotInterruption"}
        return container.exit_code is not None and not (by_others and container.exit_code in _KILLED)

    @cached_property
    def alive_when_ended(self) -> list[Task]:
        """Tasks whose containers ran until ECS ended them for their health check."""
        return [
            task
            for task in self.subject.stopped
            if task.stopped_for_health
            and all(container.exit_code in {None, 0, *_KILLED} for container in task.containers)
        ]

    @cached_property
    def never_started(self) -> list[Task]:
        """Stopped tasks of which no container ever ran, and that nobody had called back."""
        return [
            task
            for task in self.subject.stopped
            if task.started is None
            and task.stop_code not in {"ServiceSchedulerInitiated", "UserInitiated"}
            and not task.stopped_for_health
        ]

    @cached_property
    def started(self) -> list[Task]:
        """Tasks that ran."""
        return [task for task in self.subject.tasks if task.started is not None]

    @cached_property
    def told(self) -> tuple[Cause, Line] | None:
        """The last known cause in its logs."""
        return known.of_logs(self.subject.logs)

    @cached_property
    def same_images(self) -> str:
        """What people noted of the same images having worked elsewhere; empty without such a note."""
        for text in self.subject.whole.notes.values():
            if found := _SAME_IMAGES.search(text):
                return " ".join(found[0].strip(" *->#|").split())
        return ""

    @cached_property
    def image(self) -> str:
        """The image of the first container with a health check, else of the first."""
        wanted = [verdict.check.image for verdict in self.verdicts] + [check.image for check in self.checks]
        return next((image for image in wanted if image and "\ufffd" not in image), "IMAGE")

    @property
    def cluster(self) -> str:
        """The cluster's name as commands want it."""
        arns = [str((self.subject.service or {}).get("clusterArn") or ""), *(task.arn for task in self.subject.tasks)]
        named = [arn.split("/")[1] for arn in arns if arn.count("/")]
        return named[0] if named else "CLUSTER"

    @property
    def reference(self) -> str:
        """The task definition as commands want it."""
        arn = str((self.subject.service or {}).get("taskDefinition") or "")
        arn = arn or next((task.definition for task in self.subject.tasks if task.definition), "")
        return arn.rsplit("/", 1)[-1] or self.subject.name

    def log_group(self) -> str:
        """The log group of its first container that has one; empty without."""
        for entry in self.subject.containers:
            options: dict[str, Any] = (entry.get("logConfiguration") or {}).get("options") or {}
            if group := options.get("awslogs-group"):
                return str(group)
        return ""
