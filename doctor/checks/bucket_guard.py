"""The check of how the bucket is guarded, and of what its policy forbids us."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.checks.place import NotAskedError, Place, RefusedError

_OURS: Final = ("s3:getobject", "s3:putobject", "s3:listbucket", "s3:abortmultipartupload")
_FOLDERS: Final = ("reports/", "control/")
"""Where executor and reports write, below the bucket."""
_EVERYBODY: Final = ("*", {"AWS": "*"}, {"AWS": ["*"]})
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
        NotAskedError: there is no bucket.
    """
    try:
        return place.aws("s3", operation, Bucket=name)
    except RefusedError as error:
        if error.code == "NoSuchBucket":
            raise NotAskedError(f"bucket {name} is not there; the check bucket says what to do") from error
        if error.code.startswith("NoSuch"):
            return {}
        raise


def _of_policy(place: Place, name: str) -> Iterator[Fault]:
    policy = json.loads(_told(place, "get_bucket_policy", name).get("Policy") or "{}")
    statements = _list(policy.get("Statement"))
    for one in statements:
        denied = sorted(action for action in map(str.lower, map(str, _list(one.get("Action")))) if _is_ours(action))
        reach = _reach(one, name)
        if one.get("Effect") != "Deny" or not denied or not reach or _only_tls(one):
            continue
        condition = one.get("Condition")
        when = f" where {json.dumps(condition)}" if condition else ""
        says = f"the policy of bucket {name} denies {', '.join(denied)}{when} ({one.get('Sid') or 'no Sid'})"
        remedy = "See that executor and reports are not meant: except their roles, or the endpoint they come by."
        yield Fault(says, remedy, Severity.WARNING if condition else reach)
    if not any(_only_tls(one) for one in statements):
        remedy = 'Deny s3:* where {"Bool": {"aws:SecureTransport": "false"}}, as the stack does.'
        yield Fault(f"bucket {name} takes requests without TLS", remedy)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_ours(action: str) -> bool:
    return any(fnmatchcase(ours, action) for ours in _OURS)


def _reach(statement: dict[str, Any], name: str) -> Severity | None:
    """How grave a denial is by whom and what it is about; None when it cannot be about our files.

    Whether a principal that it names is one of ours is not known here, so that can be told as a warning at most.
    """
    bucket = f"arn:aws:s3:::{name}"
    patterns = [str(one) for one in _list(statement.get("Resource"))]
    whole = any(fnmatchcase(what, one) for one in patterns for what in (bucket, *(f"{bucket}/{f}" for f in _FOLDERS)))
    if (
        patterns
        and not whole
        and not any(_within(one, f"{bucket}/{folder}") for one in patterns for folder in _FOLDERS)
    ):
        return None
    everybody = statement.get("Principal") in _EVERYBODY
    return Severity.ERROR if whole and everybody else Severity.WARNING


def _within(pattern: str, folder: str) -> bool:
    """Whether a pattern can name a file of a folder: all before its first wildcard is that of the folder, or more."""
    begins = pattern.partition("*")[0].partition("?")[0]
    return begins.startswith(folder) or (begins != pattern and folder.startswith(begins))


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
