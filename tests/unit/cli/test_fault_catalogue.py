"""What the command line tells of ordered trouble is what the local cloud can do."""

from executor.cli.fault_catalogue import KINDS, as_help
from local_cloud.aws.faults import orders
from local_cloud.snowflake import faults


def names(side: str, op: str = "") -> list[str]:
    return sorted(kind.name for kind in KINDS if kind.side == side and (not op or kind.op == op))


def test_every_kind_of_the_local_aws_is_told_under_its_operation() -> None:
    assert names("aws", "task") == sorted(orders.TASK_KINDS)
    assert names("aws", "event") == sorted(orders.EVENT_KINDS)
    assert names("aws", "RunTask") == sorted(orders.LAUNCH_KINDS)
    assert names("aws", "RunTask, PutObject, …") == sorted(orders.REQUEST_KINDS)


def options(taken: str) -> set[str]:
    return {word.removeprefix("--").replace("-", "_") for word in taken.replace(",", " ").split() if word[:2] == "--"}


def test_the_options_told_are_those_that_the_local_cloud_takes() -> None:
    taken: dict[str, set[str]] = {name: set(fields) for name, fields in orders.TAKES.items()}
    told = {kind.name: options(kind.takes) for kind in KINDS if kind.side == "aws" and kind.takes}
    assert told == taken
    told = {kind.name: options(kind.takes) for kind in KINDS if kind.side == "snowflake" and kind.takes}
    assert told == {name: {field} for name, field in faults.TAKES.items()}


def test_every_kind_of_the_local_snowflake_is_told() -> None:
    assert names("snowflake") == sorted(faults.KINDS)


def test_the_help_names_every_kind() -> None:
    text = as_help()
    assert [kind.name for kind in KINDS if kind.name not in text] == []
