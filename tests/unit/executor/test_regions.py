"""A secret of another region is told apart from one that is gone, by the ARN in the words of ECS."""

import pytest

from executor import causes
from executor.core.causes import Scope
from executor.core.regions import told_apart

TASK = "arn:aws:ecs:eu-central-1:123456789012:task/reporting/0123456789abcdef0123456789abcdef"
HERE = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:app/key-AbCdEf"


def cause_of(arn: str, task: str = TASK) -> tuple[str, str]:
    said = (
        f"ResourceInitializationError: unable to pull secrets or registry auth: failed to fetch secret {arn} from "
        "secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret."
    )
    catalogue = causes.load()
    found = told_apart(catalogue, catalogue.find(Scope.STOPPED, said), said, task)
    assert found is not None
    return found.cause_id, found.summary


def test_a_secret_of_another_region_is_called_so_with_both_regions() -> None:
    arn = HERE.replace("eu-central-1", "us-east-1")
    cause, says = cause_of(arn)
    assert cause == "secret_in_other_region"
    assert says.endswith(f"The secret {arn} is of region us-east-1, and the task runs in eu-central-1.")


@pytest.mark.parametrize(("arn", "task"), [(HERE, TASK), ("app/key", TASK), (HERE.replace("eu-", "us-"), "attempt-1")])
def test_where_nothing_shows_another_region_the_secret_is_not_there(arn: str, task: str) -> None:
    assert cause_of(arn, task)[0] == "secret_not_found"


def test_other_causes_are_left_as_they_are() -> None:
    catalogue = causes.load()
    denied = catalogue.find(Scope.STOPPED, "exec format error")
    assert told_apart(catalogue, denied, f"{HERE.replace('eu-', 'us-')}: exec format error", TASK) is denied
    assert told_apart(catalogue, None, HERE, TASK) is None
