"""The check of the way from ECS to the queue of hints: rule, pattern, queue policy, dead letters."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.checks.place import NotAskedError, Place, RefusedError

_EVENTS: Final = "events.amazonaws.com"
_MANY: Final = 1_000
_ATTRIBUTES: Final = ["QueueArn", "Policy", "RedrivePolicy", "ApproximateNumberOfMessages"]


class Events:
    """Hints that are sent and do not arrive."""

    id = "events"
    question = "The rule is on and means our tasks, the queue lets it in, and no hint has died"
    severity = Severity.WARNING
    reads = (
        "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "events:ListRuleNamesByTarget", "events:DescribeRule",
        "events:ListTargetsByRule",
    )  # fmt: skip
    theory = "A hint that the queue refuses is not sent again, and nobody hears of it but a queue for dead letters."

    def look(self, place: Place) -> list[Fault]:
        """Follow the way from its end."""
        url = place.settings.hints_queue_url
        if not url:
            raise NotAskedError("REPORTING_HINTS_QUEUE_URL is not set: the executor polls")
        try:
            queue = _queue(place, url)
        except RefusedError as error:
            raise NotAskedError(f"there is no queue: {error.code}; see the check hints") from error
        names = place.aws("events", "list_rule_names_by_target", TargetArn=queue["QueueArn"])["RuleNames"]
        rules = [place.aws("events", "describe_rule", Name=name) for name in names]
        found = list(_of_rules(place, rules))
        for rule in rules:
            found += _of_targets(place, rule, queue)
        return [*found, *_of_dead_letters(place, queue), *_of_waiting(queue)]


def _queue(place: Place, url: str) -> dict[str, str]:
    answer = place.aws("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=_ATTRIBUTES)["Attributes"]
    return {str(key): str(value) for key, value in answer.items()}


def _of_rules(place: Place, rules: list[dict[str, Any]]) -> Iterator[Fault]:
    off = [rule for rule in rules if str(rule.get("State", "ENABLED")) == "DISABLED"]
    for rule in off:
        yield Fault(f"rule {rule['Name']} is off", f"aws events enable-rule --name {rule['Name']}")
    on = [rule for rule in rules if rule not in off]
    for rule in on:
        if wrong := _not_meant(place, json.loads(str(rule.get("EventPattern") or "{}"))):
            says = f"rule {rule['Name']} does not mean our tasks: {wrong}"
            yield Fault(says, "Deploy the stack again: it writes the pattern itself.")


def _not_meant(place: Place, pattern: dict[str, Any]) -> str:
    detail = pattern.get("detail") or {}
    asked = {
        "source": (pattern.get("source"), "aws.ecs"),
        "detail-type": (pattern.get("detail-type"), "ECS Task State Change"),
        "lastStatus": (detail.get("lastStatus"), "STOPPED"),
        "startedBy": (detail.get("startedBy"), f"reporting/{place.settings.installation}/job/1"),
    }
    for key, (wanted, told) in asked.items():
        if wanted is not None and not any(_fits(one, told) for one in wanted):
            return f"its {key} is {json.dumps(wanted)}"
    cluster = place.settings.cluster.rsplit("/", 1)[-1]
    clusters = detail.get("clusterArn")
    if clusters is not None and not any(str(one).rsplit("/", 1)[-1] == cluster for one in clusters):
        return f"its clusterArn is {json.dumps(clusters)}, ours {cluster}"
    return ""


def _fits(wanted: Any, told: str) -> bool:
    if isinstance(wanted, str):
        return wanted == told
    if isinstance(wanted, dict) and "prefix" in wanted:
        return told.startswith(str(wanted["prefix"]))
    if isinstance(wanted, dict) and "wildcard" in wanted:
        return fnmatchcase(told, str(wanted["wildcard"]))
    return True  # of other matchers nothing is claimed


def _of_targets(place: Place, rule: dict[str, Any], queue: dict[str, str]) -> Iterator[Fault]:
    name = str(rule["Name"])
    policy = queue.get("Policy", "")
    # A policy that speaks of no rule at all is what the check hints tells.
    if _EVENTS in policy and not _lets_in(policy, str(rule.get("Arn") or "")) and not place.is_local:
        says = f"the queue's policy lets no message of rule {name} in"
        remedy = f"Allow sqs:SendMessage to events.amazonaws.com where aws:SourceArn is {rule.get('Arn')}."
        yield Fault(says, remedy)
    targets = place.aws("events", "list_targets_by_rule", Rule=name)["Targets"]
    ours = [one for one in targets if one.get("Arn") == queue["QueueArn"]]
    if ours and not any(one.get("DeadLetterConfig") for one in ours) and not place.is_local:
        says = f"what rule {name} cannot deliver is lost: its target has no queue for dead letters"
        yield Fault(says, "Set DeadLetterConfig of the target, as the stack does.")


def _lets_in(policy: str, rule_arn: str) -> bool:
    try:
        statements = json.loads(policy or "{}").get("Statement") or []
    except ValueError:
        return False
    for one in statements if isinstance(statements, list) else [statements]:
        principal = one.get("Principal") or {}
        services = principal.get("Service") if isinstance(principal, dict) else principal
        named = services if isinstance(services, list) else [services]
        if one.get("Effect") != "Allow" or not {_EVENTS, "*"} & set(map(str, named)):
            continue
        sources = [
            str(value)
            for keys in (one.get("Condition") or {}).values()
            for key, values in keys.items()
            if key.lower() == "aws:sourcearn"
            for value in (values if isinstance(values, list) else [values])
        ]
        if not sources or any(fnmatchcase(rule_arn, source) for source in sources):
            return True
    return False


def _of_dead_letters(place: Place, queue: dict[str, str]) -> Iterator[Fault]:
    redrive = json.loads(queue.get("RedrivePolicy") or "{}")
    arn = str(redrive.get("deadLetterTargetArn") or "")
    if not arn:
        yield Fault("the queue of hints has no queue for dead letters", "Set its RedrivePolicy, as the stack does.")
        return
    name = arn.rsplit(":", 1)[-1]
    try:
        url = str(place.aws("sqs", "get_queue_url", QueueName=name)["QueueUrl"])
        dead = int(_queue(place, url).get("ApproximateNumberOfMessages") or 0)
    except RefusedError as error:
        yield Fault(f"the queue for dead letters {name}: {error.code}", "Deploy the stack again: it makes the queue.")
        return
    if dead:
        command = f"aws sqs receive-message --queue-url {url} --max-number-of-messages 10 --attribute-names All"
        yield Fault(f"{dead} hints are dead in {name}: not delivered, or not taken 20 times", f"Read one: {command}")


def _of_waiting(queue: dict[str, str]) -> Iterator[Fault]:
    waiting = int(queue.get("ApproximateNumberOfMessages") or 0)
    if waiting > _MANY:
        yield Fault(f"{waiting} hints wait, and nobody takes them", "See the check lease: only a leader takes hints.")
