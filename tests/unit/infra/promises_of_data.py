"""Promises about data and about who may speak with whom."""

from collections.abc import Iterator
from typing import Any, Final

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from tests.unit.infra.policies import listed
from tests.unit.infra.properties import containers, of_type, promise, resource_statements, role_statements
from tests.unit.infra.template import GIVEN, REGION, Tree

WIDE_AS_AWS_HAS_IT: Final = {"RegistrySignIn", "FindTasks"}
"""Statements whose actions know no narrower resource."""
DAYS_14_S: Final = 1_209_600


# ---- The bucket ----


@promise
def bucket_is_private(resources: Tree) -> Iterator[str]:
    switches = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    for name, one in of_type(resources, "S3::Bucket"):
        if not all(one.get("PublicAccessBlockConfiguration", {}).get(switch) is True for switch in switches):
            yield name


@promise
def bucket_has_one_owner(resources: Tree) -> Iterator[str]:
    for name, one in of_type(resources, "S3::Bucket"):
        if one.get("OwnershipControls") != {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}:
            yield name


@promise
def bucket_is_encrypted_with_the_customers_key(resources: Tree) -> Iterator[str]:
    for name, one in of_type(resources, "S3::Bucket"):
        rules = one.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
        keys = [rule.get("ServerSideEncryptionByDefault", {}).get("KMSMasterKeyID", "") for rule in rules]
        if not any(key.startswith("arn:aws:kms:") for key in keys):
            yield name


@promise
def the_customers_key_is_for_whom_the_bucket_is_for_and_through_s3_alone(resources: Tree) -> Iterator[str]:
    """Who reads an object decrypts it; who writes one needs a data key, and decrypts the parts of a large one."""
    needs = {"s3:GetObject": {"kms:Decrypt"}, "s3:PutObject": {"kms:GenerateDataKey", "kms:Decrypt"}}
    through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}}
    needed: dict[str, set[str]] = {}
    given: dict[str, set[str]] = {}
    for name, statement in role_statements(resources):
        actions = set(listed(statement["Action"]))
        needed.setdefault(name, set()).update(*(needs.get(action, set()) for action in actions))
        if keys := {action for action in actions if action.startswith("kms:")}:
            given.setdefault(name, set()).update(keys)
            if statement.get("Condition") != through_s3 or listed(statement["Resource"]) != [GIVEN["KeyArn"]]:
                yield f"{name} {statement['Sid']}"
    yield from (name for name, actions in needed.items() if actions != given.get(name, set()))


@promise
def bucket_keeps_old_versions_for_a_while(resources: Tree) -> Iterator[str]:
    for name, one in of_type(resources, "S3::Bucket"):
        rules = one.get("LifecycleConfiguration", {}).get("Rules", [])
        ends = {rule.get("Prefix"): rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays") for rule in rules}
        if one.get("VersioningConfiguration") != {"Status": "Enabled"}:
            yield f"{name} versions"
        if ends.get("control/") != 1 or not ends.get("reports/"):
            yield f"{name} old versions"
        if not any("AbortIncompleteMultipartUpload" in rule for rule in rules):
            yield f"{name} broken uploads"


@promise
def data_outlive_the_stack(resources: Tree) -> Iterator[str]:
    for name, one in resources.items():
        if one["Type"] in {"AWS::S3::Bucket", "AWS::Logs::LogGroup"}:
            kept = (one.get("DeletionPolicy"), one.get("UpdateReplacePolicy"))
            if kept != ("RetainExceptOnCreate", "Retain"):
                yield name


# ---- Who may speak, and how ----


@promise
def only_tls(resources: Tree) -> Iterator[str]:
    safe = set()
    for name, statement in resource_statements(resources):
        closed = statement["Effect"] == "Deny" and statement["Principal"] == "*"
        if closed and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}:
            safe.add(name)
    policies = of_type(resources, "S3::BucketPolicy", "SQS::QueuePolicy", "SNS::TopicPolicy")
    covered = 0
    for name, _ in policies:
        covered += 1
        if name not in safe:
            yield name
    if covered < sum(1 for _ in of_type(resources, "S3::Bucket", "SQS::Queue", "SNS::Topic")):
        yield "a bucket, queue or topic without a policy"


@promise
def only_known_sources_send(resources: Tree) -> Iterator[str]:
    for name, statement in resource_statements(resources):
        keys = {key for one in statement.get("Condition", {}).values() for key in one}
        if statement["Effect"] == "Allow" and ("Service" not in statement["Principal"] or "aws:SourceArn" not in keys):
            yield f"{name} {statement['Sid']}"


@promise
def roles_are_taken_on_by_whom_they_are_for(resources: Tree) -> Iterator[str]:
    for name, one in of_type(resources, "IAM::Role"):
        for statement in one["AssumeRolePolicyDocument"]["Statement"]:
            keys = {key for part in statement.get("Condition", {}).values() for key in part}
            wanted = (
                {"aws:SourceAccount", "aws:SourceArn"} if "Service" in statement["Principal"] else {"sts:ExternalId"}
            )
            if not wanted <= keys or "*" in str(statement["Principal"]):
                yield name


@promise
def no_wide_permissions(resources: Tree) -> Iterator[str]:
    for name, statement in role_statements(resources):
        if statement["Effect"] == "Deny":
            continue
        if any("*" in action for action in listed(statement["Action"])):
            yield f"{name} {statement['Sid']} actions"
        if "*" in listed(statement["Resource"]) and statement["Sid"] not in WIDE_AS_AWS_HAS_IT:
            yield f"{name} {statement['Sid']} resources"
        if statement["Sid"] == "FindTasks" and "Condition" not in statement:
            yield f"{name} {statement['Sid']} everywhere"


@promise
def passed_roles_go_to_tasks_only(resources: Tree) -> Iterator[str]:
    to_tasks = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    for name, statement in role_statements(resources):
        if "iam:PassRole" in listed(statement["Action"]) and statement.get("Condition") != to_tasks:
            yield name


@promise
def launches_stay_in_our_cluster(resources: Tree) -> Iterator[str]:
    for name, statement in role_statements(resources):
        tasks = {"ecs:RunTask", "ecs:StopTask", "ecs:ListTasks"} & set(listed(statement["Action"]))
        if tasks and statement["Effect"] == "Allow" and "ecs:cluster" not in str(statement.get("Condition")):
            yield f"{name} {statement['Sid']}"


@promise
def nothing_comes_in(resources: Tree) -> Iterator[str]:
    for name, one in of_type(resources, "EC2::SecurityGroup"):
        if any(rule.get("CidrIp") == "0.0.0.0/0" for rule in one.get("SecurityGroupIngress", [])):
            yield name
        if name == "TasksGroup" and "SecurityGroupIngress" in one:
            yield name
    yield from (name for name, _ in of_type(resources, "EC2::SecurityGroupIngress"))
    yield from (name for name, one in resources.items() if one["Type"].startswith("AWS::ElasticLoadBalancing"))
    yield from (name for name, one in containers(resources) if one.get("PortMappings"))


@promise
def only_web_and_certificate_checks_go_out(resources: Tree) -> Iterator[str]:
    for name, one in of_type(resources, "EC2::SecurityGroup"):
        ports = {
            (rule.get("IpProtocol"), rule.get("FromPort"), rule.get("ToPort")) for rule in one["SecurityGroupEgress"]
        }
        if not ports <= {("tcp", 443, 443), ("tcp", 80, 80)}:
            yield name


# ---- Hints and alarms ----


@promise
def lost_hints_are_kept_and_told(resources: Tree) -> Iterator[str]:
    if "deadLetterTargetArn" not in resources["Hints"]["Properties"].get("RedrivePolicy", {}):
        yield "Hints"
    dead = resources["DeadHints"]["Properties"]["QueueName"]
    for name, one in of_type(resources, "Events::Rule"):
        yield from (name for target in one["Targets"] if "DeadLetterConfig" not in target)
    watched = [one.get("Dimensions") for _, one in of_type(resources, "CloudWatch::Alarm")]
    if [{"Name": "QueueName", "Value": dead}] not in watched:
        yield "DeadHints"


@promise
def queues_and_doorbell_are_encrypted(resources: Tree) -> Iterator[str]:
    for name, one in of_type(resources, "SQS::Queue"):
        if one.get("SqsManagedSseEnabled") is not True or one.get("MessageRetentionPeriod") != DAYS_14_S:
            yield name
    if not resources["Doorbell"]["Properties"].get("KmsMasterKeyId"):
        yield "Doorbell"


@promise
def every_alarm_tells_somebody(resources: Tree) -> Iterator[str]:
    for name, one in of_type(resources, "CloudWatch::Alarm"):
        if not one.get("AlarmActions"):
            yield name


# ---- Everything ----


@promise
def everything_is_tagged(resources: Tree) -> Iterator[str]:
    for name, one in resources.items():
        about: Any = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, one["Type"]).schema.get("tagging", {})
        place = about.get("tagProperty", "/properties/Tags").rpartition("/")[2]
        if about.get("taggable") and "reporting:installation" not in str(one["Properties"].get(place)):
            yield name
