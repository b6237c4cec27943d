"""Logs over moto: what moto takes without a word and then does otherwise is done or refused.

Source: the pages on FilterLogEvents, GetLogEvents and PutRetentionPolicy of the CloudWatch Logs API reference.
"""

import json
from typing import Any, ClassVar

from moto.logs.exceptions import InvalidParameterException, ResourceNotFoundException
from moto.logs.responses import LogsResponse

from local_cloud.aws.fargate.world import Place
from local_cloud.aws.moto_world import MotoWorld

RETENTIONS_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
OTHER_PATTERNS = {"{": "JSON", "[": "space-delimited", "%": "regular expression"}


class HonestLogsResponse(LogsResponse):
    """The endpoint of CloudWatch Logs, whose lines outlive the server."""

    world: ClassVar[MotoWorld]

    def put_log_events(self) -> str:
        """Answer PutLogEvents."""
        place = Place(self.current_account, self.region)
        stream = str(self._get_param("logStreamName"))
        try:
            with self.world.keeping(place, str(self._get_param("logGroupName")), stream):
                return str(super().put_log_events())
        except (ValueError, OSError) as error:
            told = f"not supported by the local cloud: a log stream with the name {stream}, which no file can have"
            raise InvalidParameterException(told) from error

    def delete_log_group(self) -> str:
        """Answer DeleteLogGroup."""
        answer = str(super().delete_log_group())
        self.world.forget_log(Place(self.current_account, self.region), str(self._get_param("logGroupName")))
        return answer

    def delete_log_stream(self) -> str:
        """Answer DeleteLogStream."""
        answer = str(super().delete_log_stream())
        names = str(self._get_param("logGroupName")), str(self._get_param("logStreamName"))
        self.world.forget_log(Place(self.current_account, self.region), *names)
        return answer

    def filter_log_events(self) -> str:
        """Answer FilterLogEvents; patterns of terms only, streams by name or by prefix."""
        pattern = str(self._get_param("filterPattern") or "").strip()
        if pattern[:1] in OTHER_PATTERNS:
            kind = OTHER_PATTERNS[pattern[:1]]
            raise InvalidParameterException(f"not supported by the local cloud: a filterPattern that is {kind}")
        prefix = self._get_param("logStreamNamePrefix")
        group = self.logs_backend.groups.get(str(self._get_param("logGroupName")))
        if prefix and group:
            names = [name for name in group.streams if name.startswith(prefix)]
            if not names:
                return json.dumps({"events": [], "searchedLogStreams": []})
            self.body = json.dumps({**json.loads(self.body), "logStreamNames": names})
        return str(super().filter_log_events())

    def get_log_events(self) -> str:
        """Answer GetLogEvents; a stream that is not there is called a stream."""
        group = self.logs_backend.groups.get(str(self._get_param("logGroupName")))
        if group and self._get_param("logStreamName") not in group.streams:
            raise ResourceNotFoundException("The specified log stream does not exist.")
        return str(super().get_log_events())

    def start_query(self) -> str:
        """Refuse StartQuery: moto would leave out the parts of a query that it does not know."""
        raise NotImplementedError

    def put_retention_policy(self) -> str:
        """Answer PutRetentionPolicy; only for the numbers of days that Logs has."""
        days = int(self._get_param("retentionInDays"))
        if days not in RETENTIONS_DAYS:
            raise InvalidParameterException(
                constraint=f"Member must satisfy enum value set: {list(RETENTIONS_DAYS)}",
                parameter="retentionInDays",
                value=days,
            )
        return str(super().put_retention_policy())


def keeping_logs_response(world: MotoWorld) -> type[HonestLogsResponse]:
    """Make the response class that is bound to the files of one server."""
    members: dict[str, Any] = {"world": world, "__doc__": HonestLogsResponse.__doc__}
    return type("BoundLogsResponse", (HonestLogsResponse,), members)
