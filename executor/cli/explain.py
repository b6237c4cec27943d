"""``explain``: what went wrong, from what was saved or from what AWS still tells."""

import json
from pathlib import Path
from typing import Annotated

import typer

from doctor.evidence.evidence import Evidence
from doctor.evidence.reading import NoEvidenceError, read
from doctor.evidence.subjects import Subject, subject_of_task, subjects
from doctor.explain.explain import Report, explain
from doctor.explain.words import as_data, markdown
from executor.cli.errors import CommandError, Exit

app = typer.Typer(
    help="Tell why something failed: cause, evidence, what to change.", no_args_is_help=True, add_completion=False
)

Dockerfiles = Annotated[
    list[str] | None,
    typer.Option("--dockerfile", help="PATH, or NAME=PATH for one service; may be repeated."),
]
Bases = Annotated[
    list[str] | None,
    typer.Option("--image-base", help="Base image, such as python:3.11-slim, or NAME=IMAGE; may be repeated."),
]
Notes = Annotated[
    list[str] | None,
    typer.Option("--note", help="What people saw, as a sentence that may speak for or against a theory."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print a list with one object per service.")]


@app.callback()
def group() -> None:
    """Tell why something failed: cause, evidence, what to change."""


@app.command()
def bundle(
    path: Annotated[
        Path, typer.Argument(help="Folder, .zip, .tar or file with describe-* answers, logs, Dockerfiles.")
    ],
    *,
    service: Annotated[list[str] | None, typer.Option("--service", help="Only this service; may be repeated.")] = None,
    task: Annotated[str | None, typer.Option("--task", help="Only this task, by ARN or id.")] = None,
    dockerfile: Dockerfiles = None,
    image_base: Bases = None,
    note: Notes = None,
    json_: AsJson = False,
) -> None:
    """Explain from what somebody saved or mailed, without asking AWS.

    Exit code 0 when there is a report, whatever it says; 2 when nothing could be read.
    """
    evidence = saved(path)
    add(evidence, dockerfile or [], image_base or [], note or [])
    tell([explain(subject) for subject in chosen(evidence, service or [], task)], evidence, json_=json_)


def saved(path: Path) -> Evidence:
    """The evidence at a path.

    Raises:
        CommandError: there is none that can be read.
    """
    try:
        return read(path)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}. Give a folder or file that can be read.", Exit.USAGE) from error
    except NoEvidenceError as error:
        raise CommandError(f"{error}.", Exit.USAGE) from error


def add(evidence: Evidence, dockerfiles: list[str], bases: list[str], notes: list[str]) -> None:
    """Put what the command line tells beside the evidence."""
    for text in bases:
        name, image = _perhaps_named(text)
        evidence.dockerfiles[name] = f"FROM {image}\n"
    for text in dockerfiles:
        name, path = _perhaps_named(text)
        try:
            evidence.dockerfiles[name] = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"--dockerfile {path}: {error}.", Exit.USAGE) from error
    evidence.notes |= {f"note {number}": text for number, text in enumerate(notes, 1)}


def chosen(evidence: Evidence, services: list[str], task: str | None) -> list[Subject]:
    """The subjects that were asked for, or all.

    Raises:
        CommandError: one is not in the evidence; names those that are.
    """
    if task is not None:
        found = subject_of_task(evidence, task)
        if found is None:
            known = ", ".join(task.id for task in evidence.tasks[:10]) or "none"
            raise CommandError(f"no task {task!r} in it; there are: {known}.", Exit.USAGE)
        return [found]
    every = {subject.name: subject for subject in subjects(evidence)}
    for name in services:
        if name not in every:
            raise CommandError(f"no service {name!r} in it; there are: {', '.join(sorted(every))}.", Exit.USAGE)
    return [every[name] for name in services] if services else list(every.values())


def tell(reports: list[Report], evidence: Evidence, *, json_: bool) -> None:
    """Print reports as Markdown, or as JSON."""
    if json_:
        typer.echo(json.dumps([as_data(report) for report in reports], indent=2, ensure_ascii=False))
    else:
        typer.echo(markdown(reports, evidence.unread), nl=False)


def _perhaps_named(text: str) -> tuple[str, str]:
    name, equals, rest = text.partition("=")
    return (name, rest) if equals else ("", text)
