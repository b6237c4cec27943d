"""The product on a local cloud: bucket and cluster, tables and procedures, sample data.

Imported when the servers have been started: what it needs takes as long to load as they take to answer.
"""

import json
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import snowflake.connector

from executor.cli import local_settings as local
from executor.cli.beside import Beside, Say
from executor.cli.children import Child
from executor.cli.errors import CommandError
from executor.cli.sample_files import SampleFiles
from executor.deploy import bells, links
from executor.deploy import snowflake as snowflake_side
from executor.deploy.lock import LockedError
from executor.settings import ObjectNames, SnowflakeSettings


def install(folder: Path, servers: Mapping[str, Child], sample: SampleFiles, say: Say) -> dict[str, str]:
    """Install what is not there yet, on each server as soon as it answers.

    Args:
        folder: where the local stack lives.
        servers: `snowflake` and `aws`, which may still be starting.
        sample: the rows of the examples.
        say: told each step.

    Returns:
        The environment by which clients reach it.

    Raises:
        CommandError: a server did not start, or a part could not be installed.
    """
    endpoint = servers["snowflake"].ready()["endpoint"]
    say(f"local Snowflake {endpoint}: answers")
    as_runner = local.snowflake_environment(endpoint, local.RUNNER)
    settings = only(local.snowflake_environment(endpoint, local.ADMINISTRATOR))
    names = _names(settings)
    loading = Beside(lambda tell: _load(sample, settings, names, tell), say)
    with ThreadPoolExecutor(1) as beside, loading:  # most of a deployment is waiting for the other side
        making_aws = beside.submit(_aws_side, folder, servers["aws"], as_runner)
        _deploy(settings, names, say, loading.begin)
        loading.end()
        aws_endpoint, outputs = making_aws.result()
    say(f"local AWS {aws_endpoint}: answers")
    say(f"bucket {local.BUCKET}, cluster {local.CLUSTER}, task definition {outputs.task_definition}: there")
    return {
        **local.aws_environment(aws_endpoint),
        **local.snowflake_environment(endpoint, local.OPERATOR),
        "SNOWFLAKE_HOME": str(folder),
        "SNOWFLAKE_DEFAULT_CONNECTION_NAME": local.CONNECTION,
        **local.reporting_environment(
            outputs.task_definition, outputs.subnets, outputs.security_groups, outputs.hints_queue_url
        ),
        **({"REPORTING_OPERATORS_INTEGRATION": told} if (told := names.operators_integration) else {}),
    }


def only(signing_in: Mapping[str, str]) -> SnowflakeSettings:
    """Settings of these variables alone: what the shell says of some account must not reach the local Snowflake."""
    nothing = dict.fromkeys(SnowflakeSettings.model_fields)
    given = {key.removeprefix("SNOWFLAKE_").lower(): value for key, value in signing_in.items()}
    return SnowflakeSettings.model_validate(nothing | given)


def _names(settings: SnowflakeSettings) -> ObjectNames:
    names = ObjectNames(
        database=local.DATABASE,
        warehouse=local.WAREHOUSE,
        REPORTING_SCHEMA=local.SCHEMA,
        storage_integration=local.STORAGE_INTEGRATION,
        doorbell_integration=local.DOORBELL_INTEGRATION,
    )
    if names.operators_integration:
        return names
    # The one that somebody chose by deploying into this stack; the deployment of each start would forget it.
    with snowflake.connector.connect(**settings.connect_arguments(names)) as connection:
        return names.model_copy(update={"operators_integration": bells.operators(connection)})


def _aws_side(folder: Path, server: Child, signing_in: Mapping[str, str]) -> tuple[str, Any]:
    endpoint = str(server.ready()["endpoint"])
    return endpoint, _aws_resources(folder, endpoint, signing_in)


def _aws_resources(folder: Path, endpoint: str, signing_in: Mapping[str, str]) -> Any:
    try:
        from local_cloud.aws.bootstrap import create_stack  # noqa: PLC0415 - only this command needs the local extra
    except ImportError as error:
        raise CommandError('the local cloud is not installed; run: pip install "reporting[local]"') from error
    # What docker would run for this image: the runner of this checkout, in an environment of its own.
    image = {"command": [sys.executable, "-m", "runner"], "working_dir": str(folder)}
    make_known(folder / "images.json", {local.IMAGE: image})
    return create_stack(
        endpoint,
        bucket=local.BUCKET,
        cluster=local.CLUSTER,
        family=local.FAMILY,
        image=local.IMAGE,
        log_group=local.LOG_GROUP,
        environment={name: value for name, value in signing_in.items() if name != "SNOWFLAKE_PASSWORD"},
        secrets={"SNOWFLAKE_PASSWORD": signing_in["SNOWFLAKE_PASSWORD"]},
        cpu=256,
        memory_mb=512,
        region=local.REGION,
    )


def make_known(file: Path, images: Mapping[str, Any]) -> None:
    """Add images to the file that stands for a registry; those that somebody added stay.

    Args:
        file: the JSON file, made if it is not there.
        images: what `docker run` of each would start, by name.
    """
    before: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    after = {**before, **images}
    if after != before:
        fresh = file.with_suffix(".new")  # the local Fargate must never read half of it
        fresh.write_text(json.dumps(after, indent=2), encoding="utf-8")
        fresh.replace(file)


def _deploy(settings: SnowflakeSettings, names: ObjectNames, say: Say, founded: Callable[[], object]) -> None:
    with snowflake.connector.connect(**settings.connect_arguments(names)) as connection:
        links.create_integration(connection, local.STORAGE_INTEGRATION, local.BUCKET, local.STORAGE_ROLE)
        bells.create_doorbell(connection, local.DOORBELL_INTEGRATION, local.DOORBELL_TOPIC, local.DOORBELL_ROLE)
    try:
        snowflake_side.deploy(
            installation=local.INSTALLATION,
            bucket=local.BUCKET,
            names=names,
            snowflake_settings=settings,
            say=say,
            stale_lock_after_s=0,  # nobody else deploys here; a lock is that of a start that was killed
            founded=founded,
        )
    except (snowflake_side.DeployError, LockedError) as error:
        raise CommandError(str(error)) from error


def _load(sample: SampleFiles, settings: SnowflakeSettings, names: ObjectNames, say: Say) -> None:
    from local_cloud.sample_data.load import load_sample_data  # noqa: PLC0415 - only this command needs the local extra

    with snowflake.connector.connect(**settings.connect_arguments(names), paramstyle="qmark") as connection:
        load_sample_data(
            connection,
            database=names.database,
            last_day=sample.last_day,
            reader=local.RUNNER,
            progress=say,
            made=sample.made,
        )
