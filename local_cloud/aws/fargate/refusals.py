"""The answers with which ECS refuses a request, as values of one exception type."""


class RefusedError(Exception):
    """A request was refused in the way ECS refuses it.

    Attributes:
        code: error code of the ECS API, such as `InvalidParameterException`.
        message: what the caller reads.
        resource_ids: for `ConflictException`, the ARNs of the tasks that already exist.
    """

    def __init__(self, code: str, message: str, resource_ids: tuple[str, ...] = ()) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.resource_ids = resource_ids


def invalid_parameter(message: str) -> RefusedError:
    """Make the refusal of a parameter that ECS does not accept."""
    return RefusedError("InvalidParameterException", message)


def client_error(message: str) -> RefusedError:
    """Make the refusal that ECS words as the client's mistake."""
    return RefusedError("ClientException", message)


def cluster_not_found() -> RefusedError:
    """Make the refusal of a cluster that does not exist."""
    return RefusedError("ClusterNotFoundException", "Cluster not found.")


def task_not_found() -> RefusedError:
    """Make the refusal of a task that this cluster does not know."""
    return invalid_parameter("The referenced task was not found.")
