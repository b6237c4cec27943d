"""What the procedures need to know an operator among their callers: READ SESSION for the role that owns them."""

from snowflake.connector import SnowflakeConnection
from snowflake.connector.errors import ProgrammingError

from executor.deploy.templates import inside_quotes, query


def let_them_be_known(connection: SnowflakeConnection, deployer: str) -> str:
    """Grant the right to the role that deploys; answers what to say of it.

    Without it the procedures still work, and an operator's reach in them is a requester's.
    """
    grant = query("grant_read_session", deployer=inside_quotes(deployer))
    try:
        connection.cursor().execute(grant)
    except ProgrammingError as error:
        return (
            f"operators: their CALLs reach only their own jobs and those of shared types, because {deployer} may not "
            f"grant itself READ SESSION ({error.errno}); let an administrator run {grant}"
        )
    return "operators: their CALLs reach every job"
