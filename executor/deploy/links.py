"""What links to reports need: a stage on the bucket, behind a storage integration."""

from snowflake.connector import SnowflakeConnection

from executor.settings import ObjectNames
from sql import load


def create_stage(connection: SnowflakeConnection, names: ObjectNames, bucket: str) -> str:
    """Make the stage for links where an integration is named; answers what to say of it.

    Raises:
        snowflake.connector.errors.Error: there is no such integration, or it does not allow the place of the reports.
    """
    if names.storage_integration is None:
        return "links to reports: none, because REPORTING_STORAGE_INTEGRATION names no integration"
    _run(connection, "create_links_stage", bucket=bucket, storage_integration=names.storage_integration)
    return f"links to reports: signed through the integration {names.storage_integration}"


def create_integration(connection: SnowflakeConnection, name: str, bucket: str, role_arn: str) -> None:
    """Make a storage integration that reaches the reports, where there is none of that name.

    Args:
        connection: with a role that may create integrations.
        name: the integration's.
        bucket: where the reports are.
        role_arn: the IAM role that Snowflake takes on.
    """
    _run(connection, "create_storage_integration", storage_integration=name, bucket=bucket, role_arn=role_arn)


def _run(connection: SnowflakeConnection, name: str, **values: str) -> None:
    # Neither names nor places can be bound; these come from settings, each checked against a pattern.
    text = load(name)
    for key, value in values.items():
        text = text.replace("{{ " + key + " }}", value)
    connection.cursor().execute(text)
