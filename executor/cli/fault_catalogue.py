"""The trouble that the local cloud can be ordered to make, as the command line tells of it.

What a client then sees is in docs/reference/local-cloud.md.
"""

from typing import Final, Literal, NamedTuple

Side = Literal["aws", "snowflake"]


class Kind(NamedTuple):
    """A kind of trouble.

    Attributes:
        side: which of the two clouds makes it.
        op: what it can befall, as the help writes it.
        name: its name in an order.
        does: what happens, in one line.
        takes: the options that mean something to it, besides --times and --match.
    """

    side: Side
    op: str
    name: str
    does: str
    takes: str = ""


KINDS: Final = (
    Kind("aws", "RunTask, PutObject, …", "throttle", "refused: Rate exceeded; S3: SlowDown", "--text"),
    Kind("aws", "RunTask, PutObject, …", "error_500", "refused with a server's error", "--text"),
    Kind("aws", "RunTask, PutObject, …", "denied", "refused: AccessDenied", "--text"),
    Kind("aws", "RunTask, PutObject, …", "error", "refused with any code of AWS", "--error, --text, --code"),
    Kind("aws", "RunTask, PutObject, …", "slow", "the right answer, late", "--seconds"),
    Kind("aws", "RunTask, PutObject, …", "reply_lost", "done, but no answer comes"),
    Kind("aws", "RunTask", "capacity", "nothing launched: capacity is unavailable", "--text, --code 400"),
    Kind("aws", "RunTask", "vcpu_quota", "nothing launched: limit of vCPUs", "--text, --code 400"),
    Kind("aws", "RunTask", "ec2_throttle", "a throttle disguised as a wrong parameter", "--text"),
    Kind("aws", "task", "pull", "does not start: the image cannot be pulled", "--text"),
    Kind("aws", "task", "secrets", "does not start: a secret cannot be fetched", "--text"),
    Kind("aws", "task", "eni", "does not start: no network interface", "--text"),
    Kind("aws", "task", "slow_start", "starts later", "--seconds"),
    Kind("aws", "task", "oom", "killed: out of memory, exit code 137", "--after-s, --text, --running"),
    Kind("aws", "task", "spot", "SIGTERM: Spot interruption", "--after-s, --text, --running"),
    Kind("aws", "task", "hang", "frozen, RUNNING for ever", "--after-s, --running"),
    Kind("aws", "task", "vanish", "killed and forgotten: MISSING", "--after-s, --running"),
    Kind("aws", "task", "exit", "ends with an exit code, without its program", "--code, --after-s"),
    Kind("aws", "task", "ignores_sigterm", "does not hear StopTask, is killed later"),
    Kind("aws", "event", "duplicate", "a task's event comes twice"),
    Kind("aws", "event", "disorder", "a task's event comes after the next one"),
    Kind("aws", "event", "lost", "a task's event never comes"),
    Kind("snowflake", "MERGE, INSERT, *, …", "lock_waiters", "refused: 000625, too many waiters"),
    Kind("snowflake", "MERGE, INSERT, *, …", "timeout", "refused: 000630, statement time-out", "--seconds"),
    Kind("snowflake", "MERGE, INSERT, *, …", "session_gone", "the session has ended", "--code 390111|390112|390114"),
    Kind("snowflake", "MERGE, *, …, LOGIN", "unavailable", "HTTP 503", "--status"),
    Kind("snowflake", "MERGE, INSERT, *, …", "reply_lost", "done, but no answer comes", "--answers"),
    Kind("snowflake", "MERGE, *, …, LOGIN", "slow", "begins later", "--seconds"),
    Kind("snowflake", "SELECT", "stale_read", "sees what was there when it was ordered"),
    Kind("snowflake", "LOGIN", "network_policy", "refused: 390422, address not allowed"),
)


def as_help() -> str:
    """Every operation and kind, for a command's help: blocks of lines that are kept as they are."""
    blocks = []
    for side in ("aws", "snowflake"):
        kinds = [kind for kind in KINDS if kind.side == side]
        ops = dict.fromkeys(kind.op for kind in kinds)
        lines = [f"{op}: {', '.join(kind.name for kind in kinds if kind.op == op)}" for op in ops]
        blocks.append("\b\n" + "\n".join([side, *(f"  {line}" for line in lines)]))
    return "\n\n".join(blocks)
