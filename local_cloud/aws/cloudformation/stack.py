"""Stacks, their resources, events and change sets, and the documents of the API about them."""

import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from local_cloud.aws.cloudformation.kinds.kind import Made
from local_cloud.aws.fargate.world import Place

CAPABILITIES: Final = frozenset({"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"})


@dataclass(slots=True)
class Resource:
    """A resource of a stack as it is: what the template says of it, with and without functions."""

    logical_id: str
    kind: str
    made: Made
    properties: dict[str, Any]
    template: Mapping[str, Any]
    status: str
    at: datetime
    adopted: bool = False


@dataclass(slots=True)
class Version:
    """A template with its parameters, as a stack has or shall have it."""

    text: str
    template: Mapping[str, Any]
    parameters: dict[str, str]
    tags: list[dict[str, str]] = field(default_factory=list)
    capabilities: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ChangeSet:
    """What would be done to a stack."""

    name: str
    arn: str
    version: Version
    changes: list[dict[str, Any]]
    adopts: bool
    created_at: datetime
    status: str = "CREATE_COMPLETE"
    execution: str = "AVAILABLE"
    reason: str = ""


@dataclass(slots=True)
class Stack:
    """One stack.

    Attributes:
        version: the one that it has; None before the first one is complete.
        cancelled: set when what is under way shall be given up.
        not_taken_back: what a roll-back that stopped has left to do.
    """

    name: str
    arn: str
    place: Place
    created_at: datetime
    status: str = "REVIEW_IN_PROGRESS"
    reason: str = ""
    version: Version | None = None
    resources: dict[str, Resource] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    change_sets: dict[str, ChangeSet] = field(default_factory=dict)
    cancelled: threading.Event = field(default_factory=threading.Event)
    updated_at: datetime | None = None
    not_taken_back: list[Any] = field(default_factory=list)

    @property
    def is_busy(self) -> bool:
        """Whether something is under way."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"

    def enter(self, status: str, reason: str, at: datetime) -> None:
        """Take a status, and tell it as an event."""
        self.status, self.reason, self.updated_at = status, reason, at
        self.tell(self.name, "AWS::CloudFormation::Stack", self.arn, status, reason, at)

    def tell(self, logical_id: str, kind: str, physical_id: str, status: str, reason: str, at: datetime) -> None:
        """Add an event, newest first."""
        event = {
            "StackId": self.arn,
            "StackName": self.name,
            "EventId": str(uuid.uuid4()),
            "LogicalResourceId": logical_id,
            "PhysicalResourceId": physical_id,
            "ResourceType": kind,
            "Timestamp": at,
            "ResourceStatus": status,
        }
        self.events = [event | ({"ResourceStatusReason": reason} if reason else {}), *self.events]

    def document(self) -> dict[str, Any]:
        """Describe it as DescribeStacks does."""
        version = self.version
        document = {
            "StackId": self.arn,
            "StackName": self.name,
            "CreationTime": self.created_at,
            "StackStatus": self.status,
            "DisableRollback": False,
            "Parameters": parameters_of(version.parameters if version else {}),
            "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in self.outputs.items()],
            "Capabilities": version.capabilities if version else [],
            "Tags": version.tags if version else [],
        }
        if self.reason:
            document["StackStatusReason"] = self.reason
        if self.updated_at:
            document["LastUpdatedTime"] = self.updated_at
        return document

    def resource_documents(self) -> list[dict[str, Any]]:
        """Describe its resources as DescribeStackResources does."""
        return [
            {
                "StackName": self.name,
                "StackId": self.arn,
                "LogicalResourceId": item.logical_id,
                "PhysicalResourceId": item.made.physical_id,
                "ResourceType": item.kind,
                "Timestamp": item.at,
                "LastUpdatedTimestamp": item.at,
                "ResourceStatus": item.status,
            }
            for item in self.resources.values()
        ]


def parameters_of(values: Mapping[str, str]) -> list[dict[str, str]]:
    """Parameters as the API answers with them."""
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


def change_set_document(stack: Stack, found: ChangeSet) -> dict[str, Any]:
    """Describe a change set as DescribeChangeSet does."""
    document = {
        "ChangeSetName": found.name,
        "ChangeSetId": found.arn,
        "StackId": stack.arn,
        "StackName": stack.name,
        "CreationTime": found.created_at,
        "Parameters": parameters_of(found.version.parameters),
        "ExecutionStatus": found.execution,
        "Status": found.status,
        "Changes": [{"Type": "Resource", "ResourceChange": change} for change in found.changes],
    }
    return document | ({"StatusReason": found.reason} if found.reason else {})
