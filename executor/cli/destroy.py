"""``destroy``: an environment removed, with its data only when somebody types its name."""

import json
from pathlib import Path
from typing import Annotated

import typer
from snowflake import connector
from snowflake.connector import errors

from executor.cli.environments import HERE, Folder, Json, Name, at_a_terminal, is_local, site_of, timed, told
from executor.cli.errors import CommandError, Exit
from executor.cli.local_environment import LocalCloud
from executor.cli.snowflake_troubles import one_line
from executor.deploy import data as all_data
from executor.deploy import guard, signing_in, users
from executor.deploy.environment import Environment
from executor.deploy.rest import Rest
from executor.deploy.templates import query
from executor.deploy.whole import Deployment, Site


def destroy(
    name: Name,
    *,
    data: Annotated[bool, typer.Option("--data", help="Delete its data too; asks for its name.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask no question, but for the name with --data.")] = False,
    as_json: Json = False,
    folder: Folder = HERE,
) -> None:
    """Remove an environment's programs and all that costs while idle; its data stay, and are listed."""
    with told():
        site = site_of(name, folder, timed(quiet=as_json), starts=False)
        if data:
            _type_the_name(site.environment)
        elif not (yes or as_json or is_local(site)) and at_a_terminal() and not typer.confirm(f"Remove {name}?"):
            raise CommandError("nothing was done, as you said")
        bucket = site.environment.bucket(str(site.aws("sts").get_caller_identity()["Account"]))
        with guard.held_where_there(site.aws("s3"), bucket, name, site.say):
            left, troubles = _remove(site, bucket, data=data)
    if as_json:
        document = {"environment": name, "removed": not troubles, "data": data, "stays": left, "troubles": troubles}
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        _list(name, [*left, *troubles], data=data)
    if troubles:
        raise CommandError(f"{len(troubles)} parts of {name} could not be removed; they are listed above; repeat")
    if is_local(site):
        _stop(folder, name, quiet=as_json)


def _remove(site: Site, bucket: str, *, data: bool) -> tuple[list[str], list[str]]:
    """Remove it; answers with what stays by intent, and with what stays by trouble."""
    environment, deployment = site.environment, Deployment(site)
    troubles = _suspend(site, bucket)
    left = deployment.stack.delete()
    where = environment.names()
    shared = [f"Snowflake warehouse {where.warehouse} and roles REPORT_…, which others may use"]
    if not data:
        keys = environment.snowflake.sign_in == "key-pair"
        secrets = [f"secret {users.secret_name(environment, program)}" for program in users.ROLES if keys]
        in_snowflake = [
            f"Snowflake schema {where.database}.{where.schema_name}",
            f"Snowflake integrations {where.storage_integration}, {where.doorbell_integration}",
            f"Snowflake users {environment.user('executor')}, {environment.user('runner')}",
        ]
        return [*left, *in_snowflake, *secrets, *shared], troubles
    # Nothing writes any more: first what the keys and the bucket's note are about, then these.
    try:
        with connector.connect(**_alone(site)) as connection:
            troubles = all_data.of_snowflake(connection, environment, site.say)
    except errors.Error as error:
        troubles = [f"all in Snowflake: {one_line(error)}"]
    return shared, [*troubles, *all_data.of_aws(environment, site.aws, bucket, site.say)]


def _suspend(site: Site, bucket: str) -> list[str]:
    # AWS goes on when Snowflake does not answer: somebody whose account there is closed wants to be rid of this.
    where = site.environment.snowflake
    place = f"{where.database}.{where.schema_name}"
    try:
        with connector.connect(**_alone(site)) as connection:
            connection.cursor().execute(query("use_schema", database=where.database, schema=where.schema_name))
            found = Rest(site.aws("s3"), bucket, site.environment.name).suspend(connection)
    except errors.ProgrammingError as error:
        if error.errno in _NOT_THERE:
            return []
        return [f"the tasks of {place}, which still ask for reports: {one_line(error)}"]
    except errors.Error as error:
        return [f"the tasks of {place}, which still ask for reports: {one_line(error)}"]
    site.say(f"tasks in Snowflake suspended: {', '.join(found) or 'none ran'}")
    return []


_NOT_THERE = frozenset({2003, 2043})
"""What Snowflake says of a schema or database that is not there, or that this role may not see."""


def _alone(site: Site) -> dict[str, object]:
    arguments = signing_in.explicit(site.sign_in.connect_arguments(site.environment.names()))
    return {key: value for key, value in arguments.items() if key not in {"database", "schema", "warehouse"}}


def _type_the_name(environment: Environment) -> None:
    name, where = environment.name, environment.snowflake
    typer.echo(
        err=True,
        message=f"All reports, logs and keys of {name} are deleted, and the Snowflake schema "
        f"{where.database}.{where.schema_name} with everything in it. Nothing brings the files back.",
    )
    try:
        typed = str(typer.prompt(f"Type {name} to delete them", err=True))
    except typer.Abort:
        raise CommandError(f"nothing was done: --data wants the name {name} typed", Exit.USAGE) from None
    if typed != name:
        raise CommandError(f"nothing was done: {typed!r} is not {name}", Exit.USAGE)


def _list(name: str, left: list[str], *, data: bool) -> None:
    typer.echo(f"{name} is removed{' with its data' if data else ''}; what stays:")
    for line in left:
        typer.echo(f"  {line}")


def _stop(folder: Path, name: str, *, quiet: bool) -> None:
    cloud = LocalCloud(folder)
    cloud.forget(name)
    others = cloud.others(name)
    if not others:
        cloud.stop()
    if not quiet:
        runs_on = f"the local cloud runs on, for {', '.join(others)}"
        typer.echo(runs_on if others else f"the local cloud is stopped; its data stay in {folder}")
