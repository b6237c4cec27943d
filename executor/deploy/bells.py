"""Which notification integrations an installation uses, and what an administrator has to do that there are any."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from snowflake.connector import DictCursor, SnowflakeConnection, errors

from contract.binding import bound
from executor.deploy.templates import inside_quotes, query
from executor.settings import ObjectNames
from sql import load

DEFAULT_NAME: Final = "REPORTS_DOORBELL"
_TOPIC: Final = re.compile(
    r"arn:(?P<partition>aws[\w-]*):sns:(?P<region>[\w-]+):(?P<account>\d{12}):(?P<name>[\w-]{1,256})", re.ASCII
)
_ROLE: Final = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)
_QUEUE: Final = re.compile(
    r"https?://(?:sqs\.(?P<region>[\w-]+)\.)?[\w.:-]+/(?P<account>\d{12})/(?P<name>[\w-]{1,80})", re.ASCII
)


class MissingIntegrationError(LookupError):
    """A notification integration that the settings name is not there, or this role may not use it."""


def check(connection: SnowflakeConnection, names: ObjectNames) -> dict[str, str]:
    """See that every integration that the settings name is there; answers with the type of each by its name.

    Raises:
        MissingIntegrationError: one is not there, or this role may not use it.
    """
    known = _known(connection)
    for use, name in _chosen(names).items():
        if name is not None and name.upper() not in known:
            raise MissingIntegrationError(
                f"REPORTING_{use.upper()}_INTEGRATION is {name}, but Snowflake shows this role no notification "
                f"integration of that name; an administrator makes it and grants USAGE on it, the statements "
                "are printed by: reporting deploy doorbell"
            )
    return known


def choose(connection: SnowflakeConnection, names: ObjectNames) -> str:
    """Keep which integrations the procedures use; answers what to say of them.

    Raises:
        MissingIntegrationError: one that the settings name is not there, or this role may not use it.
    """
    by_mail = check(connection, names).get((names.operators_integration or "").upper()) == "EMAIL"
    text, values = bound(load("set_bells"), {**_chosen(names), "operators_by_mail": by_mail})
    connection.cursor().execute(text, values)
    by = names.operators_integration or "nothing"
    return f"doorbell: {names.doorbell_integration or 'none'}; operators are told through: {by}"


def changes(connection: SnowflakeConnection, names: ObjectNames, *, is_first: bool) -> list[str]:
    """What ``choose`` would change, as ``doorbell: REPORTS_DOORBELL, from now on none``; changes nothing.

    Args:
        connection: in the schema of the installation, with a warehouse, unless there is none yet.
        names: with the integrations that the settings name.
        is_first: whether nothing is installed yet.
    """
    before: dict[str, str | None] = {} if is_first else _before(connection)
    known = _known(connection)
    told = []
    for use, name in _chosen(names).items():
        missing = name is not None and name.upper() not in known
        if missing or (before.get(use) or "").upper() != (name or "").upper():
            absent = ", which is not there yet" if missing else ""
            told.append(f"{use}: {before.get(use) or 'none'}, from now on {name or 'none'}{absent}")
    return told


def _chosen(names: ObjectNames) -> dict[str, str | None]:
    return {"doorbell": names.doorbell_integration, "operators": names.operators_integration}


def _before(connection: SnowflakeConnection) -> dict[str, str | None]:
    try:
        rows = _rows(connection, "bells")
    except errors.ProgrammingError:  # before the migration that adds these columns there was no bell
        return {}
    return {use: rows[0][use.upper()] for use in ("doorbell", "operators")} if rows else {}


def _known(connection: SnowflakeConnection) -> dict[str, str]:
    """The type of every notification integration by its name."""
    return {
        str(row["name"]).upper(): str(row["type"]).upper() for row in _rows(connection, "notification_integrations")
    }


def operators(connection: SnowflakeConnection) -> str | None:
    """Through which integration operators are told so far; None when nothing is installed, or it is there no more."""
    chosen = _before(connection).get("operators")
    known = {str(row["name"]).upper() for row in _rows(connection, "notification_integrations")}
    return chosen if chosen and chosen.upper() in known else None


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a doorbell consists of: the integration, the topic, the role Snowflake takes on, the queue that listens."""

    integration: str
    topic_arn: str
    role_arn: str
    queue_arn: str


def wiring(*, integration: str, topic_arn: str, role_arn: str | None, queue_url: str) -> Wiring:
    """What a doorbell consists of, from what an administrator says of it.

    Args:
        integration: name of the notification integration.
        topic_arn: the SNS topic; a standard one, because nothing arrives through a FIFO topic.
        role_arn: the IAM role that Snowflake takes on; None for one in the topic's account, named after the topic.
        queue_url: the queue to which the executor listens, as ``REPORTING_HINTS_QUEUE_URL`` says it.

    Raises:
        ValueError: naming what is not in order.
    """
    if not re.fullmatch(r"[A-Za-z_]\w*", integration, re.ASCII):
        raise ValueError(f"--integration {integration!r} cannot name an integration; take letters, digits and _")
    topic = _TOPIC.fullmatch(topic_arn)
    if topic is None:
        raise ValueError(f"{topic_arn} is not the ARN of a standard topic: arn:aws:sns:<region>:<account>:<name>")
    role = role_arn or f"arn:{topic['partition']}:iam::{topic['account']}:role/snowflake-rings-{topic['name']}"
    if not _ROLE.fullmatch(role):
        raise ValueError(f"--role-arn {role} is not the ARN of a role: arn:aws:iam::<account>:role/<name>")
    queue = _QUEUE.fullmatch(queue_url)
    if queue is None:
        raise ValueError(
            f"REPORTING_HINTS_QUEUE_URL is {queue_url}; write https://sqs.<region>.amazonaws.com/<account>/<name>"
        )
    queue_arn = f"arn:{topic['partition']}:sqs:{queue['region'] or topic['region']}:{queue['account']}:{queue['name']}"
    return Wiring(integration, topic_arn, role, queue_arn)


def instructions(connection: SnowflakeConnection, planned: Wiring) -> str:
    """All that an administrator runs, ready to paste, in Snowflake and in AWS.

    The role's trust in Snowflake's own user can only be written down when the integration is there; until then the
    text ends with the word to run this again.
    """
    integration = {"integration": planned.integration, "topic_arn": planned.topic_arn, "role_arn": planned.role_arn}
    in_snowflake = [query("create_doorbell", **integration)]
    in_snowflake.append(
        query(
            "grant_integration",
            integration=planned.integration,
            role=inside_quotes(_rows(connection, "current_role")[0]["CURRENT_ROLE"]),
        )
    )
    there = any(
        str(row["name"]).upper() == planned.integration.upper()
        for row in _rows(connection, "notification_integrations")
    )
    parts = ["-- 1. In Snowflake, as ACCOUNTADMIN:", *(f"{text};" for text in in_snowflake)]
    if there:
        parts += ["\n# 2. In AWS:", *_in_aws(planned, _described(connection, planned.integration))]
        parts += [
            "\n# 3. Switch it on:",
            f"REPORTING_DOORBELL_INTEGRATION={planned.integration} reporting deploy snowflake",
        ]
    else:
        parts.append(
            "\n# 2. Then run this command again: what AWS has to trust is known when the integration is there."
        )
    return "\n".join(parts)


def _in_aws(planned: Wiring, described: dict[str, str]) -> list[str]:
    role = planned.role_arn.rpartition("/")[2]
    trust = _statement(
        Action="sts:AssumeRole",
        Principal={"AWS": described["SF_AWS_IAM_USER_ARN"]},
        Condition={"StringEquals": {"sts:ExternalId": described["SF_AWS_EXTERNAL_ID"]}},
    )
    publish = _statement(Action="sns:Publish", Resource=planned.topic_arn)
    listen = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": planned.queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": planned.topic_arn}},
    }
    return [
        f"aws iam create-role --role-name {role} --assume-role-policy-document '{trust}'",
        f"aws iam put-role-policy --role-name {role} --policy-name publish --policy-document '{publish}'",
        f"aws sns subscribe --topic-arn {planned.topic_arn} --protocol sqs --notification-endpoint {planned.queue_arn}",
        "# and add this statement to the policy of the queue, beside those that it has:",
        json.dumps(listen),
    ]


def _statement(**said: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **said}]})


def create_doorbell(connection: SnowflakeConnection, name: str, topic_arn: str, role_arn: str) -> None:
    """Make the integration of a doorbell, where there is none of that name; takes CREATE INTEGRATION."""
    connection.cursor().execute(query("create_doorbell", integration=name, topic_arn=topic_arn, role_arn=role_arn))


def _described(connection: SnowflakeConnection, name: str) -> dict[str, str]:
    rows = _rows(connection, "describe_notification_integration", integration=name)
    return {str(row["property"]): str(row["property_value"]) for row in rows}


def _rows(connection: SnowflakeConnection, name: str, **values: str) -> list[dict[str, Any]]:
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(query(name, **values))
        return [dict(row) for row in cursor.fetchall()]
