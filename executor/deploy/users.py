"""The Snowflake users of executor and runner: made, given their roles, and a way to sign in without a password."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from snowflake.connector import SnowflakeConnection

from executor.deploy import key_pairs
from executor.deploy.environment import Environment
from executor.deploy.templates import query

ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    "executor": ("REPORT_EXECUTOR", "REPORT_PROBE"),
    "runner": ("REPORT_RUNNER",),
}
"""The roles of each program; the first is its default."""


def secret_name(environment: Environment, program: str) -> str:
    """The secret with a program's private key."""
    return f"reporting/{environment.name}/{program}"


def ensure_keys(environment: Environment, secrets_manager: Any) -> dict[str, tuple[str, str]]:
    """Each program's secret and public key; empty where programs sign in by workload identity.

    Raises:
        ValueError: a secret holds no key pair.
    """
    if environment.snowflake.sign_in != "key-pair":
        return {}
    return {program: key_pairs.ensure(secrets_manager, secret_name(environment, program)) for program in ROLES}


def ensure(
    connection: SnowflakeConnection,
    environment: Environment,
    keys: Mapping[str, tuple[str, str]],
    outputs: Mapping[str, str],
    say: Callable[[str], None],
) -> None:
    """See that both users are there.

    Args:
        connection: with a role that may create users and grant the roles.
        environment: whose.
        keys: as :func:`ensure_keys` gives them.
        outputs: the stack's, which name the roles of the tasks.
        say: told of it.

    Raises:
        snowflake.connector.errors.Error: Snowflake refused a statement.
    """
    for program, roles in ROLES.items():
        user = environment.user(program)
        values = {"user": user, "role": roles[0], "warehouse": environment.snowflake.warehouse}
        cursor = connection.cursor()
        cursor.execute(query("create_service_user", **values))
        if program in keys:
            cursor.execute(query("set_user_key", user=user, public_key=keys[program][1]))
        else:
            role_arn = outputs[f"{program.capitalize()}RoleArn"]
            cursor.execute(query("set_user_identity", user=user, role_arn=role_arn))
        for role in roles:
            cursor.execute(query("grant_role_to_user", user=user, role=role))
    way = "key pairs in Secrets Manager" if keys else "workload identity"
    say(f"users {', '.join(environment.user(program) for program in ROLES)}: there, with {way}")
