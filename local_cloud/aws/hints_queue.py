"""The queue by which an executor hears of its tasks: a rule of EventBridge, an SQS queue, one for dead letters.

Beside them the topic by which Snowflake rings.

Every step is safe to repeat.
"""

import json
from typing import Any

MAX_RECEIVES = 20
KEPT_S = 14 * 24 * 3600
"""As long as SQS keeps anything: after a long outage the events are the only word of how tasks ended."""


def ensure_hints_queue(sqs: Any, events: Any, *, cluster_arn: str, name: str) -> str:
    """Make the queues and the rule for the tasks of a cluster; answers with the queue's URL.

    Args:
        sqs: client of SQS.
        events: client of EventBridge.
        cluster_arn: whose tasks to hear of.
        name: of the queue and the rule.
    """
    dead_arn = _arn_of(sqs, sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"])
    redrive = {"deadLetterTargetArn": dead_arn, "maxReceiveCount": MAX_RECEIVES}
    url: str = sqs.create_queue(QueueName=name)["QueueUrl"]
    sqs.set_queue_attributes(
        QueueUrl=url, Attributes={"RedrivePolicy": json.dumps(redrive), "MessageRetentionPeriod": str(KEPT_S)}
    )
    queue_arn = _arn_of(sqs, url)
    pattern = {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "detail": {"clusterArn": [cluster_arn], "lastStatus": ["RUNNING", "STOPPED"]},
    }
    rule_arn = events.put_rule(Name=name, EventPattern=json.dumps(pattern))["RuleArn"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(_policy(queue_arn, rule_arn))})
    events.put_targets(Rule=name, Targets=[{"Id": "hints", "Arn": queue_arn}])
    return url


def ensure_doorbell(sns: Any, sqs: Any, *, queue_url: str, name: str) -> str:
    """Make a topic to which the hints queue listens; answers with the topic's ARN.

    Args:
        sns: client of SNS.
        sqs: client of SQS.
        queue_url: of the hints queue.
        name: of the topic.
    """
    topic: str = sns.create_topic(Name=name)["TopicArn"]
    queue_arn = _arn_of(sqs, queue_url)
    asked = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["Policy"])
    policy = json.loads(asked["Attributes"]["Policy"])
    (ring,) = _policy(queue_arn, topic, "sns.amazonaws.com")["Statement"]
    policy["Statement"] = [*(said for said in policy["Statement"] if said != ring), ring]
    sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"Policy": json.dumps(policy)})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)
    return topic


def _arn_of(sqs: Any, url: str) -> str:
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return str(answer["Attributes"]["QueueArn"])


def _policy(queue_arn: str, source_arn: str, service: str = "events.amazonaws.com") -> dict[str, Any]:
    send = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": source_arn}},
    }
    return {"Version": "2012-10-17", "Statement": [send]}
