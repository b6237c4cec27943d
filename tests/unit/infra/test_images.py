"""Images hold one program with what it needs and nothing else, run as nobody, and suit the task definitions."""

import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from click.testing import CliRunner

from executor.cli.verbs import loaded
from tests.unit.infra.dockerfile import IMAGES, Image, image, read
from tests.unit.infra.template import GIVEN, made, raw

TASKS = {"executor": "ExecutorTask", "runner": "RunnerTask", "documents": "DocumentsTask"}
PROGRAMS = {"executor": {"contract", "sql", "executor"}, "runner": {"contract", "runner"}}
EXTRAS = {"executor": ["executor"], "runner": ["runner"], "documents": ["runner", "documents"]}
DOCKERFILES = sorted(Path("infra").glob("*.Dockerfile"))


@pytest.fixture(params=IMAGES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def container(name: str) -> dict[str, object]:
    """The container that runs an image."""
    (found,) = made(raw(), **GIVEN)[TASKS[name]]["Properties"]["ContainerDefinitions"]
    return dict(found)


@pytest.mark.parametrize("path", DOCKERFILES, ids=str)
def test_hadolint_finds_nothing(path: Path) -> None:
    linter = Path(sys.executable).with_name("hadolint")
    found = subprocess.run([linter, path], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")


def test_hadolint_would_find_something(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM python:latest\nRUN cd /tmp && apt-get install gcc\n")
    found = subprocess.run([Path(sys.executable).with_name("hadolint"), tmp_path / "Dockerfile"], check=False)
    assert found.returncode == 1


def test_every_dockerfile_makes_an_image_that_is_known() -> None:
    assert {path.name.removesuffix(".Dockerfile") for path in DOCKERFILES} == {one for one, _ in IMAGES.values()}


def test_an_image_has_a_stage_to_build_in_of_which_only_the_environment_is_kept(name: str) -> None:
    found = image(name)
    first, last = (one.text for one in found.of("FROM"))
    assert first.removesuffix(" AS build") == last
    kept = [text for text in found.last_stage("COPY") if text.startswith("--from")]
    assert kept == ["--from=build /opt/reporting/.venv .venv"]


def test_an_image_is_installed_from_the_lock_by_wheels_with_only_its_extras(name: str) -> None:
    found = image(name)
    (install,) = (command for command in found.commands() if "setup.py" in command)
    words = install.split(" && ")[0].split()
    assert words[:3] == ["python", ".ci/setup.py", "."]
    assert [words[at + 1] for at, word in enumerate(words) if word == "--extra"] == EXTRAS[name]
    assert {"--no-dev", "--no-emit-project"} <= set(words)
    assert [one.text for one in found.of("ENV") if one.stage == 0] == ["UV_NO_BUILD=1"]


def test_an_image_holds_the_packages_of_its_program_and_no_other(name: str) -> None:
    assert set(image(name).copied()) == PROGRAMS[IMAGES[name][0]]


def test_no_image_installs_with_the_systems_packages_or_keeps_something_secret(name: str) -> None:
    found = image(name)
    assert not [command for command in found.commands() if "apt" in command.split()[0] or "pip install" in command]
    assert not found.of("ADD")
    told = {one.text.partition("=")[0] for one in found.of("ARG")}
    assert told <= {"BASE", "ARCHITECTURE", "EXTRAS", "WITHOUT"}


def test_an_image_runs_as_the_user_and_writes_where_its_task_definition_says(name: str) -> None:
    found, box = image(name), container(name)
    assert found.last_stage("USER") == [box["User"]]
    assert found.words("VOLUME") == [one["ContainerPath"] for one in box["MountPoints"]]  # type: ignore[attr-defined]  # a list of mounts
    assert found.environment()["HOME"] in found.words("VOLUME")


def test_what_is_tried_at_the_end_of_a_build_is_tried_as_that_user(name: str) -> None:
    words = [one.word for one in image(name).instructions]
    assert words.index("USER") < len(words) - 1 - words[::-1].index("RUN")
    assert "/smoke.py" in image(name).commands()[-1]


@pytest.mark.parametrize(
    ("name", "imports"),
    [
        ("executor", "executor.cli.main, executor.cli.serving, executor.health"),
        ("runner", "runner.__main__, botocore.session, pyarrow, snowflake.connector"),
    ],
)
def test_an_image_keeps_the_compiled_form_of_what_a_start_imports(name: str, imports: str) -> None:
    found = image(name)
    assert found.environment()["PYTHONDONTWRITEBYTECODE"] == "1"
    compiling = f"PYTHONDONTWRITEBYTECODE='' python -c \"import {imports}\""
    (at,) = (number for number, one in enumerate(found.instructions) if one.text.endswith(compiling))
    # Only root may write next to the standard library.
    assert at < [one.word for one in found.instructions].index("USER")


def test_the_programs_are_started_without_a_shell() -> None:
    assert image("executor").words("ENTRYPOINT") == ["python", "-m", "executor"]
    assert image("executor").words("CMD") == ["run"]
    assert image("runner").words("ENTRYPOINT") == ["python", "-m", "runner"]
    assert "Command" not in container("executor")


def test_an_image_for_another_processor_is_refused_at_its_build(name: str) -> None:
    (check,) = (command for command in image(name).commands() if "platform.machine()" in command)
    program = check.removeprefix('python -c "').removesuffix('"')
    codes = []
    for architecture in ("ARM64", "X86_64", ""):
        told = program.replace("['']", f"['{architecture}']")
        codes.append(subprocess.run([sys.executable, "-c", told], capture_output=True, check=False).returncode)
    assert sorted(codes) == [0, 1, 1]
    assert raw()["Parameters"]["Architecture"]["AllowedValues"] == ["ARM64", "X86_64"]


def test_the_doctor_finds_nothing_wrong_with_the_health_check_of_the_stack() -> None:
    words = ["health-check", "infra/stack.yaml", "--dockerfile", "executor=infra/executor.Dockerfile"]
    done = CliRunner().invoke(loaded("doctor"), words)
    assert (done.exit_code, "can pass and can fail" in done.output) == (0, True)


def let_in(path: str, rules: list[str]) -> bool:
    """Whether the context has a path: the last rule that speaks of it or of a folder above it decides."""
    parts = Path(path).parts
    above = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    answer = True
    for rule in rules:
        if any(fnmatchcase(one, rule.removeprefix("!").removeprefix("**/")) for one in [*above, *parts]):
            answer = rule.startswith("!")
    return answer


def test_the_context_is_what_the_dockerfiles_take_and_nothing_else() -> None:
    lines = Path(".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    taken = {part for one in map(image, IMAGES) for part in sources(one)}
    assert {rule.removeprefix("!") for rule in rules if rule.startswith("!")} == taken
    assert all(let_in(path, rules) for path in taken)
    for other in (".git/config", ".venv/bin/python", "tests/jobs.py", "executor/__pycache__/a.pyc", ".env", "id_rsa"):
        assert not let_in(other, rules), other


def sources(found: Image) -> set[str]:
    """Every path of the context that a build takes."""
    copied = (one.text.split()[:-1] for one in found.of("COPY") if not one.text.startswith("--"))
    mounted = {
        part.partition("=")[2] for one in found.of("RUN") for part in one.text.split(",") if "source=" in part[:7]
    }
    return {part for parts in copied for part in parts} | mounted


def test_a_dockerfile_is_read_with_its_arguments(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text(
        'ARG A="x y"\nFROM base AS b\n# said\nRUN --mount=type=x go ${A} \\\n    on\nFROM ${B}\nCMD ["c"]\n'
    )
    found = read(path, {"B": "other"})
    assert found.commands() == ["go x y on"]
    assert [one.text for one in found.of("FROM")] == ["base AS b", "other"]
    assert found.words("CMD") == ["c"]
