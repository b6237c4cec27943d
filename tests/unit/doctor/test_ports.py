"""Which address a health check may ask, and what it had better ask."""

import json

import pytest

from doctor.health_checks.judge import judge
from doctor.health_checks.reading import checks_in
from tests.unit.doctor.test_templates import definition, of


def test_ports_of_the_task_decide_which_address_can_answer() -> None:
    asks = ["CMD", "curl", "-f", "http://localhost:9090/"]
    mapped, beside, said = (
        of(definition(asks, portMappings=[{"containerPort": 8080}], image="python:3.11")),
        of(
            json.dumps(
                {
                    "containerDefinitions": [
                        {"name": "a", "image": "python:3.11", "healthCheck": {"command": asks}},
                        {"name": "b", "image": "python:3.11", "portMappings": [{"containerPort": 9090}]},
                    ]
                }
            )
        ),
        of(definition(asks, image="python:3.11", command=["uvicorn", "app:app", "--port", "8080"])),
    )
    assert [v.can_ever_pass for v in (mapped[0], beside[0], said[0]) if v] == ["depends", True, False]
    assert mapped[0] is not None
    assert (mapped[0].faults, [note.id for note in mapped[0].notes]) == ((), ["port_not_named"])


@pytest.mark.parametrize(
    ("told", "asked", "fault"),
    [
        ({"portMappings": [{"containerPort": 8080}]}, 8000, ["wrong_port"]),
        ({"portMappings": [{"containerPort": 8080}]}, 8081, []),
        ({"environment": [{"name": "PORT", "value": "8080"}]}, 8081, ["wrong_port"]),
        ({"command": ["uvicorn", "app:app", "--port", "8080"]}, 8081, ["wrong_port"]),
    ],
)
def test_a_port_for_looking_is_wrong_only_where_the_service_says_its_port(
    told: dict[str, object], asked: int, fault: list[str]
) -> None:
    (verdict,) = of(definition(["CMD", "curl", "-f", f"http://localhost:{asked}/"], image="python:3.11", **told))
    assert verdict is not None
    assert [one.id for one in verdict.faults] == fault


def test_only_a_port_that_cannot_be_anybodys_is_wrong() -> None:
    app = {
        "name": "app",
        "image": "acme/app:1",
        "healthCheck": {"command": ["CMD", "curl", "-f", "http://localhost:9000/"]},
    }
    web = {"name": "web", "image": "nginx:1.29", "portMappings": [{"containerPort": 80}]}
    (verdict,) = [
        judge(check) for check in checks_in(json.dumps({"containerDefinitions": [app, web]})) if check.command
    ]
    assert verdict is not None
    assert verdict.faults == ()


def test_a_server_of_others_is_asked_in_its_own_words() -> None:
    for image, command in (("redis:8", ["CMD", "redis-cli", "ping"]), ("postgres:18", ["CMD", "pg_isready", "-q"])):
        (verdict,) = of(definition(["CMD-SHELL", "exit 0"], image=image))
        assert verdict is not None
        assert verdict.better is not None
        assert verdict.better.health_check["command"] == command
