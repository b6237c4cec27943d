"""Every promise of the stack holds, and is noticed to be broken by each of these changes."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.infra import promises_of_data, promises_of_tasks
from tests.unit.infra.properties import PROPERTIES
from tests.unit.infra.template import GIVEN, Tree, made, raw

KNOWN = {
    one.__name__: one
    for module in (promises_of_data, promises_of_tasks)
    for one in vars(module).values()
    if one in PROPERTIES
}
Change = Callable[[Tree], None]
ANYBODY = {"Effect": "Allow", "Sid": "Anybody", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}


def reached(template: Tree, path: str) -> tuple[Any, Any]:
    """What a path leads to: the last part's owner and its key. After the logical id it goes on in the properties."""
    name, *parts = path.split("/")
    at: Any = template["Resources"][name]
    if not parts[0].startswith("^"):
        at = at["Properties"]
    keys = [int(part) if part.isdigit() else part.removeprefix("^") for part in parts]
    for key in keys[:-1]:
        at = at[key]
    return at, keys[-1]


def gone(path: str) -> Change:
    """The change that takes a part away; ``^`` before a part stands for one beside the properties."""

    def change(template: Tree) -> None:
        owner, key = reached(template, path)
        del owner[key]

    return change


def put(path: str, value: Any) -> Change:
    """The change that sets a part to something else."""

    def change(template: Tree) -> None:
        owner, key = reached(template, path)
        owner[key] = value

    return change


def added(path: str, value: Any) -> Change:
    """The change that adds to a list."""

    def change(template: Tree) -> None:
        owner, key = reached(template, path)
        owner[key] = [*owner.get(key, []), value]

    return change


TRUST = "AssumeRolePolicyDocument/Statement/0/Condition"
EXECUTOR = "ExecutorRole/Policies/0/PolicyDocument/Statement"
RUNNER = "RunnerRole/Policies/0/PolicyDocument/Statement"
DRAIN = "DrainRole/Policies/0/PolicyDocument/Statement"
KEY = "the_customers_key_is_for_whom_the_bucket_is_for_and_through_s3_alone"
FOREIGN = {"Sid": "Key", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": GIVEN["KeyArn"]}
BOX = "ExecutorTask/ContainerDefinitions/0"
LOG = f"{BOX}/LogConfiguration/Options"
WIDE = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}

CHANGES: list[tuple[str, str, Change]] = [
    ("bucket_is_private", "no block of public access", gone("Bucket/PublicAccessBlockConfiguration")),
    ("bucket_is_private", "public policies", put("Bucket/PublicAccessBlockConfiguration/BlockPublicPolicy", False)),
    (
        "bucket_has_one_owner",
        "lists of who may",
        put("Bucket/OwnershipControls/Rules/0/ObjectOwnership", "ObjectWriter"),
    ),
    ("bucket_is_encrypted_with_the_customers_key", "no encryption", gone("Bucket/BucketEncryption")),
    (KEY, "links that cannot be opened", gone("LinksRole/Policies/0/PolicyDocument/Statement/3")),
    (KEY, "an executor that cannot read", gone(f"{EXECUTOR}/12")),
    (KEY, "a runner that cannot write", put(f"{RUNNER}/1/Fn::If/1/Action", "kms:Decrypt")),
    (KEY, "large files that cannot be put together", put(f"{RUNNER}/1/Fn::If/1/Action", "kms:GenerateDataKey")),
    (KEY, "a key for everything", gone(f"{RUNNER}/1/Fn::If/1/Condition")),
    (KEY, "somebody else's key", put(f"{EXECUTOR}/12/Fn::If/1/Resource", "arn:aws:kms:eu-central-1:1:key/2")),
    (
        KEY,
        "a key for who has no business with the bucket",
        added("DrainRole/Policies/0/PolicyDocument/Statement", FOREIGN),
    ),
    ("bucket_keeps_old_versions_for_a_while", "no versions", gone("Bucket/VersioningConfiguration")),
    ("bucket_keeps_old_versions_for_a_while", "leases for ever", gone("Bucket/LifecycleConfiguration/Rules/0")),
    ("bucket_keeps_old_versions_for_a_while", "no lifecycle", gone("Bucket/LifecycleConfiguration")),
    ("data_outlive_the_stack", "reports go with it", put("Bucket/^DeletionPolicy", "Delete")),
    ("data_outlive_the_stack", "logs go with it", gone("JobsLog/^DeletionPolicy")),
    ("only_tls", "plain HTTP to the bucket", gone("BucketPolicy/PolicyDocument/Statement/0")),
    ("only_tls", "plain HTTP to the queue", gone("HintsPolicy/PolicyDocument/Statement/2")),
    ("only_tls", "a topic without a policy", lambda template: template["Resources"].pop("DoorbellPolicy")),
    ("only_known_sources_send", "any rule", gone("HintsPolicy/PolicyDocument/Statement/0/Condition")),
    ("only_known_sources_send", "any topic", gone("HintsPolicy/PolicyDocument/Statement/1/Condition")),
    ("only_known_sources_send", "anybody", added("HintsPolicy/PolicyDocument/Statement", ANYBODY)),
    ("roles_are_taken_on_by_whom_they_are_for", "any account's tasks", gone(f"ExecutorRole/{TRUST}/StringEquals")),
    ("roles_are_taken_on_by_whom_they_are_for", "any service", gone(f"RunnerRole/{TRUST}")),
    ("roles_are_taken_on_by_whom_they_are_for", "no external id", gone(f"LinksRole/{TRUST}")),
    ("roles_are_taken_on_by_whom_they_are_for", "anybody", put(f"DoorbellRole/{TRUST[:-9]}Principal", {"AWS": "*"})),
    ("no_wide_permissions", "all of S3", put(f"{EXECUTOR}/6/Action", "s3:*")),
    ("no_wide_permissions", "every bucket", put(f"{EXECUTOR}/6/Resource", "*")),
    ("no_wide_permissions", "every cluster's tasks", gone(f"{EXECUTOR}/5/Condition")),
    ("passed_roles_go_to_tasks_only", "roles to any service", gone(f"{EXECUTOR}/2/Condition")),
    ("launches_stay_in_our_cluster", "any cluster", gone(f"{EXECUTOR}/0/Condition")),
    ("nothing_comes_in", "an inbound rule", put("TasksGroup/SecurityGroupIngress", [WIDE])),
    ("nothing_comes_in", "a port", put(f"{BOX}/PortMappings", [{"ContainerPort": 8080}])),
    ("only_web_and_certificate_checks_go_out", "every port", put("TasksGroup/SecurityGroupEgress/0/ToPort", 65535)),
    ("root_is_read_only", "a root to write to", gone(f"{BOX}/ReadonlyRootFilesystem")),
    ("nobody_is_root", "root", put("RunnerTask/ContainerDefinitions/0/User", "0:0")),
    ("nobody_is_root", "whoever the image says", gone(f"{BOX}/User")),
    ("images_are_named_by_digest", "a tag that moves", put(f"{BOX}/Image", "registry/executor:latest")),
    (
        "secrets_come_by_reference",
        "a password in the definition",
        added("RunnerTask/ContainerDefinitions/0/Environment", {"Name": "SNOWFLAKE_PASSWORD", "Value": "x"}),
    ),
    ("programs_are_told_to_stop_and_have_time_to", "no init process", gone(f"{BOX}/LinuxParameters")),
    (
        "programs_are_told_to_stop_and_have_time_to",
        "killed at once",
        put("RunnerTask/ContainerDefinitions/0/StopTimeout", 2),
    ),
    ("the_health_check_needs_no_shell", "a shell", put(f"{BOX}/HealthCheck/Command", ["CMD-SHELL", "ps | grep x"])),
    ("the_health_check_needs_no_shell", "none", gone(f"{BOX}/HealthCheck")),
    ("the_health_check_needs_no_shell", "a slow one", put(f"{BOX}/HealthCheck/Timeout", 30)),
    ("logs_have_a_place_before_they_are_written", "elsewhere", put(f"{LOG}/awslogs-group", "/elsewhere")),
    (
        "logs_have_a_place_before_they_are_written",
        "a group made on the way",
        put(f"{LOG}/awslogs-create-group", "true"),
    ),
    ("logs_can_be_read_and_end", "logs for ever", gone("ExecutorLog/RetentionInDays")),
    ("logs_can_be_read_and_end", "logs that cannot be read", put("JobsLog/LogGroupClass", "INFREQUENT_ACCESS")),
    (
        "a_bad_deployment_goes_back",
        "no circuit breaker",
        gone("Service/DeploymentConfiguration/DeploymentCircuitBreaker"),
    ),
    (
        "a_bad_deployment_goes_back",
        "no way back",
        put("Service/DeploymentConfiguration/DeploymentCircuitBreaker/Rollback", False),
    ),
    ("a_bad_deployment_goes_back", "stop, then start", put("Service/DeploymentConfiguration/MinimumHealthyPercent", 0)),
    ("nobody_gets_a_shell_in_a_task", "shells in the service", put("Service/EnableExecuteCommand", True)),
    ("nobody_gets_a_shell_in_a_task", "shells in reports", gone(f"{EXECUTOR}/1")),
    ("old_versions_can_be_gone_back_to", "old revisions go", gone("RunnerTask/^UpdateReplacePolicy")),
    ("images_are_scanned_fixed_and_few", "no scan", gone("RunnerRepository/ImageScanningConfiguration")),
    ("images_are_scanned_fixed_and_few", "tags that move", put("ExecutorRepository/ImageTagMutability", "MUTABLE")),
    ("images_are_scanned_fixed_and_few", "images for ever", gone("DocumentsRepository/LifecyclePolicy")),
    ("lost_hints_are_kept_and_told", "no dead-letter queue", gone("Hints/RedrivePolicy")),
    ("lost_hints_are_kept_and_told", "events that get lost", gone("TaskEvents/Targets/0/DeadLetterConfig")),
    ("lost_hints_are_kept_and_told", "nobody looks", lambda template: template["Resources"].pop("HintsDie")),
    ("queues_and_doorbell_are_encrypted", "a queue in the open", gone("Hints/SqsManagedSseEnabled")),
    ("queues_and_doorbell_are_encrypted", "a doorbell in the open", gone("Doorbell/KmsMasterKeyId")),
    ("queues_and_doorbell_are_encrypted", "forgotten after four days", gone("DeadHints/MessageRetentionPeriod")),
    ("every_alarm_tells_somebody", "an alarm in silence", gone("NobodyLeads/AlarmActions")),
    ("everything_is_tagged", "a bucket of nobody's", gone("Bucket/Tags")),
]


@pytest.mark.parametrize("promise", KNOWN)
def test_the_stack_keeps_its_promise(promise: str) -> None:
    switched_off = {**GIVEN, "HoursStart": "", "DrainSchedule": ""}  # then the alarm on nobody leading is there
    assert [*KNOWN[promise](made(raw(), **GIVEN)), *KNOWN[promise](made(raw(), **switched_off))] == []


@pytest.mark.parametrize(
    ("promise", "change"), [pytest.param(one, do, id=f"{one}-{said}") for one, said, do in CHANGES]
)
def test_a_broken_promise_is_noticed(promise: str, change: Change) -> None:
    template = raw()
    change(template)
    assert list(KNOWN[promise](made(template, **{**GIVEN, "HoursStart": ""}))) != []


def test_every_promise_is_broken_once() -> None:
    assert len(KNOWN) == len(PROPERTIES)
    assert {promise for promise, _, _ in CHANGES} == set(KNOWN)
    assert len(CHANGES) >= 20


def test_without_a_key_of_the_customers_the_bucket_is_encrypted_with_one_of_s3() -> None:
    (rule,) = made(raw(), **{**GIVEN, "KeyArn": ""})["Bucket"]["Properties"]["BucketEncryption"][
        "ServerSideEncryptionConfiguration"
    ]
    assert rule == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
