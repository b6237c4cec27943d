"""The check of alarms and dashboard: they are there, and somebody is told."""

from collections.abc import Iterator
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.checks.place import NotAskedError, Place, RefusedError

ALARMS: Final = (
    "cloud-fails", "costs-too-much", "hints-die", "nothing-starts", "queue-is-old", "reports-fail", "unreachable",
)  # fmt: skip
"""Those of every stack; one more, on nobody leading, is there where somebody leads at every hour."""
_DEPLOY: Final = "Deploy the stack again: it makes them."


class Watching:
    """Alarms, who hears of them, and the dashboard."""

    id = "watching"
    question = "The alarms are there, on, quiet, and told to somebody, and there is a dashboard"
    severity = Severity.WARNING
    reads = ("cloudwatch:DescribeAlarms", "cloudwatch:GetDashboard", "sns:ListSubscriptionsByTopic")
    theory = "Without alarms the first to notice is whoever misses the report."

    def look(self, place: Place) -> list[Fault]:
        """Ask CloudWatch and SNS."""
        if place.is_local:
            raise NotAskedError("nobody is called for the local cloud")
        prefix = f"reporting-{place.settings.installation}-"
        told = place.aws("cloudwatch", "describe_alarms", AlarmNamePrefix=prefix)
        alarms = {str(one["AlarmName"]).removeprefix(prefix): one for one in told.get("MetricAlarms") or []}
        return [*_of_alarms(prefix, alarms), *_of_topics(place, alarms), *_of_dashboard(place, prefix)]


def _of_alarms(prefix: str, alarms: dict[str, dict[str, Any]]) -> Iterator[Fault]:
    if missing := [name for name in ALARMS if name not in alarms]:
        yield Fault(f"no alarm {', '.join(prefix + name for name in missing)}", _DEPLOY)
    for name, alarm in sorted(alarms.items()):
        if alarm.get("StateValue") == "ALARM":
            says = f"alarm {prefix}{name} rings: {alarm.get('StateReason') or alarm.get('AlarmDescription')}"
            yield Fault(says, "docs/how-to/operate.md says what each alarm wants.")
        if not alarm.get("ActionsEnabled", True) or not alarm.get("AlarmActions"):
            yield Fault(
                f"alarm {prefix}{name} tells nobody",
                f"aws cloudwatch enable-alarm-actions --alarm-names {prefix}{name}",
            )


def _of_topics(place: Place, alarms: dict[str, dict[str, Any]]) -> Iterator[Fault]:
    topics = {str(topic) for alarm in alarms.values() for topic in alarm.get("AlarmActions") or [] if ":sns:" in topic}
    for topic in sorted(topics):
        try:
            heard = place.aws("sns", "list_subscriptions_by_topic", TopicArn=topic)["Subscriptions"]
        except RefusedError as error:
            yield Fault(f"the alarms' topic {topic}: {error.code}", _DEPLOY)
            continue
        if not heard:
            says = f"nobody hears the alarms: {topic.rsplit(':', 1)[-1]} has no subscription"
            yield Fault(says, "Set AlarmEmail of the stack, or subscribe to the topic.")


def _of_dashboard(place: Place, prefix: str) -> Iterator[Fault]:
    name = f"{prefix}{place.region}"
    try:
        place.aws("cloudwatch", "get_dashboard", DashboardName=name)
    except RefusedError as error:
        yield Fault(f"no dashboard {name}: {error.code}", _DEPLOY)
