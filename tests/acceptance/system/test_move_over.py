"""What an earlier design left is found, explained, and dropped only when told."""

from tests.acceptance.system.driving import Stack

OLD = (
    "CREATE DATABASE old_reports",
    "CREATE API INTEGRATION http_reports_api API_PROVIDER = aws_api_gateway ENABLED = TRUE",
    """CREATE EXTERNAL FUNCTION old_reports.public.check_ecs_job_status(job_id VARCHAR) RETURNS VARIANT
    API_INTEGRATION = http_reports_api AS 'https://reports.example.com/status'""",
    "CREATE NETWORK RULE old_reports.public.http_reports_rule MODE = EGRESS TYPE = HOST_PORT VALUE_LIST = ('x:443')",
    "CREATE SECRET old_reports.public.http_reports_key TYPE = GENERIC_STRING SECRET_STRING = 'key'",
    "CREATE EXTERNAL ACCESS INTEGRATION http_reports_out ALLOWED_NETWORK_RULES = (http_reports_rule) ENABLED = TRUE",
    "CREATE API INTEGRATION of_others API_PROVIDER = aws_api_gateway ENABLED = TRUE",
)
FOUND = (
    'FUNCTION "OLD_REPORTS"."PUBLIC"."CHECK_ECS_JOB_STATUS"(VARCHAR)',
    'EXTERNAL ACCESS INTEGRATION "HTTP_REPORTS_OUT"',
    'API INTEGRATION "HTTP_REPORTS_API"',
    'NETWORK RULE "OLD_REPORTS"."PUBLIC"."HTTP_REPORTS_RULE"',
    'SECRET "OLD_REPORTS"."PUBLIC"."HTTP_REPORTS_KEY"',
)


def test_what_is_left_is_found_and_dropped_when_told(stack: Stack) -> None:
    command = ("deploy", "move-over", "--matching", "http_reports_*")
    before, stack.environment = stack.environment, stack.environment | {"SNOWFLAKE_ROLE": "ACCOUNTADMIN"}
    try:
        with stack.connect(role="ACCOUNTADMIN") as owner:
            for statement in OLD:
                owner.cursor().execute(statement)
            told = stack.reporting(*command).stdout
            assert [line for line in told.splitlines() if line.startswith(("FUNCTION", *FOUND))] == list(FOUND)
            assert "instead: the procedure REPORTING.CHECK_ECS_JOB_STATUS(…)" in told
            assert "nothing was dropped" in told
            assert stack.reporting(*command, "--drop").stdout.count("dropped") == len(FOUND)
            assert "nothing of an earlier design is left" in stack.reporting(*command).stdout
            left = owner.cursor().execute("SHOW API INTEGRATIONS").fetchall()  # type: ignore[union-attr]  # a cursor
            assert [row[0] for row in left] == ["OF_OTHERS"]
            owner.cursor().execute("DROP DATABASE old_reports")
            owner.cursor().execute("DROP API INTEGRATION of_others")
    finally:
        stack.environment = before
