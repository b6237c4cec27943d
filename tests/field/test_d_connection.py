"""Row D2 of the problems from the field, when it happened: the first broken step of a connection test is the cause.

What a container wrote, saved beside what ECS says; asked of ``reporting explain bundle``.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from executor.cli.main import app
from tests.field.always_on import NAMES, save

STEPS = ("settings", "dns", "tcp_443", "tcp_80", "tls", "sign_in", "query", "download", "s3_write", "s3_read", "clock")
ASK = "the subnet needs a way out"


def report(broken: str, detail: str) -> dict[str, Any]:
    """A ``connection_test.json`` whose steps went well until one; none is broken when that is empty."""
    at = STEPS.index(broken) if broken else len(STEPS)
    steps = [{"name": name, "status": "ok", "detail": "fine", "remedy": None} for name in STEPS[:at]]
    steps += [{"name": broken, "status": "broken", "detail": detail, "remedy": ASK}] if broken else []
    steps += [{"name": name, "status": "not tried", "detail": "", "remedy": None} for name in STEPS[at + 1 :]]
    return {"first_broken": broken or None, "steps": steps}


def explained(folder: Path) -> dict[str, Any]:
    done = CliRunner().invoke(app, ["explain", "bundle", str(folder), "--json"])
    assert done.exit_code == 0, (done.output, done.exception)
    found: dict[str, Any] = json.loads(done.stdout)[0]
    return found


def network(found: dict[str, Any]) -> dict[str, Any]:
    (theory,) = [one for one in found["theories"] if one["id"] == "network"]
    return dict(theory)


@pytest.mark.parametrize(
    ("step", "detail", "cause"),
    [
        (
            "dns",
            "acme-x.snowflakecomputing.com does not resolve: [Errno -2] Name or service not known",
            "name_not_reso",
        ),
        ("tcp_443", "cannot connect to acme-x.snowflakecomputing.com:443: timed out", "snowflake_unreachable"),
        ("tls", "certificate verify failed: self-signed certificate in certificate chain", "tls_certificate"),
        ("s3_write", "no answer within 20 s", "snowflake_unreachable"),
    ],
)
def test_D2_the_first_broken_step_is_the_cause_with_what_was_well_before_it(
    tmp_path: Path, step: str, detail: str, cause: str
) -> None:
    (tmp_path / "connection_test.json").write_text(json.dumps(report(step, detail)))
    found = explained(tmp_path)
    assert (found["subject"], found["theory"], found["settled"]) == ("CONNECTION_TEST", "network", True)
    assert found["cause_id"].startswith(cause)
    assert f"first broken step is {step}: {detail}" in found["says"]
    assert found["remedy"] == ASK
    assert ("before it went well: settings" in network(found)["evidence"][1]) is True


def test_D2_where_s3_is_what_is_broken_the_lines_of_the_log_tell_the_same(tmp_path: Path) -> None:
    lines = [
        {"ts": "2026-03-02T09:00:00Z", "action": "connection_test_step", "step": step["name"], "status": step["status"],
         "message": f"{step['name']}: {step['status']}: {step['detail']}", "remedy": step["remedy"]}
        for step in report("tcp_443", "cannot connect to acme-x.snowflakecomputing.com:443: timed out")["steps"]
    ]  # fmt: skip
    save(tmp_path)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "report.log").write_text("\n".join(map(json.dumps, lines)))
    theory = network(explained(tmp_path))
    assert (theory["verdict"], theory["cause_id"]) == ("supported", "snowflake_unreachable")
    assert "first broken step is tcp_443: cannot connect" in theory["evidence"][0]


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ("", "the connection test went through from inside: settings, dns, tcp_443"),
        ("sign_in", "what it broke at is sign_in: 390144: JWT token is invalid"),
    ],
)
def test_D2_a_test_that_went_through_the_network_refutes_it_and_says_where_else_to_look(
    tmp_path: Path, step: str, says: str
) -> None:
    save(tmp_path)
    (tmp_path / "connection_test.json").write_text(json.dumps(report(step, "390144: JWT token is invalid")))
    found = explained(tmp_path)
    assert found["subject"] == NAMES[0]
    theory = network(found)
    assert theory["verdict"] == "refuted"
    assert says in theory["evidence"][0]
