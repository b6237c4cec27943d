"""Health checks in task definitions and templates: found, worked out, and refused where there are none."""

import json
from pathlib import Path

import pytest

from doctor.health_checks.checks import NoTaskDefinitionError
from doctor.health_checks.dockerfile import read
from doctor.health_checks.judge import judge
from doctor.health_checks.reading import checks_in
from doctor.health_checks.verdicts import Verdict

TEMPLATE = """
Parameters:
  Tag: {Type: String, Default: "7"}
  Port: {Type: Number, Default: 8080}
  Repository: {Type: String}
  Stage: {Type: String, Default: prod}
Mappings:
  Health: {prod: {path: /ready}, dev: {path: /}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  WebTask:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: !Sub "${AWS::StackName}-web"
      ContainerDefinitions:
        - Name: web
          Image: !Sub "nginx:${Tag}-alpine"
          PortMappings: [{ContainerPort: !Ref Port}]
          HealthCheck:
            Command:
              - CMD-SHELL
              - !Sub
                - "curl -f http://localhost:${Port}${Path} || exit 1"
                - {Path: !FindInMap [Health, !Ref Stage, path]}
            Interval: !If [IsProd, 20, 60]
  WorkerTask:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: worker
      ContainerDefinitions:
        - Name: worker
          Image: !Join ["/", [!Ref Repository, "worker:1"]]
          Command: !Split [" ", "python -m src.worker"]
          HealthCheck: {Command: [CMD, python, -c, "import os; os.stat('/tmp/alive')"]}
  Web:
    Type: AWS::ECS::Service
    Properties: {ServiceName: !Sub "${AWS::StackName}-web", TaskDefinition: !Ref WebTask}
  Worker:
    Type: AWS::ECS::Service
    Properties: {TaskDefinition: !Ref WorkerTask}
  WorkerForNights:
    Type: AWS::ECS::Service
    Properties: {TaskDefinition: !GetAtt WorkerTask.TaskDefinitionArn}
"""


def of(text: str, dockerfile: str | None = None) -> list[Verdict | None]:
    built = read(dockerfile) if dockerfile else None
    return [judge(check, built) for check in checks_in(text)]


def definition(check: list[str], **container: object) -> str:
    app = {"name": "app", "image": "acme/consumer:1", "healthCheck": {"command": check}, **container}
    return json.dumps({"family": "consumer", "containerDefinitions": [app]})


def test_a_template_gives_a_check_for_each_service_with_its_functions_worked_out() -> None:
    web, worker, nights = checks_in(TEMPLATE)
    assert (web.service, web.container, web.image) == ("stack-web", "web", "nginx:7-alpine")
    assert web.command == ("CMD-SHELL", "curl -f http://localhost:8080/ready || exit 1")
    assert (web.interval_s, web.ports) == (20, (8080,))
    assert [worker.service, nights.service] == ["Worker", "WorkerForNights"]
    assert worker.arguments == ("python", "-m", "src.worker")


def test_a_parameter_given_goes_before_its_default() -> None:
    (web, *_) = checks_in(TEMPLATE, parameters={"Port": "9000", "Stage": "dev"})
    assert (web.command, web.interval_s) == (("CMD-SHELL", "curl -f http://localhost:9000/ || exit 1"), 60)


def test_a_command_that_only_the_account_knows_depends() -> None:
    template = TEMPLATE.replace("{Type: Number, Default: 8080}", "{Type: Number}")
    verdict = judge(checks_in(template)[0])
    assert verdict is not None
    assert (verdict.can_ever_pass, [note.id for note in verdict.notes]) == ("depends", ["cannot_be_known"])


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda body: body,
        lambda body: {"taskDefinition": body, "tags": []},
        lambda body: [{"taskDefinition": body}],
        lambda body: {"taskDefinitions": [body]},
    ],
)
def test_every_way_in_which_the_api_shows_a_task_definition_is_read(wrapped: object) -> None:
    body = json.loads(definition(["CMD-SHELL", "exit 0"]))
    (check,) = checks_in(json.dumps(wrapped(body)))  # type: ignore[operator] # each is a function of the body
    assert (check.service, check.container, check.command) == ("consumer", "app", ("CMD-SHELL", "exit 0"))


@pytest.mark.parametrize(
    "text", ["{}", "[]", "Resources: {Bucket: {Type: AWS::S3::Bucket}}", '{"containerDefinitions": []}']
)
def test_a_file_without_a_task_definition_is_refused(text: str) -> None:
    with pytest.raises(NoTaskDefinitionError):
        checks_in(text)


def test_a_file_that_is_no_data_is_refused_with_the_place() -> None:
    with pytest.raises(ValueError, match=r"neither JSON nor YAML.*line 1"):
        checks_in("a: [1")


def test_with_the_dockerfile_both_faults_of_a_process_check_are_named_and_without_it_it_is_not_settled() -> None:
    text = definition(["CMD-SHELL", "ps aux | grep -v grep | grep consumer.py || exit 1"])
    dockerfile = 'FROM python:3.11-slim\nCOPY . /app\nCMD ["python", "-m", "src.consumer"]\n'
    (settled,), (open_,) = of(text, dockerfile), of(text)
    assert settled is not None
    assert open_ is not None
    assert settled.can_ever_pass is False
    assert [fault.id for fault in settled.faults] == ["program_missing", "pattern_cannot_match"]
    assert "python -m src.consumer" in settled.faults[1].says
    assert open_.can_ever_pass == "depends"
    assert [fault.id for fault in open_.faults] == ["program_doubtful"]


def test_times_that_ecs_would_not_take_are_named() -> None:
    check = {"command": ["CMD", "curl", "-f", "http://localhost/"], "interval": 4, "timeout": 5, "retries": 11}
    (verdict,) = of(definition([], healthCheck=check, image="python:3.11"))
    assert verdict is not None
    assert [(f.id, f.says.split(" is ")[0]) for f in verdict.faults if f.id == "out_of_range"] == [
        ("out_of_range", "interval 4"),
        ("out_of_range", "retries 11"),
    ]


def test_a_timeout_over_the_interval_is_worth_a_note_because_checks_wait_for_each_other() -> None:
    check = {"command": ["CMD", "curl", "-f", "http://localhost/"], "interval": 10, "timeout": 20}
    (verdict,) = of(definition([], healthCheck=check, image="python:3.11"))
    assert verdict is not None
    assert (verdict.can_ever_pass, verdict.faults) == (True, ())
    assert "timeout_not_below_interval" in {note.id for note in verdict.notes}


def test_a_start_that_was_measured_longer_than_the_patience_is_a_fault() -> None:
    (check,) = checks_in(definition(["CMD", "curl", "-f", "http://localhost/"], image="python:3.11"))
    slow, quick = judge(check, measured_start_s=120), judge(check, measured_start_s=80)
    assert slow is not None
    assert quick is not None
    assert ([f.id for f in slow.faults], quick.faults) == (["start_period_too_short"], ())


def test_a_parameter_outside_of_sub_is_named() -> None:
    template = TEMPLATE.replace('"curl -f http://localhost:${Port}${Path} || exit 1"', '"exit 0"').replace(
        "[CMD, python, -c, \"import os; os.stat('/tmp/alive')\"]", '[CMD-SHELL, "curl -f http://localhost:${Port}/"]'
    )
    verdicts = [judge(check) for check in checks_in(template)]
    assert {fault.id for verdict in verdicts[1:] if verdict for fault in verdict.faults} == {"parameter_not_filled"}


def test_a_health_check_without_a_command_is_a_fault() -> None:
    (verdict,) = of(definition([]))
    assert verdict is not None
    assert (verdict.can_ever_pass, [fault.id for fault in verdict.faults]) == (False, ["command_empty"])


def test_a_healthcheck_of_the_image_counts_for_nothing() -> None:
    text = json.dumps({"containerDefinitions": [{"name": "app", "image": "acme/app:1"}]})
    (verdict,) = of(text, "FROM node:22-slim\nHEALTHCHECK CMD curl -f http://localhost/\n")
    assert verdict is not None
    assert (verdict.can_ever_pass, [f.id for f in verdict.faults]) == (False, ["image_healthcheck_ignored"])
    assert of(text, "FROM node:22-slim\n") == [None]


def test_an_entry_point_in_the_task_definition_takes_the_place_of_the_images_command() -> None:
    pattern = ["CMD", "pgrep", "-f", "worker.py"]
    text = definition(pattern, entryPoint=["python", "worker.py"], image="python:3.11")
    (verdict,) = of(text, 'FROM python:3.11\nENTRYPOINT ["python", "web.py"]\nCMD ["--fast"]\n')
    assert verdict is not None
    assert (verdict.can_ever_pass, verdict.faults) == (True, ())


def test_a_shell_form_command_and_an_init_program_are_seen_through() -> None:
    text = definition(["CMD-SHELL", "ps aux | grep '[s]rc.consumer' || exit 1"])
    for started in ("CMD python -m src.consumer", 'ENTRYPOINT ["tini", "--"]\nCMD ["python", "-m", "src.consumer"]'):
        (verdict,) = of(text, f"FROM python:3.11\n{started}\n")
        assert verdict is not None
        assert (verdict.can_ever_pass, verdict.faults) == (True, ())


def test_the_faults_page_lists_every_fault_with_its_theory(request: pytest.FixtureRequest) -> None:
    from doctor.health_checks.faults import kinds  # noqa: PLC0415 -- only this test reads the table itself

    page = Path(request.config.rootpath, "docs/reference/health-checks.md").read_text(encoding="utf-8")
    assert [kind for kind in kinds() if f"`{kind}`" not in page] == []


def test_what_a_template_leaves_out_or_only_the_account_knows_is_no_trouble() -> None:
    (verdict,) = of(
        """
        Resources:
          Task:
            Type: AWS::ECS::TaskDefinition
            Properties:
              ContainerDefinitions:
                - Name: app
                  Image: nginx
                  Environment: !FindInMap [Environments, prod, variables]
                  PortMappings: [!ImportValue mapping]
                  HealthCheck: !FindInMap [Checks, prod, check]
          Service: {Type: AWS::ECS::Service, Properties: }
        """
    )
    assert verdict is not None
    assert (verdict.can_ever_pass, [note.id for note in verdict.notes]) == ("depends", ["cannot_be_known"])


def test_a_port_of_another_service_is_neither_held_against_a_check_nor_asked_by_a_better_one() -> None:
    environment = [{"name": "DB_PORT", "value": "5432"}]
    (asks,) = of(definition(["CMD", "curl", "-f", "http://localhost:8080/"], environment=environment))
    (looks,) = of(
        definition(["CMD-SHELL", "ps aux | grep '[w]orker'"], environment=environment), "FROM python:3.11-slim\n"
    )
    assert asks is not None
    assert looks is not None
    assert asks.faults == ()
    assert looks.better is not None
    assert "5432" not in str(looks.better.health_check)
    (wrong,) = of(
        definition(["CMD", "curl", "-f", "http://localhost:8080/"], environment=[{"name": "PORT", "value": "8000"}])
    )
    assert wrong is not None
    assert [fault.id for fault in wrong.faults] == ["wrong_port"]
