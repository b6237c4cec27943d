"""The stack in CloudFormation: what would change, the change itself as it goes on, and why it failed."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from executor.deploy.limit import TAKE_BACK_S, Limit

LOOK_EVERY_S: Final = 1.0
"""Between two looks at a stack that moves; each look is two requests, and an account has ten or so a second."""
BEGINS_WITHIN_S: Final = 30.0
"""So long a stack may still say of itself what it was before it was asked to move."""
_MADE_AFRESH: Final = frozenset({"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"})
_BEING_MADE: Final = frozenset({"CREATE_PENDING", "CREATE_IN_PROGRESS"})
_NO_END: Final = (
    "the work {whose} has no end in time; it is {status} and goes on without us. What was at work is at work until it "
    "ends; repeat, which waits for it and does the rest"
)
_NOTHING: Final = ("didn't contain changes", "No updates are to be performed")

Say = Callable[[str], None]


class StackError(RuntimeError):
    """The stack is not as it shall be; the message says which resource, why, and what is there now."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change set: ``changes`` as lines, empty when there is nothing to change."""

    arn: str
    changes: tuple[str, ...]


class Stack:
    """One stack.

    Args:
        client: of CloudFormation.
        name: of the stack.
        limit: until when there must be a verdict.
        say: told what happens.
    """

    def __init__(self, client: Any, name: str, limit: Limit, say: Say) -> None:
        self._client = client
        self.name = name
        self._limit = limit
        self._say = say

    def found(self) -> Mapping[str, Any] | None:
        """The stack as CloudFormation describes it; None when there is none."""
        try:
            return dict(self._client.describe_stacks(StackName=self.name)["Stacks"][0])
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise

    def parameters(self) -> dict[str, str]:
        """The parameters that it has; empty when there is none."""
        found = self.found() or {}
        return {item["ParameterKey"]: item["ParameterValue"] for item in found.get("Parameters") or []}

    def outputs(self) -> dict[str, str]:
        """The outputs that it has; empty when there is none."""
        found = self.found() or {}
        return {item["OutputKey"]: item["OutputValue"] for item in found.get("Outputs") or []}

    def settle(self) -> None:
        """Bring a stack that an earlier deployment left half-way to rest, so that it can be changed.

        Raises:
            StackError: it does not come to rest in time.
        """
        found = self.found()
        if found is None or found["StackStatus"] == "REVIEW_IN_PROGRESS":
            return
        status = self._at_rest(found["StackId"], "of an earlier deployment")
        if status == "UPDATE_ROLLBACK_FAILED":
            self._say(f"stack {self.name}: its roll-back stopped half-way; it goes on")
            self._client.continue_update_rollback(StackName=self.name)
            self._at_rest(found["StackId"], "of an earlier deployment")
        if status in _MADE_AFRESH:
            self._say(f"stack {self.name}: {status}; what is left of it is removed")
            self.delete()

    def propose(self, template: str | None, parameters: Mapping[str, str]) -> Proposal:
        """Ask CloudFormation what would change; changes nothing. None is the template that the stack has.

        Raises:
            StackError: CloudFormation refuses template or parameters.
        """
        found = self.found()
        first = found is None or found["StackStatus"] == "REVIEW_IN_PROGRESS"
        try:
            arn = str(
                self._client.create_change_set(
                    StackName=self.name,
                    ChangeSetName=f"deploy-{uuid.uuid4().hex}",
                    ChangeSetType="CREATE" if first else "UPDATE",
                    **({"UsePreviousTemplate": True} if template is None else {"TemplateBody": template}),
                    Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
                    Capabilities=["CAPABILITY_NAMED_IAM"],
                    ImportExistingResources=first,  # a bucket that was kept when its stack went
                )["Id"]
            )
        except ClientError as error:
            raise StackError(f"CloudFormation refuses the stack {self.name}: {_words(error)}") from error
        return self._proposed(arn)

    def _proposed(self, arn: str) -> Proposal:
        while (made := self._client.describe_change_set(ChangeSetName=arn))["Status"] in _BEING_MADE:
            if self._limit.left_s <= 0:
                raise StackError(f"stack {self.name}: CloudFormation has made no change set in time; repeat")
            self._limit.wait(LOOK_EVERY_S)
        if made["Status"] == "FAILED":
            self._client.delete_change_set(ChangeSetName=arn)
            if any(text in str(made.get("StatusReason")) for text in _NOTHING):
                return Proposal(arn, ())
            raise StackError(f"CloudFormation refuses the stack {self.name}: {made.get('StatusReason')}")
        return Proposal(arn, tuple(_line(item["ResourceChange"]) for item in made["Changes"]))

    def forget(self, proposal: Proposal) -> None:
        """Take a proposal back; a stack that was only reviewed goes with it."""
        if proposal.changes:
            self._client.delete_change_set(ChangeSetName=proposal.arn)
        found = self.found()
        if found is not None and found["StackStatus"] == "REVIEW_IN_PROGRESS":
            self._client.delete_stack(StackName=self.name)

    def execute(self, proposal: Proposal) -> None:
        """Do what was proposed, and wait for its end; each resource is told as it is done.

        Raises:
            StackError: a resource failed, or there was no verdict in time; what was done is taken back by then.
        """
        if not proposal.changes:
            return
        before = {event["EventId"] for event in self._events()}
        self._client.execute_change_set(ChangeSetName=proposal.arn)
        found = self.found()
        arn = str(found["StackId"]) if found else self.name
        status = self._at_rest(arn, "of this deployment", told=set(before))
        if status not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
            raise StackError(
                f"stack {self.name}: {self._why(before)}; it is {status}: {_MEANS.get(status, 'look there')}"
            )

    def delete(self) -> list[str]:
        """Delete the stack; answers with what it leaves behind, as type and name.

        Raises:
            StackError: something could not be deleted.
        """
        found = self.found()
        if found is None:
            return []
        before = {event["EventId"] for event in self._events()}
        self._client.delete_stack(StackName=self.name)
        status = self._at_rest(found["StackId"], "of this deletion", told=set(before))
        if status != "DELETE_COMPLETE":
            raise StackError(f"stack {self.name}: {self._why(before, found['StackId'])}; mend it and repeat")
        events = self._events(found["StackId"])
        left = [item for item in events if item["ResourceStatus"] == "DELETE_SKIPPED" and item["EventId"] not in before]
        return [f"{item['ResourceType']} {item['PhysicalResourceId']}" for item in reversed(left)]

    def _at_rest(self, arn: str, whose: str, told: set[str] | None = None) -> str:
        cancelled, began_with_s, known = False, self._limit.left_s, len(told or ())
        while True:
            # Before the status is asked for: what begins between the two questions is not yet at its end.
            has_begun = told is None or len(told) > known or began_with_s - self._limit.left_s > BEGINS_WITHIN_S
            found = self._client.describe_stacks(StackName=arn)["Stacks"][0]
            status = str(found["StackStatus"])
            if told is not None:
                self._tell(arn, told)
            left_s = self._limit.left_s
            if has_begun and not status.endswith("_IN_PROGRESS"):
                return status
            if left_s <= 0:
                raise StackError(f"stack {self.name}: {_NO_END.format(whose=whose, status=status)}")
            if left_s <= TAKE_BACK_S and status == "UPDATE_IN_PROGRESS" and not cancelled:
                self._say(f"stack {self.name}: no end in sight, {left_s:.0f} s are left; the update is taken back")
                self._client.cancel_update_stack(StackName=self.name)
                cancelled = True
            self._limit.wait(LOOK_EVERY_S)

    def _tell(self, arn: str, told: set[str]) -> None:
        for event in reversed(self._events(arn)):
            if event["EventId"] in told:
                continue
            told.add(event["EventId"])
            status = str(event["ResourceStatus"])
            if status.endswith(("_COMPLETE", "_FAILED")):
                reason = f": {event.get('ResourceStatusReason')}" if status.endswith("_FAILED") else ""
                self._say(f"  {event['LogicalResourceId']} {status.lower().replace('_', ' ')}{reason}")

    def _events(self, arn: str | None = None) -> list[dict[str, Any]]:
        try:
            pages = self._client.get_paginator("describe_stack_events").paginate(StackName=arn or self.name)
            return [event for page in pages for event in page["StackEvents"]]
        except ClientError as error:
            if "does not exist" in str(error):
                return []
            raise

    def _why(self, before: set[str], arn: str | None = None) -> str:
        fresh = [item for item in self._events(arn) if item["EventId"] not in before]
        of_resources = [item for item in fresh if item["LogicalResourceId"] != self.name]
        failed = [item for item in of_resources if str(item["ResourceStatus"]).endswith("_FAILED")]
        causes = [item for item in failed if "cancelled" not in str(item.get("ResourceStatusReason", "")).lower()]
        if not causes:
            return "no verdict in time" if failed else "it failed without a word"
        cause = causes[-1]  # the newest come first; what failed first is the cause
        return f"{cause['LogicalResourceId']} ({cause['ResourceType']}) failed: {cause.get('ResourceStatusReason')}"


_MEANS: Final = {
    "ROLLBACK_COMPLETE": "nothing is left of this first try but what is kept; mend the cause and repeat",
    "UPDATE_ROLLBACK_COMPLETE": "the version before is at work; mend the cause and repeat",
    "UPDATE_ROLLBACK_FAILED": "its roll-back stopped; mend the cause and repeat, which goes on with it",
}


def _line(change: Mapping[str, Any]) -> str:
    sign = {"Add": "+", "Remove": "-"}.get(change["Action"], "~")
    anew = " (another one)" if change.get("Replacement") == "True" else ""
    return f"{sign} {change['LogicalResourceId']} {change['ResourceType']}{anew}"


def _words(error: ClientError) -> str:
    return str(error.response["Error"].get("Message") or error)
