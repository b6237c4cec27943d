"""Checks of the ground: settings, who we are, the bucket, the lease, the queue of hints."""

import json
from typing import Final

from doctor.checks.frame import Fault, Severity
from doctor.checks.place import CannotLookError, NotAskedError, Place, RefusedError
from executor.core.leadership import RENEW_EVERY_S

_STALE_S: Final = 120


class Settings:
    """The settings, as the executor reads them."""

    id = "settings"
    question = "All settings are there and well formed"
    severity = Severity.ERROR
    reads = ()
    theory = "The executor does not start with settings that it cannot use."

    def look(self, place: Place) -> list[Fault]:
        """Each line of what is wrong."""
        lines = [line.strip() for line in place.wrong.splitlines() if line.startswith("  ")]
        return [Fault(line, "Set it in the environment; docs/reference/environment.md says how.") for line in lines]


class Identity:
    """Who AWS takes us for."""

    id = "identity"
    question = "AWS knows who we are"
    severity = Severity.ERROR
    reads = ("sts:GetCallerIdentity",)
    theory = "Expired keys and a wrong profile look like anything but that."

    def look(self, place: Place) -> list[Fault]:
        """Ask STS."""
        try:
            place.aws("sts", "get_caller_identity")
        except RefusedError as error:
            return [Fault(f"AWS does not know us: {error}", "Sign in again, or set AWS_PROFILE.")]
        return []


class Bucket:
    """The bucket of results."""

    id = "bucket"
    question = "The bucket is there, in this region, and may be read"
    severity = Severity.ERROR
    reads = ("s3:ListBucket",)
    theory = "Orders, files and manifests lie there; without it no job ends well."

    def look(self, place: Place) -> list[Fault]:
        """Ask S3 for its head."""
        name = place.settings.bucket
        try:
            answer = place.aws("s3", "head_bucket", Bucket=name)
        except RefusedError as error:
            says = f"REPORTING_BUCKET {name}: {error.code}"
            return [Fault(says, "Correct it, or make the bucket; 403 may also be somebody else's bucket.")]
        region = answer.get("BucketRegion") or place.region
        if region == place.region:
            return []
        return [
            Fault(
                f"bucket {name} is in {region}, tasks run in {place.region}",
                "Traffic costs; move one of them.",
                Severity.WARNING,
            )
        ]


class Lease:
    """The lease of the leading executor."""

    id = "lease"
    question = "An executor leads, and renews its lease"
    severity = Severity.WARNING
    reads = ("s3:GetObject",)
    theory = "Without a leader jobs wait, and nothing says so."

    def look(self, place: Place) -> list[Fault]:
        """Read the lease and its age."""
        key = f"control/{place.settings.installation}/lease.json"
        run = "Start one: reporting run, or the ECS service."
        try:
            answer = place.aws("s3", "get_object", Bucket=place.settings.bucket, Key=key)
        except RefusedError as error:
            if error.code in {"NoSuchKey", "404"}:
                return [Fault("no executor has ever led this installation", run)]
            raise CannotLookError(f"{key}: {error}") from error
        if json.loads(answer["Body"].read()).get("released"):
            return [Fault("the last executor has ended, and none leads", run)]
        age_s = (answer["ResponseMetadata"]["asked_at"] - answer["LastModified"]).total_seconds()
        return (
            [Fault(f"the lease was renewed {age_s:.0f} s ago, and is every {RENEW_EVERY_S:.0f} s", run)]
            if age_s > _STALE_S
            else []
        )


class Hints:
    """The queue by which ECS and Snowflake ring."""

    id = "hints"
    question = "The queue of hints is there, lets EventBridge in, and a rule for ECS tasks leads to it"
    severity = Severity.WARNING
    reads = ("sqs:GetQueueAttributes", "events:ListRuleNamesByTarget")
    theory = "Without hints everything still works, but an end is seen by polling, half a minute later."

    def look(self, place: Place) -> list[Fault]:
        """Ask SQS for the queue's policy and EventBridge for rules."""
        url = place.settings.hints_queue_url
        if not url:
            raise NotAskedError("REPORTING_HINTS_QUEUE_URL is not set: the executor polls")
        names = ["QueueArn", "Policy"]
        try:
            attributes = place.aws("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=names)["Attributes"]
        except RefusedError as error:
            return [
                Fault(
                    f"REPORTING_HINTS_QUEUE_URL {url}: {error.code}", "Correct it, or make the queue.", Severity.ERROR
                )
            ]
        found: list[Fault] = []
        if "events.amazonaws.com" not in attributes.get("Policy", "") and not place.is_local:
            says = "the queue's policy does not let events.amazonaws.com send"
            found.append(Fault(says, "Allow sqs:SendMessage to it, for the rule's ARN."))
        rules = place.aws("events", "list_rule_names_by_target", TargetArn=attributes["QueueArn"])["RuleNames"]
        if not rules and not place.is_local:
            found.append(Fault("no EventBridge rule leads to the queue", "Make one for ECS Task State Change."))
        return found
