"""Buckets and log groups, which a stack may leave behind and take up again."""

from typing import Any

from botocore.exceptions import ClientError

from local_cloud.aws.cloudformation.kinds.kind import (
    Hands,
    Kind,
    Made,
    Properties,
    document,
    is_code,
    tag_list,
    tag_map,
)


def _make_bucket(hands: Hands, properties: Properties) -> Made:
    s3, name = hands.client("s3"), str(properties["BucketName"])
    region = s3.meta.region_name
    elsewhere = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    names = {item["Name"] for item in s3.list_buckets()["Buckets"]}  # CreateBucket of an own one passes in us-east-1
    if name in names and not hands.adopts:
        raise FileExistsError(f"{name} already exists")
    if name not in names:
        s3.create_bucket(Bucket=name, **elsewhere)
    made = Made(name, {"Arn": f"arn:aws:s3:::{name}"})
    return _change_bucket(hands, made, {}, properties)


def _change_bucket(hands: Hands, made: Made, _before: Properties, after: Properties) -> Made:
    s3, name = hands.client("s3"), made.physical_id
    puts: dict[str, tuple[Any, str]] = {
        "PublicAccessBlockConfiguration": (s3.put_public_access_block, "PublicAccessBlockConfiguration"),
        "OwnershipControls": (s3.put_bucket_ownership_controls, "OwnershipControls"),
        "VersioningConfiguration": (s3.put_bucket_versioning, "VersioningConfiguration"),
    }
    for given, (put, parameter) in puts.items():
        if given in after:
            put(Bucket=name, **{parameter: after[given]})
    if rules := (after.get("BucketEncryption") or {}).get("ServerSideEncryptionConfiguration"):
        written = [
            _renamed(rule, "ServerSideEncryptionByDefault", "ApplyServerSideEncryptionByDefault") for rule in rules
        ]
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": written})
    if "LifecycleConfiguration" in after:
        rules = [_lifecycle_rule(rule) for rule in after["LifecycleConfiguration"]["Rules"]]
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
    if after.get("Tags"):
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tag_list(after)})
    return made


def _renamed(rule: Properties, old: str, new: str) -> dict[str, Any]:
    return {new if key == old else key: value for key, value in rule.items()}


def _lifecycle_rule(rule: Properties) -> dict[str, Any]:
    written = _renamed(rule, "Id", "ID")
    written["Filter"] = {"Prefix": written.pop("Prefix", "")}
    expiration = dict(written.get("NoncurrentVersionExpiration") or {})
    if expiration:
        written["NoncurrentVersionExpiration"] = {key: int(value) for key, value in expiration.items()}
    return written


def _delete_bucket(hands: Hands, made: Made, _properties: Properties) -> None:
    try:
        hands.client("s3").delete_bucket(Bucket=made.physical_id)
    except ClientError as error:
        if not is_code(error, "NoSuchBucket"):
            raise


BUCKET = Kind(
    knows=frozenset(
        {
            "BucketName", "PublicAccessBlockConfiguration", "OwnershipControls", "BucketEncryption",
            "VersioningConfiguration", "LifecycleConfiguration", "Tags",
        }
    ),
    make=_make_bucket,
    change=_change_bucket,
    delete=_delete_bucket,
    fixed=frozenset({"BucketName"}),
)  # fmt: skip


def _make_bucket_policy(hands: Hands, properties: Properties) -> Made:
    bucket = str(properties["Bucket"])
    hands.client("s3").put_bucket_policy(Bucket=bucket, Policy=document(properties["PolicyDocument"]))
    return Made(bucket)


def _delete_bucket_policy(hands: Hands, made: Made, _properties: Properties) -> None:
    try:
        hands.client("s3").delete_bucket_policy(Bucket=made.physical_id)
    except ClientError as error:
        if not is_code(error, "NoSuchBucket"):
            raise


BUCKET_POLICY = Kind(
    knows=frozenset({"Bucket", "PolicyDocument"}),
    make=_make_bucket_policy,
    change=lambda hands, _made, _before, after: _make_bucket_policy(hands, after),
    delete=_delete_bucket_policy,
    fixed=frozenset({"Bucket"}),
)


def _make_log_group(hands: Hands, properties: Properties) -> Made:
    logs, name = hands.client("logs"), str(properties["LogGroupName"])
    extra = {"logGroupClass": properties["LogGroupClass"]} if "LogGroupClass" in properties else {}
    try:
        logs.create_log_group(logGroupName=name, tags=tag_map(properties), **extra)
    except logs.exceptions.ResourceAlreadyExistsException:
        if not hands.adopts:
            raise FileExistsError(f"{name} already exists") from None
    found = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    arn = next(str(item["arn"]) for item in found if item["logGroupName"] == name)
    return _change_log_group(hands, Made(name, {"Arn": arn}), {}, properties)


def _change_log_group(hands: Hands, made: Made, _before: Properties, after: Properties) -> Made:
    if "RetentionInDays" in after:
        days = int(after["RetentionInDays"])
        hands.client("logs").put_retention_policy(logGroupName=made.physical_id, retentionInDays=days)
    return made


def _delete_log_group(hands: Hands, made: Made, _properties: Properties) -> None:
    logs = hands.client("logs")
    try:
        logs.delete_log_group(logGroupName=made.physical_id)
    except logs.exceptions.ResourceNotFoundException:
        return


LOG_GROUP = Kind(
    knows=frozenset({"LogGroupName", "LogGroupClass", "RetentionInDays", "Tags"}),
    make=_make_log_group,
    change=_change_log_group,
    delete=_delete_log_group,
    fixed=frozenset({"LogGroupName"}),
)
