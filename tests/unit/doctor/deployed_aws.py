"""Roles, registry, queues, service and alarms of a deployment that is right, and the faults seeded into them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from doctor.checks.place import RefusedError
from doctor.checks.watching import ALARMS

REGION, ACCOUNT = "eu-central-1", "210987654321"
RULE = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/reporting-main-tasks"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:reporting-main-alarms"
DEFINITION = "ecs.describe_task_definition/taskDefinition"
CONTAINER = f"{DEFINITION}/containerDefinitions/0"
SERVICE = "ecs.describe_services/services/0"
TRUST: dict[str, Any] = {
    "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    "Condition": {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:*"},
    },
}  # fmt: skip
ONLY_TLS: dict[str, Any] = {
    "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}  # fmt: skip
HEALTH = {"command": ["CMD", "python", "-m", "executor.health", "/tmp/heartbeat"], "interval": 30, "timeout": 5}


def queue(source: str = RULE, dead: str = "0", waiting: bool = False) -> dict[str, str]:
    letter = {
        "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage",
        "Condition": {"ArnEquals": {"aws:SourceArn": source}},
    }  # fmt: skip
    return {
        "QueueArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:hints", "Policy": json.dumps({"Statement": [letter]}),
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"}),
        "ApproximateNumberOfMessages": "5000" if waiting else dead,
    }  # fmt: skip


def pattern(**detail: Any) -> str:
    told = {
        "clusterArn": [f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/reporting"], "lastStatus": ["RUNNING", "STOPPED"],
        "startedBy": [{"prefix": "reporting/main/"}],
    }  # fmt: skip
    return json.dumps({"source": ["aws.ecs"], "detail-type": ["ECS Task State Change"], "detail": told | detail})


def policy(*statements: dict[str, Any]) -> dict[str, str]:
    return {"Policy": json.dumps({"Statement": list(statements)})}


def service(now: datetime) -> dict[str, Any]:
    """The executor's, in good health."""
    return {
        "serviceName": "reporting-main-executor", "status": "ACTIVE", "desiredCount": 1, "runningCount": 1,
        "events": [{"message": "has reached a steady state.", "createdAt": now}],
        "deployments": [{"rolloutState": "COMPLETED", "taskDefinition": "reporting-main-executor:7"}],
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": {"enable": True, "rollback": True}, "minimumHealthyPercent": 100,
            "maximumPercent": 200},
        "taskDefinition": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/reporting-main-executor:7",
    }  # fmt: skip


def right(now: datetime) -> dict[str, Any]:
    """What AWS answers where everything is right."""
    task = {"taskArn": "arn:task/one", "startedBy": "reporting/main/job/1", "tags": [], "startedAt": now,
            "pullStartedAt": now, "pullStoppedAt": now + timedelta(seconds=9)}  # fmt: skip
    alarms = [
        {"AlarmName": f"reporting-main-{name}", "StateValue": "OK", "ActionsEnabled": True, "AlarmActions": [TOPIC]}
        for name in ALARMS
    ]
    asked = {"asked_at": now}
    lease = {"Status": "Enabled", "Prefix": "control/", "NoncurrentVersionExpiration": {"NoncurrentDays": 1}}
    closed = dict.fromkeys(("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True)
    return {
        "iam.get_role": {"Role": {"Arn": "arn:role", "AssumeRolePolicyDocument": {"Statement": [dict(TRUST)]}}},
        "iam.simulate_principal_policy": {"EvaluationResults": [{"EvalActionName": "any", "EvalDecision": "allowed"}]},
        "iam.list_access_keys": {"AccessKeyMetadata": [
            {"AccessKeyId": "AKIA1234567890ABCDEF", "Status": "Active", "CreateDate": now - timedelta(days=9)}],
            "ResponseMetadata": asked},
        "ecr.describe_repositories": {"repositories": [{}]},
        "ecr.get_repository_policy": RefusedError("RepositoryPolicyNotFoundException", "none"),
        "secretsmanager.describe_secret": {"LastChangedDate": now - timedelta(days=9), "ResponseMetadata": asked},
        "ssm.get_parameters": {"Parameters": [{}], "InvalidParameters": []},
        "s3.get_bucket_policy": policy(ONLY_TLS),
        "s3.get_public_access_block": {"PublicAccessBlockConfiguration": closed},
        "s3.get_bucket_versioning": {"Status": "Enabled"},
        "s3.get_bucket_lifecycle_configuration": {"Rules": [lease]},
        "events.describe_rule": {"Name": "reporting-main-tasks", "Arn": RULE, "State": "ENABLED",
                                 "EventPattern": pattern()},
        "events.list_targets_by_rule": {"Targets": [
            {"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:hints", "DeadLetterConfig": {"Arn": "arn:dead"}}]},
        "sqs.get_queue_url": {"QueueUrl": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/dead"},
        "ecs.describe_services": {"services": [service(now)], "ResponseMetadata": asked},
        "ecs.list_services": {"serviceArns": ["arn:service"]},
        "ecs.list_tasks": {"taskArns": ["arn:task/one"]},
        "ecs.describe_tasks": {"tasks": [task], "ResponseMetadata": asked},
        "ecs.list_task_definitions": {"taskDefinitionArns": ["arn:task-definition/reporting:3"]},
        "cloudwatch.describe_alarms": {"MetricAlarms": alarms}, "cloudwatch.get_dashboard": {},
        "sns.list_subscriptions_by_topic": {"Subscriptions": [{"Protocol": "email"}]},
    }  # fmt: skip


def may_not(action: str, decision: str = "implicitDeny") -> list[dict[str, str]]:
    return [{"EvalActionName": action, "EvalDecision": decision}]


LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
ENDED = {
    "message": "(service reporting-main-executor) (task 1) failed container health checks.",
    "createdAt": datetime(2026, 3, 2, 8, 55, tzinfo=UTC),
}
RESULTS = "iam.simulate_principal_policy/EvaluationResults"
STATEMENT = "iam.get_role/Role/AssumeRolePolicyDocument/Statement/0"
ELSEWHERE = {"StringEquals": {"aws:SourceAccount": "111111111111"}}
NO_ROLE = RefusedError("NoSuchEntity", "none")
GONE = RefusedError("ResourceNotFoundException", "none")
OPTIONS = f"{CONTAINER}/logConfiguration/options"
FROM_ENDPOINT = {"Effect": "Deny", "Action": "s3:PutObject", "Condition": {"StringNotEquals": {"aws:SourceVpce": "v"}}}
NO_PUSH = {"policyText": json.dumps({"Statement": [{"Effect": "Deny", "Action": "ecr:PutImage", "Sid": "Frozen"}]})}
SEEDED: list[tuple[str, str, Any, str]] = [
    ("task_size", f"{DEFINITION}/memory", "30720", "memory 30720 MiB does not go with cpu 1024"),
    ("task_size", f"{DEFINITION}/cpu", "768", "cpu 768 is no size of Fargate"),
    ("task_size", f"{CONTAINER}/memory", 2048, "want 2048 MiB by memory of their own"),
    ("registry", "ecr.describe_repositories", RefusedError("RepositoryNotFoundException", "no"), "is not in account"),
    ("registry", "ecr.get_repository_policy", NO_PUSH, "denies ecr:PutImage (statement Frozen)"),
    ("registry", RESULTS, may_not("ecr:UploadLayerPart"), "may not ecr:UploadLayerPart on arn:aws:ecr:"),
    ("log_options", f"{OPTIONS}/awslogs-region", "us-east-1", "logs into us-east-1, tasks run in eu-central-1"),
    ("log_options", f"{OPTIONS}/awslogs-grop", "x", "knows no option awslogs-grop"),
    ("log_options", f"{OPTIONS}/mode", "nonblocking", "mode nonblocking is none"),
    ("log_options", f"{OPTIONS}/awslogs-create-group", "true", "makes its log group itself"),
    ("execution_role", RESULTS, may_not("secretsmanager:GetSecretValue"), "may not secretsmanager:GetSecretValue on"),
    ("execution_role", RESULTS, may_not("logs:PutLogEvents", "explicitDeny"), "may not logs:PutLogEvents"),
    ("execution_role", "iam.get_role", NO_ROLE, "role/e is not there"),
    ("execution_role", f"{STATEMENT}/Principal", {"Service": "ecs.amazonaws.com"}, "does not trust ecs-tasks"),
    ("report_role", RESULTS, may_not("s3:PutObject"), "may not s3:PutObject on arn:aws:s3:::report-files/reports/any"),
    ("report_role", f"{STATEMENT}/Condition", ELSEWHERE, "only where aws:SourceAccount is 111111111111"),
    ("executor_role", RESULTS, may_not("iam:PassRole"), "may not iam:PassRole on"),
    ("secrets", "secretsmanager.describe_secret", GONE, "ResourceNotFoundException"),
    ("secrets", "secretsmanager.describe_secret/LastChangedDate", LONG_AGO, "days old"),
    ("secrets", "secretsmanager.describe_secret/DeletedDate", "soon", "is being deleted"),
    ("bucket_guard", "s3.get_bucket_policy", policy(ONLY_TLS, FROM_ENDPOINT), "denies s3:putobject where"),
    ("bucket_guard", "s3.get_bucket_policy", RefusedError("NoSuchBucketPolicy", "none"), "without TLS"),
    ("bucket_guard", "s3.get_public_access_block/PublicAccessBlockConfiguration/BlockPublicPolicy", False, "opened"),
    ("bucket_guard", "s3.get_bucket_versioning", {}, "keeps no versions"),
    ("bucket_guard", "s3.get_bucket_lifecycle_configuration/Rules/0/Prefix", "reports/", "version of the lease"),
    ("events", "events.describe_rule/State", "DISABLED", "rule reporting-main-tasks is off"),
    ("events", "events.describe_rule/EventPattern", pattern(clusterArn=["arn:aws:ecs:r:a:cluster/old"]), "cluster/old"),
    ("events", "events.describe_rule/EventPattern", pattern(startedBy=[{"prefix": "reporting/x/"}]), "startedBy"),
    ("events", "sqs.get_queue_attributes/Attributes", queue(source="arn:other"), "no message of rule"),
    ("events", "sqs.get_queue_attributes/Attributes", queue(dead="3"), "3 hints are dead in dead"),
    ("events", "sqs.get_queue_attributes/Attributes", queue(waiting=True), "5000 hints wait"),
    ("events", "sqs.get_queue_attributes/Attributes/RedrivePolicy", "", "no queue for dead letters"),
    ("events", "events.list_targets_by_rule/Targets/0/DeadLetterConfig", None, "cannot deliver is lost"),
    ("executor_service", f"{SERVICE}/runningCount", 0, "0 of 1 tasks run; ECS says: has reached"),
    ("executor_service", f"{SERVICE}/desiredCount", 0, "is stopped (0 wanted), and 1 of its tasks still run"),
    ("executor_service", f"{SERVICE}/deployments/0/rolloutState", "FAILED", "executor:7 failed"),
    ("executor_service", f"{SERVICE}/deploymentConfiguration/deploymentCircuitBreaker", None, "no circuit breaker"),
    ("executor_service", f"{SERVICE}/deploymentConfiguration/maximumPercent", 100, "can never be deployed"),
    (
        "executor_service",
        f"{SERVICE}/capacityProviderStrategy",
        [{"capacityProvider": "FARGATE_SPOT"}],
        "runs on Spot alone",
    ),
    ("executor_service", f"{CONTAINER}/healthCheck", {"command": ["CMD-SHELL", "exit 0"]}, "never fail"),
    ("executor_service", f"{SERVICE}/events", [ENDED] * 3, "3 tasks were ended for failed health checks"),
    ("access_keys", "iam.list_access_keys/AccessKeyMetadata/0/CreateDate", LONG_AGO, "key …CDEF of user deployer is"),
    ("watching", "cloudwatch.describe_alarms/MetricAlarms", [], "no alarm reporting-main-cloud-fails"),
    ("watching", "cloudwatch.describe_alarms/MetricAlarms/0/StateValue", "ALARM", "cloud-fails rings"),
    ("watching", "cloudwatch.describe_alarms/MetricAlarms/0/ActionsEnabled", False, "cloud-fails tells nobody"),
    ("watching", "sns.list_subscriptions_by_topic/Subscriptions", [], "nobody hears the alarms"),
    ("watching", "cloudwatch.get_dashboard", GONE, "no dashboard reporting-main-eu-central-1"),
    ("leftovers", "ecs.describe_tasks/tasks/0/startedBy", "somebody", "task one runs for 0.0 hours without a tag"),
    ("leftovers", f"{SERVICE}/status", "DRAINING", "is stopped, and 1 of its tasks run"),
    ("leftovers", "ecs.list_task_definitions/taskDefinitionArns", ["arn"] * 60, "60 revisions of reporting"),
    ("leftovers", "ec2.describe_nat_gateways/NatGateways/0/NatGatewayId", "nat-8", "nat-8 costs by the hour"),
    ("leftovers", "logs.describe_log_groups/logGroups/0", {"logGroupName": "/reporting/main/old"}, "main/old keeps"),
    ("clock", "sts.get_caller_identity/ResponseMetadata/clock_ahead_s", 400.0, "400 s ahead of that of AWS"),
    ("clock", "sts.get_caller_identity/ResponseMetadata/clock_ahead_s", -90.0, "90 s behind that of AWS"),
    ("pulls", "ecs.describe_tasks/tasks/0/pullStoppedAt", datetime(2026, 3, 2, 9, 5, tzinfo=UTC), "pulls took 300 s"),
    ("image", "ecr.describe_images/imageDetails/0/imageSizeInBytes", 600_000_000, "has 600 MB"),
]
