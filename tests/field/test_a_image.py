"""Rows A1 to A3 of the problems from the field: the image is for another processor, cannot be built, is too large."""

import struct
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from executor.adapters.ecs_launcher import view
from executor.core.measures import measure
from executor.deploy.recipes import RECIPES, build_command
from tests.field.asking import doctor, said
from tests.field.deployed import REGISTRY, Deployed, classified, explained, verdict
from tests.jobs import job
from tests.unit.infra.dockerfile import IMAGES, image
from tests.unit.infra.template import GIVEN, made, raw

OF_AARCH64 = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, 183, 1, 0, 0, 0, 0, 64, 0, 0, 0, 0, 0)
"""The head of a program for the processor 183 of the ELF standard, with nothing behind it: no kernel starts it."""
LOCK = Path("uv.lock").read_text(encoding="utf-8")
PROJECT = Path("pyproject.toml").read_text(encoding="utf-8")


def of_image(prod: Deployed, monkeypatch: pytest.MonkeyPatch, digest: str) -> dict[str, Any]:
    """What doctor says of a task definition with another image."""
    address = f"{REGISTRY}/reporting-prod/runner@{digest}"
    name = prod.registered(lambda _, container: container.update(image=address))
    monkeypatch.setenv("REPORTING_TASK_DEFINITION", name)
    monkeypatch.delenv("REPORTING_TASK_DEFINITION_DOCUMENTS", raising=False)
    return doctor("image")["image"]


@pytest.mark.parametrize(("architecture", "platform"), [("ARM64", "linux/arm64"), ("X86_64", "linux/amd64")])
def test_A1_build_and_task_definition_take_the_processor_from_one_setting(architecture: str, platform: str) -> None:
    resources = made(raw(), **GIVEN, Architecture=architecture)
    for task in ("RunnerTask", "DocumentsTask", "ExecutorTask"):
        assert resources[task]["Properties"]["RuntimePlatform"]["CpuArchitecture"] == architecture
    for recipe in RECIPES.values():
        command = build_command(recipe, "name:tag", architecture, None)
        assert command[command.index("--platform") + 1] == platform


def test_A1_an_image_for_another_processor_is_found_in_the_registry_before_it_is_started(
    prod: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = of_image(prod, monkeypatch, prod.push("reporting-prod/runner", "amd64"))
    assert found["state"] == "failed"
    assert "is for amd64, the task definition wants arm64" in said(found)
    assert "docker buildx build --platform linux/arm64" in said(found)
    both = of_image(prod, monkeypatch, prod.push("reporting-prod/runner", "amd64", "arm64"))
    assert both["state"] == "well"


def test_A1_a_program_for_another_processor_is_explained_with_the_command_that_builds_it_anew(
    prod: Deployed, tmp_path: Path
) -> None:
    program = tmp_path / "python"
    program.write_bytes(OF_AARCH64)
    program.chmod(0o755)
    prod.stands_for("for-another:1", [str(program)])
    task = prod.run(prod.registered(lambda _, container: container.update(image="for-another:1")))
    report = explained(task)
    assert (report["cause_id"], report["certainty"]) == ("exec_format_error", "certain")
    assert "exec format error" in report["theories"][0]["evidence"][0]
    assert "docker buildx build --platform linux/amd64" in report["remedy"]
    row = verdict(task)
    assert (row.cause_id, row.start_up, row.remedy) == ("exec_format_error", True, report["remedy"])


@pytest.mark.parametrize(
    "text",
    [
        "exec /usr/local/bin/python: exec format error",
        "image with reference runner:1 was found but does not match the specified platform: wanted linux/amd64",
    ],
)
def test_A1_both_texts_of_the_field_are_of_one_family(text: str) -> None:
    told = classified(text)
    assert (told["family"], told["certainty"]) == ("image_architecture", "certain")
    assert "docker buildx build --platform" in told["remedy"]


def out_of_step(project: str, lock: str) -> set[str]:
    """Requirements of pyproject.toml that the lock does not have, or has otherwise."""
    told = tomllib.loads(project)["project"]
    wanted = {_requirement(one) for one in told["dependencies"]}
    wanted |= {_requirement(one, extra) for extra, every in told["optional-dependencies"].items() for one in every}
    (ours,) = [one for one in tomllib.loads(lock)["package"] if one["name"] == told["name"]]
    known = set()
    for one in ours["metadata"]["requires-dist"]:
        extra = str(one.get("marker", "")).partition("extra == '")[2].partition("'")[0]
        options = f"[{','.join(one['extras'])}]" if one.get("extras") else ""
        known.add(_requirement(f"{one['name']}{options}{one.get('specifier', '')}", extra))
    return wanted ^ known


def _requirement(text: str, extra: str = "") -> str:
    one = Requirement(text)
    return f"{extra}: {one.name.lower().replace('_', '-')}{sorted(one.extras)} {one.specifier}"


def without_wheel(lock: str) -> set[str]:
    """Packages of the lock that would be built from source on one of the processors that ECS has."""
    found = set()
    for one in tomllib.loads(lock)["package"]:
        names = [wheel["url"].rsplit("/", 1)[-1] for wheel in one.get("wheels", ())]
        linux = {part for name in names for part in ("x86_64", "aarch64") if f"_{part}.whl" in name and "linux" in name}
        anywhere = any(name.endswith("-any.whl") for name in names)
        ours = {"virtual", "editable"} & set(one["source"])
        for_windows = names and all("-win" in name for name in names)
        if not (ours or anywhere or for_windows) and len(linux) < 2:
            found.add(str(one["name"]))
    return found


def test_A2_the_lock_is_in_step_with_the_project_and_has_a_wheel_of_everything_for_both_processors() -> None:
    assert out_of_step(PROJECT, LOCK) == set()
    assert without_wheel(LOCK) == set()


def test_A2_a_lock_that_is_behind_and_a_package_without_wheels_are_noticed() -> None:
    ahead = PROJECT.replace('"pydantic>=2.7,<3"', '"pydantic>=2.8,<3"')
    assert len(out_of_step(ahead, LOCK)) == 2
    assert without_wheel(LOCK.replace("aarch64.whl", "riscv64.whl"))


def test_A2_images_take_wheels_only_from_the_lock() -> None:
    for name in IMAGES:
        (install,) = (command for command in image(name).commands() if "setup.py" in command)
        assert "--no-dev" in install
        assert [one.text for one in image(name).of("ENV") if one.stage == 0] == ["UV_NO_BUILD=1"]


def test_A3_the_runners_image_has_its_own_extra_alone_and_leaves_its_build_behind() -> None:
    found = image("runner")
    (install,) = (command for command in found.commands() if "setup.py" in command)
    assert install.count("--extra") == 1
    assert [text for text in found.last_stage("COPY") if text.startswith("--from")] == [
        "--from=build /opt/reporting/.venv .venv"
    ]


@pytest.mark.parametrize(
    ("size", "state", "says"),
    [(400_000_000, "well", ""), (600_000_000, "warned", "has 600 MB"), (10_000_000_000, "failed", "has 10,000 MB")],
)
def test_A3_a_large_image_is_warned_of_and_one_of_ten_gigabytes_fails(
    prod: Deployed, monkeypatch: pytest.MonkeyPatch, size: int, state: str, says: str
) -> None:
    found = of_image(prod, monkeypatch, prod.push("reporting-prod/runner", "arm64", size=size))
    assert (found["state"], says in said(found)) == (state, True)


def test_A3_how_long_the_pull_took_stands_on_the_job(prod: Deployed) -> None:
    task = prod.run(prod.outputs["RunnerTaskDefinition"])
    took = (task["pullStoppedAt"] - task["pullStartedAt"]).total_seconds()
    assert measure(job(), view(task), None).pull_s == round(took, 3)
    assert doctor("pulls")["pulls"]["state"] == "well"
    assert "pull_s" in Path("sql/views/R__view_2_jobs.sql").read_text(encoding="utf-8")
