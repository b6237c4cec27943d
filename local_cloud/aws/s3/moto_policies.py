"""Bucket policies in moto, which knows no conditions: a statement that has one would hold always.

``Deny … unless by TLS`` would then refuse every request, so statements with a condition are kept and described, and
judge nothing.
"""

import json
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket


def permission(bucket: FakeBucket, action: str, resource: str) -> Any:
    """What a bucket's policy says of an action, by its statements without conditions."""
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    document = json.loads(bucket.policy)
    statements = document["Statement"]
    listed = [statements] if isinstance(statements, dict) else statements
    plain = [one for one in listed if not one.get("Condition")]
    if not plain:
        return PermissionResult.NEUTRAL
    return IAMPolicy(json.dumps({**document, "Statement": plain})).is_action_permitted(action, resource)
