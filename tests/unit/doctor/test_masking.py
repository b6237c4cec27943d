"""What leaves the house holds no secret, and what is no secret stays as it was."""

import json

import pytest

from doctor.evidence.masking import MASK, masked, masked_text


@pytest.mark.parametrize("name", ["DB_PASSWORD", "API_KEY", "AUTH_TOKEN", "CLIENT_SECRET", "SNOWFLAKE_PRIVATE_KEY"])
def test_a_variable_with_the_name_of_a_secret_loses_its_value(name: str) -> None:
    assert masked({"environment": [{"name": name, "value": "canary"}]}) == {
        "environment": [{"name": name, "value": MASK}]
    }


@pytest.mark.parametrize(
    "text",
    [
        "postgres://app:canary@db.acme.net:5432/x",
        "connecting with password=canary to db",
        '{"token": "canary", "rows": 3}',
        "Authorization: Bearer eyJcanaryhead.canarybody.canarysign",
        "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----",
        "AWS_ACCESS_KEY_ID AKIACANARYCANARY1234",
    ],
)
def test_a_text_loses_what_looks_like_a_secret(text: str) -> None:
    assert "canary" not in masked_text(text).replace("eyJ", "").lower()


def test_what_is_no_secret_stays() -> None:
    data = {
        "containers": [{"name": "app", "exitCode": 137, "healthStatus": "UNHEALTHY"}],
        "environment": [{"name": "KAFKA_BROKERS", "value": "b-1.acme.net:9098"}, {"name": "API_TOKEN", "value": ""}],
        "secrets": [{"name": "DB_PASSWORD", "valueFrom": "arn:aws:secretsmanager:eu-central-1:210987654321:secret:db"}],
        "stoppedReason": "Task failed container health checks",
        "none": None,
    }
    assert json.loads(json.dumps(masked(data))) == data
