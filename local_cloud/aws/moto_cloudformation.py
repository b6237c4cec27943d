"""CloudFormation's endpoint in moto's server, answered by our stacks."""

from typing import Any, ClassVar

from moto.core.responses import ActionResult, BaseResponse, EmptyResult

from local_cloud.aws.cloudformation import template
from local_cloud.aws.cloudformation.api import StackApi
from local_cloud.aws.cloudformation.stack import change_set_document
from local_cloud.aws.fargate.world import Place


class CloudFormationResponse(BaseResponse):
    """The operations that are done here; moto refuses all others."""

    stacks: ClassVar[StackApi]

    def __init__(self) -> None:
        """As moto makes it for every request."""
        super().__init__(service_name="cloudformation")
        self.automated_parameter_parsing = True

    @property
    def _place(self) -> Place:
        return Place(self.current_account, self.region)

    def validate_template(self) -> ActionResult:
        """Answer ValidateTemplate."""
        parsed = template.parse(str(self.params["TemplateBody"]))
        rules = (parsed.get("Parameters") or {}).items()
        found = [{"ParameterKey": key, "DefaultValue": str(rule.get("Default", ""))} for key, rule in rules]
        return ActionResult({"Parameters": found, "Description": str(parsed.get("Description", ""))})

    def create_change_set(self) -> ActionResult:
        """Answer CreateChangeSet."""
        made = self.stacks.create_change_set(self.params, self._place)
        stack, _ = self.stacks.change_set({"ChangeSetName": made.arn}, self._place)
        return ActionResult({"Id": made.arn, "StackId": stack.arn})

    def describe_change_set(self) -> ActionResult:
        """Answer DescribeChangeSet."""
        return ActionResult(change_set_document(*self.stacks.change_set(self.params, self._place)))

    def execute_change_set(self) -> ActionResult:
        """Answer ExecuteChangeSet."""
        self.stacks.execute(self.params, self._place)
        return EmptyResult()

    def delete_change_set(self) -> ActionResult:
        """Answer DeleteChangeSet."""
        self.stacks.delete_change_set(self.params, self._place)
        return EmptyResult()

    def create_stack(self) -> ActionResult:
        """Answer CreateStack."""
        return ActionResult({"StackId": self.stacks.create(self.params, self._place).arn})

    def update_stack(self) -> ActionResult:
        """Answer UpdateStack."""
        return ActionResult({"StackId": self.stacks.update(self.params, self._place).arn})

    def cancel_update_stack(self) -> ActionResult:
        """Answer CancelUpdateStack."""
        self.stacks.cancel(self.params, self._place)
        return EmptyResult()

    def continue_update_rollback(self) -> ActionResult:
        """Answer ContinueUpdateRollback."""
        self.stacks.go_on(self.params, self._place)
        return EmptyResult()

    def delete_stack(self) -> ActionResult:
        """Answer DeleteStack."""
        self.stacks.delete(self.params, self._place)
        return EmptyResult()

    def describe_stacks(self) -> ActionResult:
        """Answer DescribeStacks, in one page."""
        name = self.params.get("StackName")
        found = [self.stacks.stack(str(name), self._place)] if name else self.stacks.stacks(self._place)
        return ActionResult({"Stacks": [item.document() for item in found]})

    def list_stacks(self) -> ActionResult:
        """Answer ListStacks, in one page, without those that are deleted."""
        wanted = set(self.params.get("StackStatusFilter") or [])
        found = [item.document() for item in self.stacks.stacks(self._place)]
        return ActionResult({"StackSummaries": [one for one in found if not wanted or one["StackStatus"] in wanted]})

    def describe_stack_events(self) -> ActionResult:
        """Answer DescribeStackEvents, newest first, in one page."""
        return ActionResult({"StackEvents": list(self._stack().events)})

    def describe_stack_resources(self) -> ActionResult:
        """Answer DescribeStackResources."""
        asked = self.params.get("LogicalResourceId")
        found = self._stack().resource_documents()
        return ActionResult({"StackResources": [one for one in found if asked in {None, one["LogicalResourceId"]}]})

    def list_stack_resources(self) -> ActionResult:
        """Answer ListStackResources, in one page."""
        return ActionResult({"StackResourceSummaries": self._stack().resource_documents()})

    def get_template(self) -> ActionResult:
        """Answer GetTemplate."""
        version = self._stack().version
        return ActionResult({"TemplateBody": version.text if version else "", "StagesAvailable": ["Original"]})

    def _stack(self) -> Any:
        return self.stacks.stack(str(self.params["StackName"]), self._place)


def stacks_response(stacks: StackApi) -> type[CloudFormationResponse]:
    """Make the response class that is bound to these stacks."""
    members: dict[str, Any] = {"stacks": stacks, "__doc__": CloudFormationResponse.__doc__}
    return type("BoundCloudFormationResponse", (CloudFormationResponse,), members)
