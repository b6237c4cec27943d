"""The verbs of ``reporting``, listed without any of their code; a verb's module is imported when the verb is asked for.

The vendors' clients take most of a second to import, which neither the list of verbs nor a verb that needs one of
them should wait for.
"""

from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

VERBS: Final = {
    "up": "up.up",
    "demo": "demo.demo",
    "run": "run.run",
    "submit": "jobs.submit",
    "jobs": "jobs.jobs",
    "show": "jobs.show",
    "logs": "logs.logs",
    "url": "url.url",
    "preview": "preview.preview",
    "cancel": "commands.cancel",
    "retry": "commands.retry",
    "pause": "commands.pause",
    "resume": "commands.resume",
    "prune": "commands.prune",
    "deploy": "deploy.app",
    "local": "local_faults.app",
}
"""Each verb, and its module and function (or its own Typer) in this package; in the order of the list."""

LINES: Final = {
    "up": "Start the local Snowflake and AWS, the product on them, and an executor; Ctrl-C stops it, data stay.",
    "demo": "Start everything, CALL generate_daily_reports(), wait, show the jobs, keep the files, stop everything.",
    "run": "Run the executor: claim jobs, launch tasks, write back. SIGTERM stops it; tasks run on.",
    "submit": "Ask for one report.",
    "jobs": "List jobs, the newest first.",
    "show": "Show one job, whole.",
    "logs": "Print the log of a job's last attempt.",
    "url": "Print links to a report's files; each works without signing in until it expires.",
    "preview": "Make a report with few rows on this machine, by the container's own code, and say where its files are.",
    "cancel": "Cancel a job: it is CANCELLED once its task has stopped.",
    "retry": "Make an ended report again, as a new job.",
    "pause": "Start no more jobs of a type, or of all types; what runs runs on.",
    "resume": "Start jobs of a type, or of all types, again.",
    "prune": "Forget jobs that ended long ago, with results and history; files in S3 stay.",
    "deploy": "Install or upgrade the product.",
    "local": "What the local cloud offers besides Snowflake and AWS.",
}
"""What the list says of each verb: the first line of its own help."""


class Verbs(TyperGroup):
    """The group of all verbs."""

    def __init__(self, **attributes: Any) -> None:
        """Take what Typer gives to a group."""
        super().__init__(**attributes)
        for name in VERBS:
            self.add_command(_Verb(name=name, help=LINES[name]))


class _Verb(TyperCommand):
    """A verb in the list; it becomes the real one when there are arguments to read."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        return loaded(str(self.name)).make_context(info_name, args, parent, **extra)


def loaded(name: str) -> Any:
    """The command behind a verb, or the group of commands, as Typer makes it."""
    module, _, attribute = VERBS[name].partition(".")
    found = getattr(import_module(f"executor.cli.{module}"), attribute)
    if isinstance(found, typer.Typer):
        return typer.main.get_command(found)
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    alone.command(name)(found)
    return typer.main.get_command(alone)
