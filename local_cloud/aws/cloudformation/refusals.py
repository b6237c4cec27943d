"""What CloudFormation says when it cannot do what it is asked for."""

from moto.cloudformation.exceptions import CloudFormationError, ValidationError


class ChangeSetNotFoundError(CloudFormationError):
    """There is no such change set."""

    code = "ChangeSetNotFound"


class InvalidChangeSetStatusError(CloudFormationError):
    """The change set cannot be executed."""

    code = "InvalidChangeSetStatus"


class ResourceFailedError(Exception):
    """A resource could not be made, changed or deleted; the text is the reason that the event tells."""


def invalid(message: str) -> ValidationError:
    """A ValidationError with this text."""
    return ValidationError(message=message)


def no_stack(name: str) -> ValidationError:
    """The error about a stack that is not there."""
    return invalid(f"Stack with id {name} does not exist")
