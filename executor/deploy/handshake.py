"""Snowflake and AWS made known to each other: integrations name roles, and the roles trust what Snowflake answers."""

from collections.abc import Mapping
from typing import Any

from snowflake.connector import DictCursor, SnowflakeConnection

from executor.deploy import bells, links
from executor.deploy.environment import Environment
from executor.deploy.templates import inside_quotes, query
from sql import load


def ensure(connection: SnowflakeConnection, environment: Environment, outputs: Mapping[str, str]) -> dict[str, str]:
    """Make both integrations where they are not there; answers with the parameters by which the stack trusts them.

    Args:
        connection: with a role that may create integrations.
        environment: whose.
        outputs: the stack's, which name bucket, topic, and the roles, which need not be there yet.

    Raises:
        snowflake.connector.errors.Error: Snowflake refused a statement.
    """
    links.create_integration(connection, environment.links_name, outputs["Bucket"], outputs["LinksRoleArn"])
    bells.create_doorbell(connection, environment.bells_name, outputs["DoorbellTopicArn"], outputs["DoorbellRoleArn"])
    (row,) = _rows(connection, load("current_role"))
    owner = inside_quotes(str(next(iter(row.values()))))
    for name in (environment.links_name, environment.bells_name):
        connection.cursor().execute(query("grant_integration", integration=name, role=owner))
    storage = _properties(connection, environment.links_name)
    doorbell = _properties(connection, environment.bells_name)
    return {
        "LinksUserArn": storage["STORAGE_AWS_IAM_USER_ARN"],
        "LinksExternalId": storage["STORAGE_AWS_EXTERNAL_ID"],
        "DoorbellUserArn": doorbell["SF_AWS_IAM_USER_ARN"],
        "DoorbellExternalId": doorbell["SF_AWS_EXTERNAL_ID"],
    }


def _properties(connection: SnowflakeConnection, name: str) -> dict[str, str]:
    rows = _rows(connection, query("describe_notification_integration", integration=name))
    return {str(row["property"]): str(row["property_value"]) for row in rows}


def _rows(connection: SnowflakeConnection, statement: str) -> list[dict[str, Any]]:
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(statement)
        return [dict(row) for row in cursor.fetchall()]
