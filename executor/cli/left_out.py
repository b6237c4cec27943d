"""What others take along when they find it, and a running executor has no use for.

structlog loads Rich for tracebacks in colours; Snowflake's connector pandas and Arrow for tables that nobody fetches
and boto3 for signing in as an AWS role, and its HTTP library a guesser of encodings, though Snowflake's answers are
JSON. Each of them does without when it is not there. In the executor's image that is eight megabytes of memory, in an
environment with the runner's libraries more than thirty. And aiohttp reads the machine's certificate authorities twice
when it is imported, for requests that name none; the AWS SDK names its own for each. That is two megabytes more.
"""

import os
import sys
import warnings
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

_ALWAYS: Final = frozenset({"charset_normalizer", "pandas", "pyarrow"})
_AUTHORITIES: Final = "SSL_CERT_FILE"
_BY_ROLE: Final = "WORKLOAD_IDENTITY"


def unneeded(environment: Mapping[str, str], *, pretty: bool) -> frozenset[str]:
    """The names of the libraries that an executor with this environment does without.

    Args:
        environment: its variables; how it signs in to Snowflake says what the connector needs.
        pretty: whether a person reads its log.
    """
    given = {name.upper(): value for name, value in environment.items()}
    # A connection of connections.toml may sign in in every way there is.
    by_role = given.get("SNOWFLAKE_DEFAULT_CONNECTION_NAME") or given.get("SNOWFLAKE_WORKLOAD_IDENTITY_PROVIDER")
    needs_boto3 = by_role or given.get("SNOWFLAKE_AUTHENTICATOR", "").upper() == _BY_ROLE
    return _ALWAYS | (set() if pretty else {"rich"}) | (set() if needs_boto3 else {"boto3"})


@contextmanager
def left_out(names: Collection[str]) -> Iterator[None]:
    """Let what is imported in the block find none of these libraries; who asks for one afterwards finds it.

    None in ``sys.modules`` is how Python itself is told that there is no module of a name (The Python Language
    Reference, 5.3.1). What is loaded already stays.
    """
    absent = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # the stubs do not know that None is allowed
    try:
        with _authorities_unread(), warnings.catch_warnings():
            # The connector's HTTP library would say on every start that it cannot guess encodings.
            warnings.filterwarnings("ignore", message="Unable to find acceptable character detection")
            yield
    finally:
        for name in absent:
            del sys.modules[name]


@contextmanager
def _authorities_unread() -> Iterator[None]:
    # OpenSSL reads the file of this variable into every context that trusts whom the machine trusts. A context that is
    # made with an empty file trusts nobody, or whom the machine's folder names: it looks there when it is asked.
    before = os.environ.get(_AUTHORITIES)
    os.environ[_AUTHORITIES] = os.devnull
    try:
        yield
    finally:
        if before is None:
            del os.environ[_AUTHORITIES]
        else:
            os.environ[_AUTHORITIES] = before
