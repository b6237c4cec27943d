"""The work on stacks: resources made, changed and deleted one after the other; what fails is taken back."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from moto.cloudformation.exceptions import CloudFormationError

from local_cloud.aws.clock import Clock
from local_cloud.aws.cloudformation.changes import attribute_of, outputs_of, scope_of
from local_cloud.aws.cloudformation.kinds import KINDS
from local_cloud.aws.cloudformation.kinds.kind import Hands, Kind
from local_cloud.aws.cloudformation.refusals import ResourceFailedError
from local_cloud.aws.cloudformation.stack import Resource, Stack, Version
from local_cloud.aws.cloudformation.values import Scope, in_order
from local_cloud.aws.fargate.world import Place

Clients = Callable[[Place, str], Any]
TROUBLE = (
    ResourceFailedError,
    CloudFormationError,
    ClientError,
    BotoCoreError,
    FileExistsError,
    LookupError,
    ValueError,
)
CANCELLED = "Resource creation cancelled"


@dataclass(slots=True)
class Deed:
    """What was done to one resource: `before` is None for a new one."""

    name: str
    before: Resource | None
    after: Resource


class Engine:
    """Works on stacks, each in a thread of its own.

    Args:
        clients: gives a client of a service of the local AWS, by place.
        clock: the present moment.
    """

    def __init__(self, clients: Clients, clock: Clock) -> None:
        self._clients = clients
        self._clock = clock

    def start(self, stack: Stack, version: Version, *, adopts: bool) -> None:
        """Give a stack another version; answers at once."""
        first = stack.version is None
        stack.cancelled.clear()
        stack.enter("CREATE_IN_PROGRESS" if first else "UPDATE_IN_PROGRESS", "User Initiated", self._clock())
        threading.Thread(target=self._apply, args=(stack, version, adopts), name="stack", daemon=True).start()

    def go_on_taking_back(self, stack: Stack) -> None:
        """Go on with the roll-back of an update that stopped; answers at once."""
        done = list(stack.not_taken_back)
        stack.enter("UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated", self._clock())
        how = {"first": False}
        threading.Thread(
            target=self._take_back, args=(stack, done, "User Initiated"), kwargs=how, name="stack", daemon=True
        ).start()

    def start_deleting(self, stack: Stack) -> None:
        """Delete a stack; answers at once."""
        stack.cancelled.clear()
        stack.enter("DELETE_IN_PROGRESS", "User Initiated", self._clock())
        threading.Thread(target=self._delete, args=(stack,), name="stack", daemon=True).start()

    def _apply(self, stack: Stack, version: Version, adopts: bool) -> None:
        first, done = stack.version is None, list[Deed]()
        verb = "CREATE" if first else "UPDATE"
        scope = scope_of(stack, version, lambda name, attribute: attribute_of(stack, name, attribute))
        wanted = scope.wanted()
        for name in in_order(wanted):
            try:
                if stack.cancelled.is_set():
                    raise ResourceFailedError(CANCELLED)
                self._settle(stack, name, wanted[name], scope, done, adopts=adopts)
            except TROUBLE as error:
                self._tell_failure(stack, name, wanted[name]["Type"], error)
                what = "create" if name not in stack.resources else "update"
                self._take_back(stack, done, f"The following resource(s) failed to {what}: [{name}]. ", first=first)
                return
        try:
            stack.outputs = outputs_of(scope, version.template)
        except TROUBLE as error:
            self._take_back(stack, done, _words(error), first=first)
            return
        stack.version = version
        if not first:
            stack.enter("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "", self._clock())
            self._clean_up(stack, wanted, done)
        stack.enter(f"{verb}_COMPLETE", "", self._clock())

    def _settle(
        self, stack: Stack, name: str, template: Mapping[str, Any], scope: Scope, done: list[Deed], *, adopts: bool
    ) -> None:
        kind_name, there = str(template["Type"]), stack.resources.get(name)
        kind, properties = _kind(kind_name), scope.value(template.get("Properties") or {})
        kind.check(kind_name, properties)
        if there and there.properties == properties:
            there.template = template
            return
        verb = "UPDATE" if there else "CREATE"
        physical = there.made.physical_id if there else ""
        stack.tell(name, kind_name, physical, f"{verb}_IN_PROGRESS", "", self._clock())
        hands = self._hands(stack, name, adopts=adopts and _stays(template))
        if there:
            kind.check_change(kind_name, there.properties, properties)
            attempt = Resource(name, kind_name, there.made, properties, template, "UPDATE_IN_PROGRESS", self._clock())
            done.append(Deed(name, there, attempt))  # noted before: what fails half-way is put back, too
            made = kind.change(hands, there.made, there.properties, properties)
            done.pop()
        else:
            made = kind.make(hands, properties)
        after = Resource(name, kind_name, made, properties, template, f"{verb}_COMPLETE", self._clock(), hands.adopts)
        done.append(Deed(name, there, after))
        stack.resources[name] = after
        stack.tell(name, kind_name, made.physical_id, f"{verb}_COMPLETE", "", self._clock())

    def _take_back(self, stack: Stack, done: list[Deed], reason: str, *, first: bool) -> None:
        prefix = "" if first else "UPDATE_"
        stack.enter(f"{prefix}ROLLBACK_IN_PROGRESS", reason, self._clock())
        stack.cancelled.clear()
        stack.not_taken_back = []
        for deed in reversed(done):
            try:
                if deed.before is None:
                    self._remove(stack, deed.after, keeps=deed.after.adopted)
                    stack.resources.pop(deed.name, None)
                else:
                    self._restore(stack, deed, deed.before)
            except TROUBLE as error:
                self._tell_failure(stack, deed.name, deed.after.kind, error)
                stack.not_taken_back.insert(0, deed)
        stack.enter(f"{prefix}ROLLBACK_{'FAILED' if stack.not_taken_back else 'COMPLETE'}", "", self._clock())

    def _restore(self, stack: Stack, deed: Deed, before: Resource) -> None:
        stack.tell(deed.name, before.kind, before.made.physical_id, "UPDATE_IN_PROGRESS", "", self._clock())
        hands, kind = self._hands(stack, deed.name), _kind(before.kind)
        if deed.after.made.physical_id == before.made.physical_id:
            kind.change(hands, before.made, deed.after.properties, before.properties)
        else:
            kind.delete(hands, deed.after.made, deed.after.properties)
        stack.resources[deed.name] = before
        stack.tell(deed.name, before.kind, before.made.physical_id, "UPDATE_COMPLETE", "", self._clock())

    def _clean_up(self, stack: Stack, wanted: Mapping[str, Any], done: list[Deed]) -> None:
        for deed in done:
            before = deed.before
            if before and before.made.physical_id != deed.after.made.physical_id:
                stays = before.template.get("UpdateReplacePolicy") in {"Retain", "Snapshot"}
                self._remove_quietly(stack, before, keeps=stays)
        for name in reversed([name for name in stack.resources if name not in wanted]):
            gone = stack.resources.pop(name)
            self._remove_quietly(stack, gone, keeps=_stays(gone.template))

    def _remove_quietly(self, stack: Stack, resource: Resource, *, keeps: bool) -> None:
        try:
            self._remove(stack, resource, keeps=keeps)
        except TROUBLE as error:  # a clean-up that fails leaves something behind, and the stack is complete
            self._tell_failure(stack, resource.logical_id, resource.kind, error, "DELETE_FAILED")

    def _delete(self, stack: Stack) -> None:
        failed = []
        for name in reversed(list(stack.resources)):
            resource = stack.resources[name]
            try:
                self._remove(stack, resource, keeps=_stays(resource.template))
                del stack.resources[name]
            except TROUBLE as error:
                self._tell_failure(stack, name, resource.kind, error, "DELETE_FAILED")
                failed.append(name)
        reason = f"The following resource(s) failed to delete: [{', '.join(failed)}]. " if failed else ""
        stack.enter("DELETE_FAILED" if failed else "DELETE_COMPLETE", reason, self._clock())

    def _remove(self, stack: Stack, resource: Resource, *, keeps: bool) -> None:
        facts = (resource.logical_id, resource.kind, resource.made.physical_id)
        if keeps:
            stack.tell(*facts, "DELETE_SKIPPED", "", self._clock())
            return
        stack.tell(*facts, "DELETE_IN_PROGRESS", "", self._clock())
        _kind(resource.kind).delete(self._hands(stack, resource.logical_id), resource.made, resource.properties)
        stack.tell(*facts, "DELETE_COMPLETE", "", self._clock())

    def _tell_failure(self, stack: Stack, name: str, kind: str, error: Exception, status: str = "") -> None:
        there = stack.resources.get(name)
        status = status or ("UPDATE_FAILED" if there else "CREATE_FAILED")
        stack.tell(name, kind, there.made.physical_id if there else "", status, _words(error), self._clock())

    def _hands(self, stack: Stack, name: str, *, adopts: bool = False) -> Hands:
        return Hands(lambda service: self._clients(stack.place, service), name, stack.cancelled, adopts)


def _words(error: Exception) -> str:
    if isinstance(error, LookupError):
        return f"Properties validation failed: required key {error} not found"
    return str(getattr(error, "message", "") or error)


def _kind(name: str) -> Kind:
    found = KINDS.get(name)
    if found is None:
        raise ResourceFailedError(f"not supported by the local cloud: {name}")
    return found


def _stays(template: Mapping[str, Any]) -> bool:
    return template.get("DeletionPolicy") in {"Retain", "RetainExceptOnCreate"}
