"""The verbs of ``reporting``, listed without any of their code; a verb's module is imported when the verb is asked for.

The vendors' clients take most of a second to import, which neither the list of verbs nor a verb that needs one of
them should wait for.
"""

from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from executor.cli import elsewhere

VERBS: Final = {
    "up": "up.up",
    "demo": "demo.demo",
    "run": "run.run",
    "drain": "run.drain",
    "submit": "jobs.submit",
    "jobs": "jobs.jobs",
    "show": "jobs.show",
    "logs": "logs.logs",
    "watch": "watch.watch",
    "url": "url.url",
    "preview": "preview.preview",
    "cancel": "commands.cancel",
    "retry": "commands.retry",
    "pause": "commands.pause",
    "resume": "commands.resume",
    "prune": "commands.prune",
    "costs": "costs.costs",
    "causes": "causes.causes",
    "classify": "classify.classify",
    "deploy": "deploy.app",
    "rollback": "environments.rollback",
    "hours": "hours.hours",
    "destroy": "destroy.destroy",
    "recover": "recover.recover",
    "doctor": "doctor.app",
    "explain": "explain.app",
    "compare": "compare.compare",
    "local": "local_faults.app",
}
"""Each verb, and its module and function (or its own Typer) in this package; in the order of the list."""

LINES: Final = {
    "up": "Start the local Snowflake and AWS, the product on them, and an executor; Ctrl-C stops it, data stay.",
    "demo": "Start everything, CALL generate_daily_reports(), wait, show the jobs, keep the files, stop everything.",
    "run": "Run the executor: claim jobs, launch tasks, write back. SIGTERM stops it; tasks run on.",
    "drain": "Run an executor until the queue is empty, then end; jobs of a later day stay in it.",
    "submit": "Ask for one report.",
    "jobs": "List jobs, the newest first.",
    "show": "Show one job, whole.",
    "logs": "Print the log of a job's last attempt.",
    "watch": "Watch jobs move: stage and rows from their logs; until they have ended, or Ctrl-C.",
    "url": "Print links to a report's files; each works without signing in until it expires.",
    "preview": "Make a report with few rows on this machine, by the container's own code, and say where its files are.",
    "cancel": "Cancel a job: it is CANCELLED once its task has stopped.",
    "retry": "Make an ended report again, as a new job.",
    "pause": "Start no more jobs of a type, or of all types; what runs runs on.",
    "resume": "Start jobs of a type, or of all types, again.",
    "prune": "Forget jobs that ended long ago, with results and history; files in S3 stay.",
    "costs": "Show what reports cost, by month and type: jobs, hours, USD; also of jobs that were pruned.",
    "causes": "List the known causes of failure: what they mean, what to do, whether a retry helps.",
    "classify": "Tell the cause of failure texts, without any connection.",
    "deploy": "Install or upgrade the product.",
    "rollback": "Let an earlier version of programs and procedures work again; tables and data stay as they are.",
    "hours": "Show, set or take away the hours in which an environment's executor runs; jobs wait outside of them.",
    "destroy": "Remove an environment's programs and all that costs while idle; its data stay, and are listed.",
    "recover": "Put lost states and history back from the manifests in S3; changes no row that is there.",
    "doctor": "Find what will break before it breaks.",
    "explain": "Tell why something failed: cause, evidence, what to change.",
    "compare": "Show what differs between two deployments, across accounts, regions and profiles.",
    "local": "What the local cloud offers besides Snowflake and AWS.",
}
"""What the list says of each verb: the first line of its own help."""

EXAMPLES: Final = {
    "up": "reporting up --dir .local --no-executor",
    "demo": "reporting demo --dir build/demo",
    "run": "reporting run --check",
    "drain": "reporting drain",
    "submit": "reporting submit SALES_REPORT --param start_date=2026-01-01 --wait",
    "jobs": "reporting jobs --status FAILED --since 2h",
    "show": "reporting show DATA_QUALITY_2026-03-01_0a1b2c3d4e5f --json",
    "logs": "reporting logs DATA_QUALITY_2026-03-01_0a1b2c3d4e5f --follow",
    "watch": "reporting watch DATA_QUALITY_2026-03-01_0a1b2c3d4e5f",
    "url": "reporting url DATA_QUALITY_2026-03-01_0a1b2c3d4e5f --expires 600",
    "preview": "reporting preview SALES_REPORT --rows 20 --format csv",
    "cancel": "reporting cancel DATA_QUALITY_2026-03-01_0a1b2c3d4e5f",
    "retry": "reporting retry DATA_QUALITY_2026-03-01_0a1b2c3d4e5f",
    "pause": "reporting pause SALES_REPORT",
    "resume": "reporting resume SALES_REPORT",
    "prune": "reporting prune --keep-days 90",
    "costs": "reporting costs --months 6",
    "causes": "reporting causes --family secret_denied",
    "classify": "reporting classify 'exec /usr/local/bin/python: exec format error'",
    "deploy": "reporting deploy --env prod --plan",
    "deploy doorbell": "reporting deploy doorbell arn:aws:sns:eu-central-1:123456789012:reporting-doorbell",
    "deploy images": "reporting deploy images prod --architecture ARM64",
    "deploy move-over": "reporting deploy move-over --matching 'HTTP_REPORTS_*'",
    "deploy snowflake": "reporting deploy snowflake",
    "rollback": "reporting rollback --env prod --to 3",
    "hours": "reporting hours --env prod --from 06:00 --to 20:00 --days mon-fri --zone Europe/Berlin",
    "destroy": "reporting destroy --env dev",
    "recover": "reporting recover --plan",
    "doctor": "reporting doctor --only subnets --only way_out",
    "doctor health-check": "reporting doctor health-check template.yaml --dockerfile consumer=Dockerfile",
    "explain": "reporting explain bundle incident.zip --dockerfile consumer=Dockerfile",
    "explain bundle": "reporting explain bundle incident.zip --service consumer --image-base python:3.11-slim",
    "explain service": "reporting explain service consumer --cluster main --collect incident.json",
    "explain task": "reporting explain task 0a1b2c3d4e5f60718293a4b5c6d7e8f9 --cluster reporting",
    "explain job": "reporting explain job DATA_QUALITY_2026-03-01_0a1b2c3d4e5f --json",
    "compare": "reporting compare service:main/web@old service:main/web@new/eu-central-1",
    "local": "reporting local fault list",
    "local clock": "reporting local clock --next",
    "local fault": "reporting local fault kinds",
    "local fault add": "reporting local fault add aws RunTask throttle --times 3",
    "local fault list": "reporting local fault list --dir .local",
    "local fault clear": "reporting local fault clear aws",
    "local fault kinds": "reporting local fault kinds --json",
}
"""One line to start from, for each command and group."""


class Verbs(TyperGroup):
    """The group of all verbs."""

    def __init__(self, **attributes: Any) -> None:
        """Take what Typer gives to a group."""
        super().__init__(**attributes)
        for name in VERBS:
            self.add_command(_Verb(name=name, help=LINES[name], hidden=not elsewhere.is_here(name)))


class _Verb(TyperCommand):
    """A verb in the list; it becomes the real one when there are arguments to read."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        return loaded(str(self.name)).make_context(info_name, args, parent, **extra)


def loaded(name: str) -> Any:
    """The command behind a verb, or the group of commands, as Typer makes it.

    Raises:
        CommandError: it is not in this installation.
    """
    elsewhere.check(name)
    module, _, attribute = VERBS[name].partition(".")
    found = getattr(import_module(f"executor.cli.{module}"), attribute)
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    if not isinstance(found, typer.Typer):
        alone.command(name)(found)
    command = typer.main.get_command(found if isinstance(found, typer.Typer) else alone)
    _show_examples(command, name)
    return command


def _show_examples(command: Any, words: str) -> None:
    example = f"\b\nExample: {EXAMPLES[words]}"
    command.epilog = f"{example}\n\n{command.epilog}" if command.epilog else example
    for name, inner in getattr(command, "commands", {}).items():
        _show_examples(inner, f"{words} {name}")
