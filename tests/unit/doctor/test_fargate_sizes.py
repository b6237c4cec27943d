"""A size is judged in one way, of a deployment and of its files."""

from pathlib import Path

import pytest

from doctor.checks.sizes import TaskSize
from tests.unit.doctor import deployments
from tests.unit.doctor.deployed_aws import DEFINITION
from tests.unit.doctor.offline.right import FILES, judged


@pytest.mark.parametrize(
    ("cpu", "memory", "says"),
    [
        ("512", "1024", ""),
        ("32768", "122880", ""),
        ("32768", "65536", "memory 65536 MiB does not go with cpu 32768"),
        ("300", "1024", "cpu 300 is no size"),
    ],
)
def test_a_size_is_judged_alike_live_and_in_files(cpu: str, memory: str, says: str, tmp_path: Path) -> None:
    answers = deployments.right()
    answers[DEFINITION.split("/")[0]]["taskDefinition"] |= {"cpu": cpu, "memory": memory}
    live = TaskSize().look(deployments.place(answers))
    task = FILES["definition"]["taskDefinition"] | {"cpu": cpu, "memory": memory}
    results = judged(tmp_path, FILES | {"definition": {"taskDefinition": task}})
    offline = [fault for one in results if one.id == "sizes" for fault in one.faults]
    assert bool(live) == bool(offline) == bool(says)
    assert all(says in fault.says for fault in (*live, *offline)), (live, offline)
