"""The theory of the network against a network ACL in the evidence."""

from pathlib import Path

from doctor.explain.theory import Verdict
from tests.unit.doctor.test_explaining import definition, reported, service, task, verdict


def test_a_network_acl_that_keeps_answers_out_is_told_until_a_task_has_started_behind_it(tmp_path: Path) -> None:
    network = {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]}}}
    out = {"RuleNumber": 100, "Egress": True, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"}
    acl = {"NetworkAclId": "acl-1", "Associations": [{"SubnetId": "subnet-1"}], "Entries": [out]}
    files = {"services": service(**network), "definition": definition(), "acls": {"NetworkAcls": [acl]}}
    report = reported(tmp_path, **files)
    assert report.cause_id == "egress_closed"
    assert "network ACL acl-1 does not let the answers in" in report.says
    assert verdict(reported(tmp_path, **files, tasks={"tasks": [task(code=1)]}), "network") is Verdict.REFUTED
