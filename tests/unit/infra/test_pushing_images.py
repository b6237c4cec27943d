"""Images are built once for what they are made of, for one named platform, and are known by digest from then on."""

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer import Typer
from typer.testing import CliRunner

from executor.cli.errors import CommandError
from executor.cli.images import images
from executor.deploy.images import ImageError, Registry, ensure, run
from executor.deploy.recipes import PLATFORMS, RECIPES, tag_of
from tests.unit.infra.dockerfile import IMAGES, image
from tests.unit.infra.template import raw
from tests.unit.infra.test_images import sources

app = Typer()
app.command()(images)
MANIFEST = {"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json"}


class Docker:
    """A Docker that builds nothing, and pushes to the registry what it was told to build."""

    def __init__(self, ecr: Any) -> None:
        self.ecr = ecr
        self.commands: list[Sequence[str]] = []
        self.told: list[str] = []

    def __call__(self, command: Sequence[str], folder: Path, text: str | None) -> None:
        self.commands.append(command)
        self.told += [text] if text else []
        if command[1] == "buildx":
            repository, _, tag = command[command.index("--tag") + 1].partition("/")[2].rpartition(":")
            manifest = json.dumps({**MANIFEST, "config": {"digest": f"sha256:{tag}"}})
            self.ecr.put_image(repositoryName=repository, imageManifest=manifest, imageTag=tag)


@pytest.fixture(scope="module")
def session() -> boto3.Session:
    return boto3.Session("none", "none", region_name="eu-central-1")  # reads the description of ECR once


@pytest.fixture
def ecr(session: boto3.Session) -> Iterator[Any]:
    with mock_aws():
        client = session.client("ecr")
        for name in RECIPES:
            client.create_repository(repositoryName=f"reporting-prod/{name}")
        yield client


@pytest.fixture
def root(tmp_path: Path) -> Path:
    dockerfiles = {one.dockerfile for one in RECIPES.values()}
    for part in ("pyproject.toml", "uv.lock", ".ci/setup.py", "infra/smoke.py", *dockerfiles):
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(part, tmp_path / part)
    for package in ("contract", "sql", "executor", "runner"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text(f'"""{package}"""\n')
    return tmp_path


def registry(ecr: Any, root: Path, architecture: str = "ARM64") -> Registry:
    return Registry(ecr, "prod", architecture, root)


def test_recipes_are_what_the_dockerfiles_take() -> None:
    assert {name: (one.program, dict(one.arguments)) for name, one in RECIPES.items()} == IMAGES
    for name, recipe in RECIPES.items():
        taken = {*recipe.packages, ".ci/setup.py", "pyproject.toml", "uv.lock", "infra/smoke.py"}
        assert sources(image(name)) == taken
    assert raw()["Parameters"]["Architecture"]["AllowedValues"] == list(PLATFORMS)


def test_every_image_is_built_for_its_platform_and_answered_by_digest(ecr: Any, root: Path) -> None:
    docker = Docker(ecr)
    found = ensure(registry(ecr, root), lambda _: None, docker)
    assert [command[1] for command in docker.commands] == ["login", "buildx", "buildx", "buildx"]
    for command in docker.commands[1:]:
        assert command[command.index("--platform") + 1] == "linux/arm64"
        assert "ARCHITECTURE=ARM64" in command
    assert list(found) == list(RECIPES)
    pattern = raw()["Parameters"]["ExecutorImage"]["AllowedPattern"].partition("|")[2]
    assert all(re.fullmatch(pattern, address) for address in found.values())


def test_what_is_there_already_is_not_built_again_and_a_change_is(ecr: Any, root: Path) -> None:
    first = ensure(registry(ecr, root), lambda _: None, Docker(ecr))
    (root / "runner" / "__pycache__").mkdir()
    (root / "runner" / "__pycache__" / "x.cpython-311.pyc").write_bytes(b"not part of it")
    again = Docker(ecr)
    assert ensure(registry(ecr, root), lambda _: None, again) == first
    assert again.commands == []
    (root / "runner" / "__init__.py").write_text('"""changed"""\n')
    changed = ensure(registry(ecr, root), lambda _: None, again)
    assert {name for name in first if changed[name] != first[name]} == {"runner", "documents"}


def test_the_processor_is_part_of_the_tag(root: Path) -> None:
    tags = {tag_of(recipe, root, architecture) for recipe in RECIPES.values() for architecture in PLATFORMS}
    assert len(tags) == len(RECIPES) * len(PLATFORMS)


def test_the_registrys_password_goes_to_standard_input_only(ecr: Any, root: Path) -> None:
    docker, said = Docker(ecr), list[str]()
    ensure(registry(ecr, root), said.append, docker)
    (password,) = docker.told
    assert password
    assert password not in str(docker.commands) + str(said)


def test_without_the_stack_there_is_nowhere_to_push_to(ecr: Any, root: Path) -> None:
    with pytest.raises(ImageError, match=r"no repository reporting-test/executor .* the stack makes it"):
        ensure(Registry(ecr, "test", "ARM64", root), lambda _: None, Docker(ecr))


def test_a_push_that_did_not_arrive_is_noticed(ecr: Any, root: Path) -> None:
    with pytest.raises(ImageError, match="ECR does not know it"):
        ensure(registry(ecr, root), lambda _: None, lambda *_: None)


def test_a_processor_that_nobody_has_is_refused(ecr: Any, root: Path) -> None:
    with pytest.raises(ValueError, match="ARM64, X86_64"):
        ensure(registry(ecr, root, "arm"), lambda _: None, Docker(ecr))


def test_a_command_that_fails_says_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"ended with 3: no space left"):
        run(["sh", "-c", "echo no space left >&2; exit 3"], tmp_path, None)
    with pytest.raises(ImageError, match=r"docker-that-is-not cannot be run: .* install it"):
        run(["docker-that-is-not", "build"], tmp_path, None)


@pytest.mark.parametrize(
    ("folder", "region", "words", "says"),
    [
        ("elsewhere", "eu-central-1", ["prod"], "is not the project's folder"),
        (".", "", ["prod"], "AWS_DEFAULT_REGION: is not set"),
        (".", "eu-central-1", ["prod", "--architecture", "arm"], "--architecture: 'arm' is no processor"),
        (".", "eu-central-1", ["test"], "no repository reporting-test/executor"),
    ],
)
def test_the_command_says_what_is_wrong_before_anything_is_built(
    ecr: Any, root: Path, monkeypatch: pytest.MonkeyPatch, folder: str, region: str, words: list[str], says: str
) -> None:
    (root / "elsewhere").mkdir()
    monkeypatch.chdir(root / folder)
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(root / "none"))
    with pytest.raises(CommandError, match=re.escape(says)):
        CliRunner().invoke(app, words, catch_exceptions=False, standalone_mode=False)
