"""The verbs of CloudFormation, as its tests need them."""

import json
import uuid
from typing import Any

NAMED = ["CAPABILITY_NAMED_IAM"]


def parameters(**values: str) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


class Stacks:
    """The verbs of CloudFormation that these tests need."""

    def __init__(self, cloud: Any) -> None:
        self.cloud = cloud
        self.client = cloud.client("cloudformation")

    def change(self, name: str, template: str | dict[str, Any], kind: str = "CREATE", **values: str) -> list[str]:
        """Make and execute a change set; answers with its changes once the stack is at rest."""
        text = template if isinstance(template, str) else json.dumps(template)
        arn = self.client.create_change_set(
            StackName=name,
            ChangeSetName=f"c{uuid.uuid4().hex}",
            ChangeSetType=kind,
            TemplateBody=text,
            Capabilities=NAMED,
            Parameters=parameters(**values),
            ImportExistingResources=True,
        )["Id"]
        found = self.client.describe_change_set(ChangeSetName=arn)
        if found["Status"] == "FAILED":
            return [found["StatusReason"]]
        self.client.execute_change_set(ChangeSetName=arn)
        self.at_rest(name)
        changes = [item["ResourceChange"] for item in found["Changes"]]
        return [f"{item['Action']} {item['LogicalResourceId']}" for item in changes]

    def at_rest(self, name: str) -> Any:
        def rested() -> Any:
            (stack,) = self.client.describe_stacks(StackName=name)["Stacks"]
            return None if stack["StackStatus"].endswith("_IN_PROGRESS") else stack

        return self.cloud.until(rested, f"{name} is at rest")

    def outputs(self, name: str) -> dict[str, str]:
        return {item["OutputKey"]: item["OutputValue"] for item in self.at_rest(name)["Outputs"]}

    def delete(self, name: str) -> list[str]:
        """Delete a stack; answers with what it leaves behind."""
        arn = self.at_rest(name)["StackId"]
        self.client.delete_stack(StackName=name)
        assert self.at_rest(arn)["StackStatus"] == "DELETE_COMPLETE"
        events = self.client.describe_stack_events(StackName=arn)["StackEvents"]
        return sorted(item["LogicalResourceId"] for item in events if item["ResourceStatus"] == "DELETE_SKIPPED")

    def failures(self, name: str) -> dict[str, str]:
        events = self.client.describe_stack_events(StackName=name)["StackEvents"]
        return {
            item["LogicalResourceId"]: item["ResourceStatusReason"]
            for item in events
            if item["ResourceStatus"].endswith("_FAILED")
        }
