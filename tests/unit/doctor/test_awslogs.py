"""The options of the awslogs driver are judged in one way, of a deployment and of its files."""

from pathlib import Path

import pytest

from doctor.checks.frame import Severity
from doctor.checks.log_options import LogOptions
from tests.unit.doctor import deployments
from tests.unit.doctor.deployed_aws import OPTIONS
from tests.unit.doctor.offline.right import judged
from tests.unit.doctor.offline.right import spoilt as spoilt_files

_OWN = {"awslogs-group": "/reporting/jobs", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "report"}
_IN_FILES = "definition/taskDefinition/containerDefinitions/0/logConfiguration/options"


@pytest.mark.parametrize(
    ("more", "says", "severity"),
    [
        ({"awslogs-endpoint": "https://logs.acme.net", "awslogs-format": "json/emf"}, "", None),
        ({"awslogs-grop": "x"}, "knows no option awslogs-grop", None),
        ({"mode": "blocking", "max-buffer-size": "25m"}, "only the mode non-blocking uses", Severity.WARNING),
        ({"awslogs-datetime-format": "%H", "awslogs-multiline-pattern": "^"}, "exclude each other", None),
    ],
)
def test_an_option_is_judged_alike_live_and_in_files(
    more: dict[str, str], says: str, severity: Severity | None, tmp_path: Path
) -> None:
    live = LogOptions().look(deployments.place(deployments.spoilt(OPTIONS, _OWN | more)))
    results = judged(tmp_path, spoilt_files(_IN_FILES, _OWN | more))
    offline = [fault for one in results if one.id == "log_configuration" for fault in one.faults]
    wanted = {severity} if says else set()
    assert {fault.severity for fault in live} == {fault.severity for fault in offline} == wanted
    assert all(says in fault.says for fault in (*live, *offline))
