"""Which region a text of AWS speaks of, beside the task's own.

Secrets Manager says of a secret in another region only that it cannot find it, so the words alone do not tell a wrong
region from a deleted secret; the ARN in them does.
"""

import re
from dataclasses import replace
from typing import Final

from executor.core.causes import Catalogue, Cause

_SECRET: Final = re.compile(r"arn:aws[\w-]*:secretsmanager:(?P<region>[a-z0-9-]+):\d*:secret:[\w/+=.@-]+")
_NOT_FOUND: Final = "secret_not_found"
_ELSEWHERE: Final = "secret_in_other_region"


def told_apart(catalogue: Catalogue, cause: Cause | None, said: str, task_arn: str) -> Cause | None:
    """The cause, or that the secret lies in another region where the text names one that is not the task's.

    Args:
        catalogue: what is known.
        cause: what the text alone was found to mean.
        said: the text.
        task_arn: the task's; its region is where it runs.
    """
    if cause is None or cause.cause_id != _NOT_FOUND or task_arn.count(":") < 5:
        return cause
    here = task_arn.split(":")[3]
    found = _SECRET.search(said)
    if found is None or found["region"] == here:
        return cause
    known = next((one for one in catalogue.causes if one.cause_id == _ELSEWHERE), None)
    if known is None:
        return cause
    says = f"The secret {found[0]} is of region {found['region']}, and the task runs in {here}."
    return replace(known, summary=f"{known.summary} {says}")
