"""The check of how the bucket is guarded, and of what its policy forbids us."""

import json
from collections.abc import Iterator
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.checks.place import NotAskedError, Place, RefusedError

_OURS: Final = frozenset({"s3:*", "*", "s3:getobject", "s3:putobject", "s3:listbucket", "s3:abortmultipartupload"})
_BLOCKS: Final = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


class BucketGuard:
    """Policy, public access and life cycle of the bucket."""

    id = "bucket_guard"
    question = "The bucket is closed to the public, forbids us nothing, and lets go of old leases"
    severity = Severity.WARNING
    reads = (
        "s3:GetBucketPublicAccessBlock", "s3:GetBucketPolicy", "s3:GetBucketVersioning", "s3:GetLifecycleConfiguration",
    )  # fmt: skip
    theory = (
        "A denial in the bucket's policy goes before every role. The lease is written every few seconds: where old"
        " versions are kept for ever, it costs more each day."
    )

    def look(self, place: Place) -> list[Fault]:
        """Ask S3 for all of it."""
        if place.is_local:
            raise NotAskedError("the bucket of the local cloud is on this machine")
        name = place.settings.bucket
        return [*_of_policy(place, name), *_of_public_access(place, name), *_of_versions(place, name)]


def _told(place: Place, operation: str, name: str) -> dict[str, Any]:
    """What S3 says; nothing where nothing is set.

    Raises:
        CannotLookError: the right to ask is missing.
    """
    try:
        return place.aws("s3", operation, Bucket=name)
    except RefusedError as error:
        if error.code.startswith("NoSuch"):
            return {}
        raise


def _of_policy(place: Place, name: str) -> Iterator[Fault]:
    policy = json.loads(_told(place, "get_bucket_policy", name).get("Policy") or "{}")
    statements = policy.get("Statement") or []
    statements = statements if isinstance(statements, list) else [statements]
    for one in statements:
        actions = one.get("Action") or []
        told = {str(action).lower() for action in (actions if isinstance(actions, list) else [actions])}
        if one.get("Effect") != "Deny" or not told & _OURS or _only_tls(one):
            continue
        condition = one.get("Condition")
        when = f" where {json.dumps(condition)}" if condition else ""
        says = (
            f"the policy of bucket {name} denies {', '.join(sorted(told & _OURS))}{when} ({one.get('Sid') or 'no Sid'})"
        )
        remedy = "See that executor and reports are not meant: except their roles, or the endpoint they come by."
        yield Fault(says, remedy, Severity.WARNING if condition else Severity.ERROR)
    if not any(_only_tls(one) for one in statements):
        remedy = 'Deny s3:* where {"Bool": {"aws:SecureTransport": "false"}}, as the stack does.'
        yield Fault(f"bucket {name} takes requests without TLS", remedy)


def _only_tls(statement: dict[str, Any]) -> bool:
    told = json.dumps(statement.get("Condition") or {}).lower()
    return statement.get("Effect") == "Deny" and "aws:securetransport" in told and "false" in told


def _of_public_access(place: Place, name: str) -> Iterator[Fault]:
    told = _told(place, "get_public_access_block", name).get("PublicAccessBlockConfiguration") or {}
    if missing := [key for key in _BLOCKS if not told.get(key)]:
        command = f"aws s3api put-public-access-block --bucket {name} --public-access-block-configuration"
        settings = ",".join(f"{key}=true" for key in _BLOCKS)
        yield Fault(f"bucket {name} may be opened to the public: {', '.join(missing)} off", f"{command} {settings}")


def _of_versions(place: Place, name: str) -> Iterator[Fault]:
    if _told(place, "get_bucket_versioning", name).get("Status") != "Enabled":
        command = f"aws s3api put-bucket-versioning --bucket {name} --versioning-configuration Status=Enabled"
        yield Fault(f"bucket {name} keeps no versions: what is overwritten or deleted is gone", command)
        return
    rules = _told(place, "get_bucket_lifecycle_configuration", name).get("Rules") or []
    if not any(_ends(rule) for rule in rules):
        says = f"bucket {name} keeps every version of the lease for ever"
        yield Fault(says, "Expire noncurrent versions under control/ after a day, as the stack does.")


def _ends(rule: dict[str, Any]) -> bool:
    filter_ = rule.get("Filter") or {}
    prefix = str(rule.get("Prefix") or filter_.get("Prefix") or (filter_.get("And") or {}).get("Prefix") or "")
    return (
        rule.get("Status") == "Enabled"
        and bool(rule.get("NoncurrentVersionExpiration"))
        and "control/".startswith(prefix)
    )
