"""How a run fails: one exception that knows its exit code and says what, where and what to do."""

from contract.manifest import ReportFailure
from contract.outcome import MAX_ERROR_BYTES, ExitCode, cut


class RunFailedError(Exception):
    """An expected end that is no report; ``message`` is one line for a person."""

    def __init__(
        self,
        exit_code: ExitCode,
        message: str,
        *,
        kind: str | None = None,
        query: str | None = None,
        query_id: str | None = None,
        remedy: str | None = None,
        retry_helps: bool | None = None,
    ) -> None:
        """Keep what the manifest will say.

        Args:
            exit_code: what the process ends with.
            message: the cause; line breaks become spaces.
            kind: the stable name of the error, by default that of the exit code.
            query: the report's query that failed.
            query_id: Snowflake's id of it.
            remedy: what to do about it, where the run knows better than its exit code tells.
            retry_helps: whether to try again, likewise.
        """
        self.exit_code = exit_code
        self.failure = ReportFailure(
            kind=kind or exit_code.name,
            message=cut(" ".join(message.split()), MAX_ERROR_BYTES),
            query=query,
            query_id=query_id,
            remedy=remedy,
            retry_helps=retry_helps,
        )
        super().__init__(self.failure.message)


class WrongDefinitionError(RunFailedError):
    """What the report's definition asks for cannot be made of its rows; another attempt would meet the same."""

    def __init__(self, message: str, *, kind: str = "WrongDefinition", query: str | None = None) -> None:
        """Keep what the manifest will say.

        Args:
            message: the cause, with what to write instead.
            kind: the stable name of the error.
            query: the report's query that it is about.
        """
        super().__init__(
            ExitCode.REPORT_ERROR,
            message,
            kind=kind,
            query=query,
            remedy="Correct the report's definition as the error says (define_report), then make it again with "
            "retry_report; it is not tried again by itself.",
            retry_helps=False,
        )
