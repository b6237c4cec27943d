"""Repositories of images."""

from local_cloud.aws.cloudformation.kinds.kind import Hands, Kind, Made, Properties, camel, tag_list


def _make(hands: Hands, properties: Properties) -> Made:
    ecr, name = hands.client("ecr"), str(properties["RepositoryName"])
    given = {key: value for key, value in properties.items() if key in _AS_GIVEN}
    found = ecr.create_repository(repositoryName=name, tags=tag_list(properties), **camel(given))["repository"]
    _put_lifecycle(hands, name, properties)
    return Made(name, {"Arn": str(found["repositoryArn"]), "RepositoryUri": str(found["repositoryUri"])})


def _put_lifecycle(hands: Hands, name: str, properties: Properties) -> None:
    if text := (properties.get("LifecyclePolicy") or {}).get("LifecyclePolicyText"):
        hands.client("ecr").put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=text)


def _change(hands: Hands, made: Made, _before: Properties, after: Properties) -> Made:
    _put_lifecycle(hands, made.physical_id, after)
    return made


def _delete(hands: Hands, made: Made, properties: Properties) -> None:
    ecr = hands.client("ecr")
    try:
        ecr.delete_repository(repositoryName=made.physical_id, force=bool(properties.get("EmptyOnDelete")))
    except ecr.exceptions.RepositoryNotFoundException:
        return


_AS_GIVEN = {"ImageTagMutability", "ImageScanningConfiguration", "EncryptionConfiguration"}
REPOSITORY = Kind(
    knows=frozenset({"RepositoryName", "EmptyOnDelete", "LifecyclePolicy", "Tags", *_AS_GIVEN}),
    make=_make,
    change=_change,
    delete=_delete,
    fixed=frozenset({"RepositoryName", *_AS_GIVEN}),
)
