"""What a doorbell consists of, from what an administrator says of it."""

import pytest

from executor.deploy.bells import wiring

TOPIC = "arn:aws:sns:eu-central-1:123456789012:reporting-doorbell"
QUEUE = "https://sqs.eu-west-1.amazonaws.com/210987654321/reporting-hints"


def test_role_and_queue_are_named_whole() -> None:
    planned = wiring(integration="BELL", topic_arn=TOPIC, role_arn=None, queue_url=QUEUE)
    assert planned.role_arn == "arn:aws:iam::123456789012:role/snowflake-rings-reporting-doorbell"
    assert planned.queue_arn == "arn:aws:sqs:eu-west-1:210987654321:reporting-hints"
    near = wiring(
        integration="BELL", topic_arn=TOPIC, role_arn=None, queue_url="http://127.0.0.1:4566/123456789012/hints"
    )
    assert near.queue_arn == "arn:aws:sqs:eu-central-1:123456789012:hints"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"topic_arn": TOPIC + ".fifo"}, "not the ARN of a standard topic"),
        ({"topic_arn": TOPIC + "'; DROP TABLE x"}, "not the ARN of a standard topic"),
        ({"integration": "a b"}, "cannot name an integration"),
        ({"role_arn": "snowflake"}, "not the ARN of a role"),
        ({"queue_url": "sqs"}, "REPORTING_HINTS_QUEUE_URL is sqs"),
    ],
)
def test_what_is_not_in_order_is_named(changed: dict[str, str], why: str) -> None:
    given = {"integration": "BELL", "topic_arn": TOPIC, "role_arn": None, "queue_url": QUEUE, **changed}
    with pytest.raises(ValueError, match=why):
        wiring(**given)  # type: ignore[arg-type]  # one of them is wrong on purpose
