"""Integrations besides those of storage, and the notifications that go through them."""

import pytest
from snowflake.connector.errors import ProgrammingError

from tests.conformance.local_snowflake.conftest import Ask
from tests.conformance.local_snowflake.role_world import As

TOPIC = "arn:aws:sns:us-east-1:123456789012:told"
BY_SNS = f"""TYPE = QUEUE DIRECTION = OUTBOUND NOTIFICATION_PROVIDER = AWS_SNS ENABLED = {{}}
    AWS_SNS_TOPIC_ARN = '{TOPIC}' AWS_SNS_ROLE_ARN = 'arn:aws:iam::123456789012:role/teller'"""
BY_MAIL = "CREATE NOTIFICATION INTEGRATION by_mail TYPE = EMAIL ENABLED = TRUE DEFAULT_RECIPIENTS = ('a@example.com')"
SEND = """CALL SYSTEM$SEND_SNOWFLAKE_NOTIFICATION('{{"text/plain": "it''s done"}}', '{{"{}": {{}}}}')"""


def test_each_kind_of_integration_is_shown_under_its_category(ask: Ask) -> None:
    ask("CREATE NOTIFICATION INTEGRATION tell " + BY_SNS.format("TRUE"))
    ask("CREATE API INTEGRATION gate API_PROVIDER = aws_api_gateway ENABLED = TRUE")
    ask("CREATE EXTERNAL ACCESS INTEGRATION reach ALLOWED_NETWORK_RULES = (a.b.c) ENABLED = TRUE")
    shown = {row[0]: row[1:4] for row in ask("SHOW INTEGRATIONS")}
    assert shown["TELL"] == ("QUEUE - AWS_SNS", "NOTIFICATION", "true")
    assert shown["GATE"] == ("EXTERNAL_API", "API", "true")
    assert shown["REACH"] == ("EXTERNAL_ACCESS", "EXTERNAL_ACCESS", "true")
    assert [row[0] for row in ask("SHOW EXTERNAL ACCESS INTEGRATIONS")] == ["REACH"]
    told = {row[0]: row[2] for row in ask("DESCRIBE NOTIFICATION INTEGRATION tell")}
    assert told["AWS_SNS_TOPIC_ARN"] == TOPIC
    assert told["SF_AWS_EXTERNAL_ID"].startswith("LOCAL_SFCRole=")
    for name in ("tell", "gate", "reach"):
        ask(f"DROP INTEGRATION {name}")


def test_a_queue_of_another_provider_is_refused(ask: Ask) -> None:
    with pytest.raises(ProgrammingError, match="neither EMAIL nor OUTBOUND to AWS_SNS"):
        ask("CREATE NOTIFICATION INTEGRATION x TYPE = QUEUE NOTIFICATION_PROVIDER = GCP_PUBSUB DIRECTION = OUTBOUND")


def test_who_may_not_use_an_integration_sends_nothing(as_role: As) -> None:
    as_role("ACCOUNTADMIN", BY_MAIL)
    with pytest.raises(ProgrammingError) as refused:
        as_role("READER", SEND.format("BY_MAIL"))
    assert refused.value.errno in {2003, 3001}
    as_role("ACCOUNTADMIN", "GRANT USAGE ON INTEGRATION by_mail TO ROLE reader")
    assert as_role("READER", SEND.format("by_mail")) == [("Enqueued notifications.",)]


def test_what_is_switched_off_or_of_another_kind_sends_nothing(ask: Ask) -> None:
    ask("CREATE NOTIFICATION INTEGRATION off " + BY_SNS.format("FALSE"))
    ask("CREATE API INTEGRATION not_for_this API_PROVIDER = aws_api_gateway ENABLED = TRUE")
    for name, why in (("off", "not enabled"), ("not_for_this", "not a notification"), ("nobody", "does not exist")):
        with pytest.raises(ProgrammingError, match=why):
            ask(SEND.format(name))
