"""``local fault``: order the local cloud to fail, see what is still to come, take it back."""

from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from rich.table import Table

from executor.cli.client import as_json
from executor.cli.errors import CommandError, Exit
from executor.cli.fault_catalogue import KINDS, Side, as_help
from executor.cli.jobs import Json, wide_console
from executor.cli.local_clock import clock
from executor.cli.local_endpoints import Endpoints

# What an order says besides side, op, kind, times and match, and the values that go without saying.
USUAL: dict[str, tuple[object, ...]] = {
    "seconds": (1.0,), "after_s": (0.0,), "text": ("",), "running": (False,), "answers": (0,), "code": (1, 390111),
    "status": (503,), "error": ("",),
}  # fmt: skip

app = typer.Typer(no_args_is_help=True, help="What the local cloud offers besides Snowflake and AWS.")
fault = typer.Typer(no_args_is_help=True, help="Order the local cloud to fail as the real ones do.")
app.add_typer(fault, name="fault")
app.command()(clock)

Folder = Annotated[Path, typer.Option("--dir", help="The folder of reporting up.")]
LOCAL = Path(".local")


@fault.command(epilog=as_help())
def add(  # noqa: PLR0913 - one parameter per field of an order
    side: Annotated[Side, typer.Argument(help="aws or snowflake.", show_default=False)],
    op: Annotated[str, typer.Argument(help="An operation such as RunTask, task, event; MERGE, *, LOGIN.")],
    kind: Annotated[str, typer.Argument(help="What goes wrong; below is what there is.")],
    *,
    times: Annotated[int, typer.Option(help="How often it strikes.", min=1)] = 1,
    match: Annotated[
        str | None, typer.Option(help="Only what has this in its text; for Snowflake a regular expression.")
    ] = None,
    seconds: Annotated[float | None, typer.Option(help="How long, for what is slow.")] = None,
    after_s: Annotated[float | None, typer.Option(help="How long a task runs before it is struck.")] = None,
    code: Annotated[int | None, typer.Option(help="Exit code, session error, or 400 for an error.")] = None,
    status: Annotated[int | None, typer.Option(help="HTTP status of unavailable.")] = None,
    answers: Annotated[int | None, typer.Option(help="Answers that reply_lost loses; 0 is all.")] = None,
    error: Annotated[str | None, typer.Option(help="The code of an error, such as BlockedException.")] = None,
    text: Annotated[str | None, typer.Option(help="Other words than the usual ones.")] = None,
    folder: Folder = LOCAL,
    running: Annotated[bool, typer.Option("--running", help="Strike tasks that run already, too.")] = False,
    json_: Json = False,
) -> None:
    """Order one kind of trouble."""
    given = {
        "op": op, "kind": kind, "times": times, "match": match, "seconds": seconds, "after_s": after_s, "code": code,
        "status": status, "answers": answers, "text": text, "error": error, "running": running or None,
    }  # fmt: skip
    order = {name: value for name, value in given.items() if value is not None}
    _check(side, order)
    endpoints = Endpoints(folder)
    endpoints.order(side, order)
    _show([{"side": side, **row} for row in endpoints.left(side)], json_=json_)


@fault.command("list")
def list_(folder: Folder = LOCAL, *, json_: Json = False) -> None:
    """Show what has been ordered and has not struck yet."""
    endpoints = Endpoints(folder)
    _show([{"side": side, **row} for side in get_args(Side) for row in endpoints.left(side)], json_=json_)


@fault.command()
def clear(
    side: Annotated[Side | None, typer.Argument(help="aws or snowflake; both when left out.")] = None,
    folder: Folder = LOCAL,
    *,
    json_: Json = False,
) -> None:
    """Take back all that has not struck yet."""
    endpoints = Endpoints(folder)
    rows: list[dict[str, Any]] = []
    for each in [side] if side else get_args(Side):
        rows += [{"side": each, **row} for row in endpoints.left(each)]
        endpoints.clear(each)
    typer.echo(as_json(rows) if json_ else f"{len(rows)} order{'' if len(rows) == 1 else 's'} taken back")


@fault.command()
def kinds(*, json_: Json = False) -> None:
    """Show every kind of trouble, what it does, and which options it takes."""
    rows = [kind._asdict() for kind in KINDS]
    if json_:
        typer.echo(as_json(rows))
        return
    table = Table("side", "op", "kind", "what happens", "options")
    for kind in KINDS:
        table.add_row(*kind)
    wide_console().print(table)


def _check(side: Side, order: dict[str, Any]) -> None:
    try:
        if side == "aws":
            from local_cloud.aws.faults.orders import parse  # noqa: PLC0415 - only this command needs the local extra

            parse(order)
        else:
            from local_cloud.snowflake.faults import read_fault  # noqa: PLC0415 - as above

            read_fault(order)
    except ImportError as error:
        raise CommandError('the local cloud is not installed; run: pip install "reporting[local]"') from error
    except ValueError as error:
        raise CommandError(f"{error}; reporting local fault kinds tells what there is", Exit.USAGE) from error


def _show(rows: list[dict[str, Any]], *, json_: bool) -> None:
    if json_:
        typer.echo(as_json(rows))
        return
    if not rows:
        typer.echo("nothing is left to strike")
        return
    table = Table("side", "op", "kind", "times", "match", "more")
    for row in rows:
        more = {name: row[name] for name, usual in USUAL.items() if name in row and row[name] not in usual}
        words = ", ".join(f"{name} {value}" for name, value in more.items())
        table.add_row(row["side"], row["op"], row["kind"], str(row["times"]), row["match"], words)
    wide_console().print(table)
