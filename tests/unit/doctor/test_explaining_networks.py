"""The theory of the network against a network ACL in the evidence."""

from pathlib import Path
from typing import Any

import pytest

from doctor.explain.theory import Verdict
from tests.unit.doctor.test_explaining import definition, reported, service, task, verdict

OPEN = {"GroupId": "sg-2", "IpPermissionsEgress": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}]}


def test_a_network_acl_that_keeps_answers_out_is_told_until_a_task_has_started_behind_it(tmp_path: Path) -> None:
    network = {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]}}}
    out = {"RuleNumber": 100, "Egress": True, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"}
    acl = {"NetworkAclId": "acl-1", "Associations": [{"SubnetId": "subnet-1"}], "Entries": [out]}
    files = {"services": service(**network), "definition": definition(), "acls": {"NetworkAcls": [acl]}}
    report = reported(tmp_path, **files)
    assert report.cause_id == "egress_closed"
    assert "network ACL acl-1 does not let the answers in" in report.says
    assert verdict(reported(tmp_path, **files, tasks={"tasks": [task(code=1)]}), "network") is Verdict.REFUTED


@pytest.mark.parametrize(("others", "closed"), [([], True), ([OPEN], False)])
def test_a_group_that_lets_nothing_out_matters_only_where_no_other_group_of_the_tasks_does(
    tmp_path: Path, others: list[dict[str, Any]], closed: bool
) -> None:
    ids = {"subnets": ["subnet-1"], "securityGroups": ["sg-1", "sg-2"]}
    groups = {"SecurityGroups": [{"GroupId": "sg-1", "IpPermissionsEgress": []}, *others]}
    files = {"services": service(networkConfiguration={"awsvpcConfiguration": ids}), "definition": definition()}
    report = reported(tmp_path, **files, groups=groups)
    assert (report.cause_id == "egress_closed") is closed
