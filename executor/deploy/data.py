"""The data of an environment, removed for good: what stays is answered with its reason."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from botocore.exceptions import ClientError
from snowflake.connector import SnowflakeConnection, errors

from executor.deploy import users
from executor.deploy.environment import Environment
from executor.deploy.templates import query
from sql import load

_AT_ONCE: Final = 1_000
"""Objects that one request to S3 may delete."""
_GONE: Final = frozenset({"NoSuchBucket", "ResourceNotFoundException"})


def of_snowflake(connection: SnowflakeConnection, environment: Environment, say: Callable[[str], None]) -> list[str]:
    """Drop schema, integrations and users; answers with what is left. Roles and warehouse may serve others and stay.

    Args:
        connection: with the role that deployed.
        environment: whose.
        say: told of each.
    """
    where = {"database": environment.snowflake.database, "schema": environment.snowflake.schema_name}
    place = f"{where['database']}.{where['schema']}"
    left: list[str] = []
    statements: dict[str, str] = {}
    if trouble := _not_ours(connection, environment, where):
        left.append(f"Snowflake schema {place}: {trouble}")
    else:
        statements[f"Snowflake schema {place}"] = query("drop_schema", **where)
    for name in (environment.links_name, environment.bells_name):
        statements[f"Snowflake integration {name}"] = query("drop_integration", integration=name)
    for program in users.ROLES:
        name = environment.user(program)
        statements[f"Snowflake user {name}"] = query("drop_user", user=name)
    for what, statement in statements.items():
        try:
            connection.cursor().execute(statement)
            say(f"{what}: dropped")
        except errors.ProgrammingError as error:
            left.append(f"{what}: {error.msg}")
    return left


def _not_ours(connection: SnowflakeConnection, environment: Environment, where: Mapping[str, str]) -> str:
    # Two environments with one schema in their files are a slip, and must not cost the other one its data.
    try:
        with connection.cursor() as cursor:
            cursor.execute(query("use_warehouse", warehouse=environment.snowflake.warehouse))
            cursor.execute(query("use_schema", **where))
            cursor.execute(load("installation"))
            row: Any = cursor.fetchone()
    except errors.ProgrammingError as error:
        return f"nothing in it says whose it is ({error.msg}); look, and drop it yourself"
    if row is None or row[0] != environment.name:
        return f"it is that of {row[0] if row else 'nobody'}, not of {environment.name}; look, and drop it yourself"
    return ""


def bucket(s3: Any, name: str, say: Callable[[str], None]) -> None:
    """Delete a bucket with every version of every object; one that is gone is deleted.

    Raises:
        botocore.exceptions.ClientError: S3 refuses.
    """
    try:
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=name, MaxKeys=_AT_ONCE)
        count = sum(_delete_versions(s3, name, page) for page in pages)
        s3.delete_bucket(Bucket=name)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _GONE:
            raise
    else:
        say(f"bucket {name}: {count} versions of objects deleted")


def _delete_versions(s3: Any, name: str, page: Mapping[str, Any]) -> int:
    found = [*(page.get("Versions") or []), *(page.get("DeleteMarkers") or [])]
    for at in range(0, len(found), _AT_ONCE):
        some = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found[at : at + _AT_ONCE]]
        answer = s3.delete_objects(Bucket=name, Delete={"Objects": some, "Quiet": True})
        if refused := answer.get("Errors"):
            raise ClientError({"Error": refused[0]}, "DeleteObjects")
    return len(found)


def of_aws(
    environment: Environment, aws: Callable[[str], Any], bucket_name: str, say: Callable[[str], None]
) -> list[str]:
    """Delete bucket, logs and keys; answers with what is left.

    Args:
        environment: whose.
        aws: clients of its region.
        bucket_name: of the environment.
        say: told of each.
    """
    work: dict[str, Callable[[], object]] = {
        f"bucket {bucket_name}": partial(bucket, aws("s3"), bucket_name, say),
    }
    for log in (f"/reporting/{environment.name}/executor", f"/reporting/{environment.name}/jobs"):
        work[f"log group {log}"] = partial(aws("logs").delete_log_group, logGroupName=log)
    for program in users.ROLES if environment.snowflake.sign_in == "key-pair" else ():
        secret = users.secret_name(environment, program)
        forget = partial(aws("secretsmanager").delete_secret, ForceDeleteWithoutRecovery=True)
        work[f"secret {secret}"] = partial(forget, SecretId=secret)
    left: list[str] = []
    for what, delete in work.items():
        try:
            delete()
            say(f"{what}: gone")
        except ClientError as error:
            if error.response["Error"]["Code"] not in _GONE:
                left.append(f"{what}: {error}")
    return left
