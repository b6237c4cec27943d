"""``doctor``: what will break, found before it does."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from doctor.health_checks.checks import Check, NoTaskDefinitionError
from doctor.health_checks.dockerfile import Built, DockerfileError, read
from doctor.health_checks.judge import judge
from doctor.health_checks.reading import checks_in, parameters_in
from doctor.health_checks.verdicts import Verdict
from executor.cli.deployment import deployment
from executor.cli.errors import CommandError, Exit
from executor.cli.verdicts import lines_of
from executor.cli.words_or_commands import WordsOrCommands

app = typer.Typer(cls=WordsOrCommands, help="Find what will break before it breaks.", add_completion=False)
app.callback(invoke_without_command=True)(deployment)


@app.command("health-check")
def health_check(
    files: Annotated[list[Path], typer.Argument(help="Task definitions (JSON) or CloudFormation templates.")],
    *,
    dockerfile: Annotated[
        list[str] | None,
        typer.Option("--dockerfile", help="PATH, or NAME=PATH for one service or container; may be repeated."),
    ] = None,
    image_base: Annotated[
        list[str] | None,
        typer.Option("--image-base", help="Base image, such as python:3.11-slim, or NAME=IMAGE; may be repeated."),
    ] = None,
    parameter: Annotated[
        list[str] | None, typer.Option("--parameter", help="name=value for a template's parameter; may be repeated.")
    ] = None,
    start_s: Annotated[
        float | None,
        typer.Option("--measured-start", help="Seconds that the service was seen to need to start.", min=0),
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object per check, in a list.")] = False,
) -> None:
    """Judge container health checks without running them: can each ever pass, can it ever fail, what is better?

    Exit code 0 when nothing is wrong, 1 when a check has a fault, 2 when a file cannot be read.
    """
    images = _images(dockerfile or [], image_base or [])
    parameters = dict(_named(text, "--parameter") for text in parameter or [])
    checks = [check for path in files for check in _checks(path, parameters)]
    _refuse_strangers(images, checks)
    _refuse_unknown_parameters(files, parameters)
    verdicts = [
        verdict
        for check in checks
        if (verdict := judge(check, _image_of(check, images), measured_start_s=start_s)) is not None
    ]
    typer.echo(
        json.dumps([_as_json(verdict) for verdict in verdicts], indent=2) if json_ else "\n".join(lines_of(verdicts))
    )
    if any(verdict.bad for verdict in verdicts):
        raise typer.Exit(Exit.FAILED)


def _as_json(verdict: Verdict) -> dict[str, Any]:
    check = verdict.check
    return {
        "service": check.service,
        "container": check.container,
        "can_ever_pass": verdict.can_ever_pass,
        "can_ever_fail": verdict.can_ever_fail,
        "measures": verdict.measures,
        "faults": [asdict(fault) for fault in verdict.faults],
        "notes": [asdict(note) for note in verdict.notes],
        "command": list(check.command or ()),
        "image": verdict.image.replace("`", ""),
        "better": verdict.better.health_check if verdict.better else None,
        "better_needs": verdict.better.needs if verdict.better else "",
    }


def _checks(path: Path, parameters: dict[str, str]) -> list[Check]:
    try:
        return checks_in(path.read_text(encoding="utf-8"), parameters=parameters)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}. Give a file that can be read.", Exit.USAGE) from error
    except (NoTaskDefinitionError, ValueError) as error:
        raise CommandError(f"{path}: {error}.", Exit.USAGE) from error


def _images(dockerfiles: list[str], bases: list[str]) -> dict[str, Built]:
    """The image for each service or container that is named; the empty name is for all others."""
    images: dict[str, Built] = {}
    for text in bases:
        name, base = _perhaps_named(text)
        images[name] = read(f"FROM {base}\n")
    for text in dockerfiles:
        name, path = _perhaps_named(text)
        try:
            images[name] = read(Path(path).read_text(encoding="utf-8"))
        except OSError as error:
            raise CommandError(f"--dockerfile {path}: {error.strerror}.", Exit.USAGE) from error
        except (DockerfileError, ValueError) as error:
            raise CommandError(f"--dockerfile {path}: {error}.", Exit.USAGE) from error
    return images


def _image_of(check: Check, images: dict[str, Built]) -> Built | None:
    for name in (f"{check.service}/{check.container}", check.service, check.container, ""):
        if name in images:
            return images[name]
    return None


def _refuse_strangers(images: dict[str, Built], checks: list[Check]) -> None:
    known_names = {
        name for check in checks for name in (f"{check.service}/{check.container}", check.service, check.container)
    }
    for name in images:
        if name and name not in known_names:
            message = f"no service or container is named {name!r}; there are: {', '.join(sorted(known_names))}."
            raise CommandError(message, Exit.USAGE)


def _refuse_unknown_parameters(files: list[Path], parameters: dict[str, str]) -> None:
    names = {name for path in files for name in parameters_in(path.read_text(encoding="utf-8"))}
    for name in parameters.keys() - names:
        message = (
            f"--parameter {name}: no template has such a parameter; there are: {', '.join(sorted(names)) or 'none'}."
        )
        raise CommandError(message, Exit.USAGE)


def _perhaps_named(text: str) -> tuple[str, str]:
    name, equals, rest = text.partition("=")
    return (name, rest) if equals else ("", text)


def _named(text: str, option: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise CommandError(f"{option} {text}: wants name=value.", Exit.USAGE)
    return name, value
