"""Queues, topics, and rules for events."""

import json
from typing import Any

from botocore.exceptions import ClientError

from local_cloud.aws.cloudformation.kinds.kind import (
    Hands,
    Kind,
    Made,
    Properties,
    document,
    is_code,
    tag_list,
    tag_map,
)

_QUEUE_ATTRIBUTES = ("SqsManagedSseEnabled", "MessageRetentionPeriod", "RedrivePolicy", "VisibilityTimeout")


def _make_queue(hands: Hands, properties: Properties) -> Made:
    sqs, name = hands.client("sqs"), str(properties["QueueName"])
    url = sqs.create_queue(QueueName=name, Attributes=_queue_attributes(properties), tags=tag_map(properties))[
        "QueueUrl"
    ]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return Made(str(url), {"Arn": str(arn), "QueueName": name})


def _queue_attributes(properties: Properties) -> dict[str, str]:
    return {name: _text(properties[name]) for name in _QUEUE_ATTRIBUTES if name in properties}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _change_queue(hands: Hands, made: Made, _before: Properties, after: Properties) -> Made:
    hands.client("sqs").set_queue_attributes(QueueUrl=made.physical_id, Attributes=_queue_attributes(after))
    return made


def _delete_queue(hands: Hands, made: Made, _properties: Properties) -> None:
    sqs = hands.client("sqs")
    try:
        sqs.delete_queue(QueueUrl=made.physical_id)
    except sqs.exceptions.QueueDoesNotExist:
        return


QUEUE = Kind(
    knows=frozenset({"QueueName", "Tags", *_QUEUE_ATTRIBUTES}),
    make=_make_queue,
    change=_change_queue,
    delete=_delete_queue,
    fixed=frozenset({"QueueName"}),
)


def _make_queue_policy(hands: Hands, properties: Properties) -> Made:
    for url in properties["Queues"]:
        attributes = {"Policy": document(properties["PolicyDocument"])}
        hands.client("sqs").set_queue_attributes(QueueUrl=url, Attributes=attributes)
    return Made(hands.logical_id)


def _delete_queue_policy(hands: Hands, _made: Made, properties: Properties) -> None:
    sqs = hands.client("sqs")
    for url in properties["Queues"]:
        try:
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
        except sqs.exceptions.QueueDoesNotExist:
            continue


QUEUE_POLICY = Kind(
    knows=frozenset({"Queues", "PolicyDocument"}),
    make=_make_queue_policy,
    change=lambda hands, _made, _before, after: _make_queue_policy(hands, after),
    delete=_delete_queue_policy,
)


def _make_topic(hands: Hands, properties: Properties) -> Made:
    name = str(properties["TopicName"])
    attributes = {"KmsMasterKeyId": properties["KmsMasterKeyId"]} if "KmsMasterKeyId" in properties else {}
    arn = hands.client("sns").create_topic(Name=name, Attributes=attributes, Tags=tag_list(properties))["TopicArn"]
    return Made(str(arn), {"TopicArn": str(arn), "TopicName": name})


TOPIC = Kind(
    knows=frozenset({"TopicName", "KmsMasterKeyId", "Tags"}),
    make=_make_topic,
    change=lambda hands, _made, _before, after: _make_topic(hands, after),
    delete=lambda hands, made, _properties: hands.client("sns").delete_topic(TopicArn=made.physical_id),
    fixed=frozenset({"TopicName"}),
)


def _make_topic_policy(hands: Hands, properties: Properties) -> Made:
    for arn in properties["Topics"]:
        policy = document(properties["PolicyDocument"])
        hands.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    return Made(hands.logical_id)


TOPIC_POLICY = Kind(
    knows=frozenset({"Topics", "PolicyDocument"}),
    make=_make_topic_policy,
    change=lambda hands, _made, _before, after: _make_topic_policy(hands, after),
    delete=lambda _hands, _made, _properties: None,  # a topic has no way to be without one
)


def _make_subscription(hands: Hands, properties: Properties) -> Made:
    answer = hands.client("sns").subscribe(
        TopicArn=properties["TopicArn"],
        Protocol=properties["Protocol"],
        Endpoint=properties["Endpoint"],
        ReturnSubscriptionArn=True,
    )
    return Made(str(answer["SubscriptionArn"]))


def _change_subscription(hands: Hands, made: Made, before: Properties, after: Properties) -> Made:
    fresh = _make_subscription(hands, after)
    if fresh.physical_id != made.physical_id:
        _delete_subscription(hands, made, before)
    return fresh


def _delete_subscription(hands: Hands, made: Made, _properties: Properties) -> None:
    try:
        hands.client("sns").unsubscribe(SubscriptionArn=made.physical_id)
    except ClientError as error:
        if not is_code(error, "NotFound"):
            raise


SUBSCRIPTION = Kind(
    knows=frozenset({"TopicArn", "Protocol", "Endpoint"}),
    make=_make_subscription,
    change=_change_subscription,
    delete=_delete_subscription,
)


def _make_rule(hands: Hands, properties: Properties) -> Made:
    events, name = hands.client("events"), str(properties["Name"])
    said = {key: properties[key] for key in ("Description", "State") if key in properties}
    pattern = json.dumps(properties["EventPattern"])
    arn = events.put_rule(Name=name, EventPattern=pattern, Tags=tag_list(properties), **said)["RuleArn"]
    events.put_targets(Rule=name, Targets=list(properties.get("Targets") or []))
    return Made(name, {"Arn": str(arn)})


def _delete_rule(hands: Hands, made: Made, _properties: Properties) -> None:
    events = hands.client("events")
    try:
        targets = events.list_targets_by_rule(Rule=made.physical_id)["Targets"]
        if targets:
            events.remove_targets(Rule=made.physical_id, Ids=[item["Id"] for item in targets])
        events.delete_rule(Name=made.physical_id)
    except events.exceptions.ResourceNotFoundException:
        return


RULE = Kind(
    knows=frozenset({"Name", "Description", "EventPattern", "State", "Targets", "Tags"}),
    make=_make_rule,
    change=lambda hands, _made, _before, after: _make_rule(hands, after),
    delete=_delete_rule,
    fixed=frozenset({"Name"}),
)
