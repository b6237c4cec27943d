"""The operations of CloudFormation on stacks and change sets."""

import threading
import uuid
from collections.abc import Mapping
from typing import Any, Final

from moto.cloudformation.exceptions import AlreadyExistsException

from local_cloud.aws.clock import Clock
from local_cloud.aws.cloudformation import parameters, template
from local_cloud.aws.cloudformation.changes import changes
from local_cloud.aws.cloudformation.engine import Engine
from local_cloud.aws.cloudformation.refusals import (
    ChangeSetNotFoundError,
    InvalidChangeSetStatusError,
    invalid,
    no_stack,
)
from local_cloud.aws.cloudformation.stack import CAPABILITIES, ChangeSet, Stack, Version
from local_cloud.aws.fargate.world import Place

NO_CHANGES: Final = (
    "The submitted information didn't contain changes. Submit different information to create a change set."
)
MAX_TEMPLATE_BYTES: Final = 51_200  # of a template that comes with the request
_GONE: Final = "DELETE_COMPLETE"
_AT_REST: Final = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"})

Params = Mapping[str, Any]


class StackApi:
    """Stacks by place and name.

    Args:
        engine: what does the work.
        clock: the present moment.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._stacks: list[Stack] = []
        self._lock = threading.Lock()

    def forget(self) -> None:
        """Forget all stacks; their resources are somebody else's to forget."""
        with self._lock:
            self._stacks.clear()

    def create_change_set(self, params: Params, place: Place) -> ChangeSet:
        """Work out what would change; a stack that is not there yet is made, without anything in it.

        Raises:
            CloudFormationError: the template or its parameters cannot be used, or the stack is of another state.
        """
        kind = str(params.get("ChangeSetType") or "UPDATE")
        if kind not in {"CREATE", "UPDATE"}:
            raise invalid(f"not supported by the local cloud: ChangeSetType {kind}")
        with self._lock:
            name = str(params["StackName"])
            stack = self._find(name, place)
            if stack is None or (kind == "CREATE" and stack.status == _GONE):
                if kind == "UPDATE":
                    raise no_stack(name)
                stack = self._new(name, place)
            elif kind == "CREATE" and stack.status != "REVIEW_IN_PROGRESS":
                raise invalid(f"Stack [{name}] already exists and cannot be created again with the changeSet.")
            elif kind == "UPDATE":
                _check_at_rest(stack)
            version = _version(params, stack)
            found = changes(stack, version)
            change_set = ChangeSet(
                name=str(params["ChangeSetName"]),
                arn=f"{_arn(place, 'changeSet', str(params['ChangeSetName']))}",
                version=version,
                changes=found,
                adopts=str(params.get("ImportExistingResources")).lower() == "true",
                created_at=self._clock(),
            )
            if not found:
                change_set.status, change_set.execution, change_set.reason = "FAILED", "UNAVAILABLE", NO_CHANGES
            stack.change_sets[change_set.name] = change_set
            return change_set

    def change_set(self, params: Params, place: Place) -> tuple[Stack, ChangeSet]:
        """Find a change set by its ARN, or by its name and its stack's.

        Raises:
            CloudFormationError: there is none.
        """
        asked = str(params["ChangeSetName"])
        with self._lock:
            for stack in self._stacks:
                for found in stack.change_sets.values():
                    of_stack = params.get("StackName") in {stack.name, stack.arn} and stack.place == place
                    if found.arn == asked or (of_stack and found.name == asked):
                        return stack, found
        raise ChangeSetNotFoundError(f"ChangeSet [{asked}] does not exist")

    def execute(self, params: Params, place: Place) -> None:
        """Begin what a change set says.

        Raises:
            CloudFormationError: there is none, or it cannot be executed.
        """
        stack, found = self.change_set(params, place)
        with self._lock:
            if found.execution != "AVAILABLE" or stack.is_busy:
                raise InvalidChangeSetStatusError(
                    f"ChangeSet [{found.arn}] cannot be executed in its current status of [{found.status}]"
                )
            stack.change_sets.clear()
            self._engine.start(stack, found.version, adopts=found.adopts)

    def delete_change_set(self, params: Params, place: Place) -> None:
        """Forget a change set; one that is not there is forgotten."""
        try:
            stack, found = self.change_set(params, place)
        except ChangeSetNotFoundError:
            return
        stack.change_sets.pop(found.name, None)

    def create(self, params: Params, place: Place) -> Stack:
        """Make a stack.

        Raises:
            CloudFormationError: there is one of that name, or the template or its parameters cannot be used.
        """
        name = str(params["StackName"])
        with self._lock:
            there = self._find(name, place)
            if there and there.status != _GONE:
                raise AlreadyExistsException(f"Stack [{name}] already exists")
            version = _version(params, None)
            stack = self._new(name, place)
            try:
                changes(stack, version)
            except Exception:
                self._stacks.remove(stack)
                raise
            self._engine.start(stack, version, adopts=False)
            return stack

    def update(self, params: Params, place: Place) -> Stack:
        """Give a stack another template or other parameters.

        Raises:
            CloudFormationError: there is no such stack, or nothing would change.
        """
        stack = self.stack(str(params["StackName"]), place)
        with self._lock:
            _check_at_rest(stack)
            version = _version(params, stack)
            if not changes(stack, version):
                raise invalid("No updates are to be performed.")
            self._engine.start(stack, version, adopts=False)
            return stack

    def cancel(self, params: Params, place: Place) -> None:
        """Give up an update; what it did is taken back.

        Raises:
            CloudFormationError: none is under way.
        """
        stack = self.stack(str(params["StackName"]), place)
        if stack.status != "UPDATE_IN_PROGRESS":
            raise invalid("CancelUpdateStack cannot be called from current stack status")
        stack.cancelled.set()

    def go_on(self, params: Params, place: Place) -> None:
        """Go on with a roll-back that stopped.

        Raises:
            CloudFormationError: none has stopped.
        """
        stack = self.stack(str(params["StackName"]), place)
        with self._lock:
            if stack.status != "UPDATE_ROLLBACK_FAILED":
                raise invalid(f"Stack:{stack.arn} is in {stack.status} state and can not be rolled back.")
            self._engine.go_on_taking_back(stack)

    def delete(self, params: Params, place: Place) -> None:
        """Delete a stack; one that is not there is deleted."""
        with self._lock:
            stack = self._find(str(params["StackName"]), place)
            if stack is None or stack.status in {_GONE, "DELETE_IN_PROGRESS"}:
                return
            if stack.is_busy:
                raise invalid(f"Stack [{stack.name}] cannot be deleted while in status {stack.status}")
            self._engine.start_deleting(stack)

    def stack(self, name: str, place: Place) -> Stack:
        """Find a stack by its name, or a deleted one by its ARN.

        Raises:
            CloudFormationError: there is none.
        """
        with self._lock:
            found = self._find(name, place)
        if found is None or (found.status == _GONE and name != found.arn):
            raise no_stack(name)
        return found

    def stacks(self, place: Place) -> list[Stack]:
        """All stacks of a place that are not deleted."""
        with self._lock:
            return [item for item in self._stacks if item.place == place and item.status != _GONE]

    def _find(self, name: str, place: Place) -> Stack | None:
        fitting = [item for item in self._stacks if item.place == place and name in {item.name, item.arn}]
        return fitting[-1] if fitting else None

    def _new(self, name: str, place: Place) -> Stack:
        stack = Stack(name, _arn(place, "stack", name), place, self._clock())
        self._stacks.append(stack)
        return stack


def _arn(place: Place, kind: str, name: str) -> str:
    return f"arn:aws:cloudformation:{place.region}:{place.account}:{kind}/{name}/{uuid.uuid4()}"


def _check_at_rest(stack: Stack) -> None:
    if stack.status not in _AT_REST:
        raise invalid(f"Stack:{stack.arn} is in {stack.status} state and can not be updated.")


def _version(params: Params, stack: Stack | None) -> Version:
    before = stack.version if stack else None
    if str(params.get("UsePreviousTemplate")).lower() == "true" and before:
        text = before.text
    else:
        text = str(params.get("TemplateBody") or "")
        if not text:
            raise invalid("not supported by the local cloud: a template elsewhere than in TemplateBody")
        if len(text.encode()) > MAX_TEMPLATE_BYTES:
            raise invalid(f"1 validation error detected: templateBody is longer than {MAX_TEMPLATE_BYTES}")
    parsed, given = template.parse(text), list(params.get("Capabilities") or [])
    has_names = any(
        one["Type"] == "AWS::IAM::Role" and "RoleName" in one.get("Properties", {})
        for one in parsed["Resources"].values()
    )
    if has_names and "CAPABILITY_NAMED_IAM" not in given:
        raise invalid("Requires capabilities : [CAPABILITY_NAMED_IAM]")
    if others := sorted(set(given) - CAPABILITIES):
        raise invalid(f"not supported by the local cloud: {', '.join(others)}")
    values = parameters.settled(parsed, params.get("Parameters") or [], before.parameters if before else {})
    return Version(text, parsed, values, list(params.get("Tags") or []), given)
