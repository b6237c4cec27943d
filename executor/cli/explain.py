"""``explain``: what went wrong, from what was saved or from what AWS still tells."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from doctor.evidence.evidence import Evidence
from doctor.evidence.masking import masked
from doctor.evidence.reading import NoEvidenceError, read
from doctor.evidence.subjects import Subject, subject_of_task, subjects
from doctor.explain.explain import Report, explain
from doctor.explain.words import as_data, markdown
from executor.cli.errors import CommandError, Exit
from executor.cli.explained_job import kept, newest_test, theory

if TYPE_CHECKING:
    from executor.cli.collecting import Collector

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
Collect = Annotated[Path | None, typer.Option("--collect", help="Also write what AWS told there, secrets masked.")]
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


@app.command()
def service(
    name: Annotated[str, typer.Argument(help="The service's name.")],
    *,
    cluster: Annotated[str, typer.Option("--cluster", help="Its cluster.")] = "default",
    bundle_: Annotated[Path | None, typer.Option("--bundle", help="Explain it from this bundle; ask nobody.")] = None,
    collect: Collect = None,
    dockerfile: Dockerfiles = None,
    image_base: Bases = None,
    note: Notes = None,
    json_: AsJson = False,
) -> None:
    """Explain why an always-on service does not get healthy, by what AWS tells of it.

    Account and region are those of the environment (AWS_PROFILE, AWS_DEFAULT_REGION).
    """
    if bundle_ is not None:
        evidence = saved(bundle_)
    else:
        collector = _collector()
        collector.service(cluster, name)
        evidence = _collected(collector, collect)
    add(evidence, dockerfile or [], image_base or [], note or [])
    tell([explain(subject) for subject in chosen(evidence, [name], None)], evidence, json_=json_)


@app.command()
def task(
    reference: Annotated[str, typer.Argument(metavar="TASK", help="The task's ARN, or its id with --cluster.")],
    *,
    cluster: Annotated[str | None, typer.Option("--cluster", help="Its cluster; an ARN names it.")] = None,
    collect: Collect = None,
    json_: AsJson = False,
) -> None:
    """Explain why one task ended, while ECS remembers it: about an hour."""
    named = reference.split("/")[1] if reference.count("/") == 2 else "default"
    collector = _collector()
    if not collector.task(cluster or named, reference):
        raise CommandError(
            f"ECS does not know task {reference} in cluster {cluster or named}; it forgets after an hour."
        )
    evidence = _collected(collector, collect)
    tell([explain(subject) for subject in chosen(evidence, [], reference)], evidence, json_=json_)


@app.command()
def job(
    job_id: Annotated[str, typer.Argument(metavar="JOB")],
    *,
    collect: Collect = None,
    json_: AsJson = False,
) -> None:
    """Explain why a job failed: its attempts, also after ECS has forgotten their tasks."""
    from executor.cli.client import connected  # noqa: PLC0415 - a saved bundle is explained without Snowflake's client

    with connected() as client:
        row = client.job(job_id)
        attempts = client.rows("attempts_of_job", job_id=job_id)
        tested = newest_test(client, row)
    collector = _collector()
    collector.answers |= masked(tested)
    collector.answers |= masked(json.loads(json.dumps(kept(row, attempts), default=str)))
    evidence = _collected(collector, collect)
    mine = Subject(job_id, None, None, tuple(evidence.tasks), (), tuple(evidence.logs), None, evidence)
    tell([explain(mine, theory(row, attempts))], evidence, json_=json_)


def _collector() -> "Collector":
    from executor.cli.collecting import Collector  # noqa: PLC0415 - a saved bundle is explained without AWS's client

    return Collector()


def _collected(collector: "Collector", path: Path | None) -> Evidence:
    """The evidence; written to a path as well, secrets masked."""
    if path is not None:
        path.write_text(json.dumps(collector.answers, indent=2, default=str, ensure_ascii=False), encoding="utf-8")
        typer.echo(f"{path}: {len(collector.answers)} answers, secrets masked", err=True)
    return collector.evidence()


def saved(path: Path, *, compared: bool = False) -> Evidence:
    """The evidence at a path; ``compared`` takes settings or a stack alone for enough.

    Raises:
        CommandError: there is none that can be read.
    """
    try:
        return read(path, compared=compared)
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
