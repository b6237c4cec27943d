"""Why a task could not start, in the sentences of ECS; tools classify failures by these texts.

Sources: the ECS developer guide's pages on stopped tasks, and texts quoted in public bug reports.
"""

import errno

from local_cloud.aws.fargate.processes import SpawnRefusedError


class StartFailedError(Exception):
    """A task ends with `TaskFailedToStart`; the exception's text is the reason.

    Attributes:
        container: name of the container that shows the reason too, None when it is the task's alone.
    """

    def __init__(self, reason: str, container: str | None = None) -> None:
        super().__init__(reason)
        self.container = container


def image_not_found(image: str, container: str) -> StartFailedError:
    """Say that the registry does not have the image."""
    reference = image if ":" in image.rsplit("/", 1)[-1] else f"{image}:latest"
    return StartFailedError(
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "
        f"{reference}: {reference}: not found",
        container,
    )


def secret_unavailable(reason: str) -> StartFailedError:
    """Say that a secret of the task could not be fetched."""
    return StartFailedError(
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval "
        f"failed: {reason}"
    )


def log_group_missing() -> StartFailedError:
    """Say that the log group of a container does not exist."""
    return StartFailedError(
        "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "
        "failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not "
        "exist. : exit status 1"
    )


def command_not_started(error: SpawnRefusedError, program: str, container: str) -> StartFailedError:
    """Say that the container's program could not be executed."""
    if error.errno == errno.ENOENT and error.path == program and "/" not in program:
        what = "executable file not found in $PATH"
    elif error.errno == errno.ENOENT:
        what = f"stat {error.path}: no such file or directory"
    elif error.errno == errno.ENOEXEC:
        what = "exec format error"
    else:
        what = "permission denied" if error.errno == errno.EACCES else str(error)
    return StartFailedError(
        "CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: "
        "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container "
        f'process: exec: "{program}": {what}: unknown',
        container,
    )
