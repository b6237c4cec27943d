"""What a denial in the bucket's policy means: it depends on whom and what it names."""

from typing import Any

import pytest

from doctor.checks.frame import State
from doctor.checks.place import RefusedError
from doctor.checks.run import result
from tests.unit.doctor.deployed_aws import ONLY_TLS, policy
from tests.unit.doctor.deployments import named, place, right

BUCKET = "arn:aws:s3:::report-files"
DENY = {"Effect": "Deny", "Action": "s3:PutObject", "Principal": "*", "Resource": f"{BUCKET}/*"}
SOMEBODY = {"AWS": "arn:aws:iam::210987654321:role/somebody"}


def state(**more: Any) -> State:
    answers = right() | {"s3.get_bucket_policy": policy(ONLY_TLS, DENY | more)}
    return result(named("bucket_guard"), place(answers)).state


@pytest.mark.parametrize(
    "more",
    [{}, {"Principal": {"AWS": "*"}}, {"Resource": [f"{BUCKET}/archive/*", f"{BUCKET}/reports/*"]},
     {"Action": ["s3:Put*"]}, {"Action": "s3:ListBucket", "Resource": BUCKET}],
)  # fmt: skip
def test_what_everybody_is_denied_where_reports_lie_fails_them(more: dict[str, Any]) -> None:
    assert state(**more) is State.FAILED


@pytest.mark.parametrize(
    "more",
    [{"Principal": SOMEBODY}, {"Resource": f"{BUCKET}/reports/one_type/*"},
     {"Condition": {"StringNotEquals": {"aws:SourceVpce": "v"}}}],
)  # fmt: skip
def test_a_denial_that_names_somebody_or_a_part_is_a_warning(more: dict[str, Any]) -> None:
    assert state(**more) is State.WARNED


@pytest.mark.parametrize("more", [{"Resource": f"{BUCKET}/archive/*"}, {"Action": "s3:DeleteBucket"}])
def test_a_denial_of_what_we_do_not_do_is_no_fault(more: dict[str, Any]) -> None:
    assert state(**more) is State.WELL


def test_of_a_bucket_that_is_not_there_nothing_is_asked() -> None:
    gone = {"s3.get_bucket_policy": RefusedError("NoSuchBucket", "The specified bucket does not exist")}
    found = result(named("bucket_guard"), place(right() | gone))
    assert (found.state, found.says) == (
        State.NOT_ASKED, "bucket report-files is not there; the check bucket says what to do",
    )  # fmt: skip
